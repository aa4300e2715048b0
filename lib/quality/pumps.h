/* pumps.h - a file, a descriptor or memory: what the three entries of dtc_validate_* and dtc_table_load_* differ in. */
#ifndef DTC_QUALITY_PUMPS_H
#define DTC_QUALITY_PUMPS_H

#include "quality/reader.h"

/* Pumps the whole of `from` into the reader; out's facts and diag are filled, its status is what is returned. */
typedef dtc_status (*pump)(const void *from, const dtc_options *options, dtc_reader *reader, pumped *out);

typedef struct pump_bytes {
  const void *at;
  size_t length;
} pump_bytes;

dtc_status pump_path(const void *path, const dtc_options *options, dtc_reader *reader, pumped *out);
dtc_status pump_fd(const void *fd, const dtc_options *options, dtc_reader *reader, pumped *out); /* const int * */
dtc_status pump_memory(const void *bytes, const dtc_options *options, dtc_reader *reader,
                       pumped *out); /* const pump_bytes * */

#endif
