/* layout.h - what a file of records looks like, whoever writes it. */
#ifndef VCF_LAYOUT_H
#define VCF_LAYOUT_H

#include <dtcgeno-vcf.h>

#include <stddef.h>

static inline int vcf_type_is_bcf(dtc_file_type type) { return type == DTC_FILE_BCF || type == DTC_FILE_BCF_PLAIN; }
static inline int vcf_type_is_bgzf(dtc_file_type type) { return type == DTC_FILE_BCF || type == DTC_FILE_VCF_BGZF; }

/* What all files of one conversion share. */
typedef struct vcf_layout {
  dtc_file_type type;
  int level; /* 0 to 9, as in bcftools -O z[0-9], for the types in BGZF */
  dtc_index index;
  const dtc_assembly *assembly;
  int chr_prefix;
  const char *header; /* header_text */
  size_t header_bytes;
} vcf_layout;

enum { BGZF_EOF_BYTES = 28 };
/* The empty block that marks the end of BGZF (SAM specification, 4.1.2). */
extern const unsigned char bgzf_eof[BGZF_EOF_BYTES];

#endif
