/* GET, POST /api/v2/project-merge-vcfs/{id}: one VCF of all of a project's samples, made by the worker. */
#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"

static json_t *files_json(struct request *r, const struct sample_file *files, size_t n) {
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, file_json(r, &files[i]));
  return list;
}

static enum MHD_Result merge_answer(struct request *r, unsigned status, const struct merge *m) {
  struct sample_file *files;
  size_t n;
  enum store_result found = store_merge_files(r->store, &r->arena, m->id, &files, &n);
  if (found != STORE_OK)
    return reply_store(r, found);
  return reply_json(r, status,
                    json_pack("{s:s, s:o, s:s, s:{s:s, s:s, s:s, s:o}, s:b, s:o}", "id", m->id, "created",
                              json_time(m->created), "user", m->user, "last_status", "id", m->status_id, "status",
                              m->state, "note", m->note, "created", json_time(m->status_created), "up_to_date",
                              m->up_to_date, "files", files_json(r, files, n)));
}

enum MHD_Result api_merge_get(struct request *r) {
  struct project p;
  struct merge m;
  enum MHD_Result result;
  if (api_project_load(r, &p, &result) != 0)
    return result;
  enum store_result found = store_merge_newest(r->store, &r->arena, p.id, &m);
  return found == STORE_OK ? merge_answer(r, 200, &m) : reply_store(r, found);
}

enum MHD_Result api_merge_post(struct request *r) {
  struct project p;
  struct merge m;
  struct faults faults = {0};
  enum MHD_Result result;
  int64_t wait = session_wait(r);
  if (wait > 0)
    return reply_throttled(r, wait);
  if (api_project_load(r, &p, &result) != 0)
    return result;
  enum store_result made = store_merge_request(r->store, &r->arena, p.id, r->who.user, r->now, &m);
  if (made != STORE_OK)
    return reply_store(r, made);
  struct deed d = deed_of(r, &faults);
  deed_audit(&d, "project.merge_asked", p.id);
  return merge_answer(r, 201, &m);
}
