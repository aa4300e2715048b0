/* What is done with samples that are there. */
#include <string.h>

#include "array-upload/deeds/deed.h"

static enum store_result not_of_project(struct deed *d) {
  fault_add(d->faults, "sample_ids", "All sample ids must be part of the current project.");
  return STORE_CONFLICT;
}

static void audit_each(struct deed *d, const char *event, const char *const *ids, size_t n) {
  for (size_t i = 0; i < n; i++)
    deed_audit(d, event, ids[i]);
}

enum store_result samples_delete(struct deed *d, const char *project, const char *const *ids, size_t n) {
  enum store_result done = store_samples_delete(d->store, project, ids, n, d->now);
  if (done == STORE_OK)
    audit_each(d, "sample.deleted", ids, n);
  return done == STORE_NONE ? not_of_project(d) : done;
}

enum store_result samples_cancel(struct deed *d, const char *project, const char *const *ids, size_t n,
                                 int64_t *canceled) {
  const char *bad = NULL;
  enum store_result done = store_samples_cancel(d->store, d->arena, project, ids, n, d->now, canceled, &bad);
  if (done == STORE_NONE) {
    fault_add(d->faults, "sample_ids", arena_printf(d->arena, "Invalid sample IDs: %s", bad == NULL ? "" : bad));
    return STORE_CONFLICT;
  }
  if (done == STORE_OK && *canceled > 0)
    audit_each(d, "sample.canceled", ids, n);
  return done;
}

enum store_result samples_hide(struct deed *d, const char *project, const char *const *ids, size_t n, int hidden) {
  enum store_result done = store_samples_hide(d->store, project, ids, n, hidden);
  return done == STORE_NONE ? not_of_project(d) : done;
}

enum store_result sample_delete_one(struct deed *d, const char *id, const char **project) {
  struct sample s;
  enum store_result found = store_sample_get(d->store, d->arena, d->organization, id, d->now, &s);
  *project = found == STORE_OK ? s.project : NULL;
  return found != STORE_OK ? found : samples_delete(d, s.project, &id, 1);
}

enum store_result sample_cancel_one(struct deed *d, const char *id) {
  struct sample s;
  int64_t canceled = 0;
  enum store_result found = store_sample_get(d->store, d->arena, d->organization, id, d->now, &s);
  if (found == STORE_OK)
    found = samples_cancel(d, s.project, &id, 1, &canceled);
  if (found != STORE_OK || canceled > 0)
    return found;
  fault_add(
      d->faults, "sample_ids",
      arena_printf(d->arena, "There is nothing to cancel: the sample's status is \"%s\".", sample_state_text(s.state)));
  return STORE_CONFLICT;
}

enum store_result sample_retry_one(struct deed *d, const char *id) {
  struct sample s;
  enum store_result found = store_sample_get(d->store, d->arena, d->organization, id, d->now, &s);
  if (found != STORE_OK)
    return found;
  enum store_result done = store_sample_retry(d->store, id, d->now);
  if (done == STORE_OK)
    deed_audit(d, "sample.retried", id);
  if (done != STORE_NONE)
    return done;
  fault_add(d->faults, "sample_id", "No stage of this sample failed, or its original is gone.");
  return STORE_CONFLICT;
}

enum store_result consent_withdraw(struct deed *d, const char *sample, const char *purpose) {
  enum store_result done = store_consent_withdraw(d->store, sample, purpose, d->now);
  if (done == STORE_OK)
    deed_audit(d, "consent.withdrawn", sample);
  if (done != STORE_NONE)
    return done;
  fault_add(d->faults, "purpose", "That consent was not given, or is withdrawn already.");
  return STORE_CONFLICT;
}
