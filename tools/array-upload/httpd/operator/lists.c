/* Projects, and the samples of one. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/operator/operator.h"

static operator_project project_of(const json_t *p) {
  return (operator_project){.id = member_text(p, "id"),
                            .name = member_text(p, "name"),
                            .description = member_text(p, "description"),
                            .samples = member_count(p, "sample_count"),
                            .created = member_time(p, "created"),
                            .locked = member_flag(p, "locked"),
                            .standard = member_flag(p, "default_for_uploads")};
}

/* The list; `error`: what went wrong with the form on it. */
static enum MHD_Result projects_page(struct request *r, operator_frame frame, unsigned status, const char *error) {
  json_t *answer;
  buffer out = {0};
  unsigned got = operator_call(r, RIGHT_READ, api_projects_list, &answer);
  size_t n;
  const json_t *results = member_results(answer, &n);
  operator_project *projects = arena_alloc(&r->arena, (n + 1) * sizeof *projects);
  if (got != 200 || projects == NULL) {
    enum MHD_Result result = operator_reply_fault(r, &frame, got == 200 ? 500 : got, answer);
    json_decref(answer);
    return result;
  }
  for (size_t i = 0; i < n; i++)
    projects[i] = project_of(json_array_get(results, i));
  frame.error = error;
  operator_projects_view view = {.frame = frame,
                                 .search = request_query(r, "search"),
                                 .projects = projects,
                                 .count = n,
                                 .range = member_range(r, answer),
                                 .can_manage = r->who.right >= RIGHT_MANAGE};
  int made = operator_projects(&out, &view);
  json_decref(answer);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_projects(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_READ, &frame, &result) != 0 ? result : projects_page(r, frame, 200, NULL);
}

enum MHD_Result operator_post_project(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *answer;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  json_object_set_new(r->data, "pipeline_capabilities", json_string(CAPABILITY_ID));
  unsigned status = operator_call(r, RIGHT_MANAGE, api_projects_create, &answer);
  const char *path = arena_printf(&r->arena, "/operator/projects/%s?done=project", member_text(answer, "id"));
  const char *fault = status == 201 ? NULL : operator_fault(r, status, answer);
  result = status == 201 && path != NULL ? operator_redirect(r, path)
                                         : projects_page(r, frame, status, arena_strdup(&r->arena, fault));
  json_decref(answer);
  return result;
}

static operator_sample sample_of(const json_t *s) {
  const json_t *last = json_object_get(s, "last_status");
  return (operator_sample){.id = member_text(s, "id"),
                           .client_id = member_text(s, "client_id"),
                           .status = member_text(last, "status"),
                           .note = member_text(last, "note"),
                           .created = member_time(s, "created"),
                           .modified = member_time(s, "modified"),
                           .hidden = member_flag(s, "hidden")};
}

enum MHD_Result operator_get_project(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *project = NULL, *stats = NULL, *list = NULL;
  buffer out = {0};
  size_t n;
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  unsigned status = operator_call(r, RIGHT_READ, api_project_get, &project);
  if (status == 200)
    status = operator_call(r, RIGHT_READ, api_project_stats, &stats);
  if (status == 200)
    status = operator_call(r, RIGHT_READ, api_project_samples, &list);
  const json_t *results = member_results(list, &n), *counts = json_object_get(stats, "counts");
  operator_sample *samples = arena_alloc(&r->arena, (n + 1) * sizeof *samples);
  if (status == 200 && samples != NULL) {
    for (size_t i = 0; i < n; i++)
      samples[i] = sample_of(json_array_get(results, i));
    const char *filter = request_query(r, "status");
    operator_samples_view view = {.frame = frame,
                                  .project = project_of(project),
                                  .scheduled = member_count(counts, "scheduled_samples"),
                                  .running = member_count(counts, "running_samples"),
                                  .succeeded = member_count(counts, "succeeded_samples"),
                                  .failed = member_count(counts, "failed_samples"),
                                  .search = request_query(r, "search"),
                                  .status = filter != NULL && *filter != '\0' ? filter : "all",
                                  .samples = samples,
                                  .count = n,
                                  .range = member_range(r, list),
                                  .can_create = r->who.right >= RIGHT_UPLOAD};
    view.project.samples = member_count(counts, "total_samples");
    int made = operator_samples(&out, &view);
    result = operator_reply(r, 200, &out, made);
  } else {
    result = operator_reply_fault(r, &frame, status == 200 ? 500 : status, list);
  }
  json_decref(project);
  json_decref(stats);
  json_decref(list);
  return result;
}
