/* match.h - which record and allele of a place a row of a score means. */
#ifndef SCORE_MATCH_H
#define SCORE_MATCH_H

#include "genotype-score/places.h"

typedef enum match_kind {
  MATCH_NONE, /* the record's alleles are others */
  MATCH_DIRECT,
  MATCH_FLIPPED,  /* both alleles are there on the other strand, and not on this one */
  MATCH_AMBIGUOUS /* A/T or C/G, which look alike on both strands */
} match_kind;

typedef struct match {
  match_kind kind;
  size_t record;
  int index; /* of the effect allele in the record; -1: the record lacks it, nobody carries it */
} match;

/* Among the records of the current place. Both alleles must be the record's, in either order. Without an other allele
 * (ALLELE_UNKNOWN) the record must have two and not be palindromic. A record without ALT tells of one allele only: REF
 * must be one of the row's, and nothing is flipped on that ground. keep_ambiguous: palindromic rows match as they are.
 */
match match_alleles(places *p, allele effect, allele other, int keep_ambiguous);

#endif
