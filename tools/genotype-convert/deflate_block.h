/* deflate_block.h - one deflate block with codes of its own, the last of its stream (RFC 1951, 3.2.7), from literals
 * and matches that somebody else found. Every sum that the size depends on is known before a bit is written. */
#ifndef CONVERT_DEFLATE_BLOCK_H
#define CONVERT_DEFLATE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

enum {
  DEFLATE_TEXT_MAX = 65536,
  DEFLATE_MATCH_MIN = 3,
  DEFLATE_MATCH_MAX = 258,
  DEFLATE_WINDOW = 32768, /* how far back a match reaches */
  DEFLATE_LITERALS = 286,
  DEFLATE_DISTANCES = 30
};

/* Literals of the text, then a match; the last one has length 0. */
typedef struct deflate_sequence {
  uint32_t literals;
  uint16_t length, distance; /* minus 1 */
} deflate_sequence;

/* Plain data; about 180 KB. The text itself is the caller's. */
typedef struct deflate_block {
  size_t done;               /* everything before is in a sequence */
  uint32_t literals[2][256]; /* how often; two counts for neighbours, since the same digit often comes twice */
  uint32_t lengths[DEFLATE_MATCH_MAX + 1], distances[DEFLATE_DISTANCES];
  size_t n_sequences;
  deflate_sequence sequences[DEFLATE_TEXT_MAX / DEFLATE_MATCH_MIN + 2];
  uint8_t length_symbol[DEFLATE_MATCH_MAX + 1]; /* minus 257 */
  uint8_t distance_symbol[512]; /* of distance - 1 below 256; of (distance - 1) >> 7 above, from 256 on */
} deflate_block;

/* Once, before anything else. */
void deflate_block_init(deflate_block *b);
/* Begins with an empty block. */
void deflate_block_clear(deflate_block *b);
/* The rest of the text has no more matches; writes the block. Returns its bytes, or 0 where they do not fit into room.
 */
size_t deflate_block_write(deflate_block *b, const unsigned char *text, size_t length, unsigned char *out, size_t room);

static inline unsigned deflate_distance_symbol(const deflate_block *b, unsigned distance) {
  unsigned at = distance - 1;
  return b->distance_symbol[at < 256 ? at : 256 + (at >> 7)];
}

static inline void deflate_block_literals(deflate_block *b, const unsigned char *text, size_t end) {
  size_t i = b->done;
  for (; i + 2 <= end; i += 2) {
    b->literals[0][text[i]]++;
    b->literals[1][text[i + 1]]++;
  }
  if (i < end)
    b->literals[0][text[i]]++;
}

/* The `length` bytes at `at`, which is not before done, are those from `from` on. */
static inline void deflate_block_match(deflate_block *b, const unsigned char *text, size_t from, size_t at,
                                       size_t length) {
  deflate_block_literals(b, text, at);
  b->lengths[length]++;
  b->distances[deflate_distance_symbol(b, (unsigned)(at - from))]++;
  b->sequences[b->n_sequences++] =
      (deflate_sequence){(uint32_t)(at - b->done), (uint16_t)length, (uint16_t)(at - from - 1)};
  b->done = at + length;
}

#endif
