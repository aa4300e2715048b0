/* bcf_record.h - a record as BCF 2.2 (VCF 4.3 specification, section 6), made by hand; htslib is the oracle in the
 * tests. */
#ifndef VCF_BCF_RECORD_H
#define VCF_BCF_RECORD_H

#include "vcf/record.h"

/* At least the bytes bcf_record_write needs. */
size_t bcf_record_bound(const record *r);
/* Writes the whole record and returns where it ends. contig_index: header_contig_index. */
char *bcf_record_write(char *at, const record *r, int contig_index);

#endif
