/* fuzz_deflate - the encoder of VCF lines: whatever the bytes, zlib and libdeflate give them back, and no byte lands
 * outside the room. The first byte chooses the room, the number of bytes the marks; the rest is the
 * text, repeated with small changes so that there are matches to find. */
#include "config.h"
#include "vcf/fast/line_deflate.h"

#include <zlib.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

#include "fuzz.h"

static void check_zlib(const uint8_t *packed, size_t n, const uint8_t *text, size_t length) {
  static uint8_t back[LINE_DEFLATE_MAX + 1];
  z_stream z = {0};
  FUZZ_CHECK(inflateInit2(&z, -15) == Z_OK);
  z.next_in = (Bytef *)(uintptr_t)packed;
  z.avail_in = (uInt)n;
  z.next_out = back;
  z.avail_out = sizeof back;
  FUZZ_CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
  FUZZ_CHECK(z.total_out == length && z.avail_in == 0 && memcmp(back, text, length) == 0);
  inflateEnd(&z);
}

static void check_libdeflate(const uint8_t *packed, size_t n, const uint8_t *text, size_t length) {
#ifdef HAVE_LIBDEFLATE
  static uint8_t back[LINE_DEFLATE_MAX + 1];
  struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
  size_t got;
  FUZZ_CHECK(d && libdeflate_deflate_decompress(d, packed, n, back, sizeof back, &got) == LIBDEFLATE_SUCCESS);
  FUZZ_CHECK(got == length && memcmp(back, text, length) == 0);
  libdeflate_free_decompressor(d);
#else
  (void)packed, (void)n, (void)text, (void)length;
#endif
}

/* Marks as a writer gives them, for lines of any bytes: the third and second TAB, or what else `wild` makes of the
 * line. */
static size_t mark_lines(const uint8_t *text, size_t length, unsigned wild, line_mark *marks) {
  size_t n = 0, end;
  for (size_t line = 0; line < length && n < LINE_DEFLATE_MAX / LINE_BYTES_MIN; line = end) {
    const uint8_t *newline = memchr(text + line, '\n', length - line);
    end = newline ? (size_t)(newline - text) + 1 : length;
    unsigned tabs = 0, field[3] = {0, 0, 0};
    for (size_t i = line; i < end && tabs < 3; i++)
      if (text[i] == '\t')
        field[tabs++] = (unsigned)(i - line);
    unsigned byte = text[line];
    if (wild & 1 && byte % 5 == 0)
      marks[n++] = (line_mark){(uint16_t)line, (uint16_t)(byte * 257), (uint8_t)byte, text[end - 1]};
    else if (tabs == 3 && field[2] < 256)
      marks[n++] =
          (line_mark){(uint16_t)line, wild & 2 ? 0 : text[line + field[2]], (uint8_t)field[1], (uint8_t)field[2]};
  }
  return n;
}

static void check(line_deflate *d, const uint8_t *text, size_t length, unsigned wild, size_t room) {
  static uint8_t out[2 * LINE_DEFLATE_MAX + 64];
  static line_mark marks[LINE_DEFLATE_MAX / LINE_BYTES_MIN];
  memset(out + room, 0xa5, 32);
  size_t n = line_deflate_compress(d, text, length, marks, mark_lines(text, length, wild, marks), out, room);
  FUZZ_CHECK(n <= room);
  for (unsigned k = 0; k < 32; k++)
    FUZZ_CHECK(out[room + k] == 0xa5);
  if (n == 0)
    return;
  check_zlib(out, n, text, length);
  check_libdeflate(out, n, text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t text[LINE_DEFLATE_MAX];
  if (size < 2)
    return 0;
  size_t room = data[0] & 1 ? 2 * LINE_DEFLATE_MAX : (size_t)data[0] * 251 + 32, length = 0;
  unsigned turns = 1 + (data[0] >> 1) % 40, way = size & 7; /* of marking */
  data++;
  size--;
  for (unsigned k = 0; k < turns && length + size <= sizeof text; k++) {
    memcpy(text + length, data, size);
    text[length + (k * 37) % size] ^= (uint8_t)(k & 3);
    length += size;
  }
  if (length == 0)
    return 0;
  /* a copy that ends where the text ends: a sanitizer sees a read behind it */
  uint8_t *exact = malloc(length);
  FUZZ_CHECK(exact);
  memcpy(exact, text, length);
  line_deflate *d = line_deflate_new();
  FUZZ_CHECK(d);
  check(d, exact, length, way >> 1, room);
  check(d, exact, length, way >> 1, room); /* nothing of the first call is left */
  line_deflate_free(d);
  free(exact);
  return 0;
}
