/* target.h - the calls of all persons beside the rows of a unit: what the engine is given, and what is put back. */
#ifndef IMPUTE_TARGET_H
#define IMPUTE_TARGET_H

#include "genotype-impute/run.h"

/* Too few typed rows to phase anything by. */
enum { TARGET_ROWS_MIN = 10 };

typedef struct target_job {
  run *run;
  size_t unit;
} target_job;
/* Runs in a child: writes UNIT.typed.bcf and the engine's target into the run's folder, fills shared->units and
 * shared->fates. Returns an exit status. */
int target_run(void *job);

#endif
