#include <config.h>

#include "array-upload/child/verdict.h"

#include <dtcgeno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

enum { WORD_MAX = 64 };

/* The library's words are the page's, but for internal_error: that is ours, and the page says upload_failed. */
static const char *reason_of_page(const char *word) {
  static const char *const words[] = {
#define DTC_X(number, name, slug, advice) [number] = slug,
      DTC_REASON_LIST(DTC_X)
#undef DTC_X
  };
  for (size_t k = DTC_REASON_NONE + 1; k < sizeof words / sizeof *words; k++)
    if (k != DTC_REASON_INTERNAL_ERROR && strcmp(word, words[k]) == 0)
      return words[k];
  return "upload_failed";
}

/* A short word of ours: letters, digits and -_. only. NULL where there is none. */
static const char *word_of(const json_t *object, const char *key, struct arena *a) {
  const char *text = json_string_value(json_object_get(object, key));
  size_t n = text ? strlen(text) : 0;
  if (n == 0 || n > WORD_MAX || strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ") != n)
    return NULL;
  return arena_strdup(a, text);
}

static int64_t count_of(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_integer(value) && json_integer_value(value) >= 0 ? (int64_t)json_integer_value(value) : 0;
}

/* Sentences for the warnings that decide how far the results can be trusted. */
static const char *doubts_of(const json_t *object, struct arena *a) {
  static const char *const doubts[][2] = {
      {"incomplete", "The export is not whole: a part of its rows is missing."},
      {"strand-not-proven", "The calls do not prove their strand: what no table confirms may be left out."},
      {"little-written",
       "Less than half of the calls came through: the export may be changed, or the reference does not fit it."}};
  const json_t *warnings = json_object_get(object, "warnings");
  const char *text = "";
  for (size_t k = 0; k < sizeof doubts / sizeof *doubts && text; k++)
    for (size_t i = 0; i < json_array_size(warnings) && text; i++) {
      const char *code = json_string_value(json_object_get(json_array_get(warnings, i), "code"));
      if (code && strcmp(code, doubts[k][0]) == 0)
        text = arena_printf(a, "%s%s%s", text, *text ? " " : "", doubts[k][1]);
    }
  return text ? text : "";
}

static int verdict_fill(struct verdict *v, struct arena *a, const json_t *object, int exit_status) {
  const char *word = json_string_value(json_object_get(object, "verdict"));
  if (json_integer_value(json_object_get(object, "schema")) != 1 || !word)
    return -1;
  v->accepted = strcmp(word, "accepted") == 0;
  if ((v->accepted && exit_status != 0) || (!v->accepted && (strcmp(word, "refused") != 0 || exit_status != 1)))
    return -1;
  const char *reason = json_string_value(json_object_get(object, "reason"));
  if (v->accepted ? reason != NULL : reason == NULL)
    return -1;
  v->reason = v->accepted ? NULL : reason_of_page(reason);
  const char *code = word_of(object, "code", a);
  v->code = code ? code : "";
  v->vendor = word_of(object, "vendor", a);
  v->array = word_of(object, "array", a);
  v->build = word_of(object, "build", a);
  v->sex = word_of(object, "sex", a);
  v->rows = count_of(object, "rows");
  v->called = count_of(object, "called");
  const json_t *rate = json_object_get(object, "call_rate");
  v->call_rate = json_is_number(rate) ? json_number_value(rate) : 0;
  if (!isfinite(v->call_rate) || v->call_rate < 0 || v->call_rate > 1)
    return -1;
  v->doubts = doubts_of(object, a);
  return a->failed ? -1 : 0;
}

int verdict_read(struct verdict *out, struct arena *a, const char *text, size_t size, int exit_status) {
  memset(out, 0, sizeof *out);
  out->doubts = "";
  json_error_t error;
  json_t *object = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES, &error) : NULL;
  int result = json_is_object(object) ? verdict_fill(out, a, object, exit_status) : -1;
  json_decref(object);
  return result;
}

static struct quality_control text_row(const char *key, const char *text) {
  return (struct quality_control){.key = key,
                                  .text = text ? text : "",
                                  .status = text && strcmp(text, "undetermined") != 0 ? "succeeded" : "skipped"};
}

static struct quality_control limit_row(const char *key, double expected, double measured) {
  return (struct quality_control){.key = key,
                                  .text = "",
                                  .status = measured >= expected ? "succeeded" : "failed",
                                  .has_expected = 1,
                                  .has_measured = 1,
                                  .expected = expected,
                                  .measured = measured};
}

size_t verdict_qc(const struct verdict *v, const struct config *config, struct quality_control out[VERDICT_QC],
                  int *failed) {
  size_t n = 0;
  out[n++] =
      (struct quality_control){.key = "format", .text = "", .status = "succeeded", .has_measured = 1, .measured = 1};
  out[n++] = limit_row("call_rate_min", config->qc_call_rate_min, v->call_rate);
  out[n++] = limit_row("snps_min", (double)config->qc_snps_min, (double)v->called);
  out[n++] = text_row("build_string", v->build);
  out[n++] = text_row("vendor_string", v->vendor);
  out[n++] = text_row("chip_version_string", v->array);
  out[n++] = text_row("sex_string", v->sex);
  *failed = 0;
  for (size_t k = 0; k < n; k++)
    *failed |= strcmp(out[k].status, "failed") == 0;
  return n;
}
