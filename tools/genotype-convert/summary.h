/* summary.h - what became of the exports of a batch, a row each: written as a table, read again by the next run. */
#ifndef CONVERT_SUMMARY_H
#define CONVERT_SUMMARY_H

#include "common/output.h"
#include "genotype-convert/conversion.h"
#include "genotype-convert/samples.h"

typedef enum summary_column {
#define SUMMARY_LIST(X)           \
  X(SAMPLE, "sample")             \
  X(EXPORT, "export")             \
  X(STATUS, "status")             \
  X(REASON, "reason")             \
  X(CODE, "code")                 \
  X(VENDOR, "vendor")             \
  X(FORMAT, "format")             \
  X(ARRAY, "array")               \
  X(BUILD, "build")               \
  X(SEX, "sex")                   \
  X(ROWS, "rows")                 \
  X(WRITTEN, "written")           \
  X(MERGED, "merged")             \
  X(REJECTED, "rejected")         \
  X(RECORDS, "records")           \
  X(CALLED, "called")             \
  X(HETEROZYGOUS, "heterozygous") \
  X(OUTPUT, "output")             \
  X(WARNINGS, "warnings")
#define DTC_X(name, word) SUMMARY_##name,
  SUMMARY_LIST(DTC_X)
#undef DTC_X
      SUMMARY_COLUMNS
} summary_column;

/* Fields as they stand in the file; "." is what is not known. All NULL: the export was not reached yet. */
typedef struct summary_row {
  char *fields[SUMMARY_COLUMNS];
} summary_row;

/* The row of an export. status: the word; path: of its output, or NULL. 0, or -1 without memory. */
int summary_row_make(summary_row *row, const sample *s, const char *status, const conversion_result *r,
                     const char *path);
void summary_row_free(summary_row *row);
/* A field; "." of a row that was not reached. */
const char *summary_field(const summary_row *row, summary_column column);
/* A count; -1 where it is not known. */
double summary_number(const summary_row *row, summary_column column);
/* Rows that are in the output, alone or in another row's record; -1 where that is not known. */
double summary_came_through(const summary_row *row);

/* The rows of an earlier run that had figures, by sample and export; another form of the file has none. */
typedef struct summary {
  summary_row *rows;
  size_t count;
} summary;
void summary_read(summary *s, const char *path);
const summary_row *summary_find(const summary *s, const sample *of);
void summary_free(summary *s);

/* The whole file; mark stands in the last column. Rows that were not reached are pending. 0, or -1 with the fault set.
 */
int summary_write(const char *path, const samples *of, const summary_row *rows, const char *mark, fault *f);

#endif
