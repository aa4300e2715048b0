/* Lists of a project's samples, and what is done with many of them at once. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"

int api_project_load(struct request *r, struct project *out, enum MHD_Result *result) {
  enum store_result found = store_project_get(r->store, &r->arena, r->who.organization, r->id, out);
  if (found == STORE_OK)
    return 0;
  *result = reply_store(r, found);
  return -1;
}

int sample_query_read(struct request *r, const char *project, struct sample_query *q, enum MHD_Result *result) {
  static const char *const statuses[] = {"all", "completed", "failed", "running", "succeeded", NULL};
  static const char *const archives[] = {"all", "archived", "available", "restore_requested", NULL};
  static const char *const hidden[] = {"all", "hidden", "visible", NULL};
  static const char *const sorts[] = {"created", "client_id", "id", "modified", "status", NULL};
  static const char *const orders[] = {"desc", "asc", NULL};
  struct fields f = {.r = r};
  *q = (struct sample_query){.project = project,
                             .search = request_query(r, "search"),
                             .status = query_choice(&f, "status", statuses),
                             .archive_status = query_choice(&f, "archive_status", archives),
                             .hidden_status = query_choice(&f, "hidden_status", hidden),
                             .sort_by = query_choice(&f, "sort_by", sorts),
                             .created_after = query_time(&f, "created_after"),
                             .created_before = query_time(&f, "created_before"),
                             .modified_after = query_time(&f, "modified_after"),
                             .modified_before = query_time(&f, "modified_before"),
                             .page = page_read(r)};
  q->descending = strcmp(query_choice(&f, "sort_order", orders), "desc") == 0;
  return fields_failed(&f, result) ? -1 : 0;
}

enum MHD_Result api_project_samples(struct request *r) {
  struct project p;
  struct sample_query q;
  struct sample *samples;
  size_t n;
  int64_t total;
  enum MHD_Result result;
  if (api_project_load(r, &p, &result) != 0 || sample_query_read(r, p.id, &q, &result) != 0)
    return result;
  enum store_result found = store_sample_list(r->store, &r->arena, &q, r->now, &samples, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++) {
    json_t *item = sample_json_base(r, &samples[i]);
    json_t *failed = samples[i].failed_qc == NULL ? json_null() : json_loads(samples[i].failed_qc, 0, NULL);
    json_object_set_new(item, "failed_qc", failed != NULL ? failed : json_null());
    json_array_append_new(list, item);
  }
  return reply_json(r, 200, page_body(r, list, total, q.page));
}

enum MHD_Result api_project_none(struct request *r) {
  struct project p;
  enum MHD_Result result;
  return api_project_load(r, &p, &result) != 0 ? result
                                               : reply_json(r, 200, page_body(r, json_array(), 0, page_read(r)));
}

static json_t *counts_json(const struct stat_count *counts, size_t n) {
  json_t *object = json_object();
  for (size_t i = 0; i < n; i++)
    json_object_set_new(object, counts[i].name, json_integer(counts[i].count));
  return object;
}

enum MHD_Result api_project_stats(struct request *r) {
  struct project p;
  struct sample_query q;
  struct project_stats s;
  enum MHD_Result result;
  if (api_project_load(r, &p, &result) != 0 || sample_query_read(r, p.id, &q, &result) != 0)
    return result;
  enum store_result found = store_project_stats(r->store, &r->arena, p.id, &q, &s);
  if (found != STORE_OK)
    return reply_store(r, found);
  return reply_json(r, 200,
                    json_pack("{s:{s:I, s:I, s:I, s:I, s:I, s:i}, s:I, s:o, s:o}", "counts", "total_samples",
                              (json_int_t)s.total, "running_samples", (json_int_t)s.running, "scheduled_samples",
                              (json_int_t)s.scheduled, "succeeded_samples", (json_int_t)s.succeeded, "failed_samples",
                              (json_int_t)s.failed, "kit_processing_samples", 0, "total_size",
                              (json_int_t)s.total_bytes, "failed_counts",
                              counts_json(s.failed_statuses, s.n_failed_statuses), "failed_qc_counts",
                              counts_json(s.failed_qc, s.n_failed_qc)));
}

/* The project and the body's ids; 0, or the answer was given. */
static int ids_load(struct request *r, struct fields *f, size_t max, struct project *p, const char *const **ids,
                    size_t *n, enum MHD_Result *result) {
  if (api_project_load(r, p, result) != 0)
    return -1;
  *ids = field_uuids(f, "sample_ids", max, n);
  return fields_failed(f, result) ? -1 : 0;
}

enum MHD_Result api_project_delete_samples(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct project p;
  const char *const *ids;
  size_t n;
  enum MHD_Result result;
  if (ids_load(r, &f, SAMPLES_DELETE_MAX, &p, &ids, &n, &result) != 0 ||
      deed_failed(r, samples_delete(&d, p.id, ids, n), &f.faults, &result))
    return result;
  return reply_empty(r, 204);
}

enum MHD_Result api_project_cancel_samples(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct project p;
  const char *const *ids;
  size_t n;
  int64_t canceled;
  enum MHD_Result result;
  if (ids_load(r, &f, SAMPLES_CANCEL_MAX, &p, &ids, &n, &result) != 0 ||
      deed_failed(r, samples_cancel(&d, p.id, ids, n, &canceled), &f.faults, &result))
    return result;
  const char *text = arena_printf(&r->arena, "%lld sample(s) analysis canceled successfully", (long long)canceled);
  if ((size_t)canceled < n && text != NULL)
    text = arena_printf(&r->arena, "%s; %lld had ended already", text, (long long)n - (long long)canceled);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, json_string(ids[i]));
  /* 200 and `message` are what the original was seen to answer; `sample_ids` is what its description promises. */
  return reply_json(r, 200, json_pack("{s:s, s:o}", "message", text == NULL ? "" : text, "sample_ids", list));
}

static enum MHD_Result hide(struct request *r, int hidden) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct project p;
  const char *const *ids;
  size_t n;
  enum MHD_Result result;
  if (ids_load(r, &f, SAMPLES_DELETE_MAX, &p, &ids, &n, &result) != 0 ||
      deed_failed(r, samples_hide(&d, p.id, ids, n, hidden), &f.faults, &result))
    return result;
  return reply_empty(r, 204);
}

enum MHD_Result api_project_hide_samples(struct request *r) { return hide(r, 1); }

enum MHD_Result api_project_unhide_samples(struct request *r) { return hide(r, 0); }
