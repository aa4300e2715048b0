#include "vcf/fast/deflate_block.h"

#include "base/bytes.h"
#include "vcf/fast/huffman.h"

#include <string.h>

enum {
  NO_DIGIT = 15,
  DIGIT_BITS = 7, /* eight of them fit between two flushes */
  CODE_LENGTHS = 19,
  END_OF_BLOCK = 256,
  LITERAL_BITS = 13, /* at most: the codes of two literals fit into a packed_code */
  DISTANCE_BITS = 14
};

/* RFC 1951, 3.2.5 */
static const uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                         31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                         2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_base[30] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                           33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                           1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const uint8_t distance_extra[30] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                           6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

/* A code with its extra bits, or two codes, ready to be put: up to 26 bits, and how many above them. */
typedef uint32_t packed_code;
enum { PACKED_BITS = 26 };
static inline packed_code pack(unsigned bits, unsigned n) { return bits | n << PACKED_BITS; }
static inline packed_code pack_pair(packed_code a, packed_code b) {
  packed_code bits = (1u << PACKED_BITS) - 1, n = a >> PACKED_BITS;
  return pack((a & bits) | (b & bits) << n, n + (b >> PACKED_BITS));
}

typedef struct packed_bits {
  uint64_t value;
  unsigned n;
} packed_bits;
static inline packed_bits unpack(packed_code code) {
  return (packed_bits){code & ((1u << PACKED_BITS) - 1), code >> PACKED_BITS};
}

/* What is written in place of each literal, length and distance symbol. */
typedef struct code_book {
  uint32_t counts[DEFLATE_LITERALS];
  uint8_t literal_bits[DEFLATE_LITERALS], distance_bits[DEFLATE_DISTANCES];
  uint16_t literal_codes[DEFLATE_LITERALS], distance_codes[DEFLATE_DISTANCES];
  packed_code literal[256], length[DEFLATE_MATCH_MAX + 1];
  /* Of two literals, by their low halves, the first one's below the second one's: digits, or NO_DIGIT for nothing. Of
   * use only while short_digits: no code of a digit is longer than DIGIT_BITS. */
  packed_code digits[256];
  int short_digits;
} code_book;

void deflate_block_init(deflate_block *b) {
  for (unsigned s = 0; s < 29; s++)
    for (unsigned k = 0; k < 1u << length_extra[s] && length_base[s] + k <= DEFLATE_MATCH_MAX; k++)
      b->length_symbol[length_base[s] + k] = (uint8_t)s;
  for (unsigned s = 0; s < 30; s++)
    for (unsigned k = 0; k < 1u << distance_extra[s]; k++) {
      unsigned at = distance_base[s] - 1u + k;
      b->distance_symbol[at < 256 ? at : 256 + (at >> 7)] = (uint8_t)s;
    }
}

void deflate_block_clear(deflate_block *b, size_t text_bytes) {
  b->text_bytes = text_bytes;
  b->done = b->n_sequences = b->n_literals = 0;
  memset(b->lengths, 0, sizeof b->lengths);
  memset(b->distances, 0, sizeof b->distances);
}

/* ---- codes */

/* Several counts for neighbours, since the same digit often comes twice. */
static void count_literals(const deflate_block *b, uint32_t counts[256]) {
  uint32_t part[4][256] = {{0}};
  size_t i = 0;
  for (; i + 4 <= b->n_literals; i += 4)
#pragma GCC unroll 4
    for (unsigned k = 0; k < 4; k++)
      part[k][b->literals[i + k]]++;
  for (; i < b->n_literals; i++)
    part[0][b->literals[i]]++;
  for (unsigned s = 0; s < 256; s++)
    counts[s] = part[0][s] + part[1][s] + part[2][s] + part[3][s];
}

