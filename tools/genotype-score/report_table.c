#include "genotype-score/results.h"

#include <math.h>

static void put(output *o, const char *sample, const char *what, const char *name, const char *figure, double value) {
  output_print(o, "%s\t%s\t%s\t%s\t%.15g\n", sample, what, name, figure, value);
}

static void put_score(output *o, const results *r, const char *sample, const score *s, size_t person) {
  const person_sum *p = &s->persons[person];
  standing st = results_standing(r, s, person);
  put(o, sample, "score", s->name, "sum", score_sum(s, person));
  put(o, sample, "score", s->name, "rows", (double)s->rows);
  for (int k = 0; k < ROW_FATE_COUNT; k++)
    put(o, sample, "score", s->name, row_fate_words[k], (double)s->fate[k]);
  put(o, sample, "score", s->name, "flipped", (double)s->flipped);
  put(o, sample, "score", s->name, "used", (double)p->used);
  put(o, sample, "score", s->name, "filled", (double)p->filled);
  put(o, sample, "score", s->name, "missing", (double)p->missing);
  if (st.note != STANDING_TOLD)
    return;
  put(o, sample, "score", s->name, "z", st.z);
  put(o, sample, "score", s->name, "percentile", st.percentile);
}

static void put_axes(output *o, const results *r, const char *sample, size_t person) {
  const axes *a = &r->axes;
  double at[AXES_MOST];
  nearness near[AXES_MOST];
  output_print(o, "%s\taxes\tvariants\tfound\t%zu\n", sample, a->found);
  for (size_t k = 0; k < a->count; k++) {
    at[k] = axes_at(a, person, k);
    output_print(o, "%s\taxes\tPC%zu\tat\t%.9g\n", sample, k + 1, at[k]);
  }
  if (!a->alleles[person] || r->reference.axis_count != a->count)
    return;
  size_t count = reference_nearest(&r->reference, at, near, AXES_MOST);
  for (size_t i = 0; i < count; i++)
    put(o, sample, "nearest", near[i].population, "distance", near[i].distance);
}

int write_table(const results *r, output *o, fault *f) {
  (void)f;
  output_print(o, "sample\twhat\tname\tfigure\tvalue\n");
  for (size_t i = 0; i < places_sample_count(r->places); i++) {
    const char *sample = places_sample(r->places, i);
    proportions found;
    for (size_t s = 0; s < r->scores.count; s++)
      put_score(o, r, sample, &r->scores.scores[s], i);
    if (r->axes.count)
      put_axes(o, r, sample, i);
    if (r->populations.count && populations_fit(&r->populations, i, &found) == 0)
      for (size_t k = 0; k < r->populations.count; k++) {
        put(o, sample, "ancestry", r->populations.names[k], "share", found.share[k]);
        if (!isnan(found.error[k]))
          put(o, sample, "ancestry", r->populations.names[k], "error", found.error[k]);
      }
  }
  return 0;
}
