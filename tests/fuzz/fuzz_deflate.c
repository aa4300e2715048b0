/* fuzz_deflate - the encoder of VCF lines: whatever the bytes, zlib and libdeflate give them back, and no byte lands outside the room. The
 * first byte chooses the room; the rest is the text, repeated with small changes so that there are matches to find. */
#include "config.h"
#include "genotype-convert/line_deflate.h"

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

static void check(line_deflate *d, const uint8_t *text, size_t length, size_t room) {
  static uint8_t out[2 * LINE_DEFLATE_MAX + 64];
  memset(out + room, 0xa5, 32);
  size_t n = line_deflate_compress(d, text, length, out, room);
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
  unsigned turns = 1 + (data[0] >> 1) % 40;
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
  line_deflate *d = line_deflate_new();
  FUZZ_CHECK(exact && d);
  memcpy(exact, text, length);
  check(d, exact, length, room);
  check(d, exact, length, room); /* nothing of the first call is left */
  line_deflate_free(d);
  free(exact);
  return 0;
}
