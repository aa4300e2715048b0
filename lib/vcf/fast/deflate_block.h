/* deflate_block.h - one deflate block with codes of its own, the last of its stream (RFC 1951, 3.2.7), from literals
 * and matches that somebody else found. Every sum that the size depends on is known before a bit is written. */
#ifndef VCF_DEFLATE_BLOCK_H
#define VCF_DEFLATE_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

enum { DEFLATE_LITERALS_STEP = 16 }; /* most runs of literals are shorter, and one copy of this size moves them */

/* Plain data; about 250 KB. The text itself is the caller's. */
typedef struct deflate_block {
  size_t text_bytes;
  size_t done;       /* everything before is in a sequence */
  size_t n_literals; /* those of all sequences, one behind the other */
  uint8_t literals[DEFLATE_TEXT_MAX + DEFLATE_LITERALS_STEP];
  uint32_t lengths[DEFLATE_MATCH_MAX + 1], distances[DEFLATE_DISTANCES];
  size_t n_sequences;
  deflate_sequence sequences[DEFLATE_TEXT_MAX / DEFLATE_MATCH_MIN + 2];
  uint8_t length_symbol[DEFLATE_MATCH_MAX + 1]; /* minus 257 */
  uint8_t distance_symbol[512]; /* of distance - 1 below 256; of (distance - 1) >> 7 above, from 256 on */
} deflate_block;

/* Once, before anything else. */
void deflate_block_init(deflate_block *b);
/* Begins with an empty block, of a text of so many bytes. */
void deflate_block_clear(deflate_block *b, size_t text_bytes);
/* The rest of the text has no more matches; writes the block. Returns its bytes, or 0 where they do not fit into room.
 */
size_t deflate_block_write(deflate_block *b, const unsigned char *text, unsigned char *out, size_t room);

static inline unsigned deflate_distance_symbol(const deflate_block *b, unsigned distance) {
  unsigned at = distance - 1;
  return b->distance_symbol[at < 256 ? at : 256 + (at >> 7)];
}

/* Everything up to end that is not done yet is literals. */
static inline void deflate_block_literals(deflate_block *b, const unsigned char *text, size_t end) {
  size_t n = end - b->done;
  if (n <= DEFLATE_LITERALS_STEP && b->text_bytes - b->done >= DEFLATE_LITERALS_STEP)
    memcpy(b->literals + b->n_literals, text + b->done, DEFLATE_LITERALS_STEP);
  else
    memcpy(b->literals + b->n_literals, text + b->done, n);
  b->n_literals += n;
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
