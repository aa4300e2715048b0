/* read_back.h - a sum over the uncompressed bytes of a file of records: of what was meant, while it is written, and of
 * what stands in the file, afterwards. */
#ifndef VCF_READ_BACK_H
#define VCF_READ_BACK_H

#include "vcf/writer/layout.h"

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
/* Reads the file at path. Returns 0 where it holds what was meant, else -1 with errno, or with *trouble. */
int content_check(content_sum *meant, const char *path, const char **trouble);

#endif
