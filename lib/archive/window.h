/* window.h - the file as libzip sees it: a zip source over ours, opened for reading only. */
#ifndef DTC_ARCHIVE_WINDOW_H
#define DTC_ARCHIVE_WINDOW_H

#include "archive/source.h"

#include <zip.h>

typedef struct window {
  const source *from;
  uint64_t cursor;
  dtc_status status; /* what went wrong below libzip, which would only call it a read error */
  dtc_diag diag;
  zip_error_t error;
} window;

/* What libzip calls to read the file: see zip_source_function(3). */
zip_int64_t window_command(void *opaque, void *data, zip_uint64_t length, zip_source_cmd_t command);
/* Opens the archive in s, which must outlive it. After DTC_OK close with window_close. */
dtc_status window_open(window *w, const source *s, const dtc_allocator *allocator, zip_t **archive, dtc_diag *diag);
void window_close(window *w, zip_t *archive);
/* What libzip's error code means for the file. */
dtc_status window_refusal(const window *w, int code, uint64_t at_byte, dtc_diag *diag);

#endif
