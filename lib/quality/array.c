#include "provider/vendor.h"
#include "quality/quality.h"
#include "quality/verdict.h"

/* People who took a second test get the union of two arrays: more rows than any one of them has. */
#define ROWS_OF_ONE_ARRAY 1000000
/* A file of fewer rows is a part of an export: only its first row can tell. */
#define ROWS_OF_A_WHOLE_EXPORT 480000

static int rows_fit(const vendor_array *a, uint64_t rows) { return rows >= a->rows_from && rows <= a->rows_to; }

/* NULL where none of the vendor's begins so. */
static const vendor_array *by_first_row(const vendor_array *a, const quality *q) {
  for (; q->first_rs && a->name; a++)
    for (int b = 0; b < VENDOR_ARRAY_BUILDS; b++)
      if (q->first_rs == a->first_rs && q->first_position == a->first_position[b])
        return a;
  return NULL;
}

static const vendor_array *by_counts(const vendor_array *a, uint64_t rows, uint64_t mt_rows) {
  for (; a->name; a++)
    if (rows_fit(a, rows) && mt_rows >= a->mt_from && mt_rows <= a->mt_to)
      return a;
  return NULL;
}

const char *array_by_content(const quality *q, const dtc_verdict *verdict) {
  const vendor *v = verdict->vendor ? vendor_by_slug(verdict->vendor) : NULL;
  uint64_t mt_rows = verdict->contigs[DTC_CONTIG_MT].rows;
  if (!v || !v->arrays || q->internal_ids == 0 || mt_rows == 0 || q->rows > ROWS_OF_ONE_ARRAY)
    return NULL;
  const vendor_array *first = by_first_row(v->arrays, q), *counted = by_counts(v->arrays, q->rows, mt_rows);
  /* The counts of MT rows changed from year to year, the first row hardly: it decides where the number of rows allows.
   */
  if (first && (q->rows < ROWS_OF_A_WHOLE_EXPORT || rows_fit(first, q->rows)))
    return first->name;
  /* The oldest array may begin with the same marker as its successor. */
  return counted && (!first || counted->first_rs == 0) ? counted->name : NULL;
}
