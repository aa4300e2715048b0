/* join.h - the panel's rows, the input's genotypes and the engine's results become one file. */
#ifndef IMPUTE_JOIN_H
#define IMPUTE_JOIN_H

#include "genotype-impute/run.h"

typedef struct join_job {
  run *run;
  const char *path, *index_path; /* temporary files that are there */
  const char *mode;
} join_job;
/* Runs in a child: writes the file and its index, reads the file again, and fills the rest of shared->fates and
 * shared->units. Returns an exit status; shared->fault says why it is not 0. */
int join_run(void *job);
/* Whether a part holds a unit's every row to its end; runs in a child. */
typedef struct join_check {
  run *run;
  size_t unit;
  const char *path;
} join_check;
int join_check_part(void *check);

#endif
