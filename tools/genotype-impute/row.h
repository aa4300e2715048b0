/* row.h - a file of rows of two alleles, of a panel, of typed calls or of an engine, read one row ahead. */
#ifndef IMPUTE_ROW_H
#define IMPUTE_ROW_H

#include "base/view.h"
#include "common/bcf_stream.h"
#include "common/bcf_values.h"

typedef struct row {
  bcf1_t *bcf; /* owned; NULL before the first */
  uint32_t position;
  view id, ref, alt;      /* alt: the first, where there are more */
  const uint8_t *filters; /* FILTER, then INFO */
} row;
void row_free(row *r);
int row_same_alleles(const row *a, const row *b);
/* A number of INFO; NAN where the row does not have it. */
float row_info(const row *r, int key);
/* FORMAT fields by their keys, in any number; one that the row does not have gets at NULL. 0, or -1: it is damaged. */
int row_formats(const row *r, const int *keys, bcf_values *values, size_t count);

typedef struct row_file {
  bcf_stream *stream;
  int more; /* there is a current row */
  uint32_t position;
} row_file;
/* Opens and stands at the first row. path and shown must outlive it. 0, or -1. */
int row_file_open(row_file *r, const char *path, const char *shown, fault *f);
int row_file_next(row_file *r, fault *f);
/* Takes a copy of the current row, once, into one that is zeroed or was taken before, and goes on. 0, or -1. */
int row_file_take(row_file *r, row *to, fault *f);
void row_file_free(row_file *r);

#endif
