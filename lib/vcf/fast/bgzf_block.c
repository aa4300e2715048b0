#include "config.h"
#include "vcf/fast/bgzf_block.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

/* SAM specification, 4.1.2 */
const unsigned char bgzf_eof[BGZF_EOF_BYTES] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C',
                                                2,    0,    0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};

enum { HEADER_BYTES = 18, FOOTER_BYTES = 8 };

struct bgzf_block {
  int level;
  line_deflate *lines; /* NULL but for lines */
#ifdef HAVE_LIBDEFLATE
  struct libdeflate_compressor *compressor; /* NULL at level 0 */
#else
  z_stream stream;
#endif
};

bgzf_block *bgzf_block_new(int level) {
  bgzf_block *b = calloc(1, sizeof *b);
  if (!b)
    return NULL;
  b->level = level;
  if (level == 0)
    return b;
  if (bgzf_is_lines(level)) {
    b->lines = line_deflate_new(level == BGZF_LINES_FAST ? LINE_FAST : LINE_SMALL);
    level = level == BGZF_LINES_FAST ? 1 : 6;
    if (!b->lines) {
      free(b);
      return NULL;
    }
  }
#ifdef HAVE_LIBDEFLATE
  /* the same figures as htslib's, so that -O z4 costs and gives here what it does in bcftools */
  static const int levels[10] = {0, 1, 2, 3, 5, 6, 7, 8, 10, 12};
  b->compressor = libdeflate_alloc_compressor(levels[level]);
  int ok = b->compressor != NULL;
#else
  int ok = deflateInit2(&b->stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK;
#endif
  if (ok)
    return b;
  line_deflate_free(b->lines);
  free(b);
  return NULL;
}

void bgzf_block_free(bgzf_block *b) {
  if (!b)
    return;
  line_deflate_free(b->lines);
  if (b->level) {
#ifdef HAVE_LIBDEFLATE
    libdeflate_free_compressor(b->compressor);
#else
    deflateEnd(&b->stream);
#endif
  }
  free(b);
}

int bgzf_block_level(const bgzf_block *b) { return b->level; }

/* Returns 0 where the text does not fit into room. */
static size_t deflate_text(bgzf_block *b, const void *text, size_t length, unsigned char *out, size_t room) {
#ifdef HAVE_LIBDEFLATE
  return libdeflate_deflate_compress(b->compressor, text, length, out, room);
#else
  if (deflateReset(&b->stream) != Z_OK)
    return 0;
  b->stream.next_in = (Bytef *)(uintptr_t)text;
  b->stream.avail_in = (uInt)length;
  b->stream.next_out = out;
  b->stream.avail_out = (uInt)room;
  return deflate(&b->stream, Z_FINISH) == Z_STREAM_END ? room - b->stream.avail_out : 0;
#endif
}

static uint32_t checksum(const void *text, size_t length) {
#ifdef HAVE_LIBDEFLATE
  return libdeflate_crc32(0, text, length);
#else
  return (uint32_t)crc32(0, text, (uInt)length);
#endif
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

size_t bgzf_block_compress(bgzf_block *b, const void *text, size_t length, const line_mark *marks, size_t n_marks,
                           unsigned char *out) {
  const size_t room = BGZF_OUTPUT_MAX - HEADER_BYTES - FOOTER_BYTES;
  size_t bytes = 0;
  if (b->lines && n_marks)
    bytes = line_deflate_compress(b->lines, text, length, marks, n_marks, out + HEADER_BYTES, room);
  else if (b->level)
    bytes = deflate_text(b, text, length, out + HEADER_BYTES, room);
  if (bytes == 0)
    bytes = store_text(text, length, out + HEADER_BYTES);
  memcpy(out, bgzf_eof, HEADER_BYTES - 2);
  size_t total = HEADER_BYTES + bytes + FOOTER_BYTES;
  out[16] = (unsigned char)(total - 1);
  out[17] = (unsigned char)((total - 1) >> 8);
  put_u32(out + HEADER_BYTES + bytes, checksum(text, length));
  put_u32(out + HEADER_BYTES + bytes + 4, (uint32_t)length);
  return total;
}
