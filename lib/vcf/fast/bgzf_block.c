#include "vcf/fast/bgzf_block.h"

#include "base/crc32.h"
#include "vcf/writer/layout.h"

#include <htslib/bgzf.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 18, FOOTER_BYTES = 8 };

struct bgzf_block {
  line_deflate *lines;
};

bgzf_block *bgzf_block_new(void) {
  bgzf_block *b = calloc(1, sizeof *b);
  if (b && (b->lines = line_deflate_new()))
    return b;
  free(b);
  return NULL;
}

void bgzf_block_free(bgzf_block *b) {
  if (!b)
    return;
  line_deflate_free(b->lines);
  free(b);
}

/* One stored block (RFC 1951, 3.2.4). */
static size_t store_text(const void *text, size_t length, unsigned char *out) {
  out[0] = 1;
  out[1] = (unsigned char)length;
  out[2] = (unsigned char)(length >> 8);
  out[3] = (unsigned char)~out[1];
  out[4] = (unsigned char)~out[2];
  memcpy(out + 5, text, length);
  return length + 5;
}

static void put_u32(unsigned char *out, uint32_t value) {
  for (int i = 0; i < 4; i++)
    out[i] = (unsigned char)(value >> 8 * i);
}

size_t bgzf_block_compress(bgzf_block *b, int level, const void *text, size_t length, const line_mark *marks,
                           size_t n_marks, unsigned char *out) {
  const size_t room = BGZF_OUTPUT_MAX - HEADER_BYTES - FOOTER_BYTES;
  size_t bytes = BGZF_OUTPUT_MAX;
  if (!n_marks)
    return bgzf_compress(out, &bytes, text, length, level) == 0 ? bytes : 0;
  bytes = line_deflate_compress(b->lines, text, length, marks, n_marks, out + HEADER_BYTES, room);
  if (bytes == 0)
    bytes = store_text(text, length, out + HEADER_BYTES);
  memcpy(out, bgzf_eof, HEADER_BYTES - 2);
  size_t total = HEADER_BYTES + bytes + FOOTER_BYTES;
  out[16] = (unsigned char)(total - 1);
  out[17] = (unsigned char)((total - 1) >> 8);
  put_u32(out + HEADER_BYTES + bytes, crc32_of(0, text, length));
  put_u32(out + HEADER_BYTES + bytes + 4, (uint32_t)length);
  return total;
}
