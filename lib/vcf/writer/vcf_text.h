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
/* Records of one shape have the same text from REF on. */
enum { VCF_TAIL_MAX = 64 };
typedef struct vcf_tail {
  uint8_t length; /* 0: not there, or too long for this */
  char text[VCF_TAIL_MAX - 1];
} vcf_tail;
/* Fills the tail of the record's shape. */
void vcf_tail_make(vcf_tail *tail, const record *r);
/* Room for vcf_text_write_short. */
enum { VCF_SHORT_MAX = 8 + 1 + 10 + 1 + DTC_ID_TEXT_MAX + 1 + VCF_TAIL_MAX };
/* The same line as vcf_text_write, for a record of one name. contig_name ends in its TAB and has
 * HEADER_CONTIG_NAME_BYTES. */
char *vcf_text_write_short(char *at, const record *r, const char *contig_name, size_t contig_name_length,
                           const vcf_tail *tail, vcf_columns *columns);
/* Writes the names of a record joined by ';' and returns where they end; at most record_ids_bound bytes. BCF has the
 * same. */
char *record_ids_write(char *at, const record *r);
size_t record_ids_bound(const record *r);
/* Decimal digits; at most 10. 8 bytes are touched even where fewer are written. */
char *decimal_write(char *at, uint32_t value);

#endif
