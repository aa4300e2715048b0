#include "base/json.h"
#include "quality/verdict.h"

/* Four digits: a row in ten thousand is seen. */
#define SHARE_DECIMALS 4

static void put_share(json *j, const char *key, double share) {
  json_key(j, key);
  if (share < 0)
    json_null(j);
  else
    json_real(j, share, SHARE_DECIMALS);
}

static void put_count(json *j, const char *key, uint64_t count) {
  json_key(j, key);
  json_number(j, count);
}

static void put_text(json *j, const char *key, const char *text) {
  json_key(j, key);
  json_string(j, text);
}

static void put_place(json *j, const char *key, uint64_t number) {
  json_key(j, key);
  if (number)
    json_number(j, number);
  else
    json_null(j);
}

static void put_outcome(json *j, const dtc_verdict *v) {
  char message[VERDICT_MESSAGE_MAX];
  int refused = v->status != DTC_OK;
  verdict_message(v, message, sizeof message);
  put_text(j, "verdict", !refused ? "accepted" : verdict_is_refusal(v) ? "refused" : NULL);
  put_text(j, "reason", v->status == DTC_OK ? NULL : dtc_reason_slug(dtc_status_reason(v->status)));
  put_text(j, "code", dtc_status_slug(v->status));
  put_text(j, "message", message);
  put_text(j, "fault", refused ? dtc_status_text(v->status) : NULL);
  put_text(j, "expectation", refused && v->diag.expected[0] ? v->diag.expected : NULL);
  put_text(j, "advice", refused ? dtc_status_advice(v->status) : NULL);
  put_place(j, "line", v->diag.line);
  put_place(j, "column", v->diag.column);
}

static void put_build(json *j, const dtc_verdict *v) {
  put_text(j, "build", dtc_build_name(v->build));
  json_key(j, "build_evidence");
  json_object(j);
  put_text(j, "header", v->build_header == DTC_BUILD_UNKNOWN ? NULL : dtc_build_name(v->build_header));
  json_key(j, "markers");
  json_object(j);
  for (unsigned b = DTC_BUILD_NCBI36; b < BUILD_COUNT; b++)
    put_count(j, dtc_build_name(b), v->build_markers[b]);
  json_object_end(j);
  json_object_end(j);
}

/* How many X and whether there is a Y are two questions; the sex is one answer to both. */
static void put_sex(json *j, const dtc_verdict *v) {
  put_text(j, "sex", dtc_sex_name(v->sex));
  put_place(j, "x_copies", v->x_copies);
  json_key(j, "y_present");
  if (v->y_present < 0)
    json_null(j);
  else
    json_bool(j, v->y_present);
  json_key(j, "sex_evidence");
  json_object(j);
  put_share(j, "x_het_share", v->x_het_share);
  put_share(j, "y_call_share", v->y_call_share);
  put_count(j, "x_one_letter", v->x_one_letter);
  json_object_end(j);
}

static void put_par_frame(json *j, const dtc_verdict *v) {
  static const char *const names[] = {NULL, "Y", "X", "mixed"};
  put_text(j, "par_frame", names[v->par_frame]);
}

static void put_counts(json *j, const dtc_verdict *v) {
  uint64_t read = v->called + v->no_calls;
  put_count(j, "rows", v->rows);
  put_count(j, "called", v->called);
  put_count(j, "no_calls", v->no_calls);
  put_share(j, "call_rate", read ? (double)v->called / (double)read : -1);
  put_count(j, "heterozygous", v->heterozygous);
  put_count(j, "indels", v->indels);
  put_count(j, "duplicate_positions", v->duplicate_positions);
}

/* Contigs in the order of every output, "XY" for DTC_LABEL_PAR_ON_Y, which is in Y coordinates and so neither X's nor
 * Y's, "0" for what the vendor could not place. Those without rows are left out. */
static void put_contigs(json *j, const dtc_verdict *v) {
  json_key(j, "contigs");
  json_object(j);
  for (unsigned k = 1; k <= DTC_LABEL_COUNT; k++) {
    unsigned label = k % DTC_LABEL_COUNT;
    if (v->contigs[label].rows)
      put_count(j, dtc_contig_name(label), v->contigs[label].rows);
  }
  json_object_end(j);
}

static void put_warnings(json *j, const dtc_verdict *v) {
  json_key(j, "warnings");
  json_array(j);
  for (int w = 0; w < WARNING_COUNT; w++) {
    if (!v->warnings[w])
      continue;
    json_object(j);
    put_text(j, "code", dtc_warning_slug((dtc_warning)w));
    put_count(j, "count", v->warnings[w]);
    json_object_end(j);
  }
  json_array_end(j);
}

size_t dtc_verdict_json(const dtc_verdict *verdict, char *text, size_t size_bytes) {
  json j;
  verdict = verdict_or_nothing(verdict);
  json_begin(&j, text, size_bytes);
  json_object(&j);
  put_count(&j, "schema", 1);
  put_outcome(&j, verdict);
  put_text(&j, "vendor", verdict->vendor);
  put_text(&j, "format", verdict->format);
  put_text(&j, "array", verdict->array);
  put_build(&j, verdict);
  put_sex(&j, verdict);
  put_par_frame(&j, verdict);
  put_counts(&j, verdict);
  put_contigs(&j, verdict);
  put_warnings(&j, verdict);
  json_object_end(&j);
  return json_end(&j);
}
