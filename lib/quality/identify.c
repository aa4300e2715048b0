#include "quality/options.h"
#include "quality/verdict.h"

dtc_status dtc_identify(const void *text, size_t length_bytes, const dtc_options *options, dtc_verdict *verdict) {
  parser_sink nothing = {NULL, NULL, NULL, NULL};
  dtc_options own;
  if (options_take(options, DTC_POLICY_REFUSE, &own) != DTC_OK)
    return verdict_of_status(DTC_INVALID_ARGUMENT, NULL, verdict);
  parser *p = parser_new(&own, &nothing);
  if (!p)
    return verdict_of_status(DTC_OUT_OF_MEMORY, NULL, verdict);
  dtc_status status = parser_feed(p, text, length_bytes);
  /* What comes behind the header, cut off or wrong, is not asked. */
  if (parser_get_header(p))
    status = DTC_OK;
  else if (status == DTC_OK)
    status = parser_finish(p);
  dtc_verdict scratch = {.status = DTC_INTERNAL}, *v = verdict ? verdict : &scratch;
  verdict_of_status(status, status == DTC_OK ? NULL : parser_get_diag(p), v);
  verdict_fill_header(v, p);
  if (status == DTC_OK && own.strictness == DTC_STRICT)
    v->status = v->diag.status = status = verdict_be_strict(v);
  parser_free(p);
  return status;
}
