/* One sample, and the making of one: a new upload session. */
#include <string.h>

#include "array-upload/pages/operator_frame.h"
#include "array-upload/pages/qr.h"

static void fill_quality(const void *items, size_t index, render_row *row) {
  const operator_sample_view *view = items;
  const operator_quality *q = &view->quality[index];
  frame_edges(row, index, view->quality_count);
  render_row_text(row, "name", q->name);
  render_row_text(row, "result", q->status);
  render_row_text(row, "kind", frame_status_kind(q->status));
  render_row_text(row, "measured", q->measured && *q->measured ? q->measured : "–");
  render_row_text(row, "expected", q->expected && *q->expected ? q->expected : "–");
}

static void fill_file(const void *items, size_t index, render_row *row) {
  const operator_sample_view *view = items;
  const operator_file *f = &view->files[index];
  frame_edges(row, index, view->file_count);
  render_row_text(row, "name", f->name);
  render_row_text(row, "type", f->type);
  render_row_text(row, "url", f->url);
  render_row_text(row, "sha256", f->sha256);
  frame_size(row, "size", f->size_bytes);
}

static void fill_status(const void *items, size_t index, render_row *row) {
  const operator_status_row *s = &((const operator_sample_view *)items)->history[index];
  render_row_text(row, "status", s->status);
  render_row_text(row, "kind", frame_status_kind(s->status));
  render_row_text(row, "note", s->note);
  frame_time(row, "created", "created_iso", s->created);
}

static void fill_consent(const void *items, size_t index, render_row *row) {
  const operator_sample_view *view = items;
  const operator_consent *c = &view->consents[index];
  frame_edges(row, index, view->consent_count);
  render_row_text(row, "purpose", c->purpose);
  render_row_text(row, "version", c->version);
  render_row_text(row, "consent_text", c->text);
  frame_time(row, "given", "given_iso", c->given);
  frame_time(row, "withdrawn", "withdrawn_iso", c->withdrawn);
}

static void fill_stage(const void *items, size_t index, render_row *row) {
  const operator_sample_view *view = items;
  const operator_stage *s = &view->stages[index];
  frame_edges(row, index, view->stage_count);
  render_row_text(row, "name", s->name);
  render_row_text(row, "status", s->status);
  render_row_text(row, "kind", frame_status_kind(s->status));
  render_row_text(row, "note", s->note);
  frame_time(row, "started", "started_iso", s->started);
  frame_time(row, "ended", "ended_iso", s->ended);
}

static void fill_look(const void *items, size_t index, render_row *row) {
  const operator_sample_view *view = items;
  frame_edges(row, index, view->look_count);
  render_row_text(row, "who", view->looks[index].who);
  render_row_text(row, "what", view->looks[index].what);
  frame_time(row, "when", "when_iso", view->looks[index].when);
}

int operator_sample_page(buffer *out, const operator_sample_view *view) {
  render_row row;
  const operator_sample *s = &view->sample;
  render_list quality = {view->quality_count, view, fill_quality}, files = {view->file_count, view, fill_file};
  render_list history = {view->history_count, view, fill_status};
  render_list consents = {view->consent_count, view, fill_consent};
  const char *name = s->client_id && *s->client_id ? s->client_id : s->id;
  render_list looks = {view->look_count, view, fill_look};
  render_list stages = {view->stage_count, view, fill_stage};
  frame_begin(&row, &view->frame);
  render_row_list(&row, "looks", &looks);
  render_row_list(&row, "stages", &stages);
  render_row_text(&row, "project", view->project);
  render_row_text(&row, "project_id", view->project_id);
  render_row_text(&row, "id", s->id);
  render_row_text(&row, "client_id", name);
  render_row_text(&row, "status", s->status);
  render_row_text(&row, "kind", frame_status_kind(s->status));
  render_row_text(&row, "note", s->note);
  frame_time(&row, "created", "created_iso", s->created);
  frame_time(&row, "modified", "modified_iso", s->modified);
  render_row_text(&row, "failed_qc", view->failed_qc);
  render_row_text(&row, "report_url", view->report_url);
  render_row_text(&row, "metadata", view->metadata);
  render_row_list(&row, "qc", &quality);
  render_row_list(&row, "files", &files);
  render_row_list(&row, "history", &history);
  render_row_list(&row, "consents", &consents);
  frame_flag(&row, "can_write", (view->can_write && (view->cancelable || view->retryable)) || view->can_manage);
  frame_flag(&row, "retryable", view->can_write && view->retryable);
  frame_flag(&row, "can_manage", view->can_manage);
  frame_flag(&row, "cancelable", view->can_write && view->cancelable);
  return frame_page(out, &view->frame, name, "projects", "sample.html", &row);
}

/* The form of a new session, a field a row. */
typedef struct session_field {
  const char *name, *label, *hint, *type, *value, *fault;
} session_field;

enum { SESSION_FIELDS = 4 };

static void fill_field(const void *items, size_t index, render_row *row) {
  const session_field *f = &((const session_field *)items)[index];
  render_row_text(row, "name", f->name);
  render_row_text(row, "label", f->label);
  render_row_text(row, "hint", f->hint);
  render_row_text(row, "type", f->type);
  frame_flag(row, "area", !f->type);
  render_row_text(row, "value", f->value);
  render_row_text(row, "fault", f->fault);
}

int operator_session(buffer *out, const operator_session_view *view) {
  const session_field fields[SESSION_FIELDS] = {
      {"redirect_on_success", "Address after success (optional)", "https; without one a confirmation page is shown.",
       "url", view->success, view->success_fault},
      {"redirect_on_failure", "Address after failure (optional)", "https; a reason is added to its query.", "url",
       view->failure, view->failure_fault},
      {"expires_in", "Seconds the link can be opened", "60 to 3600.", "number",
       view->expires_in && *view->expires_in ? view->expires_in : "600", view->expires_in_fault},
      {"metadata", "Metadata (optional)", "A JSON object, such as {\"customer_id\": \"cust_12345\"}.", NULL,
       view->metadata, view->metadata_fault}};
  render_list list = {SESSION_FIELDS, fields, fill_field};
  render_row row;
  buffer qr = {0};
  frame_begin(&row, &view->frame);
  render_row_text(&row, "project", view->project);
  render_row_text(&row, "project_id", view->project_id);
  render_row_list(&row, "fields", &list);
  render_row_text(&row, "url", view->url);
  render_row_text(&row, "sample_id", view->sample_id);
  frame_time(&row, "expires", "expires_iso", view->expires);
  render_row_format(&row, "minutes", "%u", view->minutes);
  int drawn = view->url && qr_svg(&qr, view->url);
  render_row_text(&row, "qr", drawn ? qr.text : NULL);
  int made = frame_page(out, &view->frame, "New upload session", "projects", "session.html", &row);
  buffer_free(&qr);
  return made;
}
