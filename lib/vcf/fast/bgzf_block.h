/* bgzf_block.h - one BGZF block (SAM specification, 4.1): at most 64 KiB of text as a gzip member of its own.
 * libdeflate where configure found it, else zlib. */
#ifndef VCF_BGZF_BLOCK_H
#define VCF_BGZF_BLOCK_H

#include "vcf/fast/line_deflate.h"

#include <stddef.h>
#include <stdint.h>

enum {
  BGZF_INPUT_MAX = 0xff00,   /* what htslib puts into a block: it fits even when it is only stored */
  BGZF_OUTPUT_MAX = 0x10000, /* BSIZE is 16 bits */
  BGZF_EOF_BYTES = 28
};
extern const unsigned char bgzf_eof[BGZF_EOF_BYTES];

/* In place of a level: the encoder for lines of VCF (line_deflate.h); what has no marks, a header for one, is
 * compressed at an ordinary level. BGZF_LINES: about as small as level 6 at the cost of level 1; BGZF_LINES_FAST: about
 * 6 % more bytes in two thirds of the time. */
enum { BGZF_LINES = 10, BGZF_LINES_FAST = 11 };
static inline int bgzf_is_lines(int level) { return level == BGZF_LINES || level == BGZF_LINES_FAST; }

/* A compressor of one level. Used by one thread at a time. */
typedef struct bgzf_block bgzf_block;

/* level: 0 (stored) to 9 as in bcftools -O z[0-9], or one for lines. NULL when memory runs out. */
bgzf_block *bgzf_block_new(int level);
void bgzf_block_free(bgzf_block *b);
int bgzf_block_level(const bgzf_block *b);
/* Compresses length (at most BGZF_INPUT_MAX) bytes into out, which holds BGZF_OUTPUT_MAX. marks: as for
 * line_deflate_compress. Returns the bytes of the block; it cannot fail: what does not shrink is stored. */
size_t bgzf_block_compress(bgzf_block *b, const void *text, size_t length, const line_mark *marks, size_t n_marks,
                           unsigned char *out);

#endif
