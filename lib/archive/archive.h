/* archive.h - from a file to the bytes of the one export in it: limits, the strict walk over a zip, gzip, bare text.
 * The only part of the library that includes zip.h. */
#ifndef DTC_ARCHIVE_ARCHIVE_H
#define DTC_ARCHIVE_ARCHIVE_H

#include <dtcgeno.h>

/* What the container said about itself. */
typedef struct archive_facts {
  uint64_t file_bytes;
  uint64_t unpacked_bytes; /* counted, not claimed */
  int rezipped;            /* a computer's own tools left their marks: see aside.h, walker.c */
  int in_folder;           /* the export stands in a folder */
} archive_facts;

/* Takes the export's text, piece by piece and in order; a status other than DTC_OK stops the pump, which returns it. */
typedef dtc_status (*archive_consumer)(void *opaque, const void *bytes, size_t length_bytes);

/* Reads the whole export: directory checked first, then every byte of the member, then its CRC and size. DTC_OK only
 * after all of it. The consumer may have seen bytes before a later error. diag as in dtcgeno.h. */
dtc_status archive_pump_path(const char *path, const dtc_options *options, archive_consumer consumer, void *opaque,
                             archive_facts *facts, dtc_diag *diag);
dtc_status archive_pump_fd(int fd, const dtc_options *options, archive_consumer consumer, void *opaque,
                           archive_facts *facts, dtc_diag *diag);
dtc_status archive_pump_memory(const void *bytes, size_t length_bytes, const dtc_options *options,
                               archive_consumer consumer, void *opaque, archive_facts *facts, dtc_diag *diag);

#endif
