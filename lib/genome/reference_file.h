/* reference_file.h - line by line through a file of the user's (assemblies, chains), plain or gzip, and its fields. */
#ifndef DTC_GENOME_REFERENCE_FILE_H
#define DTC_GENOME_REFERENCE_FILE_H

#include "base/view.h"

#include <dtcgeno.h>

#define REFERENCE_LINE_MAX 4096
#define REFERENCE_FIELDS_MAX 16

typedef struct reference_file reference_file;

/* malformed: the status of every fault in the contents. allocator may be NULL. */
dtc_status reference_file_open(const char *path, dtc_status malformed, const dtc_allocator *allocator,
                               reference_file **out, dtc_diag *diag);
void reference_file_close(reference_file *file);
/* The next line without its end (LF or CRLF), or at == NULL behind the last. It lives until the next call. */
dtc_status reference_file_line(reference_file *file, view *line, dtc_diag *diag);
/* Fills diag with the line last read and returns the status given to open. */
dtc_status reference_file_fault(const reference_file *file, dtc_diag *diag, const char *expected);

/* Cuts a line at each of the separators; `merge` takes several in a row for one. Returns how many fields there are, at
 * most REFERENCE_FIELDS_MAX + 1, of which REFERENCE_FIELDS_MAX are kept. */
unsigned reference_fields(view line, const char *separators, int merge, view *fields);
/* A plain decimal number up to max, every byte of it; returns 0 when it is not one. */
int reference_number(view text, uint64_t max, uint64_t *out);

#endif
