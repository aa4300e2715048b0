#include "archive/inflate_state.h"

#include <string.h>

/* The inner loop: symbols while there is input and room enough that neither must be looked at within a round.
 *
 * A round takes 8 bytes from the input at most three times, each time moving on by at most 7 bytes: 22 bytes < FAST_IN_BYTES.
 * It writes at most 3 literals or 2 literals and a match of 258 bytes, and a match's copy runs over its end by less than
 * MATCH_SLACK: less than FAST_OUT_BYTES. */
#define MATCH_SLACK 32

static inline uint64_t load_64(const unsigned char *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

static inline void copy_8(unsigned char *to, const unsigned char *from) {
  uint64_t value;
  memcpy(&value, from, sizeof value);
  memcpy(to, &value, sizeof value);
}

/* Copies a match within the output. distance >= 1 bytes before `to` are written, and there is room for MATCH_SLACK more
 * than length. */
static inline __attribute__((always_inline)) void copy_match(unsigned char *to, unsigned distance, unsigned length) {
  const unsigned char *from = to - distance;
  unsigned char *end = to + length;
  if (distance >= 8) {
    /* Each eight bytes lie wholly before the place they go to. */
    copy_8(to, from);
    copy_8(to + 8, from + 8);
    if (length > 16) {
      to += 16;
      from += 16;
      do {
        copy_8(to, from);
        copy_8(to + 8, from + 8);
        to += 16;
        from += 16;
      } while (to < end);
    }
  } else if (distance == 1) {
    uint64_t same = *from * 0x0101010101010101u;
    do {
      memcpy(to, &same, sizeof same);
      to += 8;
    } while (to < end);
  } else {
    /* Of each eight bytes the first `distance` are right, and the next eight begin behind them. */
    do {
      copy_8(to, from);
      to += distance;
      from += distance;
    } while (to < end);
  }
}

static inline __attribute__((always_inline)) uint64_t low_bits(uint64_t bits, unsigned count) {
  return bits & (((uint64_t)1 << count) - 1);
}

/* The extra bits behind the entry's code; `bits` begin with the code. */
static inline __attribute__((always_inline)) unsigned extra_of(uint32_t entry, uint64_t bits) {
  return (unsigned)(low_bits(bits, entry_takes(entry)) >> entry_code_bits(entry));
}

/* Only the low eight bits of `left` count: subtracting a whole entry leaves them right, since an entry's low eight bits
 * are what it takes. */
#define TAKE(entry) (bits >>= entry_takes(entry), left -= (entry))
/* Fills up to 56..63 bits. Bits above are the next ones already, and or-ing them in again changes nothing. */
#define REFILL() (bits |= load_64(in) << (left & 63), in += 7 - (left >> 3 & 7), left |= 56)

static inline __attribute__((always_inline)) fast_stop run(native_state *s, inflate_span *span) {
  const unsigned char *in = span->in, *in_edge = in + span->in_bytes - FAST_IN_BYTES;
  unsigned char *out = span->out, *out_edge = out + span->room_bytes - FAST_OUT_BYTES;
  const unsigned char *oldest = out - span->behind_bytes; /* that a match may reach */
  const uint32_t *pairs = s->pairs, *litlen = s->litlen, *distances = s->distances;
  const unsigned litlen_bits = s->litlen_bits, distance_bits = s->distance_bits;
  uint64_t bits = s->bits;
  uint32_t left = s->bits_left;
  fast_stop stop = FAST_EDGE;
  REFILL();
  uint32_t entry = pairs[low_bits(bits, litlen_bits)];
  do {
    /* 56 bits are there, and `entry` is the next one. */
    uint64_t before = bits;
    TAKE(entry);
    out[0] = (unsigned char)(entry >> 16);
    out[1] = (unsigned char)(entry >> 24);
    out += entry_literals(entry);
    if (entry & ENTRY_NO_MATCH) {
      if (entry & ENTRY_LITERALS) {
        entry = pairs[low_bits(bits, litlen_bits)];
        REFILL();
        continue;
      }
      if (entry_is_link(entry)) {
        entry = litlen[(entry >> 16) + low_bits(bits, entry_code_bits(entry))];
        before = bits;
        TAKE(entry);
        REFILL();
        if (entry & ENTRY_LITERAL) {
          *out++ = (unsigned char)(entry >> 24);
          entry = pairs[low_bits(bits, litlen_bits)];
          continue;
        }
      }
      if (entry & ENTRY_NO_MATCH) {
        stop = entry & ENTRY_END_MARK ? FAST_BLOCK_END : FAST_BAD;
        break;
      }
    }
    /* At most 11 + 5 bits are gone; a distance takes 15 + 13, which leaves the 11 of the next index. */
    unsigned length = 3 + (entry >> 24) + extra_of(entry, before);
    entry = distances[low_bits(bits, distance_bits)];
    if (entry & ENTRY_NO_MATCH) {
      TAKE(entry);
      if (!entry_is_link(entry)) {
        stop = FAST_BAD;
        break;
      }
      entry = distances[(entry >> 16) + low_bits(bits, entry_code_bits(entry))];
      if (entry & ENTRY_NO_MATCH) {
        TAKE(entry);
        stop = FAST_BAD;
        break;
      }
    }
    unsigned distance = (entry >> 16) + extra_of(entry, bits);
    TAKE(entry);
    entry = pairs[low_bits(bits, litlen_bits)];
    REFILL();
    if (distance > (size_t)(out - oldest)) {
      stop = FAST_BAD;
      break;
    }
    copy_match(out, distance, length);
    out += length;
  } while (in <= in_edge && out <= out_edge);

  /* Whole bytes that were not needed go back. All of them came from this span: the bits there were at the beginning were
   * less than a byte, or part of the first symbol. */
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

fast_loop inflate_fast_loop(void) { return __builtin_cpu_supports("bmi2") ? run_bmi2 : run_anywhere; }
#else
fast_loop inflate_fast_loop(void) { return run_anywhere; }
#endif
