/* options.h - the command line of genotype-validate. */
#ifndef GENOTYPE_VALIDATE_OPTIONS_H
#define GENOTYPE_VALIDATE_OPTIONS_H

#include "common/fault.h"

#include <dtcgeno.h>

typedef struct validate_options {
  dtc_options library;
  int json, explain, no_sandbox;
  char *const *files;
  size_t file_count;
} validate_options;

/* 1: run; 0: done (help, version); -1: the fault is set. */
int options_read(int argc, char **argv, validate_options *o, fault *f);

#endif
