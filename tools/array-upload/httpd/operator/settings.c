/* A project's settings: whom its results are encrypted for, and its quotas. */
#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/operator/operator.h"

static const char *number_words(struct request *r, int64_t n) {
  return n == 0 ? NULL : arena_printf(&r->arena, "%lld", (long long)n);
}

static enum MHD_Result settings_page(struct request *r, unsigned status, operator_settings_view *view,
                                     const struct project *p) {
  buffer out = {0};
  view->project_id = p->id;
  view->project = p->name;
  view->can_manage = r->who.right >= RIGHT_MANAGE;
  int made = operator_settings(&out, view);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_settings(struct request *r) {
  operator_settings_view view = {0};
  enum MHD_Result result;
  struct project p;
  if (operator_project_begin(r, RIGHT_READ, &view.frame, &p, &result) != 0)
    return result;
  view.public_key = p.public_key;
  view.uploads_a_day = number_words(r, p.uploads_a_day);
  view.bytes_a_day = number_words(r, p.bytes_a_day);
  return settings_page(r, 200, &view, &p);
}

enum MHD_Result operator_post_settings(struct request *r) {
  operator_settings_view view = {0};
  enum MHD_Result result;
  struct project p;
  if (operator_project_begin(r, RIGHT_MANAGE, &view.frame, &p, &result) != 0)
    return result;
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  project_settings_read(&f, &p);
  const char *path = arena_printf(&r->arena, "/operator/projects/%s/settings?done=settings", r->id);
  enum store_result done = project_change(&d, &p);
  if (done == STORE_OK && path != NULL)
    return operator_redirect(r, path);
  view.public_key = operator_field(r, "deliverables_public_key");
  view.uploads_a_day = operator_field(r, "uploads_a_day");
  view.bytes_a_day = operator_field(r, "bytes_a_day");
  view.public_key_fault = fault_of(&f.faults, "deliverables_public_key");
  view.uploads_fault = fault_of(&f.faults, "uploads_a_day");
  view.bytes_fault = fault_of(&f.faults, "bytes_a_day");
  int marked = view.public_key_fault != NULL || view.uploads_fault != NULL || view.bytes_fault != NULL;
  view.frame.error = marked ? "Nothing was changed. See what is marked below." : operator_fault(r, done, &f.faults);
  return settings_page(r, operator_status(done, &f.faults), &view, &p);
}
