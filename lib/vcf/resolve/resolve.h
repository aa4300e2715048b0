/* resolve.h - from the genotype table to VCF records: liftover, PAR, ploidy, REF and ALT, strand, indels, duplicates.
 * The semantics of the whole tool are here and nowhere else. Knows neither files of the output nor htslib.
 *
 * What the tables of the manual leave open:
 *   Sex undetermined: X outside the PARs is as the export writes it, one letter haploid and two letters or none
 * diploid; Y is haploid and written. DTC_LABEL_PAR_ON_Y outside both PARs names no place: CHROM_UNKNOWN. A no-call
 * at a site that two vendors' rows share stays beside the call: merged, not a conflict.
 *   Strand: hets of two letters that are no pair of complements hold REF in nearly all rows of a plus-strand export, in
 * none of a complemented one and in half of the rows of another build. It is proven where at least RESOLVE_STRAND_HETS
 * of them were seen and those without REF are at most one and one in a hundred. Where fewer were seen the vendor's
 * sentence counts, but A/T and C/G mean nothing (STRAND_UNKNOWN); unless RESOLVE_STRAND_AGAINST of them, and more than
 * half, contradict it. Where the strand is not proven, a row is believed only if the site table confirms it: its
 * letters are alleles of the site and their complements are not, or, where rows may be flipped, the other way round. If
 * nothing could be written so, the file is refused; and where the share is below RESOLVE_BUILD_LEAST and neither
 * markers nor the table show that the build is right, it is refused as of another build. Where the markers prove the
 * build and homozygous calls do not look like the reference on either strand, it is the reference, or the table, that
 * does not fit (DTC_REFERENCE_FILE). Flips: from RESOLVE_FLIP_HETS such hets at sites of the table on, rows are flipped
 * only if at least RESOLVE_FLIP_SHARE of them fit their site only when complemented; else a row that would fit
 * complemented shows an error of the table, and is an AlleleMismatch. Names: see names.c. Indels: I is the longer of
 * two alleles and D the shorter; at a site of several ALTs a letter counts only where every ALT is longer than REF (D
 * is REF), or every ALT is shorter (I is REF). Build 36, MT: the built-in NCBI36 has NC_001807, exports mostly number
 * by rCRS. The rows are written where at least RESOLVE_MT_SHARE of at least RESOLVE_MT_CALLS calls hold REF at their
 * own positions, else MT_NOT_RCRS. An assembly of the user's own (--assemblies) is taken at its word: its chain lifts
 * MT like any contig. */
#ifndef VCF_RESOLVE_H
#define VCF_RESOLVE_H

#include "vcf/record.h"

struct dtc_reference; /* reference.h: REF and known ALT of the output assembly */

typedef struct resolve_options {
  const dtc_assembly *from, *to;     /* the export's assembly, the output's */
  const dtc_liftover *liftover;      /* NULL where from is to */
  const dtc_liftover *const *vetoes; /* more chains that must agree */
  size_t n_vetoes;
  const uint64_t *build_markers; /* the verdict's: anchor markers found in each build; NULL: not counted */
  struct dtc_reference *reference;
  dtc_sex sex;             /* decided: by --sex or the verdict */
  unsigned x_copies;       /* where the sex is undetermined: 1 makes X haploid; 0: not known */
  int y_absent;            /* where the sex is undetermined: calls on Y are none */
  dtc_par_frame par_frame; /* the verdict's */
  int deletion_at_last;    /* the vendor writes a deletion at its last base, not at its first */
  int drop_no_calls, variants_only;
  int profile_imputation;        /* only biallelic ACGT PASS records with an ALT, none on Y */
  struct resolve_memory *memory; /* NULL: nothing is kept for the next table */
  int threads;                   /* in all, the caller's among them: 0 and 1 are one. More than two are not used */
} resolve_options;

/* Takes from the verdict (NULL: nothing) what the file told of itself: copies of X, whether there is a Y, the frame of
 * 25, where its vendor puts a deletion. Not the sex, which the caller decides. */
void resolve_options_see(resolve_options *options, const dtc_verdict *verdict);

/* What a thread keeps from one table to the next, to save the asking for it; all zero at first. */
typedef struct resolve_memory {
  void *block;
  size_t bytes;
} resolve_memory;
void resolve_memory_free(resolve_memory *m);

/* See above. Shares are in thousandths. */
enum {
  RESOLVE_STRAND_HETS = 20,
  RESOLVE_STRAND_AGAINST = 5,
  RESOLVE_BUILD_LEAST = 750,
  RESOLVE_FLIP_HETS = 10000,
  RESOLVE_FLIP_SHARE = 1,
  RESOLVE_MARKERS = 10,        /* so many anchor markers in the export's build, */
  RESOLVE_MARKERS_SHARE = 900, /* this share of all that were found, prove it */
  RESOLVE_HOM_LEAST = 650, /* of homozygous calls: REF or its complement. Real exports 750 and more, by chance 500 */
  RESOLVE_MT_CALLS = 20,
  RESOLVE_MT_SHARE = 800
};

/* What is known of the export's strand. */
typedef enum resolve_strand {
  RESOLVE_STRAND_UNPROVEN = 0, /* rows that no table confirms were left out */
  RESOLVE_STRAND_PLUS = 1,     /* proven */
  RESOLVE_STRAND_SAID = 2      /* too few hets: as the vendor says; A/T and C/G were left out */
} resolve_strand;

/* By the hets of two letters that are no pair of complements, and those of them that hold REF. */
resolve_strand resolve_strand_of(uint64_t hets, uint64_t hold_ref);

/* Where the outcome of each row goes. A return other than 0 stops it with DTC_STOPPED. */
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
  resolve_strand strand;
  uint64_t rejected_calls; /* rows with a call that were rejected, but for those that an option asked to leave out */
} resolve_report;

/* Rows that are sorted already: by contig (label) and position, rows of equal position in the file's order. A rejected
 * row is told once, some of them before the first record. Records come in the order of the output: contig, position,
 * SNV before indel. On DTC_BUILD_CONFLICT the REF bases do not fit the export's build, on DTC_STRAND_UNPROVEN nothing
 * could be believed: diag says the share. On DTC_REFERENCE_FILE the reference or the table is not of the build: diag
 * says how it shows. All is borrowed for the call. */
dtc_status resolve_calls(const dtc_calls *calls, const resolve_options *options, const resolve_sink *sink,
                         resolve_report *report, dtc_diag *diag);

/* The same in steps, for who takes records one by one. What concerns the whole file is judged, and rows that need no
 * record are rejected, by resolver_new(); calls, sink and report are borrowed until resolver_free(), options are
 * copied.
 */
typedef struct resolver resolver;
dtc_status resolver_new(const dtc_calls *calls, const resolve_options *options, const resolve_sink *sink,
                        resolve_report *report, resolver **out, dtc_diag *diag);
/* The records of some places more. *more: 0 once there are none left; the report is whole then. Not to be called again
 * after that, or after a status other than DTC_OK. */
dtc_status resolver_step(resolver *r, int *more, dtc_diag *diag);
void resolver_free(resolver *r); /* NULL is fine */

const char *reject_word(reject_why why);

#endif
