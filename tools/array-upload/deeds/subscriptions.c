/* Webhooks: subscriptions, their secrets, tests and resends. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/deeds/deed.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/encode.h"
#include "array-upload/util/target.h"

enum { SECRET = 32 };

const struct event_type *event_types_all(size_t *n) {
  static const struct event_type types[] = {
      {"analysis_complete_v2", "Analysis of samples is complete, successful or not"},
      {"person_page_opened", "A person opened their own page"},
      {"person_data_downloaded", "A person downloaded all that is held of them"},
      {"person_consent_withdrawn", "A person withdrew a consent"},
      {"person_sample_deleted", "A person deleted their data"},
      {"batch_final_report_complete_v2", "A batch's final report is complete"},
      {"samples_restored", "Samples were restored from the archive"},
      {"analysis_complete", "Analysis is complete (legacy; not sent by this service)"},
      {"batch_final_report", "A batch's final report is complete (legacy; not sent by this service)"},
      {"explorer_s3_hot_storage_exceeded", "Not sent by this service"},
      {"explorer_s3_cold_storage_exceeded", "Not sent by this service"},
  };
  *n = sizeof types / sizeof *types;
  return types;
}

static void event_check(struct deed *d, const char *field, const char *key) {
  size_t n;
  const struct event_type *types = event_types_all(&n);
  for (size_t i = 0; key != NULL && i < n; i++)
    if (strcmp(types[i].key, key) == 0)
      return;
  fault_add(d->faults, field, arena_printf(d->arena, "\"%.60s\" is not a valid choice.", key == NULL ? "" : key));
}

enum store_result subscription_create(struct deed *d, const char *project, const char *name, const char *target,
                                      const json_t *types, struct subscription *out) {
  char id[UUID_SIZE];
  const char *why;
  json_t *type;
  size_t i;
  if (types != NULL && json_array_size(types) == 0)
    fault_add(d->faults, "event_types", "This list may not be empty.");
  json_array_foreach((json_t *)types, i, type) event_check(d, "event_types", json_string_value(type));
  if (target != NULL && target_check(&d->service->config, target, &why) != 0)
    fault_add(d->faults, "target", why);
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  char *text = json_dumps(types, JSON_COMPACT);
  *out = (struct subscription){.id = uuid_new(id) == 0 ? arena_strdup(d->arena, id) : NULL,
                               .project = project,
                               .name = name == NULL ? "" : name,
                               .target = target,
                               .event_types = text == NULL ? NULL : arena_strdup(d->arena, text),
                               .created = d->now};
  free(text);
  if (out->id == NULL || out->event_types == NULL)
    return STORE_ERROR;
  enum store_result done = store_subscription_create(d->store, out);
  if (done == STORE_OK)
    deed_audit(d, "subscription.created", id);
  return done;
}

static enum store_result subscription_of(struct deed *d, const char *id, struct subscription *s) {
  return store_subscription_get(d->store, d->arena, d->organization, id, s);
}

enum store_result subscription_delete(struct deed *d, const char *id, const char **project) {
  struct subscription s;
  enum store_result done = subscription_of(d, id, &s);
  *project = done == STORE_OK ? s.project : NULL;
  if (done == STORE_OK)
    done = store_subscription_delete(d->store, id);
  if (done == STORE_OK)
    deed_audit(d, "subscription.deleted", id);
  return done;
}

enum store_result subscription_secret(struct deed *d, const char *id, char secret[SECRET + 1]) {
  struct subscription s;
  enum store_result done = subscription_of(d, id, &s);
  if (done != STORE_OK)
    return done;
  char *sealed = random_alnum(secret, SECRET) == 0 ? seal_text(d->service->master_key, s.id, secret) : NULL;
  done = sealed == NULL ? STORE_ERROR : store_subscription_secret(d->store, s.id, sealed);
  free(sealed);
  if (done == STORE_OK)
    deed_audit(d, "subscription.secret", id);
  return done;
}

/* A body as the real one, about a sample that does not exist. */
static char *test_body(struct deed *d, const struct subscription *s, const char *event, const char *event_id) {
  char when[TIME_SIZE], sample[UUID_SIZE];
  time_format(when, d->now);
  if (uuid_new(sample) != 0)
    return NULL;
  json_t *body = json_pack("[{s:s, s:s, s:s, s:{s:{s:s}, s:[{s:s, s:s, s:{s:s}}]}}]", "event_id", event_id,
                           "event_type", event, "timestamp", when, "payload", "project", "id", s->project, "samples",
                           "id", sample, "client_id", "test", "last_status", "status", "succeeded");
  char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
  json_decref(body);
  return text;
}

enum store_result subscription_test(struct deed *d, const char *id, const char *event, int retry) {
  struct subscription s;
  char event_id[UUID_SIZE];
  enum store_result done = subscription_of(d, id, &s);
  if (done != STORE_OK)
    return done;
  if (event != NULL)
    event_check(d, "event_type", event);
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  event = event != NULL ? event : "analysis_complete_v2";
  char *body = uuid_new(event_id) == 0 ? test_body(d, &s, event, event_id) : NULL;
  done = body == NULL ? STORE_ERROR : store_delivery_add(d->store, s.id, event_id, event, body, retry, d->now);
  free(body);
  return done;
}

enum store_result delivery_resend(struct deed *d, const char *notification, const char **subscription) {
  struct notification n;
  enum store_result done = store_notification_get(d->store, d->arena, d->organization, notification, &n);
  *subscription = done == STORE_OK ? n.subscription : NULL;
  if (done != STORE_OK)
    return done;
  json_t *body = json_loads(n.body, 0, NULL);
  const char *event_id = json_string_value(json_object_get(json_array_get(body, 0), "event_id"));
  done = event_id == NULL ? STORE_ERROR
                          : store_delivery_add(d->store, n.subscription, event_id, n.event_type, n.body, 1, d->now);
  json_decref(body);
  if (done == STORE_OK)
    deed_audit(d, "webhook.resent", n.id);
  return done;
}
