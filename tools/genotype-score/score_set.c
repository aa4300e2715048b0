#include "genotype-score/score_set.h"

#include "genotype-score/compiled_scores.h"
#include "genotype-score/match.h"
#include "genotype-score/scoring_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const row_fate_words[ROW_FATE_COUNT] = {"found",    "absent",   "different",  "ambiguous",
                                                    "repeated", "unplaced", "unsupported"};

score *score_set_new(score_set *s, const char *path, view name, fault *f) {
  for (size_t i = 0; i < s->count; i++)
    if (view_is(name, s->scores[i].name)) {
      fault_set(f, EXIT_REFUSED, "%s: a score %.60s was given before", path, s->scores[i].name);
      return NULL;
    }
  score *larger = realloc(s->scores, (s->count + 1) * sizeof *larger);
  if (larger) {
    s->scores = larger;
    larger[s->count] = (score){.name = strndup(name.at, name.length)};
  }
  if (!larger || !larger[s->count].name) {
    fault_memory(f);
    return NULL;
  }
  return &larger[s->count++];
}

int score_set_check_build(dtc_build build, dtc_build wanted, const char *path, const char *what, fault *f) {
  if (build == DTC_BUILD_UNKNOWN || wanted == DTC_BUILD_UNKNOWN || build == wanted)
    return 0;
  return fault_set(f, EXIT_REFUSED, "%s is for %s, the genotypes are of %s: %s", path, dtc_build_name(build),
                   dtc_build_name(wanted), what);
}

int score_set_load(score_set *s, const char *path, dtc_build build, fault *f) {
  return compiled_scores_is(path) ? compiled_scores_map(s, path, build, f) : scoring_file_load(s, path, build, f);
}

int score_set_start(score_set *s, size_t persons, fault *f) {
  s->person_count = persons;
  for (size_t i = 0; i < s->count; i++)
    if (!(s->scores[i].persons = calloc(persons, sizeof *s->scores[i].persons)))
      return fault_memory(f);
  return score_table_sort(&s->texts, f);
}

static void add(exact_sum *s, double value) {
  double sum = s->sum + value;
  s->rest += fabs(s->sum) >= fabs(value) ? (s->sum - sum) + value : (value - sum) + s->sum;
  s->sum = sum;
}

