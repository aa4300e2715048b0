/* layout.h - what a file of records looks like, whoever writes it. */
#ifndef VCF_LAYOUT_H
#define VCF_LAYOUT_H

#include <dtcgeno.h>

#include <stddef.h>

/* The letters are those of bcftools' -O. */
typedef enum vcf_type { VCF_PLAIN = 'v', VCF_BGZF = 'z', BCF_PLAIN = 'u', BCF_BGZF = 'b' } vcf_type;
static inline int vcf_type_is_bcf(vcf_type type) { return type == BCF_BGZF || type == BCF_PLAIN; }
static inline int vcf_type_is_bgzf(vcf_type type) { return type == BCF_BGZF || type == VCF_BGZF; }

typedef enum index_kind { INDEX_NONE, INDEX_CSI, INDEX_TBI } index_kind;

/* What all files of one conversion share. */
typedef struct vcf_layout {
  vcf_type type;
  int level; /* 0 to 9, as in bcftools -O z[0-9], for the types in BGZF */
  index_kind index;
  const dtc_assembly *assembly;
  int chr_prefix;
  const char *header; /* header_text */
  size_t header_bytes;
} vcf_layout;

enum { BGZF_EOF_BYTES = 28 };
/* The empty block that marks the end of BGZF (SAM specification, 4.1.2). */
extern const unsigned char bgzf_eof[BGZF_EOF_BYTES];

#endif
