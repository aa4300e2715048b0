/* resolve.h - from the genotype table to VCF records: liftover, PAR, ploidy, REF and ALT, strand, indels, duplicates.
 * The semantics of the whole tool are here and nowhere else. Knows neither files of the output nor htslib. */
#ifndef CONVERT_RESOLVE_H
#define CONVERT_RESOLVE_H

#include "record.h"

struct reference; /* reference.h: REF and known ALT of the output assembly */

typedef struct resolve_options {
  const dtc_assembly *from, *to;       /* the export's assembly, the output's */
  const dtc_liftover *liftover;        /* NULL where from is to */
  const dtc_liftover *const *vetoes;   /* more chains that must agree */
  size_t n_vetoes;
  struct reference *reference;
  dtc_sex sex;                         /* decided: by --sex or the verdict */
  int drop_no_calls, variants_only;
  int profile_imputation;              /* only biallelic ACGT PASS records with an ALT */
} resolve_options;

/* Where the outcome of each row goes. A return other than 0 stops resolve_run with DTC_STOPPED. */
typedef struct resolve_sink {
  int (*on_record)(void *opaque, const record *r);
  /* row: index into the table's calls */
  int (*on_reject)(void *opaque, size_t row, reject_why why);
  void *opaque;
} resolve_sink;

/* What was learned on the way; sums over the table's calls: rows = written + merged + all of rejected. */
typedef struct resolve_report {
  uint64_t rows, records, written, merged, rejected[REJECT_COUNT];
  uint64_t filtered[RECORD_FILTER_COUNT], flipped, reverse_lifted;
  uint64_t female_y_calls;
  /* the file's strand and build, judged by non-palindromic heterozygous calls: how many, how many hold REF */
  uint64_t strand_hets, strand_hets_with_ref;
  int strand_ok; /* 1: plus; 0: not proven, palindromic calls were left out */
} resolve_report;

/* Sorts the table. Records come in the order of the output: contig, position, SNV before indel. On DTC_BUILD_CONFLICT the
 * REF bases do not fit the export's build: diag says the share. table and options are borrowed for the call. */
dtc_status resolve_run(dtc_table *table, const resolve_options *options, const resolve_sink *sink, resolve_report *report,
                       dtc_diag *diag);

const char *reject_word(reject_why why);

#endif
