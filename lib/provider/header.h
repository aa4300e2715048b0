/* header.h - the lines of an export's header, kept until a vendor claims them. */
#ifndef DTC_VENDOR_HEADER_H
#define DTC_VENDOR_HEADER_H

#include "text/lines.h"

#include <dtcgeno.h>

typedef struct header_mark {
  size_t offset, length;
  uint64_t byte;
} header_mark;

/* Comment lines and, last, the column line. Line i of the header is line i + 1 of the text. */
typedef struct header {
  dtc_allocator allocator;
  char *text;
  size_t length, capacity;
  header_mark *marks;
  size_t count, marks_capacity;
} header;

void header_init(header *h, const dtc_allocator *allocator);
void header_free(header *h);
/* Keeps a copy. 0 when memory runs out. */
int header_add(header *h, const line *l);
/* As it stands in the text; valid until the next header_add(). */
view header_line(const header *h, size_t i);
/* The same without blanks at its end: what wording is compared with. */
view header_words(const header *h, size_t i);
/* Index of the first comment line (the column line is none) that holds `words`, or SIZE_MAX. */
size_t header_find(const header *h, const char *words);
/* What stands behind `label` in line i, which holds it, up to the end without its blanks. */
view header_behind(const header *h, size_t i, const char *label);
/* The column line. Only where there is at least one line. */
view header_columns(const header *h);
/* Fills diag with a place in line i; see line_fault(). */
dtc_status header_fault(const header *h, size_t i, dtc_status status, size_t column, const char *expected,
                        dtc_diag *diag);

#endif
