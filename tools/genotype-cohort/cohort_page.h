/* cohort_page.h - the cohort as a page for a person. */
#ifndef COHORT_COHORT_PAGE_H
#define COHORT_COHORT_PAGE_H

#include "common/output.h"
#include "genotype-cohort/kinship.h"

/* 0, or -1 with the fault set. */
int cohort_page_write(const cohort *c, const kinship *pairs, size_t pair_count, output *o, fault *f);

#endif
