#include "genotype-score/results.h"

const char *const standing_words[] = {"told",
                                      "no reference of this score",
                                      "overlap too small",
                                      "the reference is of an older version and does not say its rows",
                                      "other rows than the reference was made with",
                                      "reference without spread"};

const char *results_warning(const score *s) {
  return s->build == DTC_BUILD_UNKNOWN ? "the scoring file does not say of which assembly its positions are" : NULL;
}

standing results_standing(const results *r, const score *s, size_t person) {
  standing st = {STANDING_NO_REFERENCE, reference_find(&r->reference, s, r->options->population), 0, 0, 0};
  if (!st.distribution)
    return st;
  const person_sum *p = &s->persons[person];
  st.overlap = st.distribution->found ? (double)p->used / (double)st.distribution->found : 0;
  st.note = st.overlap < r->options->min_overlap ? STANDING_OVERLAP
            : !r->reference.tells_rows           ? STANDING_OLD
            : p->told != st.distribution->told   ? STANDING_ROWS
            : !(st.distribution->spread > 0)     ? STANDING_NO_SPREAD
                                                 : STANDING_TOLD;
  if (st.note == STANDING_TOLD) {
    double sum = score_sum(s, person);
    st.z = (sum - st.distribution->mean) / st.distribution->spread;
    st.percentile = reference_percentile(st.distribution, sum);
  }
  return st;
}
