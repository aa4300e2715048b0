/* scan.h - rows in the form nearly all of them have, many at a time. It takes a row only when row_read() would take it
 * too, with the same result, and leaves every other one, and the wording of every error, to row_read(). */
#ifndef DTC_TABLE_SCAN_H
#define DTC_TABLE_SCAN_H

#include "table/batch.h"
#include "table/row.h"

/* A piece shorter than this is never scanned: no common row is as long, and reads of 8 bytes stay inside. */
#define SCAN_MARGIN 64

typedef struct scan {
  const row_rules *rules;
  line_end end;
  uint8_t allele[256]; /* dtc_allele of a letter; 0 for the others */
  uint8_t fits[8];     /* bit b of fits[a]: alleles a and b can stand together */
  unsigned id_kinds;
  /* The chromosome of the row before, as the bytes from its first to the first behind the separator. */
  uint64_t label, label_mask;
  unsigned label_bytes;
  uint8_t contig;
  uint32_t length;
  int one_letter;
} scan;

/* rules is borrowed. */
void scan_init(scan *s, const row_rules *rules, line_end end);
/* Adds rows from the front of the piece to the batch, at most `most`, numbered from `line`; returns the bytes taken,
 * which is 0 when the first row is not of the common form. */
size_t scan_rows(scan *s, view piece, batch *b, size_t most, uint32_t line_number);

#endif
