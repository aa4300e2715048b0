/* kinship.h - how closely two persons are related: KING-robust (Manichaikul et al. 2010, doi
 * 10.1093/bioinformatics/btq559), over autosomal SNVs of two alleles where both have a call, as plink2
 * --make-king-table. */
#ifndef COHORT_KINSHIP_H
#define COHORT_KINSHIP_H

#include "genotype-cohort/cohort.h"

typedef struct kinship {
  size_t first, second; /* persons */
  uint64_t snps, het_het, ibs0, het_hom;
  double value; /* 0.5: the same genome twice; 0.25: parent and child, or siblings; NAN: no site */
} kinship;

/* Fewer say nothing in words. With N heterozygous SNPs of one with the fewer of them, of frequency p each, the standard
 * error of unrelated persons' kinship is sqrt(4p(1-p) + 2) / (4 sqrt(N)): of 1,000 common, unlinked SNPs about 0.02, a
 * fourth of the lowest bound. */
enum { KINSHIP_SNPS_MIN = 1000 };

typedef enum relation { RELATION_UNKNOWN, RELATION_NONE, RELATION_SECOND, RELATION_FIRST, RELATION_DUPLICATE } relation;
extern const char *const relation_words[]; /* "." for UNKNOWN */
/* By the bounds of the KING paper: above 0.354, 0.177 and 0.0884. UNKNOWN: too few SNPs, or none that tells. */
relation kinship_relation(const kinship *pair);

/* All pairs, first < second, in order; malloc'd. NULL: the fault is set. *count may be 0, then the result is no NULL.
 */
kinship *kinship_find(const cohort *c, size_t *count, fault *f);

#endif
