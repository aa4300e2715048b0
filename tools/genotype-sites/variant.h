/* variant.h - one REF and one ALT, brought to the form that is the same for everybody: trimmed and left-aligned. */
#ifndef SITES_VARIANT_H
#define SITES_VARIANT_H

#include <dtcgeno-vcf.h>

/* Longer ones are no sites; aligned to the left an allele grows by one base before it shrinks again. */
enum { VARIANT_ALLELE_BYTES_MAX = 1000, VARIANT_TEXT_BYTES = VARIANT_ALLELE_BYTES_MAX + 2 };

/* Upper case, terminated. */
typedef struct variant {
  unsigned contig;
  uint32_t position;
  uint32_t ref_bytes, alt_bytes;
  char ref[VARIANT_TEXT_BYTES], alt[VARIANT_TEXT_BYTES];
} variant;

typedef enum variant_kind {
  VARIANT_SNV,
  VARIANT_INDEL,
  VARIANT_OTHER,     /* symbolic, of unknown sequence, too long, or several bases replaced by as many */
  VARIANT_WRONG_REF, /* the sequence has another REF there */
  VARIANT_UNREADABLE /* the sequence could not be read */
} variant_kind;

/* Fills v from a record's REF and one ALT (NULL: none, a site without a known ALT) and normalises it. */
variant_kind variant_make(variant *v, dtc_reference *bases, unsigned contig, uint32_t position, const char *ref,
                          const char *alt);

/* ALTs of one record that are longer or shorter than its REF, as one site: REF and position are those of all. */
typedef struct variant_group {
  unsigned contig;
  uint32_t position;
  unsigned n_alleles; /* REF is the first */
  uint32_t bytes[DTC_RECORD_ALLELES_MAX];
  char text[DTC_RECORD_ALLELES_MAX][VARIANT_TEXT_BYTES];
} variant_group;

void variant_group_begin(variant_group *group, unsigned contig, uint32_t position);
/* The record's REF, then each ALT that variant_make() found to be an indel with it. 0 where there is no more room. */
int variant_group_add(variant_group *group, const char *allele);
/* Normalises them together. 0 where the sequence cannot be read. */
int variant_group_align(variant_group *group, dtc_reference *bases);
/* One of the ALTs: i is 1 or more. */
void variant_of_group(variant *v, const variant_group *group, unsigned i);

#endif
