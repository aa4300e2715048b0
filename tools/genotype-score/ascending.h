/* ascending.h - a search in elements that begin with their place and are sorted by it, for places that mostly ascend.
 */
#ifndef SCORE_ASCENDING_H
#define SCORE_ASCENDING_H

#include <stddef.h>
#include <stdint.h>

/* The first of `count` elements of `size` bytes that is not before place. *cursor is where the last search ended: 0 at
 * first. Cheapest where the next place is near behind the last, right in any order. */
size_t ascending_search(const void *elements, size_t size, size_t count, size_t *cursor, uint64_t place);

static inline uint64_t ascending_place(const void *elements, size_t size, size_t i) {
  return *(const uint64_t *)((const char *)elements + i * size);
}

/* The same; the usual answers, this element or the next, without a call. */
static inline size_t ascending_find(const void *elements, size_t size, size_t count, size_t *cursor, uint64_t place) {
  size_t at = *cursor;
  if (at < count && (at == 0 || ascending_place(elements, size, at - 1) < place)) {
    if (ascending_place(elements, size, at) >= place)
      return at;
    if (at + 1 < count && ascending_place(elements, size, at + 1) >= place)
      return *cursor = at + 1;
  }
  return ascending_search(elements, size, count, cursor, place);
}

#endif
