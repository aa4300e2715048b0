#include "archive/inflate/state.h"
#include "base/alloc.h"

#include <string.h>

/* A state machine that can be left anywhere, when the input or the room is used up, and be gone on with. Each phase
 * takes no more bytes than it needs to decide. Where there is plenty of both, symbols go through fast.c.
 *
 * The verdicts are those of zlib 1.2.13, down to the codes it refuses though nothing uses them. */

/* Sees to it that so many bits (at most 57) are there. 0 when the input is used up before. */
static int need(native_state *s, inflate_span *span, unsigned count) {
  while (s->bits_left < count) {
    if (span->in_bytes == 0)
      return 0;
    s->bits |= (uint64_t)*span->in++ << s->bits_left;
    span->in_bytes--;
    s->bits_left += 8;
  }
  return 1;
}

static unsigned take(native_state *s, unsigned count) {
  unsigned value = (unsigned)(s->bits & (((uint64_t)1 << count) - 1));
  s->bits >>= count;
  s->bits_left -= count;
  return value;
}

/* Takes the next symbol and its extra bits, byte by byte: a byte that it does not need is not taken. 0 when the input
 * is used up before. */
static int next_symbol(native_state *s, inflate_span *span, const uint32_t *table, unsigned bits, uint32_t *entry,
                       unsigned *extra) {
  for (;;) {
    /* Bits that are not there yet read as 0; an entry that does not need them is the right one all the same. */
    unsigned skip = 0;
    uint32_t e = table[s->bits & ((1u << bits) - 1)];
    if (e & ENTRY_LINK) {
      skip = bits;
      e = table[(e >> 16) + (s->bits >> skip & ((1u << entry_code_bits(e)) - 1))];
    }
    if (skip + entry_takes(e) <= s->bits_left) {
      take(s, skip + entry_code_bits(e));
      *extra = take(s, entry_takes(e) - entry_code_bits(e));
      *entry = e;
      return 1;
    }
    if (!need(s, span, s->bits_left + 1))
      return 0;
  }
}

static void put_off_pairs(native_state *s) {
  s->has_pairs = 0;
  s->one_by_one = 64;
}

/* Whether the fast loop has all it needs; makes it when the block has shown that it goes on for a while. */
static int pairs_ready(native_state *s) {
  if (s->has_pairs)
    return 1;
  if (s->one_by_one) {
    s->one_by_one--;
    return 0;
  }
  inflate_pairs_make(s->litlen, s->pairs);
  return s->has_pairs = 1;
}

static void set_fixed(native_state *s) {
  if (!s->has_fixed) {
    memset(s->lengths, 8, 144);
    memset(s->lengths + 144, 9, 112);
    memset(s->lengths + 256, 7, 24);
    memset(s->lengths + 280, 8, 8);
    memset(s->lengths + LITLEN_SYMBOLS, 5, DISTANCE_SYMBOLS);
    inflate_table_make(&s->symbols, CODE_LITLEN, s->lengths, LITLEN_SYMBOLS, s->litlen);
    inflate_table_make(&s->symbols, CODE_DISTANCE, s->lengths + LITLEN_SYMBOLS, DISTANCE_SYMBOLS, s->distances);
    put_off_pairs(s);
  }
  s->has_fixed = 1;
}

/* Each phase: 1 to go on, 0 when the span is used up. s->phase says what is next. */

static int begin_block(native_state *s, inflate_span *span) {
  if (s->is_last) {
    s->phase = PHASE_END; /* the bits up to the next byte are padding */
    return 1;
  }
  if (!need(s, span, 3))
    return 0;
  s->is_last = (int)take(s, 1);
  switch (take(s, 2)) {
  case 0:
    take(s, s->bits_left & 7);
    s->phase = PHASE_STORED_LENGTH;
    break;
  case 1:
    set_fixed(s);
    s->phase = PHASE_SYMBOL;
    break;
  case 2:
    s->phase = PHASE_COUNTS;
    break;
  default:
    s->phase = PHASE_BAD;
  }
  return 1;
}

static int read_stored_length(native_state *s, inflate_span *span) {
  if (!need(s, span, 32))
    return 0;
  s->length = take(s, 16);
  s->phase = take(s, 16) == (s->length ^ 0xffff) ? PHASE_STORED : PHASE_BAD;
  return 1;
}

static int copy_stored(native_state *s, inflate_span *span) {
  size_t count = s->length;
  if (count > span->in_bytes)
    count = span->in_bytes;
  if (count > span->room_bytes)
    count = span->room_bytes;
  if (count)
    memcpy(span->out, span->in, count);
  span->in += count;
  span->in_bytes -= count;
  span->out += count;
  span->room_bytes -= count;
  span->behind_bytes += count;
  s->length -= (unsigned)count;
  if (s->length)
    return 0;
  s->phase = PHASE_BLOCK;
  return 1;
}

static int read_counts(native_state *s, inflate_span *span) {
  if (!need(s, span, 14))
    return 0;
  s->counts[CODE_LITLEN] = take(s, 5) + 257;
  s->counts[CODE_DISTANCE] = take(s, 5) + 1;
  s->counts[CODE_PRECODE] = take(s, 4) + 4;
  s->have = 0;
  s->phase = s->counts[CODE_LITLEN] > 286 || s->counts[CODE_DISTANCE] > 30 ? PHASE_BAD : PHASE_PRECODE;
  return 1;
}

