/* Webhooks: a project's subscriptions, their deliveries, tests and resends. */
#include <string.h>

#include "array-upload/httpd/operator/operator.h"

/* A JSON list of texts as "a, b", in the arena; NULL when empty. */
static const char *list_words(struct request *r, const char *json) {
  json_t *list = json_loads(json, 0, NULL), *item;
  const char *all = NULL;
  size_t i;
  json_array_foreach(list, i, item) if (json_is_string(item)) all =
      all == NULL ? arena_strdup(&r->arena, json_string_value(item))
                  : arena_printf(&r->arena, "%s, %s", all, json_string_value(item));
  json_decref(list);
  return all;
}

static operator_subscription subscription_of(struct request *r, const struct subscription *s) {
  return (operator_subscription){.id = s->id,
                                 .name = s->name,
                                 .target = s->target,
                                 .events = list_words(r, s->event_types),
                                 .has_secret = s->sealed != NULL,
                                 .flagged = s->flagged != 0};
}

static enum MHD_Result subscriptions_page(struct request *r, operator_frame *frame, const struct project *p,
                                          unsigned status, const char *error) {
  struct subscription *list;
  buffer out = {0};
  size_t n;
  int64_t total;
  enum store_result found =
      store_subscription_list(r->store, &r->arena, p->id, (struct page){200, 0}, &list, &n, &total);
  operator_subscription *subscriptions =
      found == STORE_OK ? arena_alloc(&r->arena, (n + 1) * sizeof *subscriptions) : NULL;
  if (subscriptions == NULL)
    return operator_reply_fault(r, frame, found == STORE_OK ? STORE_ERROR : found, NULL);
  for (size_t i = 0; i < n; i++)
    subscriptions[i] = subscription_of(r, &list[i]);
  frame->error = error;
  operator_subscriptions_view view = {.frame = *frame,
                                      .project_id = p->id,
                                      .project = p->name,
                                      .subscriptions = subscriptions,
                                      .count = n,
                                      .can_manage = r->who.right >= RIGHT_MANAGE};
  int made = operator_subscriptions(&out, &view);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_subscriptions(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct project p;
  return operator_project_begin(r, RIGHT_READ, &frame, &p, &result) != 0 ? result
                                                                         : subscriptions_page(r, &frame, &p, 200, NULL);
}

enum MHD_Result operator_post_subscription(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct project p;
  struct subscription s;
  if (operator_project_begin(r, RIGHT_MANAGE, &frame, &p, &result) != 0)
    return result;
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  const char *name = field_text(&f, "name", FIELD_BLANK, 255), *target = field_text(&f, "target", FIELD_REQUIRED, 255);
  json_t *types = json_pack("[s]", "analysis_complete_v2");
  enum store_result done = subscription_create(&d, p.id, name, target, types, &s);
  json_decref(types);
  const char *path =
      done == STORE_OK ? arena_printf(&r->arena, "/operator/subscriptions/%s?done=subscription", s.id) : NULL;
  return path != NULL
             ? operator_redirect(r, path)
             : subscriptions_page(r, &frame, &p, operator_status(done, &f.faults), operator_fault(r, done, &f.faults));
}

static operator_delivery *deliveries_of(struct request *r, const struct notification *list, size_t n) {
  operator_delivery *deliveries = arena_alloc(&r->arena, (n + 1) * sizeof *deliveries);
  for (size_t i = 0; deliveries != NULL && i < n; i++)
    deliveries[i] = (operator_delivery){.id = list[i].id,
                                        .event = list[i].event_type,
                                        .message = list[i].http_status == 0 ? list[i].message : NULL,
                                        .created = list[i].created,
                                        .http_status = (int)list[i].http_status};
  return deliveries;
}

static enum MHD_Result subscription_page(struct request *r, operator_frame *frame, const char *secret) {
  struct subscription s;
  struct project p;
  struct notification *list;
  buffer out = {0};
  size_t n;
  int64_t total;
  enum store_result found = store_subscription_get(r->store, &r->arena, r->who.organization, r->id, &s);
  if (found == STORE_OK)
    found = store_project_get(r->store, &r->arena, r->who.organization, s.project, &p);
  if (found == STORE_OK)
    found = store_notification_list(r->store, &r->arena, s.id, page_read(r), &list, &n, &total);
  if (found != STORE_OK)
    return operator_reply_fault(r, frame, found, NULL);
  operator_subscription_view view = {.frame = *frame,
                                     .project_id = p.id,
                                     .project = p.name,
                                     .subscription = subscription_of(r, &s),
                                     .secret = secret,
                                     .deliveries = deliveries_of(r, list, n),
                                     .count = n,
                                     .range = operator_range_of(r, total),
                                     .can_manage = r->who.right >= RIGHT_MANAGE};
  int made = view.deliveries != NULL && operator_subscription_page(&out, &view);
  return operator_reply(r, 200, &out, made);
}

enum MHD_Result operator_get_subscription(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0 ? result : subscription_page(r, &frame, NULL);
}

enum MHD_Result operator_post_subscription_test(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = subscription_test(&d, r->id, NULL, 0);
  const char *path = arena_printf(&r->arena, "/operator/subscriptions/%s?done=test", r->id);
  return done == STORE_OK && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, done, &faults);
}

enum MHD_Result operator_post_subscription_secret(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  char secret[33];
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = subscription_secret(&d, r->id, secret);
  return done == STORE_OK ? subscription_page(r, &frame, secret) : operator_reply_fault(r, &frame, done, &faults);
}

enum MHD_Result operator_post_subscription_delete(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  const char *project;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = subscription_delete(&d, r->id, &project);
  const char *path =
      arena_printf(&r->arena, "/operator/projects/%s/subscriptions?done=unsubscribed", project == NULL ? "" : project);
  return done == STORE_OK && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, done, &faults);
}

/* So that the receiver can tell that it knows it, the event id is the same. */
enum MHD_Result operator_post_resend(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  const char *subscription;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = delivery_resend(&d, r->id, &subscription);
  const char *path = arena_printf(&r->arena, "/operator/subscriptions/%s?done=resent", subscription);
  return done == STORE_OK && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, done, &faults);
}
