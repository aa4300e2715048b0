#include "genotype-score/marker.h"

#include <stdlib.h>

int markers_add(markers *m, marker one, fault *f) {
  if (m->count == m->capacity) {
    size_t more = m->capacity ? m->capacity * 2 : 1024;
    marker *larger = more <= UINT32_MAX ? realloc(m->at, more * sizeof *larger) : NULL;
    if (!larger)
      return fault_set(f, EXIT_TROUBLE, "out of memory");
    m->at = larger;
    m->capacity = more;
  }
  m->at[m->count++] = one;
  return 0;
}

static int by_place(const void *pa, const void *pb) {
  const marker *a = pa, *b = pb;
  if (a->place != b->place)
    return a->place < b->place ? -1 : 1;
  if (a->effect != b->effect)
    return a->effect < b->effect ? -1 : 1;
  if (a->other != b->other)
    return a->other < b->other ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}

void markers_sort(markers *m) {
  m->cursor = 0;
  for (size_t i = 1; i < m->count; i++)
    if (by_place(&m->at[i - 1], &m->at[i]) > 0) {
      qsort(m->at, m->count, sizeof *m->at, by_place);
      return;
    }
}

/* The first marker in [from, to) that is not before place. */
static size_t lower_bound(const markers *m, size_t from, size_t to, uint64_t place) {
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (m->at[middle].place < place)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

const marker *markers_find(markers *m, uint64_t place, size_t *count) {
  size_t from = m->cursor, step = 1;
  if (from && m->at[from - 1].place >= place)
    from = lower_bound(m, 0, from, place);
  else { /* steps that double: the next place is near */
    while (from + step < m->count && m->at[from + step].place < place) {
      from += step;
      step *= 2;
    }
    from = lower_bound(m, from, from + step < m->count ? from + step : m->count, place);
  }
  size_t end = from;
  while (end < m->count && m->at[end].place == place)
    end++;
  m->cursor = end;
  *count = end - from;
  return m->at + from;
}

void markers_free(markers *m) {
  free(m->at);
  *m = (markers){0};
}