static int read_precode(native_state *s, inflate_span *span) {
  static const uint8_t order[PRECODE_SYMBOLS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  if (s->have == 0)
    memset(s->lengths, 0, PRECODE_SYMBOLS);
  for (; s->have < s->counts[CODE_PRECODE]; s->have++) {
    if (!need(s, span, 3))
      return 0;
    s->lengths[order[s->have]] = (uint8_t)take(s, 3);
  }
  s->have = 0;
  int is_sound = inflate_table_make(&s->symbols, CODE_PRECODE, s->lengths, PRECODE_SYMBOLS, s->precode);
  s->phase = is_sound ? PHASE_LENGTHS : PHASE_BAD;
  return 1;
}

/* The tables of a dynamic block, from all its lengths. 0 when zlib would refuse them. */
static int make_tables(native_state *s) {
  s->has_fixed = 0;
  if (s->lengths[256] == 0 ||
      !inflate_table_make(&s->symbols, CODE_LITLEN, s->lengths, s->counts[CODE_LITLEN], s->litlen) ||
      !inflate_table_make(&s->symbols, CODE_DISTANCE, s->lengths + s->counts[CODE_LITLEN], s->counts[CODE_DISTANCE],
                          s->distances))
    return 0;
  put_off_pairs(s);
  return 1;
}

static int read_lengths(native_state *s, inflate_span *span) {
  const unsigned all = s->counts[CODE_LITLEN] + s->counts[CODE_DISTANCE];
  while (s->have < all) {
    uint32_t entry;
    unsigned extra;
    if (!next_symbol(s, span, s->precode, PRECODE_BITS, &entry, &extra))
      return 0;
    unsigned symbol = entry >> 16, repeat = 1, length = symbol;
    if (symbol >= 16) {
      /* 16: the length before, 3..6 times; 17: 0, 3..10 times; 18: 0, 11..138 times */
      length = symbol == 16 && s->have ? s->lengths[s->have - 1] : 0;
      repeat = extra + (symbol == 18 ? 11 : 3);
      if ((symbol == 16 && s->have == 0) || repeat > all - s->have) {
        s->phase = PHASE_BAD;
        return 1;
      }
    }
    memset(s->lengths + s->have, (int)length, repeat);
    s->have += repeat;
  }
  s->phase = make_tables(s) ? PHASE_SYMBOL : PHASE_BAD;
  return 1;
}

static int read_symbols(native_state *s, inflate_span *span) {
  for (;;) {
    if (span->in_bytes >= FAST_IN_BYTES && span->room_bytes > FAST_OUT_BYTES && pairs_ready(s)) {
      fast_stop stop = s->fast(s, span);
      if (stop != FAST_EDGE) {
        s->phase = stop == FAST_MATCH ? PHASE_MATCH : stop == FAST_BLOCK_END ? PHASE_BLOCK : PHASE_BAD;
        return 1;
      }
    }
    /* Without room the symbol must wait: it could be a literal. */
    uint32_t entry;
    unsigned extra;
    if (span->room_bytes == 0 || !next_symbol(s, span, s->litlen, LITLEN_BITS, &entry, &extra))
      return 0;
    if (entry & ENTRY_LITERAL) {
      *span->out++ = (unsigned char)(entry >> 24);
      span->room_bytes--;
      span->behind_bytes++;
    } else if (entry & ENTRY_NO_MATCH) {
      s->phase = entry & ENTRY_END_MARK ? PHASE_BLOCK : PHASE_BAD;
      return 1;
    } else {
      s->length = 3 + (entry >> 24) + extra;
      s->phase = PHASE_DISTANCE;
      return 1;
    }
  }
}

static int read_distance(native_state *s, inflate_span *span) {
  uint32_t entry;
  unsigned extra;
  if (!next_symbol(s, span, s->distances, DISTANCE_BITS, &entry, &extra))
    return 0;
  s->distance = (entry >> 16) + extra;
  s->phase = entry & ENTRY_NO_MATCH || s->distance > span->behind_bytes ? PHASE_BAD : PHASE_MATCH;
  return 1;
}

static int copy_match(native_state *s, inflate_span *span) {
  while (s->length && span->room_bytes) {
    *span->out = *(span->out - s->distance);
    span->out++;
    span->room_bytes--;
    span->behind_bytes++;
    s->length--;
  }
  if (s->length)
    return 0;
  s->phase = PHASE_SYMBOL;
  return 1;
}

static inflate_result native_step(void *state, inflate_span *span) {
  static int (*const phases[])(native_state *, inflate_span *) = {begin_block,  read_stored_length, copy_stored,
                                                                  read_counts,  read_precode,       read_lengths,
                                                                  read_symbols, read_distance,      copy_match};
  native_state *s = state;
  while (s->phase < PHASE_END)
    if (!phases[s->phase](s, span))
      return INFLATE_MORE;
  return s->phase == PHASE_END ? INFLATE_END : INFLATE_BAD;
}

static inflate_result native_restart(void *state) {
  native_state *s = state;
  s->bits = 0;
  s->bits_left = 0;
  s->phase = PHASE_BLOCK;
  s->is_last = 0;
  return INFLATE_MORE;
}

static void *native_new_state(const dtc_allocator *allocator) {
  native_state *s = alloc_zeroed(allocator, sizeof *s);
  if (!s)
    return NULL;
  inflate_symbols_fill(&s->symbols);
  s->fast = inflate_fast_loop();
  native_restart(s);
  return s;
}

static void native_free_state(void *state, const dtc_allocator *allocator) { alloc_release(allocator, state); }

const inflate_engine *inflate_with_native(void) {
  static const inflate_engine engine = {"native", native_new_state, native_free_state, native_restart, native_step};
  return &engine;
}
