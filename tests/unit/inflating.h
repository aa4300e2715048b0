/* inflating.h - deflate streams written by hand, bit by bit, and engines run over them in steps; for the suites of
 * inflate. */
#ifndef DTC_TESTS_UNIT_INFLATING_H
#define DTC_TESTS_UNIT_INFLATING_H

#include "base/crc32.h"
#include "archive/inflate/inflate.h"
#include "base/alloc.h"
#include "unit/packing.h"

/* ---- a stream under the pen */

typedef struct pen {
  bytes to;
  unsigned bits; /* used of the last byte; 0: all */
} pen;

static inline void pen_bits(pen *p, unsigned value, unsigned count) {
  for (; count; count--, value >>= 1, p->bits = (p->bits + 1) & 7) {
    if (p->bits == 0)
      put_number(&p->to, 0, 1);
    p->to.at[p->to.length - 1] |= (unsigned char)((value & 1) << p->bits);
  }
}

/* Bits as they follow each other, in words of 0 and 1. */
static inline void pen_word(pen *p, const char *bits) {
  for (; *bits; bits++)
    if (*bits != ' ')
      pen_bits(p, *bits == '1', 1);
}

/* A Huffman code goes with its first bit first. */
static inline void pen_code(pen *p, unsigned code, unsigned length) {
  while (length--)
    pen_bits(p, code >> length, 1);
}

/* A code as deflate makes it from lengths, complete or not. */
typedef struct book {
  unsigned char length[320];
  unsigned code[320];
} book;

static inline book book_of(const unsigned char *lengths, unsigned count) {
  book b = {{0}, {0}};
  unsigned code = 0;
  memcpy(b.length, lengths, count);
  for (unsigned length = 1; length <= 15; length++, code <<= 1)
    for (unsigned k = 0; k < count; k++)
      if (lengths[k] == length)
        b.code[k] = code++;
  return b;
}

static inline void pen_symbol(pen *p, const book *b, unsigned symbol) {
  pen_code(p, b->code[symbol], b->length[symbol]);
}

static inline void pen_fixed(pen *p, unsigned symbol) {
  if (symbol < 144)
    pen_code(p, 0x30 + symbol, 8);
  else if (symbol < 256)
    pen_code(p, 0x190 + symbol - 144, 9);
  else if (symbol < 280)
    pen_code(p, symbol - 256, 7);
  else
    pen_code(p, 0xc0 + symbol - 280, 8);
}

/* A match in a fixed block: the length's symbol, its extra bits, the distance. */
static inline void pen_match(pen *p, unsigned symbol, unsigned extra, unsigned distance) {
  unsigned d = 29, bits = 0, first = 0;
  for (;; d--) { /* the last symbol whose least distance is not larger */
    bits = d < 4 ? 0 : d / 2 - 1;
    first = d < 4 ? d + 1 : ((2 + (d & 1)) << bits) + 1;
    if (first <= distance)
      break;
  }
  pen_fixed(p, symbol);
  pen_bits(p, extra, symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4);
  pen_code(p, d, 5);
  pen_bits(p, distance - first, bits);
}

/* A stored block of text that is not the last. The pen stands between bytes. */
static inline void pen_stored(pen *p, unsigned length) {
  bytes text = text_of(length);
  put_number(&p->to, 0, 1);
  put_number(&p->to, length, 2);
  put_number(&p->to, ~length, 2);
  put(&p->to, text.at, text.length);
  free(text.at);
}

/* The head of a last block of type 2 with these counts, and a precode of 16 codes of four bits: length n is written n.
 */
static inline void pen_head(pen *p, unsigned litlens, unsigned distances) {
  pen_bits(p, 5, 3);
  pen_bits(p, litlens - 257, 5);
  pen_bits(p, distances - 1, 5);
  pen_bits(p, 19 - 4, 4);
  for (unsigned k = 0; k < 19; k++)
    pen_bits(p, k < 3 ? 0 : 4, 3); /* the first three are 16, 17 and 18 */
}

static inline void pen_lengths(pen *p, const unsigned char *lengths, unsigned count) {
  for (unsigned k = 0; k < count; k++)
    pen_code(p, lengths[k], 4);
}

/* ---- an engine over a stream */

typedef struct outcome {
  inflate_result result;
  size_t length, left;
  uint32_t crc;
} outcome;

enum { INFLATING_MAX = 1 << 21, INFLATING_GUARD = 64 };

/* In steps of in_step bytes of input and out_step of room. What lies behind a room must stay as it was; each piece of
 * input ends where its array does, so that a sanitizer sees a read behind it. */
static inline outcome inflate_in_steps(const inflate_engine *engine, const bytes *packed, size_t in_step,
                                       size_t out_step) {
  static unsigned char out[INFLATING_MAX + INFLATING_GUARD], piece[INFLATING_MAX];
  dtc_allocator a = alloc_or_default(NULL);
  void *state = engine->new_state(&a);
  outcome o = {INFLATE_MORE, 0, 0, 0};
  inflate_span span = {piece, 0, out, 0, 0};
  size_t fed = 0;
  for (size_t before = (size_t)-1; o.result == INFLATE_MORE;) {
    if (span.in_bytes == 0) {
      if (fed == packed->length && before == o.length)
        break;
      before = o.length;
      span.in_bytes = packed->length - fed < in_step ? packed->length - fed : in_step;
      span.in = piece + sizeof piece - span.in_bytes;
      if (span.in_bytes)
        memcpy(piece + sizeof piece - span.in_bytes, packed->at + fed, span.in_bytes);
      fed += span.in_bytes;
    }
    unsigned char *begins = span.out;
    span.room_bytes =
        out_step < (size_t)(out + INFLATING_MAX - begins) ? out_step : (size_t)(out + INFLATING_MAX - begins);
    unsigned char *ends = begins + span.room_bytes;
    memset(ends, 0x5a, INFLATING_GUARD);
    o.result = engine->step(state, &span);
    o.length += (size_t)(span.out - begins);
    /* Not ck_assert: each one is a system call, and there are millions. */
    int is_sound = begins < ends && span.out + span.room_bytes == ends && span.behind_bytes == o.length;
    for (size_t k = 0; k < INFLATING_GUARD; k++)
      is_sound &= ends[k] == 0x5a;
    if (!is_sound)
      ck_abort_msg("%s leaves its room, or moves on wrongly, after %zu bytes", engine->name, o.length);
  }
  o.crc = crc32_of(0, out, o.length);
  if (o.crc != crc32(0, out, (uInt)o.length))
    ck_abort_msg("the CRC of %zu bytes is not zlib's", o.length);
  o.left = span.in_bytes + packed->length - fed;
  engine->free_state(state, &a);
  return o;
}

/* Our own engine in these steps against zlib over the whole. */
static inline outcome ck_same(const bytes *packed, size_t in_step, size_t out_step) {
  outcome theirs = inflate_in_steps(inflate_with_zlib(), packed, packed->length + 1, INFLATING_MAX);
  outcome ours = inflate_in_steps(inflate_with_native(), packed, in_step, out_step);
  if (ours.result != theirs.result || ours.length != theirs.length || ours.crc != theirs.crc ||
      (ours.result == INFLATE_END && ours.left != theirs.left))
    ck_abort_msg("in steps of %zu and %zu: result %d, zlib's %d, of %zu and %zu bytes", in_step, out_step, ours.result,
                 theirs.result, ours.length, theirs.length);
  return ours;
}

#endif
