/* frequencies.h - the table of allele frequencies that `--populations` reads, made from a panel. */
#ifndef SCORE_FREQUENCIES_H
#define SCORE_FREQUENCIES_H

#include "common/output.h"
#include "genotype-score/groups.h"

/* One line for each biallelic SNV of an autosome that is called in every population. Reads the panel to its end. 0, or
 * -1. */
int frequencies_write(output *o, places *p, const groups *g, fault *f);

#endif
