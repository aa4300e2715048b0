#include "archive/inflate/state.h"

#include "base/bytes.h"

#include <string.h>

/* The inner loop: symbols while there is input and room enough that neither must be looked at within a round.
 *
 * Input: eight bytes are read at most three times before it is looked at again, and each time it moves on by at most
 * seven: 22 bytes, no more than FAST_IN_BYTES.
 *
 * Room: a round begins before the edge, which stands FAST_OUT_BYTES before the end; a literal brings it up to the edge
 * at most. A match that would reach the edge is left to native.c, and the copy of any other runs over its end
 * by at most 15 bytes. */

static inline void copy_8(unsigned char *to, const unsigned char *from) {
  uint64_t value;
  memcpy(&value, from, sizeof value);
  memcpy(to, &value, sizeof value);
}

static inline void copy_16(unsigned char *to, const unsigned char *from) {
  unsigned char value[16];
  memcpy(value, from, sizeof value);
  memcpy(to, value, sizeof value);
}

/* A match that overlaps itself within 16 bytes. */
static void copy_near(unsigned char *to, unsigned distance, unsigned length) {
  const unsigned char *from = to - distance, *end = to + length;
  if (distance >= 8) {
    for (; to < end; to += 8, from += 8)
      copy_8(to, from);
  } else if (distance == 1) {
    for (const uint64_t same = *from * 0x0101010101010101u; to < end; to += 8)
      memcpy(to, &same, sizeof same);
  } else {
    /* Of each eight bytes the first `distance` are right, and the next eight begin behind them. */
    for (; to < end; to += distance, from += distance)
      copy_8(to, from);
  }
}

/* Copies a match within the output: the `distance` bytes before `to` are written, and there is room for 15 bytes more
 * than length. Pieces are no longer than the distance, so that each is written before it is read. */
static inline __attribute__((always_inline)) void copy_match(unsigned char *to, unsigned distance, unsigned length) {
  if (distance < 16) {
    copy_near(to, distance, length);
    return;
  }
  const unsigned char *from = to - distance, *end = to + length;
  copy_16(to, from);
  while ((to += 16) < end)
    copy_16(to, from += 16);
}

static inline __attribute__((always_inline)) uint64_t low_bits(uint64_t bits, unsigned count) {
  return bits & (((uint64_t)1 << count) - 1);
}

/* The extra bits behind the code of a match's entry; `bits` begin with the code. Above the four bits that say how long
 * the code is, such an entry has two that are 0: a shift by six of them needs no mask. */
static inline __attribute__((always_inline)) unsigned extra_of(uint32_t entry, uint64_t bits) {
  return (unsigned)(low_bits(bits, entry_takes(entry)) >> (entry >> 8 & 63));
}

#define LITLEN_INDEX (bits & ((1 << LITLEN_BITS) - 1))
#define DISTANCE_INDEX (bits & ((1 << DISTANCE_BITS) - 1))
#define SECOND_INDEX(entry) ((entry >> 16) + low_bits(bits, entry_code_bits(entry)))
/* Only the low six bits of `left` count, and subtracting a whole entry leaves them right: its low eight bits are what
 * it takes. */
#define TAKE(entry) (bits >>= ((entry)&63), left -= (entry))
/* Fills up to 56..63 bits. Above them stand the next ones already, and or-ing those in again changes nothing. */
#define REFILL() (bits |= load_64(in) << (left & 63), in += 7 - (left >> 3 & 7), left |= 56)

static inline __attribute__((always_inline)) fast_stop run(native_state *s, inflate_span *span) {
  const unsigned char *in = span->in, *const in_edge = in + span->in_bytes - FAST_IN_BYTES;
  unsigned char *out = span->out, *const out_edge = out + span->room_bytes - FAST_OUT_BYTES;
  const unsigned char *const oldest = out - span->behind_bytes; /* that a match may reach */
  const uint32_t *const pairs = s->pairs, *const litlen = s->litlen, *const distances = s->distances;
  fast_stop stop = FAST_EDGE;
  uint64_t bits = s->bits;
  uint32_t left = s->bits_left;
  REFILL();
  uint32_t entry = pairs[LITLEN_INDEX];
  do {
    /* At least 56 bits are there, and `entry` is what they begin with. */
    uint64_t before = bits;
    TAKE(entry);
    *out = (unsigned char)(entry >> 16); /* where there is no literal, the match is put over it */
    out += entry >> 14 & 1;
    if (entry & ENTRY_NO_MATCH) {
      if (entry & ENTRY_LITERAL) {
        entry = pairs[LITLEN_INDEX];
        REFILL();
        if (out >= out_edge)
          break;
        continue;
      }
      if (entry & ENTRY_LINK) {
        entry = litlen[SECOND_INDEX(entry)];
        before = bits;
        TAKE(entry);
        REFILL();
        if (entry & ENTRY_LITERAL) {
          *out++ = (unsigned char)(entry >> 24);
          entry = pairs[LITLEN_INDEX];
          if (out >= out_edge)
            break;
          continue;
        }
      }
      if (entry & ENTRY_NO_MATCH) {
        stop = entry & ENTRY_END_MARK ? FAST_BLOCK_END : FAST_BAD;
        break;
      }
    }
    /* At most 10 + 5 bits are gone; a distance takes at most 15 + 13, which leaves 13 for the next index. */
    const unsigned length = 3 + (entry >> 24) + extra_of(entry, before);
    entry = distances[DISTANCE_INDEX];
    if (entry & ENTRY_LINK) {
      TAKE(entry);
      entry = distances[SECOND_INDEX(entry)];
    }
    const unsigned distance = (entry >> 16) + extra_of(entry, bits);
    if (entry & ENTRY_NO_MATCH || distance > (size_t)(out - oldest)) {
      stop = FAST_BAD;
      break;
    }
    TAKE(entry);
    entry = pairs[LITLEN_INDEX];
    REFILL();
    if (length >= (size_t)(out_edge - out)) {
      s->length = length;
      s->distance = distance;
      stop = FAST_MATCH;
      break;
    }
    copy_match(out, distance, length);
    out += length;
  } while (in <= in_edge);

  /* Whole bytes that were not needed go back. All of them came from this span: the bits there were at the beginning
   * were less than a byte, or part of the first symbol, and that has been taken. */
  left &= 63;
  in -= left >> 3;
  left &= 7;
  s->bits = low_bits(bits, left);
  s->bits_left = left;
  span->in_bytes -= (size_t)(in - span->in);
  span->room_bytes -= (size_t)(out - span->out);
  span->behind_bytes += (size_t)(out - span->out);
  span->in = in;
  span->out = out;
  return stop;
}

static fast_stop run_anywhere(native_state *s, inflate_span *span) { return run(s, span); }

#if defined __x86_64__ && defined __GNUC__
/* The same with shifts that leave the flags alone and take their count from any register. */
__attribute__((target("bmi,bmi2"))) static fast_stop run_bmi2(native_state *s, inflate_span *span) {
  return run(s, span);
}

fast_loop inflate_fast_loop(void) {
  return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") ? run_bmi2 : run_anywhere;
}
#else
fast_loop inflate_fast_loop(void) { return run_anywhere; }
#endif
