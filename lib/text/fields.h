/* fields.h - a line into its fields. */
#ifndef DTC_TEXT_FIELDS_H
#define DTC_TEXT_FIELDS_H

#include "base/view.h"

#define FIELDS_MAX 8

/* count is what the line has; only the first FIELDS_MAX are kept. */
typedef struct fields {
  size_t count;
  view at[FIELDS_MAX];
} fields;

/* Cuts at each separator. */
void fields_split(view line, char separator, fields *out);
/* Cuts where a separator stands, and takes with it every separator and blank around it. Returns the count. */
size_t fields_split_runs(view line, char separator, fields *out);
/* Every field in double quotes, nothing between the quotes and the separators. Returns 0, or the column (from 1) of the
 * first byte that is wrong. */
size_t fields_split_quoted(view line, char separator, fields *out);
/* How many fields there are when a run of separators and blanks counts as one separator: tells a doubled separator from
 * a missing field. */
size_t fields_count_loosely(view line, char separator);

#endif
