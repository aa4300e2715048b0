/* options.h - the command line of genotype-validate. */
#ifndef GENOTYPE_VALIDATE_OPTIONS_H
#define GENOTYPE_VALIDATE_OPTIONS_H

#include <dtcgeno.h>

typedef struct validate_options {
  dtc_options library;
  int json, explain, no_sandbox;
  char *const *files;
  int file_count;
} validate_options;

/* What to do after the command line is read. */
typedef enum options_outcome {
  OPTIONS_RUN,
  OPTIONS_DONE, /* --help or --version has been printed */
  OPTIONS_WRONG /* told on standard error */
} options_outcome;

options_outcome options_read(int argc, char **argv, validate_options *out);

#endif
