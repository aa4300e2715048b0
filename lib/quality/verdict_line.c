#include "quality/verdict.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct sentence {
  char *text;
  size_t size_bytes, length;
} sentence;

__attribute__((format(printf, 2, 3))) static void put(sentence *s, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int room = s->length < s->size_bytes;
  int n = vsnprintf(room ? s->text + s->length : NULL, room ? s->size_bytes - s->length : 0, format, arguments);
  va_end(arguments);
  if (n > 0)
    s->length += (size_t)n;
}

static sentence begin(char *text, size_t size_bytes) {
  if (size_bytes)
    text[0] = '\0';
  return (sentence){text, size_bytes, 0};
}

static void put_message(sentence *s, const dtc_verdict *v) {
  put(s, "%s", dtc_status_text(v->status));
  if (v->status == DTC_OK)
    return;
  dtc_class class_ = dtc_status_class(v->status);
  if (v->status == DTC_VENDOR_FOREIGN && v->vendor_title)
    put(s, " (%s)", v->vendor_title);
  else if (v->diag.expected[0] && (class_ == DTC_CLASS_INPUT || class_ == DTC_CLASS_LIMIT))
    put(s, ": expected %s", v->diag.expected);
  put(s, "; %s", dtc_status_advice(v->status));
}

size_t verdict_message(const dtc_verdict *verdict, char *text, size_t size_bytes) {
  sentence s = begin(text, size_bytes);
  put_message(&s, verdict);
  return s.length;
}

static void put_accepted(sentence *s, const dtc_verdict *v) {
  put(s, "accepted: %s", v->vendor_title ? v->vendor_title : "unknown vendor");
  if (v->format)
    put(s, " (%s)", v->format);
  put(s, ", array %s, build %s, sex %s, %llu rows", v->array ? v->array : "unknown", dtc_build_name(v->build),
      dtc_sex_name(v->sex), (unsigned long long)v->rows);
  uint64_t read = v->called + v->no_calls;
  if (read) {
    /* Tenths of a percent, cut and not rounded: 100.0 % means every marker. */
    unsigned tenths = (unsigned)((double)v->called / (double)read * 1000);
    put(s, ", call rate %u.%u %%", tenths / 10, tenths % 10);
  }
  const char *before = "; warnings: ";
  for (int w = 0; w < WARNING_COUNT; w++) {
    if (!v->warnings[w])
      continue;
    put(s, "%s%s", before, dtc_warning_slug((dtc_warning)w));
    if (v->warnings[w] > 1)
      put(s, " (%llu)", (unsigned long long)v->warnings[w]);
    before = ", ";
  }
}

size_t dtc_verdict_line(const dtc_verdict *verdict, char *text, size_t size_bytes) {
  sentence s = begin(text, size_bytes);
  verdict = verdict_or_nothing(verdict);
  if (verdict->status == DTC_OK) {
    put_accepted(&s, verdict);
  } else {
    put(&s, "%s: %s (%s): ", verdict_is_refusal(verdict) ? "refused" : "not judged",
        dtc_reason_slug(dtc_status_reason(verdict->status)), dtc_status_slug(verdict->status));
    put_message(&s, verdict);
  }
  return s.length;
}
