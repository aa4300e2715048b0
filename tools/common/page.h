/* page.h - pages for a person: one file, no script, nothing from outside, readable on a phone, in the dark and on
 * paper. All text that is not our own goes through page_text. */
#ifndef COMMON_PAGE_H
#define COMMON_PAGE_H

#include "common/output.h"

#include <stddef.h>
#include <stdint.h>

/* What writing fails with is told by output_finish. */
void page_begin(output *o, const char *title, const char *more_style); /* CSS of this page alone, or NULL */
void page_end(output *o, const char *program);

/* Text of a file or a command line: nothing of it is markup. */
void page_text(output *o, const char *text);

/* "638,481". Lives as long as text. */
enum { PAGE_COUNT_BYTES = 32 };
const char *page_count(uint64_t count, char text[PAGE_COUNT_BYTES]);
/* "1 row", "2,000 rows"; text has PAGE_COUNT_BYTES and room for both words. */
const char *page_counted(uint64_t count, const char *one, const char *many, char *text, size_t text_bytes);

/* The first line of a page, in a colour and a sign that say the same. The caller writes what stands in it, then ends
 * it.
 */
typedef enum page_mood { PAGE_GOOD, PAGE_DOUBTFUL, PAGE_BAD } page_mood;
void page_verdict_begin(output *o, page_mood mood);
void page_verdict_end(output *o);

/* A table that is sorted by the links in its head. Columns and their titles are borrowed. */
typedef struct page_column {
  const char *title;
  int is_number; /* to the right; sorted as numbers */
  int largest_first;
} page_column;
typedef struct page_cell {
  const char *text; /* copied */
  double number;    /* NAN: unknown, always last */
  int doubtful;     /* worth a look: marked */
  const char *link; /* copied; NULL: none */
} page_cell;
typedef struct page_table page_table;
page_table *page_table_new(const page_column *columns, size_t count); /* NULL without memory */
/* One cell a column. 0, or -1 without memory. */
int page_table_add(page_table *t, const page_cell *cells);
/* name: of the links, letters only, one for each table of a page. 0, or -1 without memory. */
int page_table_write(const page_table *t, output *o, const char *name);
void page_table_free(page_table *t); /* NULL is fine */

#endif
