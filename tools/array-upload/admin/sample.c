/* admin sample: one sample as the database has it, with what the person agreed to. */
#include <string.h>

#include "array-upload/admin/admin.h"
#include "array-upload/deeds/record_json.h"

static json_t *looks_json(const struct look *list, size_t n) {
  json_t *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(out, json_pack("{s:s, s:s, s:o}", "who", list[i].actor, "what", list[i].what,
                                         "first_that_day", record_time_or_null(list[i].created)));
  return out;
}

static int sample_retry(struct admin *a, const char *id) {
  struct sample s;
  enum store_result done = store_sample_get(a->service.store, &a->arena, NULL, id, a->now, &s);
  if (done == STORE_OK) {
    struct deed d = admin_deed(a, s.organization);
    done = sample_retry_one(&d, id);
    if (done == STORE_CONFLICT)
      return admin_refused("no stage of this sample failed, or its original is gone");
  }
  if (done == STORE_OK)
    done = store_sample_get(a->service.store, &a->arena, NULL, id, a->now, &s);
  return done != STORE_OK ? admin_store(a, done)
                          : admin_print(json_pack("{s:s, s:s}", "id", s.id, "status", sample_state_text(s.state)));
}

int admin_sample(struct admin *a) {
  const char *id = a->object;
  struct sample s;
  struct consent *consents;
  struct look *looks;
  struct stage *stages;
  size_t n, n_looks, n_stages;
  if (strcmp(a->verb, "retry") == 0)
    return sample_retry(a, id);
  enum store_result found = store_sample_get(a->service.store, &a->arena, NULL, id, a->now, &s);
  if (found == STORE_OK)
    found = store_sample_consents(a->service.store, &a->arena, id, &consents, &n);
  if (found == STORE_OK)
    found = store_sample_stages(a->service.store, &a->arena, id, &stages, &n_stages);
  if (found == STORE_OK)
    found = store_looks(a->service.store, &a->arena, id, &looks, &n_looks);
  if (found != STORE_OK)
    return admin_store(a, found);
  return admin_print(json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id", s.id, "project", s.project,
                               "organization", s.organization, "status", sample_state_text(s.state), "note",
                               s.status_note, "created", record_time_or_null(s.created), "modified",
                               record_time_or_null(s.modified), "stages",
                               record_stages(stages, n_stages, s.state == SAMPLE_RUNNING), "consents",
                               record_consents(consents, n), "looked_at", looks_json(looks, n_looks)));
}
