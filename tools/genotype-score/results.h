/* results.h - all that was found out about the persons of one run, for the reports. */
#ifndef SCORE_RESULTS_H
#define SCORE_RESULTS_H

#include "common/output.h"
#include "genotype-score/axes.h"
#include "genotype-score/options.h"
#include "genotype-score/populations.h"
#include "genotype-score/reference.h"
#include "genotype-score/score_set.h"

typedef struct results {
  const score_options *options;
  const places *places;
  score_set scores;
  axes axes;
  populations populations;
  reference reference;
} results;

/* Why a score has no z. */
typedef enum standing_note {
  STANDING_TOLD,
  STANDING_NO_REFERENCE,
  STANDING_OVERLAP,
  STANDING_OLD,
  STANDING_ROWS,
  STANDING_NO_SPREAD
} standing_note;
extern const char *const standing_words[];

/* A person's sum beside the persons of the reference: told of sums over the very same rows, as each row that only one
 * of the two has shifts the sum by what everybody has of it. */
typedef struct standing {
  standing_note note;
  const distribution *distribution; /* NULL where there is none */
  double overlap;                   /* rows with a call, of those the reference was made with */
  double z, percentile;             /* where note is STANDING_TOLD */
} standing;
standing results_standing(const results *r, const score *s, size_t person);
/* What a reader of the score should know, as a sentence without its end; NULL: nothing. */
const char *results_warning(const score *s);

/* The writers of JSON, a table and a page. 0, or -1. */
int write_json(const results *r, output *o, fault *f);
int write_table(const results *r, output *o, fault *f);
int write_page(const results *r, output *o, fault *f);

#endif
