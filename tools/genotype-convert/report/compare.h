/* compare.h - two exports of one person side by side: how far they agree, and why not. */
#ifndef CONVERT_COMPARE_H
#define CONVERT_COMPARE_H

#include "genotype-convert/context.h"

/* Prints one JSON object on standard output and, with --rejects, the list of conflicts. Returns the exit status. */
int compare_run(context *c, fault *f);

#endif
