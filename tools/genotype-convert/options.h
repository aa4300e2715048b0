/* options.h - the command line of genotype-convert, checked. */
#ifndef CONVERT_OPTIONS_H
#define CONVERT_OPTIONS_H

#include "common/fault.h"

#include <dtcgeno-vcf.h>

enum { OPTIONS_CHAINS_MAX = 8 };

/* Texts are those of argv. */
typedef struct options {
  const char *sequence, *sites;                       /* NULL: none */
  const char *output;                                 /* NULL: standard output */
  const char *report, *report_html, *rejects, *table; /* NULL: none. In a batch: folders */
  const char *psam;                                   /* one file, of a batch too */
  const char *sample;
  const char *assemblies, *samples_file, *summary, *multiqc;
  const char *chains[OPTIONS_CHAINS_MAX];
  size_t n_chains;
  dtc_file_type type;
  int level;
  dtc_index index;
  dtc_build build; /* of the output; DTC_BUILD_UNKNOWN: the export's */
  dtc_chr chr;
  dtc_sex sex;   /* DTC_SEX_UNDETERMINED: by evidence */
  int fast;      /* our own engines */
  int vcf_minor; /* of VCF 4: 2 or 3 */
  int split_x_par, split_contigs, drop_no_calls, variants_only, profile_imputation, profile_pharmcat, strict;
  uint64_t min_rows, max_size, max_unpacked, max_rows; /* limits of an export; 0: the policy's */
  int threads, jobs;
  int progress, verbose, quiet, no_sandbox;
  int compare; /* exports[0] and exports[1] are two kits of one person */
  int batch;   /* output is a folder */
  char *const *exports;
  size_t n_exports;
} options;

/* 1: run; 0: done (help, version); -1: the fault is set. */
int options_read(options *o, int argc, char **argv, fault *f);
/* Refuses an output that is one of the inputs, or two outputs of one name. Returns 0 or -1. */
int options_check_files(const options *o, fault *f);

/* Help. */
extern const char usage_text[];

#endif
