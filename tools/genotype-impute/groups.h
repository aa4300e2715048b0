/* groups.h - persons who are typed at the same places. Only those go to an engine together: Eagle fills in what one
 * lacks and another has, and minimac4 takes that for typed. */
#ifndef IMPUTE_GROUPS_H
#define IMPUTE_GROUPS_H

#include "genotype-impute/run.h"

/* Gives every person that is in a group, and counts them; reads the files of calls. 0, or -1 with the fault set. */
int groups_find(run *r, fault *f);

#endif