/* The effect allele's frequency: the score's own, else that of the record's INFO/AF. */
static double frequency_of(const score_row *w, places *p, const match *m) {
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

/* What is to be expected of a row whose effect is no straight line. */
static double expected_of(const score_table *t, const score_row *row, const chances *c, unsigned each) {
  double sum = 0;
  for (unsigned k = 0; k < 3; k++)
    if (c->of[k] > 0)
      sum += c->of[k] * score_row_value(t, row, k * each);
  return sum;
}

/* Of a genotype that nobody knows, by the allele's frequency (Hardy and Weinberg). */
static chances chances_by(double frequency, unsigned ploidy) {
  double f = frequency, rest = 1 - f;
  return ploidy == 1 ? (chances){{rest, f, 0}} : (chances){{rest * rest, 2 * f * rest, f * f}};
}

static double frequency_among(const dosage *carried, size_t persons) {
  double copies = 0, of = 0;
  for (size_t i = 0; i < persons; i++)
    if (!isnan(carried[i].copies)) {
      copies += carried[i].copies;
      of += carried[i].ploidy;
    }
  return of > 0 ? copies / of : NAN;
}

/* The frequency that stands for a missing call, or NAN. */
static double filling_of(const score_set *s, const score_row *row, places *p, const match *m, const dosage *carried) {
  if (s->policy.missing == MISSING_SKIP)
    return NAN;
  double said = frequency_of(row, p, m);
  return isnan(said) && s->policy.panel ? frequency_among(carried, s->person_count) : said;
}

/* The last step of splitmix64: Steele, Lea and Flood 2014, doi 10.1145/2714064.2660195. */
static uint64_t mixed(uint64_t x) {
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

static uint64_t with(uint64_t mark, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return mixed(mark ^ bits);
}

static uint64_t letter(allele a) { return a == ALLELE_UNKNOWN ? 5 : allele_is_base(a) ? a : 4; }

/* The same in every run for the same row of a score; references keep sums of it, so that another rule is another
 * version of theirs. Numbers of alleles of several bases are a run's own; rows that differ in nothing else have the
 * same effect at the same place. */
static uint64_t mark_of(const score_table *t, const score_row *row) {
  uint64_t mark = with(mixed(row->place) ^ (letter(row->effect) << 3 | letter(row->other)), row->weight);
  for (int k = 0; row->kind >= EFFECT_GIVEN && k < 3; k++)
    mark = with(mark, t->given[row->kind - EFFECT_GIVEN].copies[k]);
  return mark;
}

static void add_found(score_set *s, const score_table *t, const score_row *row, places *p, const match *m) {
  score *one = &s->scores[t->first_score + row->score];
  const dosage *carried = places_dosages(p, m->record, m->index, REF_OF_SITE);
  int straight = row->kind == EFFECT_ADDITIVE;
  const chances *told = straight ? NULL : places_chances(p, m->record, m->index);
  int x = places_at(p) >> 32 == DTC_CONTIG_X, asked = 0;
  uint64_t mark = mark_of(t, row);
  double frequency = NAN;
  for (size_t i = 0; i < s->person_count; i++) {
    person_sum *person = &one->persons[i];
    /* a man's one X counts as two of a woman's, as in plink2's default (--xchr-model 2) */
    unsigned each = x && carried[i].ploidy == 1 ? 2 : 1;
    double copies = carried[i].copies * each, value;
    if (told && !isnan(told[i].of[0])) {
      person->used++;
      value = expected_of(t, row, &told[i], each);
    } else if (isnan(copies)) {
      if (!asked++)
        frequency = filling_of(s, row, p, m, carried);
      if (isnan(frequency)) {
        person->missing++;
        continue;
      }
      person->filled++;
      chances by = chances_by(frequency, carried[i].ploidy);
      value = straight ? score_row_value(t, row, frequency * carried[i].ploidy * each) : expected_of(t, row, &by, each);
    } else {
      person->used++;
      value = score_row_value(t, row, copies);
    }
    person->told += mark;
    add(&person->sum, value);
  }
}

static void meet_table(score_set *s, score_table *t, places *p) {
  size_t count;
  if (!t->count)
    return;
  const score_row *at = score_table_find(t, places_at(p), &count);
  match matches[2]; /* of two alleles in either order */
  int known[2] = {0, 0};
  for (size_t i = 0; i < count; i++) {
    score *one = &s->scores[t->first_score + at[i].score];
    int order = at[i].effect > at[i].other;
    if (i == 0 || score_row_compare(&at[i], &at[i - 1]) != 0) {
      known[0] = known[1] = 0;
      s->runs++;
    }
    if (!known[order])
      matches[order] = match_alleles(p, score_table_allele(t, at[i].effect), score_table_allele(t, at[i].other),
                                     s->policy.keep_ambiguous);
    known[order] = 1;
    match m = matches[order];
    row_fate fate = m.kind == MATCH_NONE ? ROW_DIFFERENT : m.kind == MATCH_AMBIGUOUS ? ROW_AMBIGUOUS : ROW_FOUND;
    if (one->run == s->runs)
      fate = ROW_REPEATED;
    one->run = s->runs;
    one->fate[fate]++;
    if (fate != ROW_FOUND)
      continue;
    one->flipped += m.kind == MATCH_FLIPPED;
    add_found(s, t, &at[i], p, &m);
  }
}

int score_set_wants(score_set *s, uint64_t place) {
  int has = s->texts.count && score_table_has(&s->texts, place);
  for (size_t i = 0; !has && i < s->compiled_count; i++)
    has = score_table_has(&s->compiled[i], place);
  return has;
}

void score_set_meet(score_set *s, places *p) {
  meet_table(s, &s->texts, p);
  for (size_t i = 0; i < s->compiled_count; i++)
    meet_table(s, &s->compiled[i], p);
}

int score_set_finish(score_set *s, fault *f) {
  for (size_t i = 0; i < s->count; i++) {
    score *one = &s->scores[i];
    uint64_t told = 0;
    for (int k = 0; k < ROW_FATE_COUNT; k++)
      told += k == ROW_ABSENT ? 0 : one->fate[k];
    one->fate[ROW_ABSENT] = one->rows - told;
    for (size_t k = 0; k < s->person_count; k++)
      if (!isfinite(score_sum(one, k)))
        return fault_set(f, EXIT_REFUSED, "the sum of the score %.60s is no number: its weights are too large",
                         one->name);
  }
  return 0;
}

void score_set_free(score_set *s) {
  for (size_t i = 0; i < s->count; i++) {
    free(s->scores[i].name);
    free(s->scores[i].trait);
    free(s->scores[i].weight_type);
    free(s->scores[i].persons);
  }
  free(s->scores);
  score_table_free(&s->texts);
  for (size_t i = 0; i < s->compiled_count; i++)
    score_table_free(&s->compiled[i]);
  free(s->compiled);
}
