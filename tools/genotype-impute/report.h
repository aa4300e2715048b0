/* report.h - what became of a run, as JSON. */
#ifndef IMPUTE_REPORT_H
#define IMPUTE_REPORT_H

#include "genotype-impute/run.h"

/* Writes --report. 0, or -1. */
int report_write(const run *r, fault *f);
/* The same in two or three lines on standard error. */
void report_say(const run *r);

#endif
