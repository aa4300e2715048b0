/* options.h - the command line of genotype-cohort. */
#ifndef COHORT_OPTIONS_H
#define COHORT_OPTIONS_H

#include "common/fault.h"

#include <dtcgeno.h>

enum { COHORT_CHAINS_MAX = 8, COHORT_BUILDS_MAX = 8 };

/* Borrowed from argv but the lists, the names and the assemblies. */
typedef struct cohort_options {
  char **exports, **names; /* count of them; names are unique */
  size_t count;
  const char *sequence, *sites, *output, *samples_file, *psam, *fam, *table, *relatives, *report;
  const char *chains[COHORT_CHAINS_MAX];
  size_t chain_count;
  dtc_build build;
  const dtc_assemblies *assemblies;
  dtc_assemblies *own; /* what assemblies is where it is not built in */
  int intersection, chr_prefix, no_sandbox, quiet;
  char mode[4]; /* htslib's for writing */
} cohort_options;

/* 1: run; 0: done (help, version); -1: the fault is set. */
int options_read(int argc, char **argv, cohort_options *o, fault *f);
void options_free(cohort_options *o);

#endif