static void make_digits(code_book *c) {
  packed_code digit[16] = {0};
  c->short_digits = 1;
  for (unsigned k = 0; k < 10; k++) {
    digit[k] = c->literal['0' + k];
    c->short_digits &= c->literal_bits['0' + k] <= DIGIT_BITS;
  }
  for (unsigned s = 0; s < 256; s++)
    c->digits[s] = pack_pair(digit[s & 15], digit[s >> 4]);
}

static void make_codes(const deflate_block *b, code_book *c) {
  memset(c->counts, 0, sizeof c->counts);
  count_literals(b, c->counts);
  for (unsigned n = DEFLATE_MATCH_MIN; n <= DEFLATE_MATCH_MAX; n++)
    c->counts[257 + b->length_symbol[n]] += b->lengths[n];
  c->counts[END_OF_BLOCK] = 1;
  huffman_build(c->counts, DEFLATE_LITERALS, LITERAL_BITS, c->literal_bits, c->literal_codes);
  huffman_build(b->distances, DEFLATE_DISTANCES, DISTANCE_BITS, c->distance_bits, c->distance_codes);
  for (unsigned s = 0; s < 256; s++)
    c->literal[s] = pack(c->literal_codes[s], c->literal_bits[s]);
  make_digits(c);
  for (unsigned n = DEFLATE_MATCH_MIN; n <= DEFLATE_MATCH_MAX; n++) {
    unsigned symbol = b->length_symbol[n], bits = c->literal_bits[257 + symbol];
    c->length[n] =
        pack(c->literal_codes[257 + symbol] | (n - length_base[symbol]) << bits, bits + length_extra[symbol]);
  }
}

/* Bits of everything behind the codes' own description. */
static uint64_t body_bits(const deflate_block *b, const code_book *c) {
  uint64_t sum = 0;
  for (unsigned s = 0; s < DEFLATE_LITERALS; s++)
    sum += (uint64_t)c->counts[s] * (c->literal_bits[s] + (s > END_OF_BLOCK ? length_extra[s - 257] : 0u));
  for (unsigned s = 0; s < DEFLATE_DISTANCES; s++)
    sum += (uint64_t)b->distances[s] * ((unsigned)c->distance_bits[s] + distance_extra[s]);
  return sum;
}

/* ---- bits */

typedef struct bits {
  uint64_t value;
  unsigned n;
  unsigned char *at; /* 8 bytes from here on may be touched */
} bits;

static inline void bits_put(bits *b, uint64_t value, unsigned n) {
  b->value |= value << b->n;
  b->n += n;
}

static inline void bits_put_packed(bits *b, packed_code code) { bits_put(b, unpack(code).value, unpack(code).n); }

