/* resolve.h - from the genotype table to VCF records: liftover, PAR, ploidy, REF and ALT, strand, indels, duplicates.
 * The semantics of the whole tool are here and nowhere else. Knows neither files of the output nor htslib.
 *
 * What the tables of the manual leave open:
 *   Sex undetermined: X outside the PARs is as the export writes it, one letter haploid and two letters or none
 * diploid; Y is haploid and written. AncestryDNA's label 25 outside both PARs names no place: CHROM_UNKNOWN. A no-call
 * at a site that two vendors' rows share stays beside the call: merged, not a conflict. Strand: hets of two letters
 * that are no pair of complements hold REF in nearly all rows of a plus-strand export (RESOLVE_STRAND_SHARE of them,
 * asked of files with at least RESOLVE_STRAND_FULL such hets) and in half of the rows of a file on another strand or of
 * another build. Smaller files (panels, model genomes) may hold deliberate faults in a tenth of their rows and are only
 * asked for RESOLVE_STRAND_LEAST; below RESOLVE_STRAND_HETS nothing is judged. Where the share is missed, calls at A/T
 * and C/G sites are rejected (STRAND_UNKNOWN). Where it is below RESOLVE_STRAND_LEAST and neither markers nor the site
 * table show that the build is right, the file is refused. Flips: where the file has at least RESOLVE_FLIP_HETS such
 * hets at sites of the table and not one of them fits the site only when complemented, the file holds no flipped rows;
 * a row that would fit complemented then shows an error of the table, and is an AlleleMismatch. Build 36, MT: the
 * built-in NCBI36 has NC_001807, exports mostly number by rCRS. The rows are written where at least RESOLVE_MT_SHARE of
 * at least RESOLVE_MT_CALLS calls hold REF at their own positions, else MT_NOT_RCRS. An assembly of the user's own
 * (--assemblies) is taken at its word: its chain lifts MT like any contig. */
#ifndef VCF_RESOLVE_H
#define VCF_RESOLVE_H

#include "vcf/record.h"

struct reference; /* reference.h: REF and known ALT of the output assembly */

typedef struct resolve_options {
  const dtc_assembly *from, *to;     /* the export's assembly, the output's */
  const dtc_liftover *liftover;      /* NULL where from is to */
  const dtc_liftover *const *vetoes; /* more chains that must agree */
  size_t n_vetoes;
  const uint64_t *build_markers; /* the verdict's: anchor markers found in each build; NULL: not counted */
  struct reference *reference;
  dtc_sex sex; /* decided: by --sex or the verdict */
  int drop_no_calls, variants_only;
  int profile_imputation; /* only biallelic ACGT PASS records with an ALT */
  struct resolve_memory *memory; /* NULL: nothing is kept for the next table */
} resolve_options;

/* What a thread keeps from one table to the next, to save the asking for it; all zero at first. */
typedef struct resolve_memory {
  void *block;
  size_t bytes;
} resolve_memory;
void resolve_memory_free(resolve_memory *m);

/* See above. Shares are in thousandths. */
enum {
  RESOLVE_STRAND_HETS = 200,
  RESOLVE_STRAND_FULL = 50000,
  RESOLVE_STRAND_SHARE = 990,
  RESOLVE_STRAND_LEAST = 750,
  RESOLVE_FLIP_HETS = 10000,
  RESOLVE_MARKERS = 10,        /* so many anchor markers in the export's build, */
  RESOLVE_MARKERS_SHARE = 900, /* this share of all that were found, prove it */
  RESOLVE_MT_CALLS = 20,
  RESOLVE_MT_SHARE = 800
};

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

/* Sorts the table. A rejected row is told once, some of them before the first record. Records come in the order of the
 * output: contig, position, SNV before indel. On DTC_BUILD_CONFLICT the REF bases do not fit the export's build: diag
 * says the share. table and options are borrowed for the call. */
dtc_status resolve_run(dtc_table *table, const resolve_options *options, const resolve_sink *sink,
                       resolve_report *report, dtc_diag *diag);

/* The same for rows that are sorted already: by contig (label) and position, rows of equal position in the file's
 * order. */
dtc_status resolve_calls(const dtc_calls *calls, const resolve_options *options, const resolve_sink *sink,
                         resolve_report *report, dtc_diag *diag);

const char *reject_word(reject_why why);

#endif
