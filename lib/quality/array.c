#include "quality/quality.h"
#include "quality/verdict.h"

#include <stddef.h>

/* Arrays whose exports do not name them. All of them carry internal ids and mitochondrial rows, which no export of the
 * other arrays has together. */
static const struct {
  const char *array;
  uint32_t first_rs;          /* the array's first row, 0 where it is not known */
  uint32_t first_position[3]; /* by build; 0 where it was never seen */
  uint64_t rows_from, rows_to;
  uint64_t mt_from, mt_to;
} arrays[] = {
    {"v5", 548049170, {0, 69869, 0}, 600000, 720000, 3800, 6000},    /* GSA: 638 k rows, MT 4.3 k */
    {"v4", 12564807, {0, 734462, 0}, 540000, 660000, 2600, 3799},    /* HTS iSelect HD: 599 k rows, MT 3.3 k */
    {"v3", 4477212, {72017, 82154, 0}, 850000, 1000000, 2000, 3799}, /* OmniExpress Plus: 960 k rows, MT 2.7 k */
    {"v2", 0, {0, 0, 0}, 480000, 660000, 1000, 2599}, /* HumanHap550+, v1 and v2 alike: 570-600 k rows, MT 2 k */
};
#define ARRAYS (sizeof arrays / sizeof *arrays)
/* People who took a second test get the union of two arrays: more rows than any one of them has. */
#define ROWS_OF_ONE_ARRAY 1000000
/* A file of fewer rows is a part of an export: only its first row can tell. */
#define ROWS_OF_A_WHOLE_EXPORT 480000

/* Index into arrays, or ARRAYS. */
static size_t by_first_row(const quality *q) {
  for (size_t i = 0; i < ARRAYS; i++)
    for (int b = 0; b < 3; b++)
      if (q->first_rs && q->first_rs == arrays[i].first_rs && q->first_position == arrays[i].first_position[b])
        return i;
  return ARRAYS;
}

static int rows_fit(size_t i, uint64_t rows) { return rows >= arrays[i].rows_from && rows <= arrays[i].rows_to; }

static size_t by_counts(uint64_t rows, uint64_t mt_rows) {
  for (size_t i = 0; i < ARRAYS; i++)
    if (rows_fit(i, rows) && mt_rows >= arrays[i].mt_from && mt_rows <= arrays[i].mt_to)
      return i;
  return ARRAYS;
}

const char *array_by_content(const quality *q, const dtc_verdict *verdict) {
  uint64_t mt_rows = verdict->contigs[DTC_CONTIG_MT].rows;
  if (q->internal_ids == 0 || mt_rows == 0 || q->rows > ROWS_OF_ONE_ARRAY)
    return NULL;
  size_t first = by_first_row(q), counted = by_counts(q->rows, mt_rows);
  /* The counts of MT rows changed from year to year, the first row hardly: it decides where the number of rows allows.
   */
  if (first < ARRAYS && (q->rows < ROWS_OF_A_WHOLE_EXPORT || rows_fit(first, q->rows)))
    return arrays[first].array;
  /* The oldest array may begin with the same marker as its successor. */
  if (counted < ARRAYS && (first == ARRAYS || arrays[counted].first_rs == 0))
    return arrays[counted].array;
  return NULL;
}
