/* populations.h - allele frequencies of reference populations, and the persons' genotypes at those sites. */
#ifndef SCORE_POPULATIONS_H
#define SCORE_POPULATIONS_H

#include "genotype-score/marker.h"
#include "genotype-score/places.h"
#include "genotype-score/proportions.h"

typedef struct populations {
  char **names;
  size_t count; /* of populations */
  markers markers;
  float *frequency; /* of ALT: a row of `count` values a site */
  size_t site_count, site_capacity;
  size_t person_count, found;
  float *copies;         /* a row of site_count values a person */
  allele_names *alleles; /* borrowed */
} populations;

/* A table "#CHROM POS ID REF ALT POPULATION...", tab-separated, plain or gzip: one site a line, autosomes, the
 * frequency of ALT in each population. Sites with a frequency missing are left out. 0, or -1. */
int populations_load(populations *p, const char *path, fault *f);
/* Has the table a site there? */
int populations_want(populations *p, uint64_t place);
int populations_start(populations *p, size_t persons, fault *f);
/* Adds what the current place tells; once, however often the table has it. */
void populations_meet(populations *p, places *at);
/* The estimate of one person; 0, 1 (too few sites were found) or 2 (no maximum was found). */
int populations_fit(const populations *p, size_t person, proportions *out);
void populations_free(populations *p);

#endif
