/* vcf_text.h - a record as a line of VCF, written straight where it belongs. */
#ifndef VCF_VCF_TEXT_H
#define VCF_VCF_TEXT_H

#include "vcf/record.h"

/* At least the bytes vcf_text_write needs. */
size_t vcf_text_bound(const record *r);
/* How far behind a line's begin the TAB before the ID stands, and the one before REF. */
typedef struct vcf_columns {
  size_t id, tail;
} vcf_columns;
/* Writes the line with its line end and returns where it ends. */
char *vcf_text_write(char *at, const record *r, const char *contig_name, size_t contig_name_length,
                     vcf_columns *columns);

/* The lines of one file: what records of one contig and of one shape share is made once. Shapes have their meaning for
 * one run of the resolver only. */
typedef struct vcf_lines vcf_lines;
/* chr_prefix: as in the header. NULL when memory runs out. */
vcf_lines *vcf_lines_new(int chr_prefix);
void vcf_lines_free(vcf_lines *l);
/* At least the bytes vcf_lines_write needs for this record. */
size_t vcf_lines_bound(const vcf_lines *l, const record *r);
/* The same line as vcf_text_write. */
char *vcf_lines_write(vcf_lines *l, char *at, const record *r, vcf_columns *columns);

/* Writes the names of a record joined by ';' and returns where they end; at most record_ids_bound bytes. BCF has the
 * same. */
char *record_ids_write(char *at, const record *r);
size_t record_ids_bound(const record *r);
/* Decimal digits; at most 10. 8 bytes are touched even where fewer are written. */
char *decimal_write(char *at, uint32_t value);

#endif
