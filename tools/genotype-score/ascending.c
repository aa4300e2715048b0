#include "genotype-score/ascending.h"

/* The first in [from, to) that is not before place. */
static size_t lower_bound(const void *elements, size_t size, size_t from, size_t to, uint64_t place) {
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (ascending_place(elements, size, middle) < place)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

size_t ascending_search(const void *elements, size_t size, size_t count, size_t *cursor, uint64_t place) {
  size_t from = *cursor, step = 1;
  if (from && ascending_place(elements, size, from - 1) >= place)
    return *cursor = lower_bound(elements, size, 0, from, place);
  while (from + step < count && ascending_place(elements, size, from + step) < place) { /* steps that double */
    from += step;
    step *= 2;
  }
  return *cursor = lower_bound(elements, size, from, from + step < count ? from + step : count, place);
}
