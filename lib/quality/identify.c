#include "quality/verdict.h"

dtc_status dtc_identify(const void *text, size_t length_bytes, const dtc_options *options, dtc_verdict *verdict) {
  parser_sink nothing = {NULL, NULL, NULL, NULL};
  parser *p = parser_new(options, &nothing);
  if (!p)
    return verdict_of_status(DTC_OUT_OF_MEMORY, NULL, verdict);
  dtc_status status = parser_feed(p, text, length_bytes);
  /* What comes behind the header, cut off or wrong, is not asked. */
  if (parser_get_header(p))
    status = DTC_OK;
  else if (status == DTC_OK)
    status = parser_finish(p);
  verdict_of_status(status, status == DTC_OK ? NULL : parser_get_diag(p), verdict);
  verdict_fill_header(verdict, p);
  if (status == DTC_OK && options->strictness == DTC_STRICT)
    verdict->status = verdict->diag.status = status = verdict_be_strict(verdict);
  parser_free(p);
  return status;
}
