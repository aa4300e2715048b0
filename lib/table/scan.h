/* scan.h - rows in the form nearly all of them have, many at a time. It takes a row only when row_read() would take it
 * too, with the same result, and leaves every other one, and the wording of every error, to row_read(). */
#ifndef DTC_TABLE_SCAN_H
#define DTC_TABLE_SCAN_H

#include "table/batch.h"
#include "table/row.h"
#include "text/numbers.h"

/* A piece shorter than this is never scanned: no common row is as long, and what is read at once stays inside. */
#define SCAN_MARGIN 64
/* So many bytes before a piece are read, too. */
#define SCAN_BEFORE NUMBERS_DIGITS

typedef struct scan {
  const row_rules *rules;
  line_end end;
  uint8_t first[256], second[256]; /* a letter as one half of a dtc_genotype; 0 for what is none */
  uint8_t is_genotype[256];        /* of two letters that can stand together */
  int takes_rs, takes_i;           /* names that the vendor writes */
  /* The chromosome of the row before, as the bytes of the separator before it, its own, and of the one behind. */
  uint64_t label, label_mask;
  unsigned label_bytes;
  uint8_t contig;
  uint32_t length;
  int one_letter;
} scan;

/* rules is borrowed. */
void scan_init(scan *s, const row_rules *rules, line_end end);
/* Adds rows from the front of the piece to the batch, at most `most`, numbered from `line`; returns the bytes taken,
 * which is 0 when the first row is not of the common form. before_bytes: how many before the piece can be read; 0 is
 * returned where these are fewer than SCAN_BEFORE. */
size_t scan_rows(scan *s, view piece, size_t before_bytes, batch *b, size_t most, uint32_t line_number);

#endif
