/* reference.h - what a person is held against: how the scores of a panel's persons are spread, in all of them and in
 * each population, and where they stand on the axes. A tab-separated file, made by `genotype-score reference`. */
#ifndef SCORE_REFERENCE_H
#define SCORE_REFERENCE_H

#include "common/output.h"
#include "genotype-score/axes.h"
#include "genotype-score/groups.h"
#include "genotype-score/score_set.h"

enum { QUANTILES = 101 }; /* the 0th to the 100th percentile */
/* The population that everybody belongs to. */
#define EVERYBODY "ALL"

typedef struct distribution {
  char *score, *population;
  uint64_t digest, samples, rows, found; /* digest, rows, found: as in struct score */
  uint64_t told;                         /* as in struct person_sum; of all the persons, if the reference tells rows */
  double mean, spread;                   /* spread: the sample standard deviation */
  double quantile[QUANTILES];
} distribution;

typedef struct axes_point {
  char *population;
  double at[AXES_MOST];
} axes_point;

typedef struct reference {
  distribution *distributions;
  axes_point *points;
  size_t distribution_count, point_count, axis_count;
  char ambiguous; /* as score_policy's keep_ambiguous, plus one; 0: the file does not say */
  int tells_rows; /* 0: the file is of version 1, and nobody knows which rows are in its sums */
} reference;

/* Writes the file from what a panel's persons have, of score_policy.panel. groups gives each a population, or none. 0,
 * or -1. */
int reference_write(output *o, const score_set *s, const axes *a, const groups *g, fault *f);

int reference_load(reference *r, const char *path, fault *f);
/* Sums over other rows have another spread: refuses a reference that was made with another policy. 0, or -1. */
int reference_check(const reference *r, const score_policy *policy, const char *path, fault *f);
void reference_free(reference *r);
/* NULL where there is none for this very score. */
const distribution *reference_find(const reference *r, const score *s, const char *population);
/* Where a sum stands among the persons, 0 to 100. */
double reference_percentile(const distribution *d, double sum);

/* One population as seen from a place on the axes. */
typedef struct nearness {
  const char *population; /* borrowed from the reference */
  size_t samples;
  double distance; /* to the population's middle; each axis in units of its spread within populations */
} nearness;
/* Fills at most `most` populations, the nearest first. Returns how many. */
size_t reference_nearest(const reference *r, const double *at, nearness *out, size_t most);

#endif
