/* Projects, and the samples of one. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/operator/operator.h"

static operator_project project_of(const struct project *p) {
  return (operator_project){.id = p->id,
                            .name = p->name,
                            .description = p->description,
                            .samples = (uint64_t)p->sample_count,
                            .created = p->created,
                            .locked = p->locked != 0,
                            .standard = p->is_default != 0};
}

/* The list; `error`: what went wrong with the form on it. */
static enum MHD_Result projects_page(struct request *r, operator_frame frame, unsigned status, const char *error) {
  struct project_query q = {.organization = r->who.organization,
                            .search = request_query(r, "search"),
                            .hidden_status = "visible",
                            .sort_by = "created",
                            .descending = 1,
                            .locked = -1,
                            .page = page_read(r)};
  struct project *list;
  size_t n;
  int64_t total;
  buffer out = {0};
  enum store_result found = store_project_list(r->store, &r->arena, &q, &list, &n, &total);
  operator_project *projects = found == STORE_OK ? arena_alloc(&r->arena, (n + 1) * sizeof *projects) : NULL;
  if (projects == NULL)
    return operator_reply_fault(r, &frame, found == STORE_OK ? STORE_ERROR : found, NULL);
  for (size_t i = 0; i < n; i++)
    projects[i] = project_of(&list[i]);
  frame.error = error;
  operator_projects_view view = {.frame = frame,
                                 .search = q.search,
                                 .projects = projects,
                                 .count = n,
                                 .range = operator_range_of(r, total),
                                 .can_manage = r->who.right >= RIGHT_MANAGE};
  int made = operator_projects(&out, &view);
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
  struct project p;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  enum store_result done = project_create(&d, field_text(&f, "name", FIELD_REQUIRED, 254), NULL, 0, &p);
  const char *path = done == STORE_OK ? arena_printf(&r->arena, "/operator/projects/%s?done=project", p.id) : NULL;
  return path != NULL ? operator_redirect(r, path)
                      : projects_page(r, frame, operator_status(done, &f.faults), operator_fault(r, done, &f.faults));
}

/* What the application calls the person, where it says so; and who made the file, once it is checked. */
static void sample_words(struct request *r, const struct sample *s, operator_sample *out) {
  json_t *metadata = s->metadata == NULL ? NULL : json_loads(s->metadata, JSON_DECODE_ANY, NULL),
         *customer = json_object_get(metadata, "customer_id");
  if (json_is_string(customer))
    out->customer = arena_strdup(&r->arena, json_string_value(customer));
  else if (json_is_integer(customer))
    out->customer = arena_printf(&r->arena, "%lld", (long long)json_integer_value(customer));
  json_decref(metadata);
}

static operator_sample sample_of(struct request *r, const struct sample *s) {
  operator_sample out = {.id = s->id,
                         .client_id = s->client_id,
                         .status = sample_state_text(s->state),
                         .note = s->status_note,
                         .created = s->created,
                         .modified = s->modified,
                         .hidden = s->hidden != 0,
                         .vendor = s->vendor};
  sample_words(r, s, &out);
  return out;
}

/* A wrong word in the address is as if it were not there. */
static const char *status_asked(const struct request *r) {
  static const char *const words[] = {"completed", "failed", "running", "succeeded"};
  const char *status = request_query(r, "status");
  for (size_t i = 0; status != NULL && i < sizeof words / sizeof *words; i++)
    if (strcmp(status, words[i]) == 0)
      return words[i];
  return "all";
}

enum MHD_Result operator_get_project(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct project p;
  struct project_stats stats;
  struct sample *list;
  size_t n;
  int64_t total;
  buffer out = {0};
  if (operator_project_begin(r, RIGHT_READ, &frame, &p, &result) != 0)
    return result;
  struct sample_query q = {.project = r->id,
                           .search = request_query(r, "search"),
                           .status = status_asked(r),
                           .hidden_status = "all",
                           .sort_by = "created",
                           .descending = 1,
                           .created_after = INT64_MIN,
                           .created_before = INT64_MIN,
                           .modified_after = INT64_MIN,
                           .modified_before = INT64_MIN,
                           .page = page_read(r)};
  struct sample_query all = q;
  all.search = NULL;
  all.status = "all";
  enum store_result found = store_project_stats(r->store, &r->arena, p.id, &all, &stats);
  if (found == STORE_OK)
    found = store_sample_list(r->store, &r->arena, &q, r->now, &list, &n, &total);
  operator_sample *samples = found == STORE_OK ? arena_alloc(&r->arena, (n + 1) * sizeof *samples) : NULL;
  if (samples == NULL)
    return operator_reply_fault(r, &frame, found == STORE_OK ? STORE_ERROR : found, NULL);
  for (size_t i = 0; i < n; i++)
    samples[i] = sample_of(r, &list[i]);
  operator_samples_view view = {.frame = frame,
                                .project = project_of(&p),
                                .scheduled = (uint64_t)stats.scheduled,
                                .running = (uint64_t)stats.running,
                                .succeeded = (uint64_t)stats.succeeded,
                                .failed = (uint64_t)stats.failed,
                                .search = q.search,
                                .status = q.status,
                                .samples = samples,
                                .count = n,
                                .range = operator_range_of(r, total),
                                .can_create = r->who.right >= RIGHT_UPLOAD};
  view.project.samples = (uint64_t)stats.total;
  int made = operator_samples(&out, &view);
  return operator_reply(r, 200, &out, made);
}
