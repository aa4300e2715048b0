/* admin bootstrap and migrate. */
#include <stdio.h>
#include <string.h>

#include "array-upload/admin/admin.h"
#include "array-upload/httpd/api/api.h"

#define OWNER_EMAIL "owner@example.com"

static enum store_result organization_make(struct admin *a, struct organization *o) {
  char id[UUID_SIZE];
  enum store_result found = admin_organization(a, o);
  if (found != STORE_NONE)
    return found;
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  *o = (struct organization){arena_strdup(&a->arena, id), "Organization", a->now};
  return store_organization_create(a->service.store, o);
}

static enum store_result project_make(struct admin *a, const struct organization *o, struct project *p) {
  char id[UUID_SIZE];
  enum store_result found = store_project_default(a->service.store, &a->arena, o->id, p);
  if (found != STORE_NONE)
    return found;
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  *p = (struct project){.id = arena_strdup(&a->arena, id),
                        .organization = o->id,
                        .name = "Array data",
                        .description = "",
                        .capability = CAPABILITY_ID,
                        .is_default = 1,
                        .created = a->now,
                        .modified = a->now};
  return store_project_create(a->service.store, p);
}

/* Any owner will do; the first one has no password until `admin user password` gives it one. */
static enum store_result owner_make(struct admin *a, const struct organization *o, struct user *u) {
  struct user *list;
  size_t n;
  int64_t total;
  char id[UUID_SIZE];
  enum store_result found =
      store_user_list(a->service.store, &a->arena, o->id, NULL, (struct page){200, 0}, &list, &n, &total);
  for (size_t i = 0; found == STORE_OK && i < n; i++)
    if (list[i].active && strcmp(list[i].role, "owner") == 0) {
      *u = list[i];
      return STORE_OK;
    }
  if (found != STORE_OK)
    return found;
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  *u = (struct user){.id = arena_strdup(&a->arena, id),
                     .organization = o->id,
                     .email = OWNER_EMAIL,
                     .name = "Owner",
                     .role = "owner",
                     .active = 1,
                     .created = a->now};
  return store_user_create(a->service.store, u);
}

int admin_bootstrap(struct admin *a) {
  struct organization o;
  struct project p;
  struct user u;
  struct api_key k;
  const char *text = NULL;
  enum store_result done = organization_make(a, &o);
  if (done == STORE_OK)
    done = project_make(a, &o, &p);
  if (done == STORE_OK)
    done = owner_make(a, &o, &u);
  if (done == STORE_OK)
    done = api_key_make(a->service.store, &a->arena, u.id, "bootstrap", NULL, 0, a->now, &k, &text);
  if (done != STORE_OK)
    return admin_store(a, done);
  admin_audit(a, o.id, "key.created", k.id);
  if (a->json)
    return admin_print(json_pack("{s:s, s:s, s:s, s:s, s:s}", "organization", o.id, "project", p.id, "user", u.id,
                                 "email", u.email, "api_key", text));
  int n = printf("organization  %s\nproject       %s\nuser          %s (%s)\nAPI key       %s\n", o.id, p.id, u.id,
                 u.email, text);
  return n < 0 || fflush(stdout) != 0 ? 3 : 0;
}

int admin_migrate(struct admin *a) {
  int64_t have, want;
  enum store_result found = store_version(a->service.store, &have, &want);
  return found != STORE_OK
             ? admin_store(a, found)
             : admin_print(json_pack("{s:I, s:I}", "version", (json_int_t)have, "wanted", (json_int_t)want));
}
