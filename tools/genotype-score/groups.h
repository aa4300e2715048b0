/* groups.h - which population each sample of a panel belongs to. */
#ifndef SCORE_GROUPS_H
#define SCORE_GROUPS_H

#include "genotype-score/places.h"

typedef struct groups {
  char **names;
  size_t count;
  size_t *of; /* by sample: an index into names, or SIZE_MAX */
} groups;

/* A table of sample and population, tab-separated; a first line that begins with '#' names the columns, of which IID
 * and the last count. A .psam with a population as its last column is one. path NULL: nobody belongs anywhere. 0, or
 * -1. */
int groups_load(groups *g, const char *path, const places *p, fault *f);
void groups_free(groups *g);

#endif
