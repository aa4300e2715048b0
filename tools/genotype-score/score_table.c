#include "genotype-score/score_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Room for one more element of a growing list. NULL without memory. */
static void *grown(const void *list, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity)
    return (void *)list;
  size_t more = *capacity ? *capacity * 2 : 1024;
  void *larger = more <= UINT32_MAX ? realloc((void *)list, more * size) : NULL;
  if (larger)
    *capacity = more;
  return larger;
}

int score_table_add(score_table *t, score_row row, fault *f) {
  score_row *rows = grown(t->rows, t->count, &t->capacity, sizeof *rows);
  if (!rows)
    return fault_memory(f);
  t->rows = rows;
  rows[t->count++] = row;
  return 0;
}

int score_table_add_given(score_table *t, score_row row, given_effect given, fault *f) {
  given_effect *list = grown(t->given, t->given_count, &t->given_capacity, sizeof *list);
  if (!list)
    return fault_memory(f);
  t->given = list;
  row.kind = EFFECT_GIVEN + (uint32_t)t->given_count;
  list[t->given_count++] = given;
  return score_table_add(t, row, f);
}

static allele lesser(const score_row *r) { return r->effect < r->other ? r->effect : r->other; }
static allele greater(const score_row *r) { return r->effect < r->other ? r->other : r->effect; }

int score_row_compare(const score_row *a, const score_row *b) {
  if (a->place != b->place)
    return a->place < b->place ? -1 : 1;
  if (lesser(a) != lesser(b))
    return lesser(a) < lesser(b) ? -1 : 1;
  return greater(a) < greater(b) ? -1 : greater(a) > greater(b);
}

/* The end of the run of rows that are in order and begin at `from`. */
static size_t run_end(const score_row *rows, size_t from, size_t count) {
  while (from + 1 < count && score_row_compare(&rows[from], &rows[from + 1]) <= 0)
    from++;
  return from + 1 < count ? from + 1 : count;
}

/* Two runs that stand behind each other, [from, middle) and [middle, to), into one; equal rows keep their order. */
static void merge_runs(const score_row *rows, size_t from, size_t middle, size_t to, score_row *out) {
  size_t a = from, b = middle;
  for (size_t i = from; i < to; i++)
    out[i] = b == to || (a < middle && score_row_compare(&rows[a], &rows[b]) <= 0) ? rows[a++] : rows[b++];
}

/* Merging the runs that are there: qsort would not keep the order of equal rows, and the first of them counts. */
int score_table_sort(score_table *t, fault *f) {
  score_row *rows = (score_row *)t->rows, *other;
  if (run_end(rows, 0, t->count) == t->count)
    return 0;
  if (!(other = malloc(t->count * sizeof *other)))
    return fault_memory(f);
  for (size_t runs = 2; runs > 1;) {
    runs = 0;
    for (size_t from = 0, to; from < t->count; from = to, runs++) {
      size_t middle = run_end(rows, from, t->count);
      to = middle < t->count ? run_end(rows, middle, t->count) : middle;
      merge_runs(rows, from, middle, to, other);
    }
    score_row *swap = rows;
    rows = other;
    other = swap;
  }
  free(other);
  t->rows = rows;
  t->capacity = t->count;
  return 0;
}

double score_row_rare_value(const score_table *t, const score_row *row, double copies) {
  if (row->kind == EFFECT_DOMINANT)
    return copies <= 1 ? row->weight * copies : row->weight;
  if (row->kind == EFFECT_RECESSIVE)
    return copies <= 1 ? 0 : row->weight * (copies - 1);
  const double *at = t->given[row->kind - EFFECT_GIVEN].copies;
  return copies <= 1 ? at[0] + (at[1] - at[0]) * copies : at[1] + (at[2] - at[1]) * (copies - 1);
}

void score_table_free(score_table *t) {
  if (t->map) {
    munmap(t->map, t->map_bytes);
  } else {
    free((void *)t->rows);
    free((void *)t->given);
  }
  free((void *)t->longer);
  *t = (score_table){0};
}
