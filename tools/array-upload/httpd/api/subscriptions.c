/* Webhooks: subscriptions of a project, their secret, a test, and what was sent. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/target.h"

enum { SECRET = 32 };

static const struct {
  const char *key, *description;
} event_types[] = {
    {"analysis_complete_v2", "Analysis of samples is complete, successful or not"},
    {"batch_final_report_complete_v2", "A batch's final report is complete"},
    {"samples_restored", "Samples were restored from the archive"},
    {"analysis_complete", "Analysis is complete (legacy; not sent by this service)"},
    {"batch_final_report", "A batch's final report is complete (legacy; not sent by this service)"},
    {"explorer_s3_hot_storage_exceeded", "Not sent by this service"},
    {"explorer_s3_cold_storage_exceeded", "Not sent by this service"},
};
enum { EVENT_TYPES = sizeof event_types / sizeof *event_types };

static int event_known(const char *key) {
  for (size_t i = 0; i < EVENT_TYPES; i++)
    if (strcmp(event_types[i].key, key) == 0)
      return 1;
  return 0;
}

static json_t *subscription_json(const struct subscription *s) {
  json_t *types = json_loads(s->event_types, 0, NULL);
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:b}", "id", s->id, "name", s->name, "project", s->project,
                   "target", s->target, "protocol", "webhook", "event_types", types != NULL ? types : json_array(),
                   "has_secret", s->sealed != NULL, "disabled", s->flagged != 0);
}

enum MHD_Result api_subscriptions_list(struct request *r) {
  struct project p;
  struct subscription *subs;
  size_t n;
  int64_t total;
  enum MHD_Result result;
  struct page page = page_read(r);
  if (api_project_load(r, &p, &result) != 0)
    return result;
  enum store_result found = store_subscription_list(r->store, &r->arena, p.id, page, &subs, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, subscription_json(&subs[i]));
  return reply_json(r, 200, page_body(r, list, total, page));
}

/* The list as JSON text in the arena. */
static const char *event_types_read(struct fields *f) {
  json_t *types = json_object_get(f->data, "event_types"), *type;
  size_t i;
  if (types == NULL) {
    field_error(f, "event_types", "This field is required.");
    return NULL;
  }
  if (!json_is_array(types)) {
    field_error(f, "event_types", json_is_null(types) ? "This field may not be null." : "Expected a list of items.");
    return NULL;
  }
  if (json_array_size(types) == 0)
    field_error(f, "event_types", "This list may not be empty.");
  json_array_foreach(types, i, type) {
    const char *key = json_string_value(type);
    if (key == NULL || !event_known(key))
      field_error(f, "event_types",
                  arena_printf(&f->r->arena, "\"%.60s\" is not a valid choice.", key == NULL ? "" : key));
  }
  char *text = json_dumps(types, JSON_COMPACT);
  const char *copy = arena_strdup(&f->r->arena, text);
  free(text);
  return copy;
}

