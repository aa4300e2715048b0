#include "archive/inflate/tables.h"

#include <string.h>

void inflate_symbols_fill(inflate_symbols *symbols) {
  static const uint8_t precode_extra[] = {2, 3, 7}; /* of 16, 17 and 18 */
  for (unsigned k = 0; k < 256; k++)
    symbols->litlen[k] = ENTRY_NO_MATCH | ENTRY_LITERAL | k << 24;
  symbols->litlen[256] = ENTRY_END;
  /* 3.2.5: four lengths of each number of extra bits, the first eight have none; 258 has a symbol of its own. */
  for (unsigned k = 0, length = 0; k < 28; k++) {
    unsigned extra = k < 8 ? 0 : k / 4 - 1;
    symbols->litlen[257 + k] = length << 24 | extra;
    length += 1u << extra;
  }
  symbols->litlen[285] = 255u << 24;
  symbols->litlen[286] = symbols->litlen[287] = ENTRY_INVALID;
  for (unsigned k = 0, distance = 1; k < 30; k++) {
    unsigned extra = k < 4 ? 0 : k / 2 - 1;
    symbols->distance[k] = distance << 16 | extra;
    distance += 1u << extra;
  }
  symbols->distance[30] = symbols->distance[31] = ENTRY_INVALID;
  for (unsigned k = 0; k < PRECODE_SYMBOLS; k++)
    symbols->precode[k] = k << 16 | (k < 16 ? 0u : precode_extra[k - 16]);
}

/* The table under construction. */
typedef struct maker {
  const uint32_t *symbols; /* their entries */
  unsigned counts[CODE_BITS_MAX + 1];
  uint16_t sorted[LITLEN_SYMBOLS]; /* symbols by length, then by number: the order of their codes */
  unsigned longest;
} maker;

/* Nearly all lengths are 0, and runs of them are passed over: whether the next eight are. */
static inline int are_unused(const uint8_t *lengths) {
  uint64_t eight;
  memcpy(&eight, lengths, sizeof eight);
  return eight == 0;
}

/* Counts and sorts. 0 where more codes are claimed than there are. *unused: how many of 15 bits belong to no symbol. */
static int sort(maker *m, const uint8_t *lengths, unsigned count, unsigned *unused) {
  unsigned next[CODE_BITS_MAX + 1], room = 1, at = 0;
  memset(m->counts, 0, sizeof m->counts);
  for (unsigned k = 0; k < count;) {
    if (count - k >= 8 && are_unused(lengths + k))
      k += 8;
    else
      m->counts[lengths[k++]]++;
  }
  m->longest = 0;
  for (unsigned length = 1; length <= CODE_BITS_MAX; length++) {
    next[length] = at;
    at += m->counts[length];
    room *= 2;
    if (m->counts[length] > room)
      return 0;
    room -= m->counts[length];
    if (m->counts[length])
      m->longest = length;
  }
  for (unsigned k = 0; k < count;) {
    if (count - k >= 8 && are_unused(lengths + k)) {
      k += 8;
      continue;
    }
    if (lengths[k])
      m->sorted[next[lengths[k]]++] = (uint16_t)k;
    k++;
  }
  *unused = room;
  return 1;
}

/* Adds one to a code whose first bit stands lowest. */
static inline unsigned next_code(unsigned code, unsigned length) {
  unsigned bit = 1u << (length - 1);
  while (code & bit)
    bit >>= 1;
  return bit ? (code & (bit - 1)) | bit : 0;
}

/* The size of the index of a second table that begins with a code of this length: as many bits as it takes for the
 * codes that are left (m->counts) to fill it. */
static unsigned second_bits(const maker *m, unsigned bits, unsigned length) {
  unsigned wide = length - bits, room = 1u << wide;
  while (m->counts[bits + wide] < room) {
    room = (room - m->counts[bits + wide]) * 2;
    wide++;
  }
  return wide;
}

/* Codes of more than `bits` bits; `code` is the first one. A complete code: each second table gets filled. */
static void fill_second(maker *m, uint32_t *table, unsigned bits, const uint16_t *sorted, unsigned code) {
  unsigned begins = 0, ends = 1u << bits, prefix = ~0u;
  for (unsigned length = bits + 1; length <= m->longest; length++) {
    for (; m->counts[length]; m->counts[length]--) {
      if ((code & ((1u << bits) - 1)) != prefix) {
        unsigned wide = second_bits(m, bits, length);
        prefix = code & ((1u << bits) - 1);
        begins = ends;
        ends += 1u << wide;
        table[prefix] = ENTRY_NO_MATCH | ENTRY_LINK | begins << 16 | wide << 8 | bits;
      }
      uint32_t entry = m->symbols[*sorted++] + (length - bits) * 0x101u;
      for (unsigned at = begins + (code >> bits); at < ends; at += 1u << (length - bits))
        table[at] = entry;
      code = next_code(code, length);
    }
  }
}

/* A complete code. The table of codes up to a length is twice the one up to the length before, and the new codes take
 * the places that were not given away yet; what stands there till then is never read. */
static void fill(maker *m, uint32_t *table, unsigned bits) {
  const uint16_t *sorted = m->sorted;
  unsigned code = 0;
  for (unsigned length = 1; length <= bits; length++) {
    if (length > 1)
      memcpy(table + (1u << (length - 1)), table, sizeof *table << (length - 1));
    for (unsigned n = m->counts[length]; n; n--) {
      table[code] = m->symbols[*sorted++] + length * 0x101u;
      code = next_code(code, length);
    }
  }
  if (m->longest > bits)
    fill_second(m, table, bits, sorted, code);
}

int inflate_table_make(const inflate_symbols *symbols, inflate_code code, const uint8_t *lengths, unsigned count,
                       uint32_t *table) {
  static const uint8_t widths[] = {LITLEN_BITS, DISTANCE_BITS, PRECODE_BITS};
  const unsigned bits = widths[code];
  maker m;
  m.symbols = code == CODE_LITLEN ? symbols->litlen : code == CODE_DISTANCE ? symbols->distance : symbols->precode;
  unsigned unused;
  if (!sort(&m, lengths, count, &unused))
    return 0;
  if (unused == 0) {
    fill(&m, table, bits);
    return 1;
  }
  if (m.longest > 1 || (m.longest == 1 && code == CODE_PRECODE))
    return 0;
  table[0] = 0x101u + (m.longest ? m.symbols[m.sorted[0]] : ENTRY_INVALID);
  table[1] = 0x101u + ENTRY_INVALID;
  for (unsigned n = 2; n < 1u << bits; n *= 2)
    memcpy(table + n, table, n * sizeof *table);
  return 1;
}

void inflate_pairs_make(const uint32_t *table, uint32_t *pairs) {
  memcpy(pairs, table, sizeof *table << LITLEN_BITS);
  for (unsigned first = 0; first < 1u << LITLEN_BITS; first++) {
    const uint32_t literal = table[first];
    const unsigned length = entry_code_bits(literal);
    /* Once for each literal: its code with nothing behind it. */
    if (!(literal & ENTRY_LITERAL) || first >> length)
      continue;
    const uint32_t value = literal >> 8 & 0xff0000, alone = (literal & 0xffff) | value;
    const uint32_t with_match = length * 0x101u + ENTRY_LITERAL + value;
    for (unsigned behind = 0; behind < 1u << (LITLEN_BITS - length); behind++) {
      const uint32_t next = table[behind];
      const int fits = entry_code_bits(next) <= LITLEN_BITS - length && !(next & ENTRY_NO_MATCH);
      pairs[first + (behind << length)] = fits ? next + with_match : alone;
    }
  }
}
