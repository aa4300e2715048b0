/* Webhooks: a project's subscriptions, their deliveries, tests and resends. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/operator/operator.h"

static operator_subscription subscription_of(struct request *r, const json_t *s) {
  return (operator_subscription){.id = member_text(s, "id"),
                                 .name = member_text(s, "name"),
                                 .target = member_text(s, "target"),
                                 .events = member_join(r, json_object_get(s, "event_types")),
                                 .has_secret = member_flag(s, "has_secret"),
                                 .flagged = member_flag(s, "disabled")};
}

static enum MHD_Result subscriptions_page(struct request *r, operator_frame *frame, unsigned status,
                                          const char *error) {
  json_t *project, *answer = NULL;
  enum MHD_Result result;
  buffer out = {0};
  size_t n;
  unsigned got = operator_call(r, RIGHT_READ, api_project_get, &project);
  if (got == 200)
    got = operator_call(r, RIGHT_READ, api_subscriptions_list, &answer);
  const json_t *list = member_results(answer, &n);
  operator_subscription *subscriptions = arena_alloc(&r->arena, (n + 1) * sizeof *subscriptions);
  for (size_t i = 0; subscriptions != NULL && i < n; i++)
    subscriptions[i] = subscription_of(r, json_array_get(list, i));
  frame->error = error;
  if (got == 200 && subscriptions != NULL) {
    operator_subscriptions_view view = {.frame = *frame,
                                        .project_id = member_text(project, "id"),
                                        .project = member_text(project, "name"),
                                        .subscriptions = subscriptions,
                                        .count = n,
                                        .can_manage = r->who.right >= RIGHT_MANAGE};
    int made = operator_subscriptions(&out, &view);
    result = operator_reply(r, status, &out, made);
  } else {
    result = operator_reply_fault(r, frame, got == 200 ? 500 : got, got == 200 ? NULL : project);
  }
  json_decref(project);
  json_decref(answer);
  return result;
}

enum MHD_Result operator_get_subscriptions(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_READ, &frame, &result) != 0 ? result : subscriptions_page(r, &frame, 200, NULL);
}

enum MHD_Result operator_post_subscription(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *answer;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  json_object_set_new(r->data, "event_types", json_pack("[s]", "analysis_complete_v2"));
  unsigned status = operator_call(r, RIGHT_MANAGE, api_subscriptions_create, &answer);
  const char *path = arena_printf(&r->arena, "/operator/subscriptions/%s?done=subscription", member_text(answer, "id"));
  if (status == 201 && path != NULL)
    result = operator_redirect(r, path);
  else
    result = subscriptions_page(r, &frame, status, operator_fault(r, status, answer));
  json_decref(answer);
  return result;
}

static operator_delivery *deliveries_of(struct request *r, const json_t *answer, size_t *n) {
  const json_t *list = member_results(answer, n);
  operator_delivery *deliveries = arena_alloc(&r->arena, (*n + 1) * sizeof *deliveries);
  for (size_t i = 0; deliveries != NULL && i < *n; i++) {
    const json_t *d = json_array_get(list, i);
    deliveries[i] = (operator_delivery){.id = member_text(d, "id"),
                                        .event = member_text(d, "notification_event_type"),
                                        .created = member_time(d, "created"),
                                        .http_status = (int)member_count(d, "response_status")};
  }
  return deliveries;
}

static enum MHD_Result subscription_page(struct request *r, operator_frame *frame, const char *secret) {
  json_t *subscription, *list = NULL, *project = NULL;
  enum MHD_Result result;
  buffer out = {0};
  unsigned status = operator_call(r, RIGHT_READ, api_subscription_get, &subscription);
  if (status == 200)
    status = operator_call(r, RIGHT_MANAGE, api_notifications, &list);
  const char *id = r->id;
  r->id = member_text(subscription, "project");
  if (status == 200)
    status = operator_call(r, RIGHT_READ, api_project_get, &project);
  r->id = id;
  if (status == 200) {
    operator_subscription_view view = {.frame = *frame,
                                       .project_id = member_text(project, "id"),
                                       .project = member_text(project, "name"),
                                       .subscription = subscription_of(r, subscription),
                                       .secret = secret,
                                       .range = member_range(r, list),
                                       .can_manage = r->who.right >= RIGHT_MANAGE};
    view.deliveries = deliveries_of(r, list, &view.count);
    int made = view.deliveries != NULL && operator_subscription_page(&out, &view);
    result = operator_reply(r, 200, &out, made);
  } else {
    result = operator_reply_fault(r, frame, status, NULL);
  }
  json_decref(subscription);
  json_decref(list);
  json_decref(project);
  return result;
}

enum MHD_Result operator_get_subscription(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0 ? result : subscription_page(r, &frame, NULL);
}

enum MHD_Result operator_post_subscription_test(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *answer;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  unsigned status = operator_call(r, RIGHT_MANAGE, api_subscription_test, &answer);
  const char *path = arena_printf(&r->arena, "/operator/subscriptions/%s?done=test", r->id);
  result = status == 202 && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, status, answer);
  json_decref(answer);
  return result;
}

enum MHD_Result operator_post_subscription_secret(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *answer;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  unsigned status = operator_call(r, RIGHT_MANAGE, api_subscription_secret, &answer);
  result = status == 200 ? subscription_page(r, &frame, member_text(answer, "secret"))
                         : operator_reply_fault(r, &frame, status, answer);
  json_decref(answer);
  return result;
}

enum MHD_Result operator_post_subscription_delete(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *subscription, *answer = NULL;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  unsigned status = operator_call(r, RIGHT_MANAGE, api_subscription_get, &subscription);
  if (status == 200)
    status = operator_call(r, RIGHT_MANAGE, api_subscription_delete, &answer);
  const char *path = arena_printf(&r->arena, "/operator/projects/%s/subscriptions?done=unsubscribed",
                                  member_text(subscription, "project"));
  result = status == 204 && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, status, answer);
  json_decref(subscription);
  json_decref(answer);
  return result;
}

/* The same body again, with the same event id, so that the receiver can tell that it knows it. */
enum MHD_Result operator_post_resend(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct notification n;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  enum store_result found = store_notification_get(r->store, &r->arena, r->who.organization, r->id, &n);
  if (found != STORE_OK)
    return operator_reply_fault(r, &frame, found == STORE_NONE ? 404 : 503, NULL);
  json_t *body = json_loads(n.body, 0, NULL);
  const char *event_id = member_text(json_array_get(body, 0), "event_id");
  enum store_result added =
      event_id == NULL ? STORE_ERROR
                       : store_delivery_add(r->store, n.subscription, event_id, n.event_type, n.body, 1, r->now);
  json_decref(body);
  const char *path = arena_printf(&r->arena, "/operator/subscriptions/%s?done=resent", n.subscription);
  if (added != STORE_OK || path == NULL)
    return operator_reply_fault(r, &frame, added == STORE_BUSY ? 503 : 500, NULL);
  api_audit(r, "webhook.resent", n.id);
  return operator_redirect(r, path);
}
