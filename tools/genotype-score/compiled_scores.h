/* compiled_scores.h - scoring files as one file that is mapped instead of read. */
#ifndef SCORE_COMPILED_SCORES_H
#define SCORE_COMPILED_SCORES_H

#include "common/output.h"
#include "genotype-score/score_set.h"

/* Writes the scores that were read as text. 0, or -1. */
int compiled_scores_write(output *o, score_set *s, fault *f);
/* Does the file begin as a compiled one? */
int compiled_scores_is(const char *path);
/* Adds its scores, after a look at every byte: a file that is cut off, damaged, of another version or another byte
 * order is refused. Sums are those of the texts it was made of. 0, or -1. */
int compiled_scores_map(score_set *s, const char *path, dtc_build build, fault *f);

#endif
