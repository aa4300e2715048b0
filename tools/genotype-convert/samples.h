/* samples.h - the exports of a batch and what their outputs are called. */
#ifndef CONVERT_SAMPLES_H
#define CONVERT_SAMPLES_H

#include "genotype-convert/options.h"

typedef struct sample {
  char *export_path;
  char *name; /* of the outputs, and in the VCF */
} sample;

typedef struct samples {
  sample *items;
  size_t count, capacity;
} samples;

/* Exports come from the command line, else from the samples file; names from the samples file, else they are the
 * numbers of the exports, from 1. Returns 0, or -1 with the fault set. Free in both cases. */
int samples_load(const options *o, samples *s, fault *f);
void samples_free(samples *s);

#endif
