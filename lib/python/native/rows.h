/* rows.h - a loaded table with many holders: Python objects, and Arrow arrays that are released by threads which know
 * nothing of Python. What is held never changes, but for the index of names, which has a lock of its own. */
#ifndef DTC_PYTHON_ROWS_H
#define DTC_PYTHON_ROWS_H

#include <dtcgeno.h>

#include <stdint.h>

typedef struct rows rows;

/* Takes the table, whose only holder the caller is then. NULL when memory runs out: the table stays the caller's. */
rows *rows_new(dtc_table *table);
rows *rows_hold(rows *r); /* returns r */
void rows_drop(rows *r);  /* NULL is fine; any thread */
const dtc_calls *rows_calls(const rows *r);
const dtc_reject *rows_reject(const rows *r, size_t i); /* NULL beyond the last */
/* First row of that name, or SIZE_MAX; the first call makes an index. Any thread. DTC_OUT_OF_MEMORY. */
dtc_status rows_find_id(rows *r, const char *id, size_t *row);
size_t rows_find_position(const rows *r, unsigned contig, uint32_t position);

#endif
