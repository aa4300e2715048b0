/* options.h - the command line. */
#ifndef IMPUTE_OPTIONS_H
#define IMPUTE_OPTIONS_H

#include "common/fault.h"
#include "genotype-impute/engine.h"

#include <dtcgeno.h>
#include <stddef.h>

enum { OPTIONS_MAPS_MAX = 64, OPTIONS_CHAINS_MAX = 8 };

typedef struct impute_options {
  int prepare;
  const char *output, *panel, *work, *chromosomes, *report, *samples_file, *sample;
  const char *maps[OPTIONS_MAPS_MAX], *chains[OPTIONS_CHAINS_MAX];
  size_t n_maps, n_chains;
  unsigned engines; /* bits; of prepare: none means all that are installed */
  dtc_build build;
  int chr_prefix; /* -1: as the panel */
  int parts;      /* no output, only what it is made of */
  int quiet;
  unsigned jobs;
  engine_limits limits;
  char **inputs; /* the panel's files; exports and VCFs */
  char **names;  /* NULL: not told. One an input */
  size_t n_inputs;
} impute_options;

/* 1: go on; 0: done (help, version); -1: the fault is set. */
int options_read(int argc, char **argv, impute_options *o, fault *f);
void options_free(impute_options *o);

#endif
