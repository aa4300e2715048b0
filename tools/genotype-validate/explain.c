#include "config.h"

#include "genotype-validate/explain.h"

#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

static void explain_place(const dtc_verdict *v, char *text, size_t n) {
  if (v->status == DTC_OK)
    return;
  if (v->diag.line)
    snprintf(text, n, "place: line %llu, column %llu of the text (byte %llu); expected %s", (ull)v->diag.line,
             (ull)v->diag.column, (ull)v->diag.byte, v->diag.expected[0] ? v->diag.expected : "something else");
  else if (v->diag.expected[0])
    snprintf(text, n, "place: the file as a whole; expected %s", v->diag.expected);
}

static void explain_header(const dtc_verdict *v, char *text, size_t n) {
  if (!v->vendor)
    snprintf(text, n, "header: that of no vendor we know");
  else
    snprintf(text, n, "header: %s, %s%s, array %s", v->vendor_title,
             v->format ? "wording " : "wording never seen before", v->format ? v->format : "",
             v->array ? v->array : "unknown");
}

static void explain_build(const dtc_verdict *v, char *text, size_t n) {
  if (v->rows == 0)
    return;
  snprintf(
      text, n,
      "build: the header names %s; markers that stand where a build has them: NCBI36 %llu, GRCh37 %llu, GRCh38 %llu",
      v->build_header == DTC_BUILD_UNKNOWN ? "none" : dtc_build_name(v->build_header),
      (ull)v->build_markers[DTC_BUILD_NCBI36], (ull)v->build_markers[DTC_BUILD_GRCH37],
      (ull)v->build_markers[DTC_BUILD_GRCH38]);
}

static void explain_x(const dtc_verdict *v, char *text, size_t n) {
  if (v->rows == 0)
    return;
  if (v->x_het_share < 0)
    snprintf(text, n, "sex: no called rows on X outside the pseudo-autosomal regions");
  else
    snprintf(
        text, n,
        "sex: of the called rows on X outside the pseudo-autosomal regions %.2f %% are heterozygous (men below 3 %%, "
        "women above 8 %%); %llu have one letter, which is written for men only",
        v->x_het_share * 100, (ull)v->x_one_letter);
}

static void explain_y(const dtc_verdict *v, char *text, size_t n) {
  if (v->rows == 0)
    return;
  if (v->y_call_share < 0)
    snprintf(text, n, "sex: no rows on Y outside the pseudo-autosomal regions");
  else
    snprintf(text, n,
             "sex: of the rows on Y outside the pseudo-autosomal regions %.2f %% are called (men above 30 %%, women "
             "below 10 %%)",
             v->y_call_share * 100);
}

static void explain_rows(const dtc_verdict *v, char *text, size_t n) {
  if (v->rows == 0)
    return;
  snprintf(text, n,
           "rows: %llu, of them %llu called, %llu without a call, %llu heterozygous, %llu insertions or deletions; "
           "%llu repeat the position before them",
           (ull)v->rows, (ull)v->called, (ull)v->no_calls, (ull)v->heterozygous, (ull)v->indels,
           (ull)v->duplicate_positions);
}

static void explain_bytes(const dtc_verdict *v, char *text, size_t n) {
  if (v->file_bytes)
    snprintf(text, n, "bytes: %llu, unpacked %llu", (ull)v->file_bytes, (ull)v->unpacked_bytes);
}

static void (*const parts[])(const dtc_verdict *v, char *text, size_t n) = {
    explain_place, explain_header, explain_build, explain_x, explain_y, explain_rows, explain_bytes};
#define PARTS (sizeof parts / sizeof *parts)

int explain_sentence(const dtc_verdict *verdict, unsigned k, char *text, size_t size_bytes) {
  text[0] = '\0';
  if (k < PARTS) {
    parts[k](verdict, text, size_bytes);
    return 1;
  }
  unsigned w = k - (unsigned)PARTS;
  if (w >= dtc_warning_count())
    return 0;
  if (verdict->warnings[w])
    snprintf(text, size_bytes, "warning %s: %s (%llu)", dtc_warning_slug((dtc_warning)w),
             dtc_warning_text((dtc_warning)w), (ull)verdict->warnings[w]);
  return 1;
}
