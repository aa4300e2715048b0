#include "genotype-score/score_set.h"

#include "genotype-score/match.h"

#include <math.h>
#include <stdlib.h>

const char *const row_fate_words[ROW_FATE_COUNT] = {"found",    "absent",   "different",  "ambiguous",
                                                    "repeated", "unplaced", "unsupported"};

int score_set_start(score_set *s, size_t persons, fault *f) {
  s->person_count = persons;
  markers_sort(&s->markers);
  for (size_t i = 0; i < s->count; i++)
    if (!(s->scores[i].persons = calloc(persons, sizeof *s->scores[i].persons)))
      return fault_set(f, EXIT_TROUBLE, "out of memory");
  return 0;
}

static void add(exact_sum *s, double value) {
  double sum = s->sum + value;
  s->rest += fabs(s->sum) >= fabs(value) ? (s->sum - sum) + value : (value - sum) + s->sum;
  s->sum = sum;
}

static double weight_of(const weight *w, double copies) {
  const double *at = w->copies;
  return copies <= 1 ? at[0] + (at[1] - at[0]) * copies : at[1] + (at[2] - at[1]) * (copies - 1);
}

/* The effect allele's frequency: the score's own, else that of the record's INFO/AF. */
static double frequency_of(const weight *w, places *p, const match *m) {
  size_t count;
  if (!isnan(w->frequency) || m->index < 0)
    return w->frequency;
  if (m->index > 0)
    return places_frequency(p, m->record, (size_t)m->index);
  double left = 1;
  places_alleles(p, m->record, &count);
  for (size_t i = 1; i < count; i++)
    left -= places_frequency(p, m->record, i);
  return count > 1 && left >= 0 ? left : NAN;
}

static int add_found(score_set *s, places *p, const weight *w, const match *m, fault *f) {
  score *one = &s->scores[w->score];
  const dosage *carried = places_dosages(p, m->record, m->index, f);
  if (!carried)
    return -1;
  int x = places_at(p) >> 32 == DTC_CONTIG_X;
  for (size_t i = 0; i < s->person_count; i++) {
    person_sum *person = &one->persons[i];
    /* a man's one X counts as two of a woman's, as in plink2's default (--xchr-model 2) */
    unsigned each = x && carried[i].ploidy == 1 ? 2 : 1;
    double copies = carried[i].copies * each;
    if (isnan(copies)) {
      double frequency = s->policy.missing == MISSING_FREQUENCY ? frequency_of(w, p, m) : NAN;
      if (isnan(frequency)) {
        person->missing++;
        continue;
      }
      person->filled++;
      copies = frequency * carried[i].ploidy * each;
    } else {
      person->used++;
    }
    add(&person->sum, weight_of(w, copies));
  }
  return 0;
}

int score_set_meet(score_set *s, places *p, fault *f) {
  size_t count;
  const marker *at = markers_find(&s->markers, places_at(p), &count);
  match m = {MATCH_NONE, 0, -1};
  for (size_t i = 0; i < count; i++) {
    const weight *w = &s->weights[at[i].row];
    score *one = &s->scores[w->score];
    if (i == 0 || at[i].effect != at[i - 1].effect || at[i].other != at[i - 1].other) {
      m = match_marker(p, &at[i], s->policy.keep_ambiguous);
      s->runs++;
    }
    row_fate fate = m.kind == MATCH_NONE ? ROW_DIFFERENT : m.kind == MATCH_AMBIGUOUS ? ROW_AMBIGUOUS : ROW_FOUND;
    if (one->run == s->runs)
      fate = ROW_REPEATED;
    one->run = s->runs;
    one->fate[fate]++;
    if (fate != ROW_FOUND)
      continue;
    one->flipped += m.kind == MATCH_FLIPPED;
    if (add_found(s, p, w, &m, f) != 0)
      return -1;
  }
  return 0;
}

void score_set_finish(score_set *s) {
  for (size_t i = 0; i < s->count; i++) {
    score *one = &s->scores[i];
    uint64_t told = 0;
    for (int k = 0; k < ROW_FATE_COUNT; k++)
      told += k == ROW_ABSENT ? 0 : one->fate[k];
    one->fate[ROW_ABSENT] = one->rows - told;
  }
}

void score_set_free(score_set *s) {
  for (size_t i = 0; i < s->count; i++) {
    free(s->scores[i].name);
    free(s->scores[i].trait);
    free(s->scores[i].weight_type);
    free(s->scores[i].persons);
  }
  free(s->scores);
  free(s->weights);
  markers_free(&s->markers);
}
