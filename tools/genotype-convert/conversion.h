/* conversion.h - one export, from its bytes to the finished files. */
#ifndef CONVERT_CONVERSION_H
#define CONVERT_CONVERSION_H

#include "genotype-convert/context.h"
#include "genotype-convert/positions.h"

/* What to make of one export. Texts are borrowed; NULL: not wanted. */
typedef struct conversion_job {
  const char *export_path; /* "-": standard input */
  const char *sample;
  int write_vcf;
  const char *output; /* NULL: standard output */
  const char *report, *report_html, *rejects, *table;
  int show_progress;
} conversion_job;

/* Of this program's own header: what a later library adds is not told by it. */
enum {
#define DTC_X(...) +1
  REJECTIONS = 0 DTC_REJECTION_LIST(DTC_X),
  FILTERS = 0 DTC_FILTER_LIST(DTC_X)
#undef DTC_X
};

/* Why less than half of the calls, or no record at all, came through. */
typedef enum little_reason {
  LITTLE_NOT,
  LITTLE_UNREAD,    /* most rows have no meaning: the export was changed */
  LITTLE_SELECTION, /* the site table was not made to have them all */
  LITTLE_UNFIT,     /* reference, site table and export do not fit each other */
  LITTLE_ASKED      /* options leave every row out */
} little_reason;

/* Plain data. */
typedef struct conversion_result {
  fault fault;          /* exit_status is that of the conversion */
  dtc_verdict *verdict; /* the workspace's, until its next conversion; NULL where it did not come to that */
  int refused;          /* the verdict says why */
  dtc_build build;      /* of the output; DTC_BUILD_UNKNOWN where it did not come to that */
  dtc_sex sex;          /* that was used */
  int chr_prefix;       /* contigs are called chr1 ... */
  const char *engine;   /* that wrote; static */
  int has_sequence;
  char sites_digest[80]; /* empty: no site table */
  const sequence_digest *sequence;
  const lift_chains *lift; /* NULL: none was used */
  dtc_conversion_sums sums;
  uint64_t filtered[FILTERS];
  uint64_t rejected[REJECTIONS]; /* the parser's and the conversion's */
  uint64_t records, output_bytes;
  uint64_t calls, lost_calls; /* of the parser's rejects, too; lost: but for those that an option asked to leave out */
  little_reason little;       /* other than LITTLE_NOT: the verdict has DTC_WARNING_LITTLE_WRITTEN */
  uint64_t sites;             /* of the site table */
  const gene_coverage *genes; /* --profile pharmcat, else NULL; until the reports are written */
  size_t gene_count;
} conversion_result;

uint64_t conversion_rejected(const conversion_result *r);

/* Reads an export as the options say, into *table, or into a new one where it is NULL; freed with dtc_table_free.
 * Returns 0, or -1 with the fault and *refused set. */
int conversion_load(const context *c, const char *path, dtc_table **table, dtc_verdict *verdict, int *refused,
                    fault *f);

/* Fills the result; what it could not finish leaves nothing behind. Returns the exit status. */
int conversion_run(workspace *w, const conversion_job *job, conversion_result *result);

#endif
