/* Who may come in: log in, account, API keys. And pages of words. */
#include "array-upload/pages/operator_frame.h"

int operator_login(buffer *out, const operator_frame *frame, const char *email) {
  render_row row;
  frame_begin(&row, frame);
  render_row_text(&row, "email", email);
  return frame_page(out, frame, "Log in", NULL, "login.html", &row);
}

int operator_message(buffer *out, const operator_frame *frame, const char *heading, const char *text) {
  render_row row;
  frame_begin(&row, frame);
  render_row_text(&row, "heading", heading);
  render_row_text(&row, "text", text);
  return frame_page(out, frame, heading, NULL, "message.html", &row);
}

int operator_account(buffer *out, const operator_frame *frame, const char *email) {
  render_row row;
  frame_begin(&row, frame);
  render_row_text(&row, "name", frame->user);
  render_row_text(&row, "email", email);
  render_row_text(&row, "role", frame->role);
  render_row_text(&row, "organization", frame->organization);
  return frame_page(out, frame, "Account", "account", "account.html", &row);
}

static void fill_key(const void *items, size_t index, render_row *row) {
  const operator_keys_view *view = items;
  const operator_key *k = &view->keys[index];
  frame_edges(row, index, view->count);
  render_row_text(row, "id", k->id);
  render_row_text(row, "name", k->name);
  render_row_text(row, "prefix", k->prefix);
  /* The last microsecond that counts: its day is the last valid one. */
  frame_day(row, "expires", k->expires ? k->expires - 1 : 0);
  frame_flag(row, "expired", k->expired);
  frame_time(row, "used", "used_iso", k->last_used);
}

int operator_keys(buffer *out, const operator_keys_view *view) {
  render_row row;
  render_list keys = {view->count, view, fill_key};
  frame_begin(&row, &view->frame);
  render_row_text(&row, "new_key", view->new_key);
  render_row_text(&row, "role", view->frame.role);
  render_row_list(&row, "keys", &keys);
  return frame_page(out, &view->frame, "API keys", "account", "keys.html", &row);
}
