/* Subscriptions of a project, and the deliveries of one. */
#include <stdio.h>

#include "array-upload/pages/operator_frame.h"

static void put_subscription(render_row *row, const operator_subscription *s) {
  render_row_text(row, "id", s->id);
  render_row_text(row, "name", s->name && *s->name ? s->name : s->target);
  render_row_text(row, "target", s->target);
  render_row_text(row, "events", s->events);
  frame_flag(row, "has_secret", s->has_secret);
  frame_flag(row, "flagged", s->flagged);
}

static void fill_subscription(const void *items, size_t index, render_row *row) {
  const operator_subscriptions_view *view = items;
  frame_edges(row, index, view->count);
  put_subscription(row, &view->subscriptions[index]);
}

int operator_subscriptions(buffer *out, const operator_subscriptions_view *view) {
  render_row row;
  render_list list = {view->count, view, fill_subscription};
  frame_begin(&row, &view->frame);
  render_row_text(&row, "project", view->project);
  render_row_text(&row, "project_id", view->project_id);
  render_row_list(&row, "subscriptions", &list);
  frame_flag(&row, "can_manage", view->can_manage);
  return frame_page(out, &view->frame, "Webhooks", "projects", "subscriptions.html", &row);
}

static void fill_delivery(const void *items, size_t index, render_row *row) {
  const operator_subscription_view *view = items;
  const operator_delivery *d = &view->deliveries[index];
  frame_edges(row, index, view->count);
  render_row_text(row, "id", d->id);
  render_row_text(row, "event", d->event);
  if (d->http_status)
    render_row_format(row, "answer", "%d", d->http_status);
  else
    render_row_text(row, "answer", "no answer");
  render_row_text(row, "kind", d->http_status >= 200 && d->http_status < 300 ? "good" : "bad");
  render_row_text(row, "message", d->message);
  frame_time(row, "created", "created_iso", d->created);
}

int operator_subscription_page(buffer *out, const operator_subscription_view *view) {
  render_row row;
  render_list list = {view->count, view, fill_delivery};
  buffer pager = {0};
  char path[96];
  snprintf(path, sizeof path, "/operator/subscriptions/%s", view->subscription.id);
  frame_pager(&pager, path, NULL, NULL, &view->range);
  frame_begin(&row, &view->frame);
  render_row_text(&row, "project", view->project);
  render_row_text(&row, "project_id", view->project_id);
  put_subscription(&row, &view->subscription);
  render_row_text(&row, "secret", view->secret);
  render_row_list(&row, "deliveries", &list);
  render_row_text(&row, "pager", pager.text);
  frame_flag(&row, "can_manage", view->can_manage);
  const char *title = view->subscription.name && *view->subscription.name ? view->subscription.name : "Webhook";
  int made = frame_page(out, &view->frame, title, "projects", "subscription.html", &row) && !pager.failed;
  buffer_free(&pager);
  return made;
}
