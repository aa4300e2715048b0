/* tables.h - decoding tables of canonical Huffman codes, as deflate describes them (RFC 1951, 3.2.2).
 *
 * The next bits of the stream, the first one lowest, are an index into a table. An entry:
 *
 *   bits  0..7   how many bits of the stream the symbol takes: its code and the extra bits behind it (at most 28)
 *   bits  8..11  how many of them are the code
 *   bit  12      ENTRY_END_MARK
 *   bit  13      ENTRY_LINK
 *   bit  14      ENTRY_LITERAL
 *   bit  15      ENTRY_NO_MATCH
 *   bits 16..31  a distance, or a symbol of the code of code lengths; or, of literals and lengths:
 *   bits 16..23  the literal of a pair (see inflate_pairs_make)
 *   bits 24..31  the literal, or the length - 3
 *
 * The extra bits are to be added to distance and length. Codes longer than the index go on in a second table behind the
 * first: an ENTRY_LINK takes the index's bits, its bits 8..11 are those of the second index, and bits 16..31 are where
 * the second table begins. */
#ifndef DTC_ARCHIVE_INFLATE_TABLES_H
#define DTC_ARCHIVE_INFLATE_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define ENTRY_END_MARK 0x1000u
#define ENTRY_LINK 0x2000u
#define ENTRY_LITERAL 0x4000u                       /* a literal, and in pairs before a match, too */
#define ENTRY_NO_MATCH 0x8000u                      /* a literal, a link, or one of the next two */
#define ENTRY_INVALID ENTRY_NO_MATCH                /* a code that may not be used */
#define ENTRY_END (ENTRY_NO_MATCH | ENTRY_END_MARK) /* of the block */

enum {
  LITLEN_SYMBOLS = 288,  /* two of them may not be used */
  DISTANCE_SYMBOLS = 32, /* as before */
  PRECODE_SYMBOLS = 19,
  CODE_BITS_MAX = 15,
  LITLEN_BITS = 10,
  DISTANCE_BITS = 8,
  PRECODE_BITS = 7, /* its longest code */
  /* The first table and all second ones: each of those has at most 1 << (15 - bits) entries and, being complete, at
   * least two symbols. */
  LITLEN_SLOTS = (1 << LITLEN_BITS) + LITLEN_SYMBOLS / 2 * (1 << (CODE_BITS_MAX - LITLEN_BITS)),
  DISTANCE_SLOTS = (1 << DISTANCE_BITS) + DISTANCE_SYMBOLS / 2 * (1 << (CODE_BITS_MAX - DISTANCE_BITS)),
  PRECODE_SLOTS = 1 << PRECODE_BITS
};

static inline unsigned entry_takes(uint32_t entry) { return entry & 255; }
static inline unsigned entry_code_bits(uint32_t entry) { return entry >> 8 & 15; }

/* Entries of all symbols without their code's length, made once. */
typedef struct inflate_symbols {
  uint32_t litlen[LITLEN_SYMBOLS], distance[DISTANCE_SYMBOLS], precode[PRECODE_SYMBOLS];
} inflate_symbols;

typedef enum inflate_code { CODE_LITLEN, CODE_DISTANCE, CODE_PRECODE } inflate_code;

void inflate_symbols_fill(inflate_symbols *symbols);

/* Makes the table of a code whose symbols have these lengths (0..15; of the precode 0..7; 0: not used). 0 where zlib
 * refuses the lengths: more codes than there is room for, or fewer, but for a literal/length or distance code of a
 * single symbol of length 1. A code of no symbol at all is taken, and each use of it is ENTRY_INVALID. `table` has as
 * many slots as the code needs, above; what it held before does not matter. */
int inflate_table_make(const inflate_symbols *symbols, inflate_code code, const uint8_t *lengths, unsigned count,
                       uint32_t *table);

/* From a table of literals and lengths makes one with an index of the same size that gives, where both codes fit in it,
 * a literal together with the match behind it: most matches stand behind none or one, and telling the two apart by a
 * branch would be a guess. A lone literal stands where that of a pair does. Links lead into the second tables of
 * `table`. */
void inflate_pairs_make(const uint32_t *table, uint32_t *pairs);

#endif
