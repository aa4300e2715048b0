/* scoring_file.h - scoring files of the PGS Catalog and collections of pgs-calc, as text. */
#ifndef SCORE_SCORING_FILE_H
#define SCORE_SCORING_FILE_H

#include "genotype-score/score_set.h"

/* As score_set_load, of a text, plain or gzip. */
int scoring_file_load(score_set *set, const char *path, dtc_build build, fault *f);

#endif
