/* reader.h - how the container's end is told to a reader: dtc_validate_* and dtc_table_load_* stand on this. */
#ifndef DTC_QUALITY_READER_H
#define DTC_QUALITY_READER_H

#include "archive/archive.h"

#include <dtcgeno.h>

/* What a pump said; diag is that of its status. */
typedef struct pumped {
  dtc_status status;
  dtc_diag diag;
  archive_facts facts;
} pumped;

/* An archive_consumer whose opaque is the reader. A fault of the text does not stop the pump: damage of the container
 * garbles the text as well, and only the checksum at the end tells which of the two it is. */
dtc_status reader_consume(void *reader, const void *bytes, size_t length_bytes);

/* dtc_reader_finish() for text that came out of a container. The container's fault goes before the text's. */
dtc_status reader_conclude(dtc_reader *reader, const pumped *container, dtc_verdict *verdict);

#endif
