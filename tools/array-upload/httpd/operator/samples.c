/* One sample, what may be done with it, and a new upload session. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/operator/operator.h"

/* Everything the page of a sample shows, as the API gives it. */
struct parts {
  json_t *sample, *project, *metadata, *qc, *history;
};

static void parts_drop(struct parts *p) {
  json_decref(p->sample);
  json_decref(p->project);
  json_decref(p->metadata);
  json_decref(p->qc);
  json_decref(p->history);
}

/* The status of the first call that failed, or 200; *failed is its answer. */
static unsigned parts_get(struct request *r, struct parts *p, const json_t **failed) {
  const struct {
    handler run;
    json_t **answer;
  } calls[] = {{api_sample_get, &p->sample},
               {api_sample_metadata, &p->metadata},
               {api_sample_qc, &p->qc},
               {api_sample_statuses, &p->history}};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    unsigned status = operator_call(r, RIGHT_READ, calls[i].run, calls[i].answer);
    *failed = *calls[i].answer;
    if (status != 200)
      return status;
  }
  const char *id = r->id;
  r->id = member_text(p->sample, "project");
  unsigned status = operator_call(r, RIGHT_READ, api_project_get, &p->project);
  r->id = id;
  *failed = p->project;
  return status;
}

static const char *number_words(struct request *r, const json_t *value) {
  return json_is_number(value) ? arena_printf(&r->arena, "%.6g", json_number_value(value)) : NULL;
}

static operator_quality *quality_of(struct request *r, const json_t *answer, size_t *n) {
  const json_t *list = member_results(answer, n);
  operator_quality *quality = arena_alloc(&r->arena, (*n + 1) * sizeof *quality);
  for (size_t i = 0; quality != NULL && i < *n; i++) {
    const json_t *item = json_array_get(list, i), *qc = json_object_get(item, "quality_control");
    const char *text = member_text(qc, "value_string"),
               *measured = number_words(r, json_object_get(qc, "value_measured"));
    quality[i] = (operator_quality){member_text(json_object_get(item, "quality_control_type"), "name"),
                                    member_text(qc, "status"), measured != NULL ? measured : text,
                                    number_words(r, json_object_get(qc, "value_expected"))};
  }
  return quality;
}

/* A file's name is in its address: "filename%3D<name>". */
static const char *file_name(struct request *r, const json_t *file) {
  const char *url = member_text(file, "download_url"), *name = url == NULL ? NULL : strstr(url, "filename%3D");
  if (name == NULL)
    return member_text(file, "file_type");
  name += 11;
  return arena_strndup(&r->arena, name, strcspn(name, "&"));
}

static operator_file *files_of(struct request *r, const json_t *sample, size_t *n, const char **report) {
  const json_t *list = json_object_get(sample, "files");
  *n = json_array_size(list);
  operator_file *files = arena_alloc(&r->arena, (*n + 1) * sizeof *files);
  for (size_t i = 0; files != NULL && i < *n; i++) {
    const json_t *file = json_array_get(list, i);
    files[i] = (operator_file){file_name(r, file), member_text(file, "file_type"), member_text(file, "download_url"),
                               member_text(file, "checksum_sha256"), member_count(file, "size")};
    if (files[i].type != NULL && strcmp(files[i].type, "array-report_html") == 0)
      *report = files[i].url;
  }
  return files;
}

static operator_status *history_of(struct request *r, const json_t *answer, size_t *n) {
  const json_t *list = member_results(answer, n);
  operator_status *history = arena_alloc(&r->arena, (*n + 1) * sizeof *history);
  for (size_t i = 0; history != NULL && i < *n; i++) {
    const json_t *item = json_array_get(list, i);
    history[i] =
        (operator_status){member_text(item, "status"), member_text(item, "note"), member_time(item, "created")};
  }
  return history;
}

static const char *metadata_words(struct request *r, const json_t *answer) {
  const json_t *metadata = json_object_get(answer, "metadata");
  char *text =
      metadata == NULL || json_is_null(metadata) ? NULL : json_dumps(metadata, JSON_INDENT(2) | JSON_ENCODE_ANY);
  const char *words = arena_strdup(&r->arena, text);
  free(text);
  return words;
}

static int cancelable(const char *status) {
  static const char *const open[] = {"consumer awaiting data", "scheduled", "running"};
  for (size_t i = 0; status != NULL && i < sizeof open / sizeof *open; i++)
    if (strcmp(open[i], status) == 0)
      return 1;
  return 0;
}

