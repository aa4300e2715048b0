#include "genotype-score/marker.h"

#include "genotype-score/ascending.h"

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

const marker *markers_find(markers *m, uint64_t place, size_t *count) {
  size_t from = ascending_find(m->at, sizeof *m->at, m->count, &m->cursor, place), end = from;
  while (end < m->count && m->at[end].place == place)
    end++;
  *count = end - from;
  return m->at + from;
}

void markers_free(markers *m) {
  free(m->at);
  *m = (markers){0};
}
