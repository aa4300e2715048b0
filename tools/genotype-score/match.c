#include "genotype-score/match.h"

static int index_of(const allele *alleles, size_t count, allele wanted) {
  for (size_t i = 0; wanted != ALLELE_UNKNOWN && i < count; i++)
    if (alleles[i] == wanted)
      return (int)i;
  return -1;
}

/* Has the record both alleles, so that the effect allele's copies can be counted? */
static int fits(const allele *alleles, size_t count, allele effect, allele other, int *index) {
  *index = index_of(alleles, count, effect);
  if (other == ALLELE_UNKNOWN)
    return *index >= 0 && count == 2 && !allele_is_palindrome(alleles[0], alleles[1]);
  int rest = index_of(alleles, count, other);
  if (count == 1)
    return *index >= 0 || rest >= 0;
  return *index >= 0 && rest >= 0 && *index != rest;
}

/* The first record that fits; one with ALTs before one without. */
static match among_records(places *p, allele effect, allele other, match_kind kind) {
  match best = {MATCH_NONE, 0, -1};
  for (size_t r = 0; r < places_record_count(p); r++) {
    size_t count;
    int index;
    const allele *alleles = places_alleles(p, r, &count);
    if (count == 0 || (count == 1 && (best.kind != MATCH_NONE || kind == MATCH_FLIPPED)))
      continue;
    if (!fits(alleles, count, effect, other, &index))
      continue;
    best = (match){kind, r, index};
    if (count > 1)
      break;
  }
  return best;
}

match match_alleles(places *p, allele effect, allele other, int keep_ambiguous) {
  match direct = among_records(p, effect, other, MATCH_DIRECT);
  if (allele_is_palindrome(effect, other)) {
    if (direct.kind != MATCH_NONE && !keep_ambiguous)
      direct.kind = MATCH_AMBIGUOUS;
    return direct;
  }
  if (direct.kind != MATCH_NONE || other == ALLELE_UNKNOWN)
    return direct;
  return among_records(p, allele_complement(effect), allele_complement(other), MATCH_FLIPPED);
}
