/* verdict.h - a verdict's inside, filling it, and its words, which the JSON and the readable line share. */
#ifndef DTC_QUALITY_VERDICT_H
#define DTC_QUALITY_VERDICT_H

#include "base/counts.h"
#include "table/parser.h"

#include <dtcgeno.h>

/* Its getters in dtcgeno.h tell what each means. */
struct dtc_verdict {
  dtc_allocator allocator; /* where it came from; stays over every filling */
  dtc_status status;
  dtc_diag diag;
  const char *vendor, *vendor_title, *format, *array;
  dtc_build build, build_header;
  uint64_t build_markers[BUILD_COUNT];
  dtc_sex sex;
  double x_het_share, y_call_share;
  uint64_t x_one_letter;
  uint64_t rows, rejected;
  uint64_t called, no_calls, heterozygous, indels;
  uint64_t duplicate_positions;
  dtc_contig_stats contigs[DTC_LABEL_COUNT];
  uint32_t missing; /* bits 1 << label: dtc_verdict_missing() */
  uint64_t warnings[WARNING_COUNT];
  uint64_t file_bytes, unpacked_bytes;
  unsigned x_copies;
  int y_present;
  dtc_par_frame par_frame;
};

/* Whether the file was judged and refused; else it was accepted, or not judged at all: it could not be read, say. */
int verdict_is_refusal(const dtc_verdict *verdict);

/* NULL reads as a verdict that nothing has filled. */
const dtc_verdict *verdict_or_nothing(const dtc_verdict *verdict);

/* A verdict that says only this: there was no memory for more, or nothing to read. diag and verdict may be NULL. */
dtc_status verdict_of_status(dtc_status status, const dtc_diag *diag, dtc_verdict *verdict);
void verdict_fill_header(dtc_verdict *verdict, const parser *p);
void verdict_fill_totals(dtc_verdict *verdict, const parser_totals *totals);
/* DTC_STRICT: the status of the first warning that names a change to the file, with diag filled, or DTC_OK. */
dtc_status verdict_be_strict(dtc_verdict *verdict);

/* What happened, where it helps what was expected, and what to do; "accepted" for an accepted file. Like snprintf. */
size_t verdict_message(const dtc_verdict *verdict, char *text, size_t size_bytes);
/* No message is longer: the texts are ours. */
#define VERDICT_MESSAGE_MAX 1024

#endif
