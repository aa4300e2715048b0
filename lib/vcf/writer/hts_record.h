/* hts_record.h - a record as htslib's bcf1_t. Its shared and indiv bytes (BCF 2.2; VCF 4.3 specification, section 6)
 * are written directly: the bcf_update_ functions cost as much again as the rest of the writing, and where they get no
 * memory they may leave a wrong record behind. */
#ifndef VCF_HTS_RECORD_H
#define VCF_HTS_RECORD_H

#include "vcf/record.h"

#include <htslib/vcf.h>

/* In two steps, for a record may wait between them or go to another thread: as the bytes of a BCF file, and from them.
 * At least the bytes hts_record_pack needs: */
size_t hts_record_bound(const record *r);
/* contig_index: header_contig_index of r->contig in the header it is written with, whose dictionary has the numbers of
 * header.h. Returns where the packed record ends. */
char *hts_record_pack(char *at, const record *r, int contig_index);
/* Makes b, which is the caller's from bcf_init, the record that hts_record_pack wrote. Sets *end to where it ends.
 * Returns 0, or -1 when memory runs out: b is empty then. */
int hts_record_unpack(bcf1_t *b, const char *packed, const char **end);

#endif