enum MHD_Result api_subscriptions_create(struct request *r) {
  struct project p;
  struct fields f = {.r = r, .data = r->data};
  char id[UUID_SIZE];
  const char *why;
  enum MHD_Result result;
  if (api_project_load(r, &p, &result) != 0)
    return result;
  const char *target = field_text(&f, "target", FIELD_REQUIRED, TARGET_MAX),
             *name = field_text(&f, "name", FIELD_BLANK | FIELD_NULL, 255);
  const char *types = event_types_read(&f);
  if (target != NULL && target_check(&r->server->service->config, target, &why) != 0)
    field_error(&f, "target", why);
  if (fields_failed(&f, &result))
    return result;
  if (uuid_new(id) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  struct subscription s = {.id = id,
                           .project = p.id,
                           .name = name == NULL ? "" : name,
                           .target = target,
                           .event_types = types,
                           .created = r->now};
  enum store_result done = store_subscription_create(r->store, &s);
  if (done != STORE_OK)
    return reply_store(r, done);
  api_audit(r, "subscription.created", id);
  json_t *list = json_loads(types, 0, NULL);
  return reply_json(r, 201,
                    json_pack("{s:s, s:s, s:s, s:o}", "id", id, "name", s.name, "target", target, "event_types", list));
}

static int subscription_load(struct request *r, struct subscription *s, enum MHD_Result *result) {
  enum store_result found = store_subscription_get(r->store, &r->arena, r->who.organization, r->id, s);
  if (found == STORE_OK)
    return 0;
  *result = reply_store(r, found);
  return -1;
}

enum MHD_Result api_subscription_get(struct request *r) {
  struct subscription s;
  enum MHD_Result result;
  return subscription_load(r, &s, &result) != 0 ? result : reply_json(r, 200, subscription_json(&s));
}

enum MHD_Result api_subscription_delete(struct request *r) {
  struct subscription s;
  enum MHD_Result result;
  if (subscription_load(r, &s, &result) != 0)
    return result;
  enum store_result done = store_subscription_delete(r->store, s.id);
  if (done != STORE_OK)
    return reply_store(r, done);
  api_audit(r, "subscription.deleted", s.id);
  return reply_empty(r, 204);
}

enum MHD_Result api_event_types(struct request *r) {
  struct page page = page_read(r);
  json_t *list = json_array();
  for (int64_t i = page.offset; i < EVENT_TYPES && i < page.offset + page.limit; i++)
    json_array_append_new(
        list, json_pack("{s:s, s:s}", "key", event_types[i].key, "description", event_types[i].description));
  return reply_json(r, 200, page_body(r, list, EVENT_TYPES, page));
}

enum MHD_Result api_subscription_secret(struct request *r) {
  struct subscription s;
  char secret[SECRET + 1];
  enum MHD_Result result;
  if (subscription_load(r, &s, &result) != 0)
    return result;
  char *sealed = random_alnum(secret, SECRET) == 0 ? seal_text(r->server->service->master_key, s.id, secret) : NULL;
  enum store_result done = sealed == NULL ? STORE_ERROR : store_subscription_secret(r->store, s.id, sealed);
  free(sealed);
  if (done != STORE_OK)
    return reply_store(r, done);
  api_audit(r, "subscription.secret", s.id);
  return reply_json(r, 200, json_pack("{s:s}", "secret", secret));
}

/* A body as the real one, about a sample that does not exist. */
static char *test_body(struct request *r, const struct subscription *s, const char *event, const char *event_id) {
  char when[TIME_SIZE], sample[UUID_SIZE];
  time_format(when, r->now);
  if (uuid_new(sample) != 0)
    return NULL;
  json_t *body = json_pack("[{s:s, s:s, s:s, s:{s:{s:s}, s:[{s:s, s:s, s:{s:s}}]}}]", "event_id", event_id,
                           "event_type", event, "timestamp", when, "payload", "project", "id", s->project, "samples",
                           "id", sample, "client_id", "test", "last_status", "status", "succeeded");
  char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
  json_decref(body);
  return text;
}

enum MHD_Result api_subscription_test(struct request *r) {
  struct subscription s;
  struct fields f = {.r = r, .data = r->data};
  char event_id[UUID_SIZE];
  enum MHD_Result result;
  if (subscription_load(r, &s, &result) != 0)
    return result;
  const char *event = field_text(&f, "event_type", FIELD_NULL, 60);
  int retry = field_bool(&f, "retry", 0);
  if (event != NULL && !event_known(event))
    field_error(&f, "event_type", arena_printf(&r->arena, "\"%.60s\" is not a valid choice.", event));
  if (fields_failed(&f, &result))
    return result;
  event = event != NULL ? event : "analysis_complete_v2";
  char *body = uuid_new(event_id) == 0 ? test_body(r, &s, event, event_id) : NULL;
  enum store_result done = body == NULL ? STORE_ERROR
                                        : store_delivery_add(r->store, s.id, event_id, event, body, retry, r->now);
  free(body);
  return done == STORE_OK ? reply_empty(r, 202) : reply_store(r, done);
}

/* ---- notifications -------------------------------------------------------------------------------------------------
 */
static json_t *notification_json(const struct notification *n) {
  return json_pack("{s:s, s:o, s:o, s:s}", "id", n->id, "created", json_time(n->created), "response_status",
                   n->http_status == 0 ? json_null() : json_integer(n->http_status), "notification_event_type",
                   n->event_type);
}

enum MHD_Result api_notifications(struct request *r) {
  struct subscription s;
  struct notification *items;
  size_t n;
  int64_t total;
  enum MHD_Result result;
  struct page page = page_read(r);
  if (subscription_load(r, &s, &result) != 0)
    return result;
  enum store_result found = store_notification_list(r->store, &r->arena, s.id, page, &items, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, notification_json(&items[i]));
  return reply_json(r, 200, page_body(r, list, total, page));
}

static const char *payload_text(struct arena *a, const char *id, const char *expires) {
  return arena_printf(a, "payload:%s:%s", id, expires);
}

enum MHD_Result api_notification(struct request *r) {
  struct notification n;
  char mac[65];
  enum store_result found = store_notification_get(r->store, &r->arena, r->who.organization, r->id, &n);
  if (found != STORE_OK)
    return reply_store(r, found);
  const char *expires =
      arena_printf(&r->arena, "%lld", (long long)r->now / 1000000 + r->server->service->config.download_url_s);
  const char *text = expires == NULL ? NULL : payload_text(&r->arena, n.id, expires);
  if (text == NULL || keyring_mac(&r->server->keys, KEY_DOWNLOAD, text, mac) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  json_t *body = notification_json(&n), *message = json_string(n.message);
  json_object_set_new(body, "response_message", message != NULL ? message : json_string("(not text)"));
  json_object_set_new(body, "payload_url",
                      json_string(arena_printf(&r->arena, "%s/notification-payloads/%s?expires=%s&signature=%s",
                                               r->server->public_url, n.id, expires, mac)));
  return reply_json(r, 200, body);
}

enum MHD_Result notification_payload(struct request *r) {
  const char *expires = request_query(r, "expires"), *signature = request_query(r, "signature");
  struct notification n;
  int64_t until;
  if (expires == NULL || signature == NULL || number_parse(&until, expires, 0, INT64_MAX / 1000000) != 0 ||
      r->now / 1000000 >= until ||
      !keyring_mac_valid(&r->server->keys, r->server->service, r->store, KEY_DOWNLOAD,
                         payload_text(&r->arena, r->id, expires), signature))
    return reply_detail(r, 403, "The address is not valid, or its time is over.");
  enum store_result found = store_notification_get(r->store, &r->arena, NULL, r->id, &n);
  if (found != STORE_OK)
    return reply_store(r, found);
  return reply_bytes(r, 200, "application/json", n.body, strlen(n.body), NULL);
}
