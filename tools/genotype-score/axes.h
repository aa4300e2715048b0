/* axes.h - projection on principal axes that plink2 made: --pca allele-wts with --freq counts. */
#ifndef SCORE_AXES_H
#define SCORE_AXES_H

#include "genotype-score/marker.h"
#include "genotype-score/places.h"

#include <htslib/khash.h>

KHASH_MAP_INIT_STR(rows_of, uint32_t)

enum { AXES_MOST = 64 };

typedef struct axis_row {
  allele effect, other;
  unsigned contig;
  double frequency; /* of effect; NAN until it is known */
  uint32_t next;    /* the next row of the same ID, or UINT32_MAX */
} axis_row;

typedef struct axes {
  size_t count; /* of axes */
  axis_row *rows;
  double *weights; /* a line of `count` values a row */
  size_t row_count, row_capacity;
  khash_t(rows_of) * ids;     /* the first row of each ID */
  markers markers;            /* the first rows of IDs that are CHROM:POS:REF:ALT */
  size_t person_count, found; /* found: variants */
  double *sums;               /* a line of `count` values a person */
  uint64_t *alleles;          /* those counted in them, as plink2's ALLELE_CT */
  allele_names *names;        /* borrowed */
} axes;

/* What stands behind PREFIX: .eigenvec.allele, .acount and .afreq. */
enum { AXES_FILES = 3 };
extern const char *const axes_suffixes[AXES_FILES];
/* The first, and the second or else the third. 0, or -1. */
int axes_load(axes *a, const char *prefix, fault *f);
int axes_start(axes *a, size_t persons, fault *f);
void axes_meet(axes *a, places *p);
/* What plink2 --score ... variance-standardize no-mean-imputation prints as AVG; NAN where nothing was found. */
double axes_at(const axes *a, size_t person, size_t axis);
void axes_free(axes *a);

#endif
