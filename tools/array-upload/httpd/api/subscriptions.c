/* Webhooks: subscriptions of a project, their secret, a test, and what was sent. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/target.h"

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

/* A list; NULL: its fault stands. */
static const json_t *event_types_read(struct fields *f) {
  const json_t *types = json_object_get(f->data, "event_types");
  if (json_is_array(types))
    return types;
  field_error(f, "event_types",
              types == NULL         ? "This field is required."
              : json_is_null(types) ? "This field may not be null."
                                    : "Expected a list of items.");
  return NULL;
}

enum MHD_Result api_subscriptions_create(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct project p;
  struct subscription s;
  enum MHD_Result result;
  if (api_project_load(r, &p, &result) != 0)
    return result;
  const char *target = field_text(&f, "target", FIELD_REQUIRED, TARGET_MAX),
             *name = field_text(&f, "name", FIELD_BLANK | FIELD_NULL, 255);
  const json_t *types = event_types_read(&f);
  if (deed_failed(r, subscription_create(&d, p.id, name, target, types, &s), &f.faults, &result))
    return result;
  return reply_json(r, 201,
                    json_pack("{s:s, s:s, s:s, s:O}", "id", s.id, "name", s.name, "target", s.target, "event_types",
                              (json_t *)types));
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
  struct faults faults = {0};
  struct deed d = deed_of(r, &faults);
  const char *project;
  enum MHD_Result result;
  return deed_failed(r, subscription_delete(&d, r->id, &project), &faults, &result) ? result : reply_empty(r, 204);
}

enum MHD_Result api_event_types(struct request *r) {
  struct page page = page_read(r);
  size_t n;
  const struct event_type *types = event_types_all(&n);
  json_t *list = json_array();
  for (int64_t i = page.offset; i < (int64_t)n && i < page.offset + page.limit; i++)
    json_array_append_new(list, json_pack("{s:s, s:s}", "key", types[i].key, "description", types[i].description));
  return reply_json(r, 200, page_body(r, list, (int64_t)n, page));
}

enum MHD_Result api_subscription_secret(struct request *r) {
  struct faults faults = {0};
  struct deed d = deed_of(r, &faults);
  char secret[33];
  enum MHD_Result result;
  if (deed_failed(r, subscription_secret(&d, r->id, secret), &faults, &result))
    return result;
  return reply_json(r, 200, json_pack("{s:s}", "secret", secret));
}

enum MHD_Result api_subscription_test(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  enum MHD_Result result;
  const char *event = field_text(&f, "event_type", FIELD_NULL, 60);
  int retry = field_bool(&f, "retry", 0);
  return deed_failed(r, subscription_test(&d, r->id, event, retry), &f.faults, &result) ? result : reply_empty(r, 202);
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
