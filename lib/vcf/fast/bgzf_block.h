/* bgzf_block.h - one BGZF block (SAM specification, 4.1): at most 64 KiB of text as a gzip member of its own. */
#ifndef VCF_BGZF_BLOCK_H
#define VCF_BGZF_BLOCK_H

#include "vcf/fast/line_deflate.h"

#include <stddef.h>
#include <stdint.h>

enum {
  BGZF_INPUT_MAX = 0xff00,  /* what htslib puts into a block: it fits even when it is only stored */
  BGZF_OUTPUT_MAX = 0x10000 /* BSIZE is 16 bits */
};

/* Work space of the encoder of lines. Used by one thread at a time. */
typedef struct bgzf_block bgzf_block;

/* NULL when memory runs out. */
bgzf_block *bgzf_block_new(void);
void bgzf_block_free(bgzf_block *b);
/* Compresses length (at most BGZF_INPUT_MAX) bytes into out, which holds BGZF_OUTPUT_MAX: with marks (as for
 * line_deflate_compress) by the encoder of lines; what has none, a header for one, by htslib's bgzf_compress at
 * `level`. What does not shrink is stored. Returns the bytes of the block; 0 where htslib has no memory. */
size_t bgzf_block_compress(bgzf_block *b, int level, const void *text, size_t length, const line_mark *marks,
                           size_t n_marks, unsigned char *out);

#endif
