#include "genotype-convert/line_deflate.h"

#include "genotype-convert/huffman.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  WINDOW = 32768, /* RFC 1951: how far back a match reaches */
  MATCH_MAX = 258,
  MATCH_MIN = 3,
  TABLE_BITS = 12,
  CANDIDATES = 2, /* tails remembered a hash: the later one is the better guess, the earlier one saves the day */
  NAME_KEYS = 4,
  LITERALS = 286, DISTANCES = 30, CODE_LENGTHS = 19,
  END_OF_BLOCK = 256
};

/* Literals of the text, then a match; the last one has length 0. */
typedef struct sequence {
  uint32_t literals;
  uint16_t length, distance;
} sequence;

struct line_deflate {
  uint32_t counts[LITERALS], distance_counts[DISTANCES];
  uint8_t lengths[LITERALS + DISTANCES];
  uint16_t codes[LITERALS], distance_codes[DISTANCES];
  uint8_t distance_lengths[DISTANCES];
  uint8_t length_symbol[MATCH_MAX + 1]; /* minus 257 */
  uint8_t distance_symbol[512];         /* of distance - 1 below 256; of (distance - 1) >> 7 above, from 256 on */
  size_t n_sequences;
  sequence sequences[LINE_DEFLATE_MAX / MATCH_MIN + 2];
  uint16_t table[1 << TABLE_BITS][CANDIDATES];
  uint16_t names[NAME_KEYS][1 << TABLE_BITS]; /* where these bytes around the begin of a name stood last */
};

