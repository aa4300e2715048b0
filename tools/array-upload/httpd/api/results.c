/* What the stages behind the conversion found: GET sample-ancestry, sample-trait-scores; and the spread of a quality
 * control over a project. */
#include "array-upload/httpd/api/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/seal/object.h"

enum { RESULT_MAX = 8 << 20, BINS = 10, SAMPLES_MAX = 10000, SAMPLES_PRESET = 200 };

/* ---- one result ----------------------------------------------------------------------------------------------------
 */
static json_t *object_json(struct object_reader *object) {
  int64_t size = object_size(object), at = 0;
  char *text = size > 0 && size <= RESULT_MAX ? malloc((size_t)size) : NULL;
  ssize_t n = 1;
  while (text != NULL && at < size && (n = object_read(object, text + at, (size_t)(size - at), at)) > 0)
    at += n;
  json_t *json = text != NULL && at == size ? json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, NULL) : NULL;
  free(text);
  return json;
}

static const struct sample_file *newest(const struct sample_file *files, size_t n, const char *type) {
  const struct sample_file *found = NULL;
  for (size_t i = 0; i < n; i++)
    if (strcmp(files[i].type, type) == 0 && (found == NULL || files[i].created > found->created))
      found = &files[i];
  return found;
}

enum result_found result_read(struct request *r, const char *sample, const char *type, json_t **out) {
  struct sample_file *files;
  struct object_reader *object;
  size_t n;
  if (store_sample_files(r->store, &r->arena, sample, &files, &n) != STORE_OK)
    return RESULT_AWAY;
  const struct sample_file *f = newest(files, n, type);
  if (f == NULL)
    return RESULT_NONE;
  if (crypt4gh_named(f->key))
    return RESULT_SEALED;
  if (object_open(r->server->service->blob, store_keys(r->store), f->key, &object) != BLOB_OK)
    return RESULT_AWAY;
  *out = object_json(object);
  object_close(object);
  return *out == NULL ? RESULT_AWAY : RESULT_FOUND;
}

/* The sample's result, or the answer was given. */
static json_t *result_load(struct request *r, const char *type, const char *look, enum MHD_Result *result) {
  struct sample s;
  json_t *json = NULL;
  if (api_sample_load(r, &s, result) != 0)
    return NULL;
  switch (result_read(r, s.id, type, &json)) {
  case RESULT_FOUND:
    sample_looked(r, s.organization, r->who.key != NULL ? r->who.key : r->who.user, s.id, look);
    return json;
  case RESULT_NONE:
    *result = reply_not_found(r);
    return NULL;
  case RESULT_SEALED:
    *result =
        reply_detail(r, 403, "The results are encrypted for the project's public key: its holder reads the file.");
    return NULL;
  case RESULT_AWAY:
    break;
  }
  *result = reply_unavailable(r);
  return NULL;
}

enum MHD_Result api_sample_ancestry(struct request *r) {
  enum MHD_Result result;
  json_t *json = result_load(r, "ancestry-json", "ancestry", &result);
  if (json == NULL)
    return result;
  json_t *body = json_pack("{s:O, s:O}", "ancestry", json_object_get(json, "ancestry"), "metadata",
                           json_object_get(json, "metadata"));
  json_decref(json);
  return reply_json(r, 200, body);
}

enum MHD_Result api_sample_trait_scores(struct request *r) {
  enum MHD_Result result;
  json_t *json = result_load(r, "traits-json", "scores", &result);
  if (json == NULL)
    return result;
  struct page page = page_read(r);
  json_t *all = json_object_get(json, "results"), *list = json_array();
  size_t n = json_array_size(all);
  for (size_t i = (size_t)page.offset; i < n && i < (size_t)(page.offset + page.limit); i++)
    json_array_append(list, json_array_get(all, i));
  json_decref(json);
  return reply_json(r, 200, page_body(r, list, (int64_t)n, page));
}

/* ---- the spread of a quality control -------------------------------------------------------------------------------
 */
struct values {
  double *list;
  size_t n;
};

/* Of the project's newest samples, those that were measured. */
static enum store_result values_read(struct request *r, struct sample_query *q, const char *key, int64_t most,
                                     struct values *out) {
  struct sample *samples;
  struct quality_control *qc;
  size_t n = 1, n_qc;
  int64_t total;
  out->list = arena_alloc(&r->arena, (size_t)most * sizeof *out->list);
  if (out->list == NULL)
    return STORE_ERROR;
  for (q->page = (struct page){200, 0}; n > 0 && (int64_t)out->n < most; q->page.offset += 200) {
    enum store_result found = store_sample_list(r->store, &r->arena, q, r->now, &samples, &n, &total);
    for (size_t i = 0; i < n && found == STORE_OK && (int64_t)out->n < most; i++) {
      found = store_sample_qc(r->store, &r->arena, samples[i].id, (struct page){200, 0}, &qc, &n_qc, &total);
      for (size_t k = 0; found == STORE_OK && k < n_qc; k++)
        if (strcmp(qc[k].key, key) == 0 && qc[k].has_measured)
          out->list[out->n++] = qc[k].measured;
    }
    if (found != STORE_OK)
      return found;
  }
  return STORE_OK;
}

/* Ten bins of one width from the least to the largest value, each without its upper edge but the last; one value alone
 * stands in the middle. */
static json_t *histogram_json(const struct values *v) {
  json_t *edges = json_array(), *hist = json_array();
  double low = INFINITY, high = -INFINITY, counts[BINS] = {0};
  for (size_t i = 0; i < v->n; i++) {
    low = fmin(low, v->list[i]);
    high = fmax(high, v->list[i]);
  }
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  for (size_t i = 0; i < v->n; i++) {
    int bin = (int)((v->list[i] - low) / (high - low) * BINS);
    counts[bin < BINS ? bin : BINS - 1]++;
  }
  for (int k = 0; v->n > 0 && k <= BINS; k++) {
    json_array_append_new(edges, json_real(k == BINS ? high : low + (high - low) * k / BINS));
    if (k < BINS)
      json_array_append_new(hist, json_real(counts[k]));
  }
  return json_pack("{s:o, s:o}", "bin_edges", edges, "hist", hist);
}

enum MHD_Result api_qc_histogram(struct request *r) {
  static const char *const keys[] = {"call_rate_min", "snps_min"};
  struct fields f = {.r = r};
  struct project p;
  struct sample_query q;
  struct values values = {0};
  enum MHD_Result result;
  int64_t most = SAMPLES_PRESET;
  if (api_project_load(r, &p, &result) != 0 || sample_query_read(r, p.id, &q, &result) != 0)
    return result;
  const char *key = request_query(r, "qc_type"), *number = request_query(r, "number_of_results");
  size_t k = 0;
  while (key != NULL && k < sizeof keys / sizeof *keys && strcmp(key, keys[k]) != 0)
    k++;
  if (key == NULL || *key == '\0')
    field_error(&f, "qc_type", "This field is required.");
  else if (k == sizeof keys / sizeof *keys)
    field_error(&f, "qc_type", "It has no figures. Those that have: call_rate_min, snps_min.");
  if (number != NULL && *number != '\0' && number_parse(&most, number, 1, SAMPLES_MAX) != 0)
    field_error(&f, "number_of_results", "A number from 1 to 10000 is required.");
  if (fields_failed(&f, &result))
    return result;
  enum store_result found = values_read(r, &q, key, most, &values);
  return found == STORE_OK ? reply_json(r, 200, histogram_json(&values)) : reply_store(r, found);
}
