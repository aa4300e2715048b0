#include "quality/pumps.h"

dtc_status pump_path(const void *path, const dtc_options *options, dtc_reader *reader, pumped *out) {
  return archive_pump_path(path, options, reader_consume, reader, &out->facts, &out->diag);
}

dtc_status pump_fd(const void *fd, const dtc_options *options, dtc_reader *reader, pumped *out) {
  return archive_pump_fd(*(const int *)fd, options, reader_consume, reader, &out->facts, &out->diag);
}

dtc_status pump_memory(const void *bytes, const dtc_options *options, dtc_reader *reader, pumped *out) {
  const pump_bytes *whole = bytes;
  return archive_pump_memory(whole->at, whole->length, options, reader_consume, reader, &out->facts, &out->diag);
}
