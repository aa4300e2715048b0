/* vcf_file.h - one file of records: plain VCF, VCF in BGZF, BCF, BCF in BGZF; and the index beside it. */
#ifndef CONVERT_VCF_FILE_H
#define CONVERT_VCF_FILE_H

#include "common/output.h"
#include "vcf/record.h"
#include "vcf/writer/header.h"
#include "vcf/fast/index.h"

typedef enum vcf_type { VCF_PLAIN = 'v', VCF_BGZF = 'z', BCF_PLAIN = 'u', BCF_BGZF = 'b' } vcf_type;

/* What all files of one conversion share. */
typedef struct vcf_layout {
  vcf_type type;
  int level; /* as for bgzf_block_new, for the types in BGZF */
  index_kind index;
  const dtc_assembly *assembly;
  int chr_prefix;
  const char *header; /* header_text */
  size_t header_bytes;
} vcf_layout;

/* The level where none is asked for. VCF: BGZF_LINES or BGZF_LINES_FAST. BCF: 6, which is bcftools' default (5 is 1.7 %
 * larger, measured on a 23andMe v5 export), or 1. */
int vcf_level_default(vcf_type type, int fast);

typedef struct vcf_file vcf_file;

/* path NULL: standard output. format and blocks are borrowed until vcf_file_close; blocks belongs to this file alone
 * between the two. NULL: the fault is set. */
vcf_file *vcf_file_open(const char *path, const vcf_layout *format, block_writer *blocks, fault *f);
/* Records in the order of the output. Returns 0, or -1 when memory runs out; failed writes are told by close. */
int vcf_file_add(vcf_file *v, const record *r);
/* Ends data and index: complete and on the disk under temporary names. */
int vcf_file_close(vcf_file *v, fault *f);
/* Data and index get their names; an older index that does not belong to the data goes first. */
int vcf_file_publish(vcf_file *v, fault *f);
/* The data's; the index stands in the same folder. */
const output *vcf_file_output(const vcf_file *v);
void vcf_file_retract(vcf_file *v);
void vcf_file_free(vcf_file *v); /* NULL is fine */

uint64_t vcf_file_records(const vcf_file *v);
uint64_t vcf_file_bytes(const vcf_file *v);

#endif
