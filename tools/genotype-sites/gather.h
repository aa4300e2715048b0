/* gather.h - variants out of VCF files and markers of exports into a collection. */
#ifndef SITES_GATHER_H
#define SITES_GATHER_H

#include "common/fault.h"
#include "common/progress.h"
#include "genotype-sites/collection.h"
#include "genotype-sites/markers.h"

/* What became of the variants read (one REF and one ALT each). */
typedef struct gather_counts {
  uint64_t records, variants, kept, not_wanted, elsewhere, other, wrong_ref;
  uint64_t foreign;      /* records on contigs that are none of the assembly's */
  char foreign_name[32]; /* the first of these contigs, cut */
} gather_counts;

typedef struct gather {
  const dtc_assembly *assembly;
  dtc_reference *bases;
  const markers *wanted; /* NULL: everything */
  collection *into;
  progress *shown; /* through the genome, which is the order of the records; NULL: none */
  uint64_t told;   /* how far that is told */
  gather_counts counts;
} gather;

/* A VCF or BCF, local or a URL. */
int gather_vcf(gather *g, const char *path, fault *f);
/* The markers themselves, with the alleles the exports show. */
int gather_markers(gather *g, fault *f);

#endif
