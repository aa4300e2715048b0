/* score_set.h - polygenic scores: their weights, and the sums of persons. */
#ifndef SCORE_SCORE_SET_H
#define SCORE_SCORE_SET_H

#include "base/view.h"
#include "genotype-score/places.h"
#include "genotype-score/score_table.h"

/* Every row of a scoring file has exactly one fate. */
typedef enum row_fate {
  ROW_FOUND,       /* the site is there with both alleles */
  ROW_ABSENT,      /* no record at the position */
  ROW_DIFFERENT,   /* the records there have other alleles */
  ROW_AMBIGUOUS,   /* A/T or C/G, left out */
  ROW_REPEATED,    /* the same position and alleles, in either order, stood in this score before */
  ROW_UNPLACED,    /* without chromosome or position */
  ROW_UNSUPPORTED, /* a haplotype, diplotype or interaction, or an allele that is no sequence */
  ROW_FATE_COUNT
} row_fate;
extern const char *const row_fate_words[ROW_FATE_COUNT];

/* Neumaier's sum: exact to the last digits however many rows there are and whatever their signs. */
typedef struct exact_sum {
  double sum, rest;
} exact_sum;

typedef struct person_sum {
  exact_sum sum;
  uint64_t told;                  /* which rows are in the sum: the marks of those used and filled, added up */
  uint64_t used, filled, missing; /* rows found: with a call, filled by a frequency, left out */
} person_sum;

typedef struct score {
  char *name, *trait, *weight_type;             /* from the file's header; NULL where it does not say */
  dtc_build build;                              /* of the positions that are used */
  uint64_t digest;                              /* FNV-1a of the file's lines and the score's column */
  uint64_t rows, fate[ROW_FATE_COUNT], flipped; /* flipped: of those found */
  uint64_t run;                                 /* the last group of equal markers in which this score was met */
  person_sum *persons;
} score;

typedef enum missing_policy { MISSING_FREQUENCY, MISSING_SKIP } missing_policy;
typedef struct score_policy {
  int keep_ambiguous;
  missing_policy missing;
  int panel; /* the persons are a panel: a missing call of which no frequency is said is filled by theirs */
} score_policy;

typedef struct score_set {
  score *scores;
  size_t count, person_count;
  score_table texts;     /* of all scoring files that were read as text */
  score_table *compiled; /* of each compiled file */
  size_t compiled_count;
  uint64_t runs;
  allele_names *names; /* borrowed */
  score_policy policy;
} score_set;

/* Adds the scores of one scoring file of the PGS Catalog (format 2.0 or 1.0, harmonised or not), of one collection of
 * pgs-calc, or of one compiled file. Positions are those of `build`: the harmonised ones where the file has them of it,
 * else its own; a file of another build is refused, one that does not say is taken. 0, or -1. */
int score_set_load(score_set *s, const char *path, dtc_build build, fault *f);
/* A new last score, zeroed but for its name; NULL: the fault is set, also where the name was given before. */
score *score_set_new(score_set *s, const char *path, view name, fault *f);
/* Refuses positions of another build than the wanted one, where both are known. what: what to do then. */
int score_set_check_build(dtc_build build, dtc_build wanted, const char *path, const char *what, fault *f);
/* Before the first place: `persons` sums each. 0, or -1. */
int score_set_start(score_set *s, size_t persons, fault *f);
/* Has any score a row there? Mostly in ascending order. */
int score_set_wants(score_set *s, uint64_t place);
/* Adds what the current place tells. */
void score_set_meet(score_set *s, places *p);
/* After the last place: counts what was absent. 0, or -1 where weights are too large to be summed. */
int score_set_finish(score_set *s, fault *f);
void score_set_free(score_set *s);

static inline double score_sum(const score *s, size_t person) {
  return s->persons[person].sum.sum + s->persons[person].sum.rest;
}

#endif
