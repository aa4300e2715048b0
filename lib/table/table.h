/* table.h - filling a genotype table; reading it is in dtcgeno.h. */
#ifndef DTC_TABLE_TABLE_H
#define DTC_TABLE_TABLE_H

#include <dtcgeno.h>

/* allocator is copied. NULL when memory runs out. Freed with dtc_table_free(). */
dtc_table *table_new(const dtc_allocator *allocator);
/* As new, but for its memory. */
void table_clear(dtc_table *t);
/* Both copy; DTC_OUT_OF_MEMORY leaves the table as it was, to be freed. They fit a parser's sink. */
dtc_status table_append(dtc_table *t, const dtc_calls *calls);
dtc_status table_reject(dtc_table *t, const dtc_reject *reject);
/* No more rows: gives spare room back. */
void table_done(dtc_table *t);

#endif
