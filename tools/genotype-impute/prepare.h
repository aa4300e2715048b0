/* prepare.h - makes a panel folder. */
#ifndef IMPUTE_PREPARE_H
#define IMPUTE_PREPARE_H

#include "genotype-impute/options.h"

/* 0, or -1 with the fault set: then the folder is no panel. */
int prepare(const impute_options *o, fault *f);

#endif
