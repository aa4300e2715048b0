/* build.h - collects records in any order and makes a site table of them. */
#ifndef VCF_SITES_BUILD_H
#define VCF_SITES_BUILD_H

#include "vcf/sites/sites.h"

typedef struct sites_builder sites_builder;

/* bases: as for sites_open(). NULL when memory runs out. */
sites_builder *sites_builder_new(sequence *bases);
void sites_builder_free(sites_builder *b); /* NULL allowed */
/* One record as a file has it: id is "." or names joined by ';'; alleles with REF first. A record may hold SNVs beside
 * an indel. What is neither an SNV nor an indel of known sequence is counted in the digest and otherwise left out. */
dtc_status sites_builder_add(sites_builder *b, unsigned contig, uint32_t position, const char *id, unsigned n_alleles,
                             const char *const *alleles);
/* Sorts, joins what stands at one place, and hands the arrays over to s. */
dtc_status sites_builder_finish(sites_builder *b, sites *s, char *message, size_t message_bytes);

#endif
