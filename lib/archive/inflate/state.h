/* state.h - a stream that our own decoder is in the midst of; private to it. */
#ifndef DTC_ARCHIVE_INFLATE_STATE_H
#define DTC_ARCHIVE_INFLATE_STATE_H

#include "archive/inflate/inflate.h"
#include "archive/inflate/tables.h"

/* What the next bits are. */
typedef enum native_phase {
  PHASE_BLOCK,         /* a block's first three */
  PHASE_STORED_LENGTH, /* the length of a stored block, once more with its bits turned over */
  PHASE_STORED,        /* its bytes */
  PHASE_COUNTS,        /* how many code lengths a dynamic block has */
  PHASE_PRECODE,       /* lengths of the code that the lengths are written in */
  PHASE_LENGTHS,       /* the lengths */
  PHASE_SYMBOL,        /* a literal/length symbol */
  PHASE_DISTANCE,      /* the distance that goes with the length */
  PHASE_MATCH,         /* none: a match is to be copied */
  PHASE_END,
  PHASE_BAD
} native_phase;

typedef struct native_state native_state;

/* Why the fast loop ended. */
typedef enum fast_stop { FAST_EDGE, FAST_MATCH, FAST_BLOCK_END, FAST_BAD } fast_stop;
typedef fast_stop (*fast_loop)(native_state *s, inflate_span *span);

struct native_state {
  /* Bits taken from the input, the next one lowest; those above bits_left are 0. Between symbols there are less than
   * eight, so that the input ends where the stream does; only within a symbol that the input breaks off there are more,
   * and the symbol needs them all. */
  uint64_t bits;
  unsigned bits_left;
  native_phase phase;
  int is_last;         /* block */
  int has_fixed;       /* the tables are the fixed ones */
  int has_pairs;       /* of these tables */
  unsigned one_by_one; /* symbols to be decoded before the pairs are made: endless tiny blocks are not worth them */
  unsigned counts[3];  /* of code lengths in this block: literal/length, distance, precode */
  unsigned have;       /* of them so far */
  unsigned length;     /* what is left of a stored block or a match */
  unsigned distance;
  fast_loop fast;
  uint8_t lengths[LITLEN_SYMBOLS + DISTANCE_SYMBOLS];
  uint32_t precode[PRECODE_SLOTS];
  uint32_t litlen[LITLEN_SLOTS];
  uint32_t pairs[1 << LITLEN_BITS]; /* of litlen, for the fast loop */
  uint32_t distances[DISTANCE_SLOTS];
  inflate_symbols symbols;
};

/* The fast loop must not be called with less input than this, or without more room than this. */
#define FAST_IN_BYTES 24u
#define FAST_OUT_BYTES 32u

/* Decodes symbols from PHASE_SYMBOL on as long as there is that much of both, at least one, and keeps to the span and
 * to the invariants above. FAST_MATCH: the match in the state is still to be copied. Returns the loop that suits this
 * processor best. */
fast_loop inflate_fast_loop(void);

#endif
