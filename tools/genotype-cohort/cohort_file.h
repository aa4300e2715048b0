/* cohort_file.h - the cohort as one multi-sample VCF or BCF, through htslib. */
#ifndef COHORT_COHORT_FILE_H
#define COHORT_COHORT_FILE_H

#include "genotype-cohort/cohort.h"

/* Writes the file and its index; neither appears before both are whole. 0, or -1. */
int cohort_file_write(const cohort *c, fault *f);

#endif
