/* build_parts.h - what gathering records and ordering them share. Private to this folder. */
#ifndef VCF_SITES_BUILD_PARTS_H
#define VCF_SITES_BUILD_PARTS_H

#include "vcf/sites/align.h"
#include "vcf/sites/build.h"

#include <htslib/hts.h>

typedef struct snv_list {
  uint32_t *position;
  uint8_t *code;
  uint32_t *name; /* as in sites_contig */
  size_t count, capacity;
  int unsorted, repeated; /* a position before its predecessor's; a position twice in a row */
  int named;              /* any name is not SITES_NAME_NONE */
} snv_list;

struct sites_builder {
  snv_list snv[DTC_CONTIG_COUNT];
  sites_indel *indel;
  size_t indels, indel_capacity;
  sites_name *name;
  size_t names, name_capacity;
  char *pool;
  size_t pool_bytes, pool_capacity;
  hts_md5_context *md5;
  char *line;
  size_t line_capacity;
  sequence *bases; /* NULL: indels stay where they are */
  char (*aligned)[ALIGN_ALLELE_BYTES];
};

/* Another name of an SNV or, where contig is DTC_CONTIG_NONE, of the indel of that index. 0 when memory runs out. */
int builder_add_name(sites_builder *b, unsigned kind, uint32_t number, unsigned contig, uint32_t place);

#endif
