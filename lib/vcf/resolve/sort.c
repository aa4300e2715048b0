/* sort.c - places in the output's order: a stable radix sort, 11 bits of the position a turn, the contig last.
 */
#include <stdlib.h>
#include <string.h>

#include "vcf/resolve/parts.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, TURNS = 4 };

static inline unsigned digit(const placed *p, int turn) {
  return turn == TURNS - 1 ? p->contig : p->position >> (turn * DIGIT_BITS) & (DIGITS - 1);
}

/* One turn. 0 where all have one digit and nothing had to move. */
static int sort_turn(const placed *from, placed *to, size_t count, int turn) {
  size_t start[DIGITS];
  memset(start, 0, sizeof start);
  for (size_t i = 0; i < count; i++)
    start[digit(&from[i], turn)]++;
  if (count && start[digit(&from[0], turn)] == count)
    return 0;
  size_t at = 0;
  for (unsigned d = 0; d < DIGITS; d++) {
    size_t n = start[d];
    start[d] = at;
    at += n;
  }
  for (size_t i = 0; i < count; i++)
    to[start[digit(&from[i], turn)]++] = from[i];
  return 1;
}

int place_sort(placed *place, size_t count) {
  placed *other = malloc((count + 1) * sizeof *other);
  if (!other)
    return 0;
  placed *from = place, *to = other;
  for (int turn = 0; turn < TURNS; turn++) {
    if (!sort_turn(from, to, count, turn))
      continue;
    placed *swap = from;
    from = to;
    to = swap;
  }
  if (from != place)
    memcpy(place, from, count * sizeof *place);
  free(other);
  return 1;
}
