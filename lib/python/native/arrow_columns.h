/* arrow_columns.h - the columns that Arrow sees: their schema, and arrays of some rows of a table. No Python here: the
 * consumer may call and release from any thread. */
#ifndef DTC_PYTHON_ARROW_COLUMNS_H
#define DTC_PYTHON_ARROW_COLUMNS_H

#include "python/native/arrow_abi.h"
#include "python/native/rows.h"

/* 0, or ENOMEM: then out is untouched. out is the consumer's, to be released by its release(). */
int arrow_columns_schema(struct ArrowSchema *out);
/* count rows from `from` on. Positions are the table's own; texts are made. */
int arrow_columns_rows(rows *r, size_t from, size_t count, struct ArrowArray *out);

#endif
