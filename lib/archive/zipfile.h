/* zipfile.h - a zip's export through libzip, which opens the archive after the walker agreed and hands over the
 * member's raw bytes; inflating, counting and the CRC are ours. */
#ifndef DTC_ARCHIVE_ZIPFILE_H
#define DTC_ARCHIVE_ZIPFILE_H

#include "archive/archive.h"
#include "archive/outlet.h"
#include "archive/source.h"

/* Pumps the export of the zip in s, and reads what macOS put beside it to its end as well. */
dtc_status archive_zip_pump(const source *s, const dtc_options *options, const dtc_allocator *allocator,
                            const inflate_engine *engine, archive_consumer consumer, void *opaque, archive_facts *facts,
                            dtc_diag *diag);

#endif