/* RFC 1951, 3.2.5 */
static const uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                         31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_base[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                           193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const uint8_t distance_extra[30] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                           6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

line_deflate *line_deflate_new(void) {
  line_deflate *d = malloc(sizeof *d);
  if (!d)
    return NULL;
  for (unsigned s = 0; s < 29; s++)
    for (unsigned k = 0; k < 1u << length_extra[s] && length_base[s] + k <= MATCH_MAX; k++)
      d->length_symbol[length_base[s] + k] = (uint8_t)s;
  for (unsigned s = 0; s < 30; s++)
    for (unsigned k = 0; k < 1u << distance_extra[s]; k++) {
      unsigned at = distance_base[s] - 1u + k;
      d->distance_symbol[at < 256 ? at : 256 + (at >> 7)] = (uint8_t)s;
    }
  return d;
}

void line_deflate_free(line_deflate *d) { free(d); }

static unsigned distance_symbol_of(const line_deflate *d, unsigned distance) {
  unsigned at = distance - 1;
  return d->distance_symbol[at < 256 ? at : 256 + (at >> 7)];
}

/* ---- from text to sequences */

typedef struct parse {
  line_deflate *d;
  const unsigned char *text;
  size_t length;
  size_t done; /* everything before is in a sequence */
} parse;

static uint64_t load64(const unsigned char *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

/* How many bytes from `a` and `b` on are equal; b is later and ends first. */
static size_t common(const unsigned char *text, size_t a, size_t b, size_t end) {
  size_t most = end - b < MATCH_MAX ? end - b : MATCH_MAX, n = 0;
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  while (n + 8 <= most) {
    uint64_t differ = load64(text + a + n) ^ load64(text + b + n);
    if (differ)
      return n + (size_t)(__builtin_ctzll(differ) >> 3);
    n += 8;
  }
#endif
  while (n < most && text[a + n] == text[b + n])
    n++;
  return n;
}

/* The n bytes from `at` on are those from `from` on: tells it as a match. What is equal before both belongs to it as far as
 * nothing has been told yet: the way back costs the same. */
static void match_take(parse *p, size_t from, size_t at, size_t n) {
  line_deflate *d = p->d;
  while (from && at > p->done && n < MATCH_MAX && p->text[from - 1] == p->text[at - 1]) {
    from--;
    at--;
    n++;
  }
  for (size_t i = p->done; i < at; i++)
    d->counts[p->text[i]]++;
  d->counts[257 + d->length_symbol[n]]++;
  d->distance_counts[distance_symbol_of(d, (unsigned)(at - from))]++;
  d->sequences[d->n_sequences++] = (sequence){(uint32_t)(at - p->done), (uint16_t)n, (uint16_t)(at - from - 1)};
  p->done = at + n;
}

static unsigned tail_hash(const unsigned char *text, size_t from, size_t end) {
  /* REF and ALT stand first, GT last: both ends together tell nearly all tails apart, and equality is checked anyway */
  uint64_t head = load64(text + from), foot = load64(text + end - 8);
  return (unsigned)(((head ^ foot << 17 ^ foot >> 9) * 0x9e3779b97f4a7c15u) >> (64 - TABLE_BITS));
}

/* The next TAB or line end (or another control character) from `at` on, or the end of the text. */
static size_t field_end(const parse *p, size_t at) {
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  const uint64_t ones = 0x0101010101010101u;
  for (; at + 8 <= p->length; at += 8) {
    uint64_t word = load64(p->text + at), low = (word - ones * 14) & ~word & ones << 7;
    if (low) /* the lowest bit is right; a borrow may make false ones above it */
      return at + (size_t)(__builtin_ctzll(low) >> 3);
  }
#endif
  while (at < p->length && p->text[at] >= 14)
    at++;
  return at;
}

/* Behind the line end that follows. The tail of nearly all lines has the same length. */
static size_t line_end(const parse *p, size_t tail) {
  enum { COMMON_TAIL = 20 }; /* "\tA\tG\t.\tPASS\t.\tGT\t0/1" */
  if (tail + COMMON_TAIL < p->length && p->text[tail + COMMON_TAIL] == '\n')
    return tail + COMMON_TAIL + 1;
  const unsigned char *newline = memchr(p->text + tail, '\n', p->length - tail);
  return newline ? (size_t)(newline - p->text) + 1 : p->length;
}

/* The earlier tail that goes on longest. */
static void match_tail(parse *p, size_t tail, size_t end) {
  uint16_t *row = p->d->table[tail_hash(p->text, tail, end)];
  size_t best = tail, most = end - tail - 1; /* must cover the tail with its line end */
  for (unsigned k = 0; k < CANDIDATES; k++) {
    size_t candidate = row[k];
    if (candidate >= tail || tail - candidate > WINDOW || (k && candidate == row[0]))
      continue;
    size_t n = common(p->text, candidate, tail, p->length);
    if (n > most + (k ? 1 : 0)) { /* the longer way back must be paid for */
      most = n;
      best = candidate;
    }
  }
  memmove(row + 1, row, (CANDIDATES - 1) * sizeof *row);
  row[0] = (uint16_t)tail;
  if (best < tail)
    match_take(p, best, tail, most);
}

/* What a match at a name saves, in half bits: a digit is worth three and a half bits, the way back costs about one for each
 * doubling. "\trs" from the line before is the cheapest of all, by so much that chance likenesses do not pay. Measured on real
 * and on even names: more makes real names cost more, less the even ones. */
enum { NEAREST_NAME_BONUS = 8, NO_GAIN = -1000 };

static int name_gain(size_t n, size_t distance) {
  if (n < MATCH_MIN)
    return NO_GAIN;
  return (int)(7 * n) - 2 * (31 - __builtin_clz((unsigned)distance));
}

/* A name may share more with an earlier one than "\trs": neighbours on an array were often named together; and the last digits of
 * POS may be the same as well. */
static void match_name(parse *p, size_t before, size_t id) {
  /* what is looked up: so many bytes, beginning so far before the TAB in front of the name */
  static const struct {
    uint8_t back, bytes;
  } keys[NAME_KEYS] = {{0, 7}, {2, 7}, {3, 7}, {1, 6}};
  size_t found = id, at = id, length = 0;
  int most = NO_GAIN;
  if (before && id - before <= WINDOW) {
    found = before;
    length = common(p->text, before, id, p->length);
    most = name_gain(length, id - before) + NEAREST_NAME_BONUS;
  }
  for (unsigned k = 0; k < NAME_KEYS; k++) {
    if (id < p->done + keys[k].back)
      continue;
    size_t start = id - keys[k].back;
    uint64_t key = load64(p->text + start) << (64 - 8 * keys[k].bytes);
    uint16_t *slot = &p->d->names[k][(key * 0x9e3779b97f4a7c15u) >> (64 - TABLE_BITS)];
    size_t from = *slot;
    *slot = (uint16_t)start;
    if (from >= start || start - from > WINDOW)
      continue;
    size_t n = common(p->text, from, start, p->length);
    int gain = name_gain(n, start - from);
    if (gain > most) {
      most = gain;
      found = from;
      at = start;
      length = n;
    }
  }
  if (most > NO_GAIN && length >= MATCH_MIN)
    match_take(p, found, at, length);
}

/* The fields of the line: where its ID's and its tail's TABs stand. Returns 0 where it has not that many. */
static int split_line(const parse *p, size_t line, size_t *id, size_t *tail, size_t *end) {
  *id = line;
  size_t at = line;
  for (unsigned k = 0; k < 3; k++) {
    at = field_end(p, at + (k > 0));
    if (at >= p->length || p->text[at] != '\t') {
      *end = line_end(p, at);
      return 0;
    }
    if (k == 1)
      *id = at;
  }
  *tail = at;
  *end = line_end(p, at);
  return 1;
}

static void parse_lines(parse *p) {
  size_t before = 0, before_id = 0, end; /* where the line before and its ID begin */
  for (size_t line = 0; line < p->length; line = end) {
    if (line && p->done <= line && line - before <= WINDOW) {
      size_t n = common(p->text, before, line, p->length);
      if (n >= MATCH_MIN)
        match_take(p, before, line, n);
    }
    before = line;
    size_t id, tail;
    if (!split_line(p, line, &id, &tail, &end)) {
      before_id = 0;
      continue;
    }
    if (id + 8 <= end && p->done <= id)
      match_name(p, before_id, id);
    if (tail + 16 <= end && p->done <= tail)
      match_tail(p, tail, end);
    before_id = id;
  }
  for (size_t i = p->done; i < p->length; i++)
    p->d->counts[p->text[i]]++;
  p->d->counts[END_OF_BLOCK]++;
  p->d->sequences[p->d->n_sequences++] = (sequence){(uint32_t)(p->length - p->done), 0, 0};
}

/* ---- from sequences to bits */

typedef struct bits {
  uint64_t value;
  unsigned n;
  unsigned char *at, *end; /* end: 8 bytes before the room is used up */
} bits;

static void bits_put(bits *b, uint64_t value, unsigned n) {
  b->value |= value << b->n;
  b->n += n;
}

/* Whole bytes leave; at most 7 bits stay, so 57 more may be put before the next call. Returns 0 where there is no room. */
static int bits_flush(bits *b) {
  if (b->at >= b->end)
    return 0;
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(b->at, &b->value, 8);
#else
  for (unsigned k = 0; k < 8; k++)
    b->at[k] = (unsigned char)(b->value >> 8 * k);
#endif
  b->at += b->n >> 3;
  b->value >>= b->n & ~7u;
  b->n &= 7;
  return 1;
}

/* The lengths of both codes, run-length coded, as symbols 0-18 with their extra bits above (RFC 1951, 3.2.7). */
static unsigned lengths_encode(const uint8_t *lengths, unsigned n, uint16_t *out, uint32_t *counts) {
  unsigned m = 0;
  for (unsigned i = 0; i < n;) {
    unsigned run = 1, value = lengths[i], symbol, extra;
    while (i + run < n && lengths[i + run] == value)
      run++;
    if (value == 0 && run >= 3) {
      run = run > 138 ? 138 : run;
      symbol = run >= 11 ? 18 : 17;
      extra = run >= 11 ? run - 11 : run - 3;
      i += run;
    } else if (value && run >= 4) {
      /* one as it is, the rest repeats it */
      counts[value]++;
      out[m++] = (uint16_t)value;
      run = run - 1 > 6 ? 6 : run - 1;
      symbol = 16;
      extra = run - 3;
      i += 1 + run;
    } else {
      symbol = value;
      extra = 0;
      i++;
    }
    counts[symbol]++;
    out[m++] = (uint16_t)(symbol | extra << 5);
  }
  return m;
}

static int put_codes(line_deflate *d, bits *b) {
  static const uint8_t order[CODE_LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  static const uint8_t extra_bits[CODE_LENGTHS] = {[16] = 2, [17] = 3, [18] = 7};
  huffman_build(d->counts, LITERALS, 15, d->lengths, d->codes);
  huffman_build(d->distance_counts, DISTANCES, 15, d->distance_lengths, d->distance_codes);
  unsigned literals = LITERALS, distances = DISTANCES, used = CODE_LENGTHS;
  while (literals > 257 && d->lengths[literals - 1] == 0)
    literals--;
  while (distances > 1 && d->distance_lengths[distances - 1] == 0)
    distances--;
  uint8_t all[LITERALS + DISTANCES], lengths[CODE_LENGTHS];
  uint16_t encoded[LITERALS + DISTANCES], codes[CODE_LENGTHS];
  uint32_t counts[CODE_LENGTHS] = {0};
  memcpy(all, d->lengths, literals);
  memcpy(all + literals, d->distance_lengths, distances);
  unsigned m = lengths_encode(all, literals + distances, encoded, counts);
  huffman_build(counts, CODE_LENGTHS, 7, lengths, codes);
  while (used > 4 && lengths[order[used - 1]] == 0)
    used--;
  bits_put(b, 1 | 2 << 1, 3); /* final, dynamic codes */
  bits_put(b, literals - 257, 5);
  bits_put(b, distances - 1, 5);
  bits_put(b, used - 4, 4);
  for (unsigned k = 0; k < used; k++) {
    bits_put(b, lengths[order[k]], 3);
    if (!bits_flush(b))
      return 0;
  }
  for (unsigned k = 0; k < m; k++) {
    unsigned symbol = encoded[k] & 31;
    bits_put(b, codes[symbol], lengths[symbol]);
    bits_put(b, encoded[k] >> 5, extra_bits[symbol]);
    if (!bits_flush(b))
      return 0;
  }
  return 1;
}

static int put_literals(const line_deflate *d, bits *b, const unsigned char *text, size_t n) {
  size_t i = 0;
  for (; i + 3 <= n; i += 3) {
    for (unsigned k = 0; k < 3; k++)
      bits_put(b, d->codes[text[i + k]], d->lengths[text[i + k]]);
    if (!bits_flush(b))
      return 0;
  }
  for (; i < n; i++)
    bits_put(b, d->codes[text[i]], d->lengths[text[i]]);
  return bits_flush(b);
}

static int put_sequences(const line_deflate *d, bits *b, const unsigned char *text) {
  for (size_t k = 0; k < d->n_sequences; k++) {
    const sequence *s = &d->sequences[k];
    if (!put_literals(d, b, text, s->literals))
      return 0;
    text += s->literals + s->length;
    if (s->length == 0)
      break;
    unsigned symbol = d->length_symbol[s->length], distance = s->distance + 1u, way = distance_symbol_of(d, distance);
    /* 15 + 5 + 15 + 13 bits at most, with 7 that wait: they fit */
    bits_put(b, d->codes[257 + symbol], d->lengths[257 + symbol]);
    bits_put(b, s->length - length_base[symbol], length_extra[symbol]);
    bits_put(b, d->distance_codes[way], d->distance_lengths[way]);
    bits_put(b, distance - distance_base[way], distance_extra[way]);
    if (!bits_flush(b))
      return 0;
  }
  bits_put(b, d->codes[END_OF_BLOCK], d->lengths[END_OF_BLOCK]);
  return bits_flush(b);
}

size_t line_deflate_compress(line_deflate *d, const void *text, size_t length, unsigned char *out, size_t room) {
  if (length == 0 || length > LINE_DEFLATE_MAX || room < 64)
    return 0;
  memset(d->counts, 0, sizeof d->counts);
  memset(d->distance_counts, 0, sizeof d->distance_counts);
  memset(d->table, 0xff, sizeof d->table);
  memset(d->names, 0xff, sizeof d->names);
  d->n_sequences = 0;
  parse p = {d, text, length, 0};
  parse_lines(&p);
  bits b = {0, 0, out, out + room - 8};
  if (!put_codes(d, &b) || !put_sequences(d, &b, text))
    return 0;
  if (b.n)
    *b.at++ = (unsigned char)b.value;
  return (size_t)(b.at - out);
}
