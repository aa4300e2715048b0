/* cohort.h - the persons of a cohort and their genotypes. */
#ifndef COHORT_COHORT_H
#define COHORT_COHORT_H

#include "genotype-cohort/lifts.h"
#include "genotype-cohort/options.h"
#include "genotype-cohort/site_set.h"

#include <dtcgeno-vcf.h>

typedef struct person {
  const char *export_path, *name; /* borrowed from the options */
  fault fault;                    /* why the export is not in, or EXIT_WRITTEN */
  char vendor[32], array[32];
  dtc_build build; /* of the export; UNKNOWN where it could not be read */
  dtc_sex sex;
  uint64_t rows, rejected, records;
  call *calls; /* by site number, call_count of them; sites beyond have none */
  size_t call_count;
  uint64_t called, missing, heterozygous; /* of autosomal sites in the output; the first two over all sites */
  uint64_t autosomal;
} person;

typedef struct cohort {
  const cohort_options *options;
  const dtc_assembly *assembly;
  dtc_reference *reference;
  lifts lifts;
  site_set *sites;
  person *persons; /* one an export, in the order given */
  size_t count;
  size_t in;       /* persons without a fault */
  uint32_t *order; /* sites of the output in the genome's order */
  size_t order_count;
} cohort;

/* Reads every export. A bad one has its fault and is left out. 0, or -1 where nothing can be made. */
int cohort_read(cohort *c, const cohort_options *o, fault *f);
/* Chooses the sites of the output, and counts calls. 0, or -1. */
int cohort_settle(cohort *c, fault *f);
void cohort_free(cohort *c);

static inline call cohort_call(const person *p, uint32_t number) {
  return number < p->call_count ? p->calls[number] : CALL_NONE;
}

#endif
