/* batch.h - rows on their way to the sink, as columns. */
#ifndef DTC_TABLE_BATCH_H
#define DTC_TABLE_BATCH_H

#include "table/row.h"

#define BATCH_ROWS 4096

typedef struct batch {
  dtc_allocator allocator;
  size_t count;
  uint32_t position[BATCH_ROWS], id_number[BATCH_ROWS], line[BATCH_ROWS];
  uint8_t id_kind[BATCH_ROWS], contig[BATCH_ROWS], genotype[BATCH_ROWS];
  char *names; /* one length byte and the name, for each row of kind OTHER */
  size_t names_bytes, names_capacity;
} batch;

void batch_init(batch *b, const dtc_allocator *allocator);
void batch_free(batch *b);
void batch_clear(batch *b);
/* Adds a row without a fault to a batch that is not full. 0 when memory runs out. */
int batch_add(batch *b, const row *r, uint32_t line_number);
dtc_calls batch_calls(const batch *b);

/* Rows are looked at in steps of so many where a loop of known length makes one instruction of several rows. */
#define CALLS_STEP 16
/* How many rows from `from` on, one of them at least, have one contig; from is below the count. */
size_t calls_on_one_contig(const dtc_calls *calls, size_t from);

#endif
