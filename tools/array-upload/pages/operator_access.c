/* Who may come in: log in, account, API keys. And pages of words. */
#include "array-upload/pages/operator_frame.h"
#include "array-upload/pages/qr.h"

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

static void fill_code(const void *items, size_t index, render_row *row) {
  render_row_text(row, "code", ((const operator_account_view *)items)->codes[index]);
}

static void fill_session(const void *items, size_t index, render_row *row) {
  const operator_account_view *view = items;
  const operator_log_in *s = &view->sessions[index];
  frame_edges(row, index, view->session_count);
  render_row_text(row, "id", s->id);
  render_row_text(row, "client", s->client && *s->client ? s->client : "unknown program");
  render_row_text(row, "address", s->address);
  frame_time(row, "created", "created_iso", s->created);
  frame_time(row, "seen", "seen_iso", s->seen);
  frame_flag(row, "current", s->current);
}

int operator_account(buffer *out, const operator_account_view *view) {
  const operator_frame *frame = &view->frame;
  render_row row;
  render_list codes = {view->code_count, view, fill_code}, sessions = {view->session_count, view, fill_session};
  buffer qr = {0};
  frame_begin(&row, frame);
  render_row_text(&row, "name", frame->user);
  render_row_text(&row, "email", view->email);
  render_row_text(&row, "role", frame->role);
  render_row_text(&row, "organization", frame->organization);
  frame_flag(&row, "by_proxy", view->by_proxy);
  frame_flag(&row, "factor", view->factor);
  render_row_format(&row, "codes_left", "%llu", (unsigned long long)view->codes_left);
  render_row_text(&row, "secret", view->secret);
  int drawn = view->uri && qr_svg(&qr, view->uri);
  render_row_text(&row, "qr", drawn ? qr.text : NULL);
  frame_flag(&row, "show_codes", view->code_count > 0);
  render_row_list(&row, "codes", &codes);
  render_row_list(&row, "sessions", &sessions);
  int made = frame_page(out, frame, "Account", "account", "account.html", &row);
  buffer_free(&qr);
  return made;
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
