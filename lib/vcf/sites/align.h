/* align.h - alleles brought to the form that is the same for everybody: left-aligned and trimmed. */
#ifndef VCF_SITES_ALIGN_H
#define VCF_SITES_ALIGN_H

#include "vcf/sites/sites.h"

/* An allele grows by one base at most before it shrinks again. */
enum { ALIGN_ALLELE_BYTES = SITES_ALLELE_BYTES_MAX + 2 };

/* n alleles of one place, upper case, terminated, REF first, each in a block of ALIGN_ALLELE_BYTES. Changes them and
 * the position. 0 where the sequence cannot be read. */
int align_left(sequence *bases, unsigned contig, uint32_t *position, unsigned n, char *const *text, uint32_t *bytes);

#endif
