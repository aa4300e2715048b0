/* vcf_text.h - a record as a line of VCF, written straight where it belongs. */
#ifndef CONVERT_VCF_TEXT_H
#define CONVERT_VCF_TEXT_H

#include "genotype-convert/record.h"

/* At least the bytes vcf_text_write needs. */
size_t vcf_text_bound(const record *r);
/* Writes the line with its line end and returns where it ends. contig_name has HEADER_CONTIG_NAME_BYTES. */
char *vcf_text_write(char *at, const record *r, const char *contig_name, size_t contig_name_length);
/* Writes the names of a record joined by ';' and returns where they end; at most record_ids_bound bytes. BCF has the same. */
char *record_ids_write(char *at, const record *r);
size_t record_ids_bound(const record *r);
/* Decimal digits; at most 10. */
char *decimal_write(char *at, uint32_t value);

#endif
