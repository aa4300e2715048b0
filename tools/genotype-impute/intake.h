/* intake.h - exports and VCFs become calls with the panel's alleles, a file of them for each person. */
#ifndef IMPUTE_INTAKE_H
#define IMPUTE_INTAKE_H

#include "genotype-impute/run.h"

/* Runs in a child: fills shared->person and writes the files of calls into the run's folder. Returns an exit status;
 * shared->fault says why it is not 0. */
int intake_run(void *r);

#endif
