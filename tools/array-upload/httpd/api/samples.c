/* /api/v2/samples/… and what hangs on one sample. */
#include <string.h>

#include "array-upload/deeds/record_json.h"
#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/log.h"

int api_sample_load(struct request *r, struct sample *out, enum MHD_Result *result) {
  enum store_result found = store_sample_get(r->store, &r->arena, r->who.organization, r->id, r->now, out);
  if (found == STORE_OK)
    return 0;
  *result = reply_store(r, found);
  return -1;
}

void sample_looked(struct request *r, const char *organization, const char *actor, const char *sample,
                   const char *what) {
  int first = 0;
  const char *detail = arena_printf(&r->arena, "{\"what\":\"%s\"}", what);
  enum store_result done = store_look(r->store, sample, actor, what, r->now, &first);
  if (done == STORE_OK && first)
    done = store_audit(r->store, organization, actor, "sample.looked", sample, detail, r->now);
  if (done != STORE_OK)
    log_event("audit.failed", "request=s", r->request_id);
}

static void looked(struct request *r, const struct sample *s, const char *what) {
  sample_looked(r, s->organization, r->who.key != NULL ? r->who.key : r->who.user, s->id, what);
}

static json_t *archive_json(const struct sample *s) {
  char created[TIME_SIZE];
  time_format_spaced(created, s->created);
  return json_pack("{s:s, s:s, s:s, s:n}", "id", s->id, "status", "available", "created", created, "transition_cutoff");
}

json_t *sample_json_base(struct request *r, const struct sample *s) {
  (void)r;
  return json_pack("{s:s, s:s?, s:o, s:o, s:b, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:o}, s:o}", "id", s->id, "run", s->run,
                   "created", json_time(s->created), "modified", json_time(s->modified), "hidden", s->hidden != 0,
                   "client_id", s->client_id, "physical_id", "", "legacy_id", "", "last_status", "id", s->status_id,
                   "status", sample_state_text(s->state), "note", s->status_note, "created",
                   json_time(s->status_created), "archive_last_status", archive_json(s));
}

json_t *file_json(struct request *r, const struct sample_file *f) {
  return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:b}", "id", f->id, "s3_path", f->key, "size", (json_int_t)f->size,
                   "download_url", download_url(r, f), "file_type", f->type, "checksum_sha256", f->sha256,
                   "shadow_mode", 0);
}

enum MHD_Result api_sample_consent_withdraw(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct sample s;
  struct consent *consents;
  size_t n;
  enum MHD_Result result;
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  const char *purpose = field_text(&f, "purpose", FIELD_REQUIRED, 64);
  if (purpose != NULL && !field_bool(&f, "withdrawn", 0))
    field_error(&f, "withdrawn", "Only true: what was withdrawn can only be given again by the person.");
  if (fields_failed(&f, &result) || deed_failed(r, consent_withdraw(&d, s.id, purpose), &f.faults, &result))
    return result;
  enum store_result found = store_sample_consents(r->store, &r->arena, s.id, &consents, &n);
  return found == STORE_OK ? reply_json(r, 200, json_pack("{s:o}", "consents", record_consents(consents, n)))
                           : reply_store(r, found);
}

enum MHD_Result api_sample_get(struct request *r) {
  struct sample s;
  struct sample_file *files;
  struct consent *consents;
  struct stage *stages;
  size_t n, n_consents, n_stages;
  enum MHD_Result result;
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  enum store_result found = store_sample_files(r->store, &r->arena, s.id, &files, &n);
  if (found == STORE_OK)
    found = store_sample_consents(r->store, &r->arena, s.id, &consents, &n_consents);
  if (found == STORE_OK)
    found = store_sample_stages(r->store, &r->arena, s.id, &stages, &n_stages);
  if (found != STORE_OK)
    return reply_store(r, found);
  looked(r, &s, "sample");
  json_t *list = json_array(), *body = sample_json_base(r, &s);
  for (size_t i = 0; i < n; i++)
    if (r->who.right >= RIGHT_UPLOAD || strcmp(files[i].type, "array-zip") != 0) /* viewers do not see the original */
      json_array_append_new(list, file_json(r, &files[i]));
  if (body != NULL) {
    json_object_set_new(body, "project", json_string(s.project));
    json_object_set_new(body, "files", list);
    json_object_set_new(body, "consents", record_consents(consents, n_consents));
    json_object_set_new(body, "rezipped", json_boolean(s.rezipped));
    if (n_stages > 0) /* where the conversion is all there is nothing to tell apart */
      json_object_set_new(body, "stages", record_stages(stages, n_stages, s.state == SAMPLE_RUNNING));
  }
  return reply_json(r, 200, body);
}

enum MHD_Result api_sample_statuses(struct request *r) {
  struct sample s;
  struct sample_status *history;
  size_t n;
  int64_t total;
  enum MHD_Result result;
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  struct page page = page_read(r);
  enum store_result found = store_sample_history(r->store, &r->arena, s.id, page, &history, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "status", history[i].status, "note", history[i].note,
                                          "created", json_time(history[i].created)));
  return reply_json(r, 200, page_body(r, list, total, page));
}

static enum MHD_Result metadata_answer(struct request *r, unsigned status, const char *text) {
  json_t *value = text == NULL ? json_null() : json_loads(text, JSON_DECODE_ANY, NULL);
  return reply_json(r, status, json_pack("{s:o}", "metadata", value));
}

enum MHD_Result api_sample_metadata(struct request *r) {
  struct sample s;
  enum MHD_Result result;
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  looked(r, &s, "metadata");
  return metadata_answer(r, 200, s.metadata);
}

enum MHD_Result api_sample_metadata_set(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct sample s;
  enum MHD_Result result;
  const char *text;
  if (api_sample_load(r, &s, &result) != 0 ||
      deed_failed(r, sample_metadata_set(&d, s.id, json_object_get(r->data, "metadata"), &text), &f.faults, &result))
    return result;
  return metadata_answer(r, 201, text);
}

enum MHD_Result api_sample_qc(struct request *r) {
  struct sample s;
  struct quality_control *qc;
  size_t n;
  int64_t total;
  enum MHD_Result result;
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  struct page page = page_read(r);
  enum store_result found = store_sample_qc(r->store, &r->arena, s.id, page, &qc, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++) {
    json_t *type = qc_type_json(qc[i].key);
    json_array_append_new(list,
                          json_pack("{s:o, s:{s:o, s:o, s:s, s:s}}", "quality_control_type",
                                    type != NULL ? type : json_object(), "quality_control", "value_expected",
                                    qc[i].has_expected ? json_real(qc[i].expected) : json_null(), "value_measured",
                                    qc[i].has_measured ? json_real(qc[i].measured) : json_null(), "value_string",
                                    qc[i].text, "status", qc[i].status));
  }
  return reply_json(r, 200, page_body(r, list, total, page));
}

enum MHD_Result api_sample_stats(struct request *r) {
  struct sample s;
  struct sample_file *files;
  size_t n;
  json_int_t total = 0;
  enum MHD_Result result;
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  enum store_result found = store_sample_files(r->store, &r->arena, s.id, &files, &n);
  if (found != STORE_OK)
    return reply_store(r, found);
  for (size_t i = 0; i < n; i++)
    total += files[i].size;
  return reply_json(r, 200, json_pack("{s:I}", "total_size", total));
}
