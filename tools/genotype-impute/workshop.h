/* workshop.h - the folder of a run's parts, and in it a folder of each process that works there. Several processes may
 * work in one: on one machine or, where the file system has locks, on several. */
#ifndef IMPUTE_WORKSHOP_H
#define IMPUTE_WORKSHOP_H

#include "genotype-impute/run.h"

/* Makes both, takes the lock of this run's own, and clears away what killed runs left. 0, or -1. */
int workshop_open(run *r, fault *f);
/* Removes this run's own folder; all: the parts of the wanted units and, where it is empty then, the other one, too. */
void workshop_close(run *r, int all);

#endif
