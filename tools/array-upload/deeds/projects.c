#include <stdlib.h>
#include <string.h>

#include "array-upload/deeds/brand.h"
#include "array-upload/deeds/deed.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/util/encode.h"

enum { BRAND_MAX = 64 * 1024 };

enum store_result project_create(struct deed *d, const char *name, const char *description, int is_default,
                                 struct project *out) {
  char id[UUID_SIZE];
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  struct project p = {.id = id,
                      .organization = d->organization,
                      .name = name,
                      .description = description == NULL ? "" : description,
                      .capability = CAPABILITY_ID,
                      .is_default = is_default,
                      .created = d->now,
                      .modified = d->now};
  enum store_result done = store_project_create(d->store, &p);
  if (done == STORE_OK)
    done = store_project_get(d->store, d->arena, d->organization, id, out);
  if (done == STORE_OK)
    deed_audit(d, "project.created", id);
  return done;
}

enum { KEY_SHOWN_MAX = 40 };

static json_t *brand_of(const struct project *p) {
  return p->brand == NULL ? NULL : json_loads(p->brand, JSON_DECODE_ANY, NULL);
}

static void brand_check(struct deed *d, const struct project *before, const struct project *p) {
  json_t *brand = brand_of(p), *old = brand_of(before);
  const char *key = NULL, *fault = p->brand == NULL ? NULL : brand_fault(brand, &key);
  const char *named = key != NULL && strlen(key) <= KEY_SHOWN_MAX ? arena_printf(d->arena, "%s: %s", key, fault) : NULL;
  fault = named != NULL ? named : fault;
  if (fault == NULL)
    fault = brand_change_fault(old, brand);
  if (fault == NULL && p->brand != NULL && strlen(p->brand) > BRAND_MAX)
    fault = "Ensure this field has no more than 65536 bytes.";
  json_decref(brand);
  json_decref(old);
  if (fault != NULL)
    fault_add(d->faults, "brand", fault);
}

static void public_key_check(struct deed *d, const struct project *p) {
  unsigned char key[CRYPT4GH_KEY];
  const char *fault = p->public_key == NULL ? NULL : crypt4gh_key_read(p->public_key, key);
  if (fault != NULL)
    fault_add(d->faults, "deliverables_public_key", fault);
}

enum store_result project_change(struct deed *d, struct project *p) {
  struct project before;
  enum store_result found = store_project_get(d->store, d->arena, d->organization, p->id, &before);
  if (found != STORE_OK)
    return found;
  brand_check(d, &before, p);
  public_key_check(d, p);
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  enum store_result done = store_project_update(d->store, p, d->now);
  if (done == STORE_OK)
    done = store_project_get(d->store, d->arena, d->organization, p->id, p);
  if (done == STORE_OK)
    deed_audit(d, "project.changed", p->id);
  return done;
}

enum store_result projects_hide(struct deed *d, const char *const *ids, size_t n, int hidden) {
  return store_projects_hide(d->store, d->organization, ids, n, hidden, d->now);
}

enum store_result projects_delete(struct deed *d, const char *const *ids, size_t n) {
  enum store_result done = store_projects_delete(d->store, d->organization, ids, n, d->now);
  for (size_t i = 0; i < n && done == STORE_OK; i++)
    deed_audit(d, "project.deleted", ids[i]);
  return done;
}
