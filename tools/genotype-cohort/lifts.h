/* lifts.h - the chains by which exports of other assemblies come to that of the cohort. */
#ifndef COHORT_LIFTS_H
#define COHORT_LIFTS_H

#include "genotype-cohort/options.h"

#include <dtcgeno-vcf.h>

typedef struct lift {
  int tried;
  const dtc_liftover *chains[COHORT_CHAINS_MAX]; /* the first decides, the others are vetoes */
  size_t count;
} lift;

typedef struct lifts {
  lift from[COHORT_BUILDS_MAX]; /* by dtc_build */
} lifts;

/* The files of the options that lead from one assembly to the other, read when first asked for; a file that is for
 * other assemblies is passed over. NULL, with the fault set, where none leads there or one cannot be read. */
const lift *lifts_find(lifts *l, const cohort_options *o, const dtc_assembly *from, const dtc_assembly *to, fault *f);
void lifts_free(lifts *l);

#endif