static int sample_show(struct request *r, const operator_frame *frame, const struct parts *p, buffer *out) {
  const json_t *last = json_object_get(p->sample, "last_status");
  operator_sample_view view = {.frame = *frame,
                               .project_id = member_text(p->project, "id"),
                               .project = member_text(p->project, "name"),
                               .sample = {.id = member_text(p->sample, "id"),
                                          .client_id = member_text(p->sample, "client_id"),
                                          .status = member_text(last, "status"),
                                          .note = member_text(last, "note"),
                                          .created = member_time(p->sample, "created"),
                                          .modified = member_time(p->sample, "modified")},
                               .metadata = metadata_words(r, p->metadata),
                               .can_write = r->who.right >= RIGHT_UPLOAD,
                               .can_manage = r->who.right >= RIGHT_MANAGE};
  view.quality = quality_of(r, p->qc, &view.quality_count);
  view.files = files_of(r, p->sample, &view.file_count, &view.report_url);
  view.history = history_of(r, p->history, &view.history_count);
  view.cancelable = cancelable(view.sample.status);
  for (size_t i = 0; view.quality != NULL && i < view.quality_count; i++)
    if (view.quality[i].status != NULL && strcmp(view.quality[i].status, "failed") == 0)
      view.failed_qc = view.failed_qc == NULL ? view.quality[i].name
                                              : arena_printf(&r->arena, "%s, %s", view.failed_qc, view.quality[i].name);
  return !r->arena.failed && operator_sample_page(out, &view);
}

enum MHD_Result operator_get_sample(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct parts p = {0};
  const json_t *failed = NULL;
  buffer out = {0};
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  unsigned status = parts_get(r, &p, &failed);
  if (status == 200) {
    int made = sample_show(r, &frame, &p, &out);
    result = operator_reply(r, 200, &out, made);
  } else {
    result = operator_reply_fault(r, &frame, status, failed);
  }
  parts_drop(&p);
  return result;
}

/* Runs one of the project's actions on this one sample. */
static enum MHD_Result sample_act(struct request *r, enum right right, handler run, const char *done, int to_project) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *sample = NULL, *answer = NULL;
  if (operator_begin(r, right, &frame, &result) != 0)
    return result;
  const char *id = r->id;
  unsigned status = operator_call(r, RIGHT_READ, api_sample_get, &sample);
  const char *project = arena_strdup(&r->arena, member_text(sample, "project"));
  if (status == 200 && project != NULL) {
    json_object_set_new(r->data, "sample_ids", json_pack("[s]", id));
    r->id = project;
    status = operator_call(r, right, run, &answer);
  }
  const char *path =
      to_project ? arena_printf(&r->arena, "/operator/projects/%s?done=%s", project == NULL ? "" : project, done)
                 : arena_printf(&r->arena, "/operator/samples/%s?done=%s", id, done);
  result =
      status / 100 == 2 && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, status, answer);
  json_decref(sample);
  json_decref(answer);
  return result;
}

enum MHD_Result operator_post_sample_cancel(struct request *r) {
  return sample_act(r, RIGHT_UPLOAD, api_project_cancel_samples, "canceled", 0);
}

enum MHD_Result operator_post_sample_delete(struct request *r) {
  return sample_act(r, RIGHT_MANAGE, api_project_delete_samples, "deleted", 1);
}

/* The form of a session, or its link; the view's other members are set. */
static enum MHD_Result session_page(struct request *r, operator_session_view *view, unsigned status) {
  json_t *project;
  buffer out = {0};
  enum MHD_Result result;
  unsigned got = operator_call(r, RIGHT_READ, api_project_get, &project);
  view->project_id = member_text(project, "id");
  view->project = member_text(project, "name");
  if (got == 200) {
    int made = operator_session(&out, view);
    result = operator_reply(r, status, &out, made);
  } else {
    result = operator_reply_fault(r, &view->frame, got, project);
  }
  json_decref(project);
  return result;
}

enum MHD_Result operator_get_session(struct request *r) {
  operator_session_view view = {0};
  enum MHD_Result result;
  return operator_begin(r, RIGHT_UPLOAD, &view.frame, &result) != 0 ? result : session_page(r, &view, 200);
}

enum MHD_Result operator_post_session(struct request *r) {
  operator_session_view view = {0};
  enum MHD_Result result;
  json_t *answer;
  if (operator_begin(r, RIGHT_UPLOAD, &view.frame, &result) != 0)
    return result;
  view.success = arena_strdup(&r->arena, operator_field(r, "redirect_on_success"));
  view.failure = arena_strdup(&r->arena, operator_field(r, "redirect_on_failure"));
  view.expires_in = arena_strdup(&r->arena, operator_field(r, "expires_in"));
  view.metadata = arena_strdup(&r->arena, operator_field(r, "metadata"));
  json_object_set_new(r->data, "project_id", json_string(r->id));
  unsigned status = operator_call(r, RIGHT_UPLOAD, api_session_create, &answer);
  if (status == 201) {
    view.url = member_text(answer, "url");
    view.sample_id = member_text(answer, "sample_id");
    view.expires = member_time(answer, "expires_at");
    view.minutes = (unsigned)((view.expires - r->now + 59999999) / 60000000);
    view.frame.notice = "The session was created.";
  } else {
    view.success_fault = operator_field_fault(answer, "redirect_on_success");
    view.failure_fault = operator_field_fault(answer, "redirect_on_failure");
    view.expires_in_fault = operator_field_fault(answer, "expires_in");
    view.metadata_fault = operator_field_fault(answer, "metadata");
    int fields = view.success_fault || view.failure_fault || view.expires_in_fault || view.metadata_fault;
    view.frame.error = fields ? "No session was created. See what is marked below." : operator_fault(r, status, answer);
  }
  result = session_page(r, &view, status == 201 ? 200 : status);
  json_decref(answer);
  return result;
}
