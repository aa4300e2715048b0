/* read_back.h - a sum over the uncompressed bytes of a file of records: of what was meant, while it is written, and of
 * what stands in the file. */
#ifndef VCF_READ_BACK_H
#define VCF_READ_BACK_H

#include "vcf/writer/layout.h"

#include <htslib/bgzf.h>
#include <htslib/vcf.h>
#include <stdint.h>

typedef struct content_sum {
  uint64_t bytes;
  uint32_t crc; /* CRC-32, but for what is held: a sum over many lines at once costs a fifth of one over each */
  size_t held_bytes;
  char held[4096];
} content_sum;

/* Begins with the header as the file holds it. Returns 0, or -1 when memory runs out. */
int content_begin(content_sum *s, const vcf_layout *layout, const bcf_hdr_t *header);
/* A line of VCF, or a record as in a BCF file. */
void content_add(content_sum *s, const char *bytes, size_t length);

/* The reading of a file, begun while it is still being written, so that little is left to read when it is whole. */
typedef struct read_back {
  int fd, is_new; /* is_new: nothing stood in the file before */
  const char *path;
  BGZF *in; /* NULL: not begun yet */
  content_sum found;
  int failed, error; /* error: errno, or 0 */
} read_back;

/* Before the first byte is written. fd and path: of one regular file; both are borrowed to the end. */
void read_back_begin(read_back *r, int fd, const char *path);
/* Reads a block of what was written for certain, whoever writes meanwhile. Returns 0 where there is none yet, or where
 * reading failed, which the end tells; and always where something stood in the file before. */
int read_back_step(read_back *r);
/* Reads the rest of a file that is whole now. Returns 0 where it holds what was meant, else -1 with errno, or with
 * *trouble. */
int read_back_end(read_back *r, content_sum *meant, const char **trouble);
/* Instead of the end. */
void read_back_give_up(read_back *r);

#endif
