/* digest.h - which file it was: MD5, as the field has it for references (SAM's M5, VCF's ##contig md5). */
#ifndef CONVERT_DIGEST_H
#define CONVERT_DIGEST_H

#include <stdint.h>

enum { DIGEST_BYTES = 33 }; /* 32 hex digits and NUL */

/* Of all bytes, as md5sum has it: for chain files, some hundred kilobytes. Returns 0, or -1 with errno. */
int digest_file(const char *path, char hex[DIGEST_BYTES]);
/* Of a file of gigabytes, which nobody reads whole for a report: over its length (8 bytes, little-endian) and
 * DIGEST_PIECES pieces of DIGEST_PIECE_BYTES at even distances, the first and the last bytes among them. It tells files
 * apart, it does not prove that two are the same: see genotype-convert(1). *bytes: the length. Returns as above; "" for
 * what is no file. */
enum { DIGEST_PIECES = 64, DIGEST_PIECE_BYTES = 4096 };
int digest_sample(const char *path, uint64_t *bytes, char hex[DIGEST_BYTES]);

#endif
