/* page_table.c - without scripts a table that sorts is one table for each order; the address chooses which is seen, and
 * the first where it chooses none. */
#include "common/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct cell {
  char *text, *link;
  double number;
  int doubtful;
} cell;

struct page_table {
  const page_column *columns;
  size_t column_count;
  cell *cells; /* row by row */
  size_t row_count, capacity;
};

page_table *page_table_new(const page_column *columns, size_t count) {
  page_table *t = calloc(1, sizeof *t);
  if (t)
    *t = (page_table){.columns = columns, .column_count = count};
  return t;
}

void page_table_free(page_table *t) {
  if (!t)
    return;
  for (size_t i = 0; i < t->row_count * t->column_count; i++) {
    free(t->cells[i].text);
    free(t->cells[i].link);
  }
  free(t->cells);
  free(t);
}

int page_table_add(page_table *t, const page_cell *cells) {
  if (t->row_count == t->capacity) {
    size_t more = t->capacity ? t->capacity * 2 : 16;
    cell *larger = realloc(t->cells, more * t->column_count * sizeof *larger);
    if (!larger)
      return -1;
    t->cells = larger;
    t->capacity = more;
  }
  cell *to = t->cells + t->row_count * t->column_count;
  int failed = 0;
  for (size_t i = 0; i < t->column_count; i++) {
    to[i] =
        (cell){strdup(cells[i].text), cells[i].link ? strdup(cells[i].link) : NULL, cells[i].number, cells[i].doubtful};
    failed |= !to[i].text || (cells[i].link && !to[i].link);
  }
  t->row_count++;
  return failed ? -1 : 0;
}

typedef struct place {
  const page_table *table;
  size_t row, column;
} place;

static int compare(const void *pa, const void *pb) {
  const place *a = pa, *b = pb;
  const page_table *t = a->table;
  const page_column *column = &t->columns[a->column];
  const cell *x = &t->cells[a->row * t->column_count + a->column];
  const cell *y = &t->cells[b->row * t->column_count + b->column];
  int order = 0;
  if (!column->is_number)
    order = strverscmp(x->text, y->text); /* P2 before P10 */
  else if (isnan(x->number) || isnan(y->number))
    return isnan(x->number) != isnan(y->number) ? (isnan(x->number) ? 1 : -1) : a->row < b->row ? -1 : a->row > b->row;
  else if (x->number != y->number)
    order = x->number < y->number ? -1 : 1;
  if (order == 0)
    return a->row < b->row ? -1 : a->row > b->row;
  return column->largest_first ? -order : order;
}

static void write_head(const page_table *t, output *o, const char *name, size_t sorted) {
  output_print(o, "<table>\n<thead><tr>");
  for (size_t i = 0; i < t->column_count; i++) {
    const page_column *c = &t->columns[i];
    output_print(o, "<th scope=\"col\"%s%s><a href=\"#%s-%zu\">%s</a></th>", c->is_number ? " class=\"n\"" : "",
                 i != sorted        ? ""
                 : c->largest_first ? " aria-sort=\"descending\""
                                    : " aria-sort=\"ascending\"",
                 name, i, c->title);
  }
  output_print(o, "</tr></thead>\n<tbody>\n");
}

static void write_row(const page_table *t, output *o, size_t row) {
  output_print(o, "<tr>");
  for (size_t i = 0; i < t->column_count; i++) {
    const cell *c = &t->cells[row * t->column_count + i];
    const char *class = t->columns[i].is_number ? (c->doubtful ? "n doubtful" : "n") : c->doubtful ? "doubtful" : "";
    output_print(o, i ? "<td class=\"%s\">" : "<th scope=\"row\" class=\"%s\">", class);
    if (c->link) {
      output_print(o, "<a href=\"");
      page_text(o, c->link);
      output_print(o, "\">");
    }
    page_text(o, c->text);
    if (c->link)
      output_print(o, "</a>");
    output_print(o, i ? "</td>" : "</th>");
  }
  output_print(o, "</tr>\n");
}

/* The order of the first column stands last, so that any other that the address names hides it. */
int page_table_write(const page_table *t, output *o, const char *name) {
  place *places = malloc((t->row_count + 1) * sizeof *places);
  if (!places)
    return -1;
  output_print(o, "<p class=\"noprint\"><small>Follow a column&#39;s title to sort by it.</small></p>\n<div>\n");
  for (size_t k = t->column_count; k-- > 0;) {
    for (size_t i = 0; i < t->row_count; i++)
      places[i] = (place){t, i, k};
    if (t->row_count)
      qsort(places, t->row_count, sizeof *places, compare);
    output_print(o, "<div class=\"sorted wide%s\" id=\"%s-%zu\">\n", k ? "" : " first", name, k);
    write_head(t, o, name, k);
    for (size_t i = 0; i < t->row_count; i++)
      write_row(t, o, places[i].row);
    output_print(o, "</tbody>\n</table>\n</div>\n");
  }
  output_print(o, "</div>\n");
  free(places);
  return 0;
}
