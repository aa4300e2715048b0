/* header.h - the VCF header, as text, and the numbers BCF records refer to. Only constants and checked values go in;
 * nothing of the export's text. */
#ifndef VCF_HEADER_H
#define VCF_HEADER_H

#include "vcf/record.h"

#include <stddef.h>

/* Position of each word in the BCF dictionary of strings: the order of the header's FILTER, INFO and FORMAT lines, PASS
 * first (VCF 4.3, 6.2.1). The filters have the numbers of dtc_filter. */
enum { HEADER_KEY_FLIP = RECORD_FILTER_COUNT, HEADER_KEY_REVLIFT, HEADER_KEY_OG, HEADER_KEY_GT };

enum { HEADER_CONTIG_NAME_BYTES = 8 };

/* How contigs are called: 1 and MT; chr1 and chrM, as UCSC has it; chr1 and chrMT, as the imputation servers do. */
enum { HEADER_CHR_NONE, HEADER_CHR, HEADER_CHR_MT };

/* All that the header says. Texts are borrowed; NULL leaves the line out. */
typedef struct header_facts {
  const dtc_assembly *assembly;
  int chr_prefix;    /* HEADER_CHR... */
  int minor_version; /* of VCF 4: 2, else 3; the records are the same */
  const char *sample, *source;
  const char *vendor, *format, *array; /* slugs of the verdict */
  dtc_build build;                     /* the export's */
  const char *sex;                     /* dtc_sex_name */
  const char *sites_digest;
  int has_sequence;
} header_facts;

/* The text, ending in the line end of the column line and a NUL that *length does not count. malloc'd; NULL when memory
 * runs out. Contigs are numbered in the order of dtc_contig: header_contig_index. */
char *header_text(const header_facts *facts, size_t *length);
/* "7", "chr7", "MT", "chrM", "chrMT"; returns the length. name has HEADER_CONTIG_NAME_BYTES. */
size_t header_contig_name(unsigned contig, int chr_prefix, char *name);
/* Number of a contig in BCF and in the index, 0-based; contigs the assembly does not have are left out. */
int header_contig_index(const dtc_assembly *assembly, unsigned contig);

#endif
