/* Who works here, and what was done. */
#include <string.h>

#include "array-upload/pages/escape.h"
#include "array-upload/pages/operator_frame.h"

static const char *const roles[] = {"viewer", "analyst", "manager", "owner"};
enum { ROLE_COUNT = sizeof roles / sizeof roles[0] };

/* items: the role that is chosen. */
static void fill_role(const void *items, size_t index, render_row *row) {
  render_row_text(row, "value", roles[index]);
  frame_flag(row, "chosen", items != NULL && strcmp(items, roles[index]) == 0);
}

typedef struct people {
  const operator_users_view *view;
  render_list roles; /* of the row that is being written */
} people;

static void fill_person(const void *items, size_t index, render_row *row) {
  people *all = (people *)items;
  const operator_person *p = &all->view->people[index];
  all->roles = (render_list){ROLE_COUNT, p->role, fill_role};
  frame_edges(row, index, all->view->count);
  render_row_text(row, "id", p->id);
  render_row_text(row, "name", p->name && *p->name ? p->name : p->email);
  render_row_text(row, "email", p->email);
  render_row_text(row, "role", p->role);
  render_row_list(row, "roles", &all->roles);
  frame_time(row, "created", "created_iso", p->created);
  frame_flag(row, "active", p->active);
  frame_flag(row, "has_password", p->has_password);
  frame_flag(row, "self", p->self);
  frame_flag(row, "changeable", all->view->can_own && !p->self);
}

int operator_users(buffer *out, const operator_users_view *view) {
  render_row row;
  people all = {.view = view};
  render_list list = {view->count, &all, fill_person};
  render_list choices = {ROLE_COUNT, view->role && *view->role ? view->role : "viewer", fill_role};
  buffer pager = {0};
  frame_pager(&pager, "/operator/users", view->search, NULL, &view->range);
  frame_begin(&row, &view->frame);
  render_row_text(&row, "search", view->search);
  render_row_list(&row, "people", &list);
  render_row_list(&row, "roles", &choices);
  render_row_text(&row, "pager", pager.text);
  render_row_text(&row, "new_email", view->email);
  render_row_text(&row, "new_name", view->name);
  render_row_text(&row, "password", view->password);
  render_row_text(&row, "whose", view->whose);
  frame_flag(&row, "can_own", view->can_own);
  int made = frame_page(out, &view->frame, "Users", "users", "users.html", &row) && !pager.failed;
  buffer_free(&pager);
  return made;
}

/* ---- audit ---------------------------------------------------------------------------------------------------------
 */
static void fill_entry(const void *items, size_t index, render_row *row) {
  const operator_audit_view *view = items;
  const operator_entry *e = &view->entries[index];
  frame_edges(row, index, view->count);
  render_row_format(row, "n", "%lld", (long long)e->n);
  frame_time(row, "created", "created_iso", e->created);
  render_row_text(row, "event", e->event);
  render_row_text(row, "who", e->who);
  render_row_text(row, "object", e->object);
  render_row_text(row, "detail", e->detail);
}

static void put_link(buffer *out, const char *search, int64_t before, const char *words) {
  buffer_text(out, "<a class=\"button quiet small\" href=\"/operator/audit?search=");
  escape_url(out, search ? search : "");
  if (before)
    buffer_format(out, "&amp;before=%lld", (long long)before);
  buffer_format(out, "\">%s</a>", words);
}

/* By entry and not by offset: what is added meanwhile does not move the pages. */
static void put_pager(buffer *out, const operator_audit_view *view) {
  buffer_text(out, "");
  if (view->newest && !view->older)
    return;
  buffer_text(out, "<nav class=\"pager\" aria-label=\"Pages\">");
  if (!view->newest)
    put_link(out, view->search, 0, "Newest");
  if (view->older)
    put_link(out, view->search, view->older, "Older");
  buffer_text(out, "</nav>");
}

int operator_audit(buffer *out, const operator_audit_view *view) {
  render_row row;
  render_list list = {view->count, view, fill_entry};
  buffer pager = {0};
  put_pager(&pager, view);
  frame_begin(&row, &view->frame);
  render_row_text(&row, "search", view->search);
  render_row_list(&row, "entries", &list);
  render_row_text(&row, "pager", pager.text);
  frame_flag(&row, "whole", view->checked && view->broken_at == 0);
  if (view->checked && view->broken_at)
    render_row_format(&row, "broken", "%lld", (long long)view->broken_at);
  else
    render_row_text(&row, "broken", NULL);
  int made = frame_page(out, &view->frame, "Audit log", "audit", "audit.html", &row) && !pager.failed;
  buffer_free(&pager);
  return made;
}
