#include "quality/options.h"
#include "quality/pumps.h"
#include "quality/verdict.h"

static dtc_status validate(pump run, const void *from, const dtc_options *options, dtc_verdict *verdict) {
  dtc_options own;
  dtc_reader *reader = NULL;
  dtc_status status = options_take(options, DTC_POLICY_REFUSE, &own);
  if (status == DTC_OK)
    status = dtc_reader_new(&own, NULL, &reader);
  if (status != DTC_OK)
    return verdict_of_status(status, NULL, verdict);
  pumped container = {DTC_OK, {0}, {0}};
  container.status = run(from, &own, reader, &container);
  status = reader_conclude(reader, &container, verdict);
  dtc_reader_free(reader);
  return status;
}

dtc_status dtc_validate_path(const char *path, const dtc_options *options, dtc_verdict *verdict) {
  return validate(pump_path, path, options, verdict);
}

dtc_status dtc_validate_fd(int fd, const dtc_options *options, dtc_verdict *verdict) {
  return validate(pump_fd, &fd, options, verdict);
}

dtc_status dtc_validate_memory(const void *bytes, size_t length_bytes, const dtc_options *options,
                               dtc_verdict *verdict) {
  pump_bytes whole = {bytes, length_bytes};
  return validate(pump_memory, &whole, options, verdict);
}
