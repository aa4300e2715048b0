/* tables.h - what is told of a cohort beside its genotypes. */
#ifndef COHORT_TABLES_H
#define COHORT_TABLES_H

#include "genotype-cohort/cohort.h"

/* Each of the files the options want. 0, or -1. */
int tables_write(const cohort *c, fault *f);

#endif
