/* variant.h - one REF and one ALT, brought to the form that is the same for everybody: trimmed and left-aligned. */
#ifndef SITES_VARIANT_H
#define SITES_VARIANT_H

#include "vcf/sites/align.h"

/* Upper case, terminated. */
typedef struct variant {
  unsigned contig;
  uint32_t position;
  uint32_t ref_bytes, alt_bytes;
  char ref[ALIGN_ALLELE_BYTES], alt[ALIGN_ALLELE_BYTES];
} variant;

typedef enum variant_kind {
  VARIANT_SNV,
  VARIANT_INDEL,
  VARIANT_OTHER,     /* symbolic, of unknown sequence, too long, or several bases replaced by as many */
  VARIANT_WRONG_REF, /* the sequence has another REF there */
  VARIANT_UNREADABLE /* the sequence could not be read */
} variant_kind;

/* Fills v from a record's REF and one ALT (NULL: none, a site without a known ALT) and normalises it. */
variant_kind variant_make(variant *v, sequence *bases, unsigned contig, uint32_t position, const char *ref,
                          const char *alt);

#endif
