/* options.h - the command line of genotype-score. */
#ifndef SCORE_OPTIONS_H
#define SCORE_OPTIONS_H

#include "genotype-score/score_set.h"

typedef enum score_command { COMMAND_SCORE, COMMAND_REFERENCE, COMMAND_FREQUENCIES, COMMAND_COMPILE } score_command;

/* All borrowed from argv but the list of scores. */
typedef struct score_options {
  score_command command;
  const char **scores; /* score_count of them */
  char *const *files;  /* file_count of them */
  size_t score_count, file_count;
  const char *axes, *populations, *reference, *population, *groups, *panel, *assembly;
  const char *output, *tsv, *html;
  int no_sandbox, fast;
  double min_overlap;
  score_policy policy;
  dosage_source source;
} score_options;

/* 1: run; 0: done (help, version); -1: the fault is set. */
int options_read(int argc, char **argv, score_options *o, fault *f);
void options_free(score_options *o);

#endif
