/* What people do with what is held of them: by a link that the application asked for, each act in the audit log and an
 * event for whoever subscribed to it. Events name the sample and nothing of what it holds, so that they may outlive it.
 */
#include <stdlib.h>

#include "array-upload/deeds/deed.h"
#include "array-upload/util/encode.h"
#include "array-upload/util/log.h"

enum store_result person_link_create(struct deed *d, const char *sample, enum link_kind kind, int64_t expires_in,
                                     const char **url, int64_t *expires) {
  char id[UUID_SIZE], token[JWT_MAX + 1];
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  int64_t now = d->now / 1000000;
  *expires = (now + expires_in) * 1000000;
  enum store_result made = store_person_link_create(d->store, id, sample, kind, *expires, d->now);
  if (made != STORE_OK)
    return made;
  json_t *claims = json_pack("{s:s, s:s, s:I, s:I}", "sub", sample, "jti", id, "iat", (json_int_t)now, "exp",
                             (json_int_t)(now + expires_in));
  int failed = claims == NULL || keyring_sign(d->keys, KEY_PERSON, claims, token) != 0;
  json_decref(claims);
  *url = failed ? NULL
                : arena_printf(d->arena, "%s/%s?token=%s", d->public_url,
                               kind == LINK_REPORT ? "consumer-report" : "person", token);
  if (*url == NULL)
    return STORE_ERROR;
  deed_audit(d, kind == LINK_REPORT ? "report.link_created" : "person.link_created", sample);
  return STORE_OK;
}

/* The deed is done: an event that cannot be written down is logged. */
static void tell(struct deed *d, const struct person_link *link, const char *event, const char *purpose) {
  char when[TIME_SIZE], event_id[UUID_SIZE];
  time_format(when, d->now);
  json_t *body = uuid_new(event_id) != 0 ? NULL
                                         : json_pack("[{s:s, s:s, s:s, s:{s:{s:s}, s:[{s:s}]}}]", "event_id", event_id,
                                                     "event_type", event, "timestamp", when, "payload", "project", "id",
                                                     link->project, "samples", "id", link->sample);
  if (body != NULL && purpose != NULL)
    json_object_set_new(json_object_get(json_array_get(body, 0), "payload"), "purpose", json_string(purpose));
  char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
  json_decref(body);
  if (text == NULL || store_event_add(d->store, link->project, event_id, event, text, d->now) != STORE_OK)
    log_event("event.lost", "request=s type=s object=s", d->request_id, event, link->sample);
  free(text);
}

enum store_result person_open(struct deed *d, const struct person_link *link, int64_t deadline) {
  enum store_result done = store_person_link_open(d->store, link->id, deadline, d->now);
  if (done == STORE_OK) {
    deed_audit(d, "person.opened", link->sample);
    tell(d, link, "person_page_opened", NULL);
  }
  return done;
}

/* The contract has no event for it. */
enum store_result report_open(struct deed *d, const struct person_link *link, int64_t deadline) {
  enum store_result done = store_person_link_open(d->store, link->id, deadline, d->now);
  if (done == STORE_OK)
    deed_audit(d, "report.opened", link->sample);
  return done;
}

void person_downloaded(struct deed *d, const struct person_link *link) {
  deed_audit(d, "person.downloaded", link->sample);
  tell(d, link, "person_data_downloaded", NULL);
}

enum store_result person_withdraw(struct deed *d, const struct person_link *link, const char *purpose) {
  enum store_result done = consent_withdraw(d, link->sample, purpose);
  if (done == STORE_OK)
    tell(d, link, "person_consent_withdrawn", purpose);
  return done;
}

enum store_result person_delete(struct deed *d, const struct person_link *link) {
  const char *const ids[] = {link->sample};
  enum store_result done = samples_delete(d, link->project, ids, 1);
  if (done == STORE_OK)
    tell(d, link, "person_sample_deleted", NULL);
  /* The keys now, and not when the worker comes to it: that is what the page says. It tries again what fails here. */
  if (done == STORE_OK && store_sample_forget(d->store, link->sample, d->now) != STORE_OK)
    log_event("keys.not_destroyed", "request=s object=s", d->request_id, link->sample);
  return done;
}
