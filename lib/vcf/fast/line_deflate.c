#include "vcf/fast/line_deflate.h"

#include "base/bytes.h"
#include "vcf/fast/deflate_block.h"

#include <stdlib.h>
#include <string.h>

enum {
  TABLE_BITS = 12,
  CANDIDATES = 2, /* tails remembered a shape: the later one is the better guess, the earlier one saves the day */
  NAME_KEYS = 2
};

struct line_deflate {
  deflate_block block;
  uint16_t tails[1 << TABLE_BITS][CANDIDATES]; /* where a tail of this shape stood last */
  uint16_t names[NAME_KEYS][1 << TABLE_BITS];  /* where these bytes around the begin of a name stood last */
};

line_deflate *line_deflate_new(void) {
  line_deflate *d = malloc(sizeof *d);
  if (!d)
    return NULL;
  deflate_block_init(&d->block);
  return d;
}

void line_deflate_free(line_deflate *d) { free(d); }

typedef struct text_view {
  const unsigned char *at;
  size_t length;
} text_view;

/* How many bytes from `a` and `b` on are equal; b is later. */
static inline size_t common(text_view t, size_t a, size_t b) {
  size_t most = t.length - b < DEFLATE_MATCH_MAX ? t.length - b : DEFLATE_MATCH_MAX, n = 0;
  for (; n + 8 <= most; n += 8) {
    uint64_t differ = load_64(t.at + a + n) ^ load_64(t.at + b + n);
    if (differ)
      return n + (size_t)(__builtin_ctzll(differ) >> 3);
  }
  while (n < most && t.at[a + n] == t.at[b + n])
    n++;
  return n;
}

/* What is equal before both belongs to the match as far as nothing has been told yet: the way back costs the same. */
static inline void take_match(deflate_block *b, text_view t, size_t from, size_t at, size_t n) {
  while (from && at > b->done && n < DEFLATE_MATCH_MAX && t.at[from - 1] == t.at[at - 1]) {
    from--;
    at--;
    n++;
  }
  deflate_block_match(b, t.at, from, at, n);
}

/* The earlier tail that goes on longest; it must cover this one with its line end. */
static inline void match_tail(line_deflate *d, text_view t, size_t tail, size_t end, unsigned shape) {
  uint16_t *row = d->tails[shape % (1 << TABLE_BITS)];
  size_t best = tail, most = end - tail - 1;
  for (unsigned k = 0; k < CANDIDATES; k++) {
    size_t candidate = row[k];
    if (candidate >= tail || tail - candidate > DEFLATE_WINDOW || (k && candidate == row[0]))
      continue;
    size_t n = common(t, candidate, tail);
    if (n > most + (k ? 1 : 0)) { /* the longer way back must be paid for */
      most = n;
      best = candidate;
    }
  }
  row[1] = row[0];
  row[0] = (uint16_t)tail;
  if (best < tail)
    take_match(&d->block, t, best, tail, most);
}

/* What a match at a name saves, in half bits: a digit is worth three and a half bits, the way back costs about one for
 * each doubling. "\trs" from the line before is the cheapest of all, by so much that chance likenesses do not pay.
 * Measured on real and on even names: more makes real names cost more, less the even ones. */
enum { NEAREST_NAME_BONUS = 8, NO_GAIN = -1000 };

static inline int name_gain(size_t n, size_t distance) {
  if (n < DEFLATE_MATCH_MIN)
    return NO_GAIN;
  return (int)(7 * n) - 2 * (31 - __builtin_clz((unsigned)distance));
}

/* A name may share more with an earlier one than "\trs": neighbours on an array were often named together; and the last
 * digits of POS may be the same as well. before: the name of the line before; 0 where there is none. At least 8 bytes
 * follow id. */
static inline void match_name(line_deflate *d, text_view t, size_t before, size_t id) {
  /* What is looked up: so many bytes, beginning so far before the TAB in front of the name. Two more keys make real
   * names a third of a percent smaller and cost a fifth of the time. */
  static const struct { uint8_t back, bytes; } keys[NAME_KEYS] = {{0, 7}, {1, 7}};
  size_t found = id, at = id, length = 0;
  int most = NO_GAIN;
  if (before && id - before <= DEFLATE_WINDOW) {
    found = before;
    length = common(t, before, id);
    most = name_gain(length, id - before) + NEAREST_NAME_BONUS;
  }
#pragma GCC unroll 2 /* with the keys known, which saves a fifteenth of all time */
  for (unsigned k = 0; k < NAME_KEYS; k++) {
    if (id < d->block.done + keys[k].back)
      continue;
    size_t start = id - keys[k].back;
    uint64_t key = load_64(t.at + start) << (64 - 8 * keys[k].bytes);
    uint16_t *slot = &d->names[k][(key * 0x9e3779b97f4a7c15u) >> (64 - TABLE_BITS)];
    size_t from = *slot;
    *slot = (uint16_t)start;
    if (from >= start || start - from > DEFLATE_WINDOW)
      continue;
    size_t n = common(t, from, start);
    int gain = name_gain(n, start - from);
    if (gain > most) {
      most = gain;
      found = from;
      at = start;
      length = n;
    }
  }
  if (most > NO_GAIN && length >= DEFLATE_MATCH_MIN)
    take_match(&d->block, t, found, at, length);
}

static void match_lines(line_deflate *d, text_view t, const line_mark *marks, size_t n_marks) {
  deflate_block *b = &d->block;
  size_t before = 0, before_id = 0; /* where the line before and its name begin */
  for (size_t i = 0; i < n_marks; i++) {
    size_t line = marks[i].at, id = line + marks[i].id, tail = line + marks[i].tail;
    size_t end = i + 1 < n_marks ? marks[i + 1].at : t.length;
    if (id >= tail || tail + 16 > end || end > t.length)
      continue;
    if (before_id && b->done <= line && line - before <= DEFLATE_WINDOW) {
      size_t n = common(t, before, line);
      if (n >= DEFLATE_MATCH_MIN)
        take_match(b, t, before, line, n);
    }
    if (b->done <= id)
      match_name(d, t, before_id, id);
    if (b->done <= tail)
      match_tail(d, t, tail, end, marks[i].shape);
    before = line;
    before_id = id;
  }
}

size_t line_deflate_compress(line_deflate *d, const void *text, size_t length, const line_mark *marks, size_t n_marks,
                             unsigned char *out, size_t room) {
  if (length == 0 || length > LINE_DEFLATE_MAX)
    return 0;
  text_view t = {text, length};
  deflate_block_clear(&d->block, length);
  memset(d->tails, 0xff, sizeof d->tails);
  memset(d->names, 0xff, sizeof d->names);
  match_lines(d, t, marks, n_marks);
  return deflate_block_write(&d->block, text, out, room);
}
