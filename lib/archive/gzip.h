/* gzip.h - text in gzip (RFC 1952): one member, or several behind each other as bgzip writes them. */
#ifndef DTC_ARCHIVE_GZIP_H
#define DTC_ARCHIVE_GZIP_H

#include "archive/archive.h"
#include "archive/outlet.h"
#include "archive/source.h"

/* Pumps the text of the gzip file in s from its first byte to its last. */
dtc_status archive_gzip_pump(source *s, const dtc_options *options, const dtc_allocator *allocator,
                             const inflate_engine *engine, archive_consumer consumer, void *opaque,
                             archive_facts *facts, dtc_diag *diag);

#endif
