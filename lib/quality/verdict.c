#include "quality/verdict.h"

#include "base/diag.h"

#include <string.h>

dtc_status verdict_of_status(dtc_status status, const dtc_diag *diag, dtc_verdict *verdict) {
  if (!verdict)
    return status;
  dtc_allocator allocator = verdict->allocator;
  memset(verdict, 0, sizeof *verdict);
  verdict->allocator = allocator;
  verdict->x_het_share = verdict->y_call_share = -1;
  verdict->y_present = -1;
  if (diag)
    verdict->diag = *diag;
  verdict->status = verdict->diag.status = status;
  return status;
}

int verdict_is_refusal(const dtc_verdict *verdict) {
  dtc_reason reason = dtc_status_reason(verdict->status);
  return reason != DTC_REASON_NONE && reason != DTC_REASON_INTERNAL_ERROR;
}

void verdict_fill_header(dtc_verdict *verdict, const parser *p) {
  const parser_header *header = parser_get_header(p);
  if (!header) {
    verdict->vendor = parser_foreign(p, &verdict->vendor_title);
    return;
  }
  verdict->vendor = header->vendor;
  verdict->vendor_title = header->vendor_title;
  verdict->format = header->format;
  verdict->array = header->array;
  verdict->build = verdict->build_header = header->build;
  verdict->warnings[DTC_WARNING_HEADER_UNKNOWN] = header->wording_known   ? 0
                                                  : header->unknown_lines ? header->unknown_lines
                                                                          : 1;
  verdict->warnings[DTC_WARNING_VERSION_UNKNOWN] = header->unknown_words;
  verdict->warnings[DTC_WARNING_LOOKALIKE] = header->lookalike ? 1 : 0;
}

void verdict_fill_totals(dtc_verdict *verdict, const parser_totals *totals) {
  verdict->rows = totals->rows;
  verdict->rejected = totals->rejected;
  verdict->duplicate_positions = totals->duplicate_positions;
  verdict->warnings[DTC_WARNING_UNSORTED] = totals->unsorted;
  verdict->warnings[DTC_WARNING_DUPLICATE_ROW] = totals->duplicate_rows;
  verdict->warnings[DTC_WARNING_DUPLICATE_CONFLICT] = totals->duplicate_conflicts;
  verdict->warnings[DTC_WARNING_UNPLACED] = totals->unplaced;
  verdict->warnings[DTC_WARNING_ROW_REJECTED] = totals->rejected;
  verdict->warnings[DTC_WARNING_NAME_UNKNOWN] = totals->unknown_names;
  verdict->warnings[DTC_WARNING_CHROMOSOME_UNKNOWN] = totals->unknown_chromosomes;
  verdict->warnings[DTC_WARNING_SEPARATOR_REPEATED] = totals->repeated_separators;
  verdict->warnings[DTC_WARNING_NO_FINAL_LINE_END] = totals->no_final_line_end ? 1 : 0;
}

dtc_status verdict_be_strict(dtc_verdict *verdict) {
  static const dtc_status refusals[WARNING_COUNT] = {
#define DTC_X(number, name, slug, strict, text) [number] = DTC_##strict,
      DTC_WARNING_LIST(DTC_X)
#undef DTC_X
  };
  for (int w = 0; w < WARNING_COUNT; w++)
    if (verdict->warnings[w] && refusals[w] != DTC_OK)
      return diag_set(&verdict->diag, refusals[w], (place){0, 0, 0}, "the file as the vendor wrote it");
  return DTC_OK;
}
