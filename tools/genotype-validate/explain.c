#include "config.h"

#include "genotype-validate/explain.h"

#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

static void explain_place(const dtc_verdict *v, char *text, size_t n) {
  if (dtc_verdict_status(v) == DTC_OK)
    return;
  const dtc_diag *d = dtc_verdict_diag(v);
  if (d->line)
    snprintf(text, n, "place: line %llu, column %llu of the text (byte %llu); expected %s", (ull)d->line,
             (ull)d->column, (ull)d->byte, d->expected[0] ? d->expected : "something else");
  else if (d->expected[0])
    snprintf(text, n, "place: the file as a whole; expected %s", d->expected);
}

static void explain_header(const dtc_verdict *v, char *text, size_t n) {
  const char *format = dtc_verdict_format(v), *array = dtc_verdict_array(v);
  if (!dtc_verdict_vendor(v))
    snprintf(text, n, "header: that of no vendor we know");
  else
    snprintf(text, n, "header: %s, %s%s, array %s", dtc_verdict_vendor_title(v),
             format ? "wording " : "wording never seen before", format ? format : "", array ? array : "unknown");
}

static void explain_build(const dtc_verdict *v, char *text, size_t n) {
  if (dtc_verdict_rows(v) == 0)
    return;
  snprintf(
      text, n,
      "build: the header names %s; markers that stand where a build has them: NCBI36 %llu, GRCh37 %llu, GRCh38 %llu",
      dtc_verdict_build_header(v) == DTC_BUILD_UNKNOWN ? "none" : dtc_build_name(dtc_verdict_build_header(v)),
      (ull)dtc_verdict_build_markers(v, DTC_BUILD_NCBI36), (ull)dtc_verdict_build_markers(v, DTC_BUILD_GRCH37),
      (ull)dtc_verdict_build_markers(v, DTC_BUILD_GRCH38));
}

static void explain_x(const dtc_verdict *v, char *text, size_t n) {
  if (dtc_verdict_rows(v) == 0)
    return;
  if (dtc_verdict_x_het_share(v) < 0)
    snprintf(text, n, "sex: no called rows on X outside the pseudo-autosomal regions");
  else
    snprintf(
        text, n,
        "sex: of the called rows on X outside the pseudo-autosomal regions %.2f %% are heterozygous (men below 3 %%, "
        "women above 8 %%); %llu have one letter, which is written for men only",
        dtc_verdict_x_het_share(v) * 100, (ull)dtc_verdict_x_one_letter(v));
}

static void explain_y(const dtc_verdict *v, char *text, size_t n) {
  if (dtc_verdict_rows(v) == 0)
    return;
  if (dtc_verdict_y_call_share(v) < 0)
    snprintf(text, n, "sex: no rows on Y outside the pseudo-autosomal regions");
  else
    snprintf(text, n,
             "sex: of the rows on Y outside the pseudo-autosomal regions %.2f %% are called (men above 30 %%, women "
             "below 10 %%)",
             dtc_verdict_y_call_share(v) * 100);
}

static void explain_rows(const dtc_verdict *v, char *text, size_t n) {
  if (dtc_verdict_rows(v) == 0)
    return;
  snprintf(text, n,
           "rows: %llu, of them %llu called, %llu without a call, %llu heterozygous, %llu insertions or deletions; "
           "%llu repeat the position before them",
           (ull)dtc_verdict_rows(v), (ull)dtc_verdict_called(v), (ull)dtc_verdict_no_calls(v),
           (ull)dtc_verdict_heterozygous(v), (ull)dtc_verdict_indels(v), (ull)dtc_verdict_duplicate_positions(v));
}

static void explain_bytes(const dtc_verdict *v, char *text, size_t n) {
  if (dtc_verdict_file_bytes(v))
    snprintf(text, n, "bytes: %llu, unpacked %llu", (ull)dtc_verdict_file_bytes(v), (ull)dtc_verdict_unpacked_bytes(v));
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
  uint64_t count = dtc_verdict_warnings(verdict, (dtc_warning)w);
  if (count)
    snprintf(text, size_bytes, "warning %s: %s (%llu)", dtc_warning_slug((dtc_warning)w),
             dtc_warning_text((dtc_warning)w), (ull)count);
  return 1;
}
