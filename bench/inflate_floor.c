/* inflate_floor FILE.zip - the yardstick: zlib's inflate over the only member, in steps of 64 KiB, nothing else.
 * What validating costs is told as a multiple of this. Prints the bytes that came out. */
#include <stdint.h>
#include <stdio.h>
#include <zlib.h>

int main(int argc, char **argv) {
  static unsigned char in[1 << 16], text[1 << 16];
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!f || fread(in, 1, 30, f) != 30 || in[0] != 'P' || in[1] != 'K' || in[8] != 8)
    return fprintf(stderr, "usage: inflate_floor FILE.zip (one deflated member)\n"), 2;
  if (fseek(f, 30 + in[26] + in[27] * 256 + in[28] + in[29] * 256, SEEK_SET) != 0)
    return 3;
  z_stream z = {0};
  if (inflateInit2(&z, -15) != Z_OK)
    return 3;
  int status = Z_OK;
  uint64_t total = 0;
  while (status == Z_OK) {
    if (z.avail_in == 0) {
      z.next_in = in;
      z.avail_in = (uInt)fread(in, 1, sizeof in, f);
    }
    z.next_out = text;
    z.avail_out = sizeof text;
    status = inflate(&z, Z_NO_FLUSH);
    total += sizeof text - z.avail_out;
  }
  inflateEnd(&z);
  fclose(f);
  printf("%llu\n", (unsigned long long)total);
  return status == Z_STREAM_END ? 0 : 1;
}