/* Whole bytes leave; at most 7 bits stay, so 57 more may be put before the next call. */
static inline void bits_flush(bits *b) {
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(b->at, &b->value, 8);
#else
  for (unsigned k = 0; k < 8; k++)
    b->at[k] = (unsigned char)(b->value >> 8 * k);
#endif
  b->at += b->n >> 3;
  b->value >>= b->n & ~7u;
  b->n &= 7;
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

/* Bytes that the description of the codes takes at most: 17 bits, 19 lengths of 3, and 7 + 7 bits for each code. */
enum { HEAD_BYTES_MAX = (17 + 3 * CODE_LENGTHS + 14 * (DEFLATE_LITERALS + DEFLATE_DISTANCES)) / 8 + 1 };

static void put_codes(const code_book *c, bits *b) {
  static const uint8_t order[CODE_LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  static const uint8_t extra_bits[CODE_LENGTHS] = {[16] = 2, [17] = 3, [18] = 7};
  unsigned literals = DEFLATE_LITERALS, distances = DEFLATE_DISTANCES, used = CODE_LENGTHS;
  while (literals > 257 && c->literal_bits[literals - 1] == 0)
    literals--;
  while (distances > 1 && c->distance_bits[distances - 1] == 0)
    distances--;
  uint8_t all[DEFLATE_LITERALS + DEFLATE_DISTANCES], lengths[CODE_LENGTHS];
  uint16_t encoded[DEFLATE_LITERALS + DEFLATE_DISTANCES], codes[CODE_LENGTHS];
  uint32_t counts[CODE_LENGTHS] = {0};
  memcpy(all, c->literal_bits, literals);
  memcpy(all + literals, c->distance_bits, distances);
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
    bits_flush(b);
  }
  for (unsigned k = 0; k < m; k++) {
    unsigned symbol = encoded[k] & 31;
    bits_put(b, codes[symbol], lengths[symbol]);
    bits_put(b, encoded[k] >> 5, extra_bits[symbol]);
    bits_flush(b);
  }
}

static void put_any(const code_book *c, bits *b, const unsigned char *literals, size_t n) {
  for (size_t i = 0; i < n; i++) {
    bits_put_packed(b, c->literal[literals[i]]);
    bits_flush(b);
  }
}

/* One after the other, so that only this sum waits for what was put before. */
static inline packed_bits join(packed_bits a, packed_bits b) {
  return (packed_bits){a.value | b.value << a.n, a.n + b.n};
}

/* Nearly all literals of lines are digits, and their number is what a processor cannot guess: up to 8 are put without
 * asking how many there are. 8 bytes from literals on may be read. */
static inline void put_literals(const code_book *c, bits *b, const unsigned char *literals, size_t n) {
  for (;; literals += 8, n -= 8) {
    uint64_t behind = n < 8 ? ~(uint64_t)0 << 8 * n : 0; /* what is not of these literals */
    uint64_t text = load_64(literals) ^ 0x3030303030303030;
    uint64_t not_digits = (text | (text + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0 & ~behind;
    if (not_digits || !c->short_digits) {
      put_any(c, b, literals, n < 8 ? n : 8);
    } else {
      text = (text | behind) & 0x0f0f0f0f0f0f0f0f; /* behind: NO_DIGIT */
      text |= text >> 4;
      packed_bits low = join(unpack(c->digits[text & 255]), unpack(c->digits[text >> 16 & 255]));
      packed_bits high = join(unpack(c->digits[text >> 32 & 255]), unpack(c->digits[text >> 48 & 255]));
      low = join(low, high);
      bits_put(b, low.value, low.n);
      bits_flush(b);
    }
    if (n <= 8)
      return;
  }
}

static void put_sequences(const deflate_block *d, const code_book *c, bits *b) {
  const unsigned char *literals = d->literals;
  for (const deflate_sequence *s = d->sequences;; s++) {
    put_literals(c, b, literals, s->literals);
    if (s->length == 0)
      break;
    literals += s->literals;
    unsigned distance = s->distance + 1u, way = deflate_distance_symbol(d, distance);
    /* 13 + 5 + 14 + 13 bits at most, with 7 that wait: they fit */
    bits_put_packed(b, c->length[s->length]);
    bits_put(b, c->distance_codes[way] | (uint64_t)(distance - distance_base[way]) << c->distance_bits[way],
             (unsigned)c->distance_bits[way] + distance_extra[way]);
    bits_flush(b);
  }
  bits_put(b, c->literal_codes[END_OF_BLOCK], c->literal_bits[END_OF_BLOCK]);
  bits_flush(b);
}

size_t deflate_block_write(deflate_block *b, const unsigned char *text, unsigned char *out, size_t room) {
  code_book c;
  deflate_block_literals(b, text, b->text_bytes);
  b->sequences[b->n_sequences++] = (deflate_sequence){(uint32_t)(b->text_bytes - b->done), 0, 0};
  make_codes(b, &c);
  /* a flush touches 8 bytes from where it stands, of which the last ones may be behind the end */
  if (HEAD_BYTES_MAX + (body_bits(b, &c) + 7) / 8 + 8 > room)
    return 0;
  bits at = {0, 0, out};
  put_codes(&c, &at);
  put_sequences(b, &c, &at);
  if (at.n)
    *at.at++ = (unsigned char)at.value;
  return (size_t)(at.at - out);
}
