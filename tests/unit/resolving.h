/* resolving.h - a tiny genome, rows on it by hand, and what the resolver makes of them, as text. */
#ifndef DTC_TESTS_UNIT_RESOLVING_H
#define DTC_TESTS_UNIT_RESOLVING_H

#include "suite.h"
#include "vcf/resolve/resolve.h"

/* So many plain heterozygous calls prove a strand; what proves it is left out of the outcome: names from PROOF_ID on.
 */
enum { CONTIG_BASES = 2000, ROWS_MAX = 400, PROOF_HETS = 20, PROOF_ID = 100000 };

/* Of the output. */
extern dtc_assembly assembly;
extern char fasta[128], table[128];
void setup(void);
void teardown(void);
/* What stands there on each contig. */
char base_at(unsigned position);
void write_fasta(unsigned contig_bases);

/* Rows by hand; names are rs numbers. */
typedef struct rows {
  uint32_t position[ROWS_MAX], id[ROWS_MAX], line[ROWS_MAX];
  uint8_t kind[ROWS_MAX], contig[ROWS_MAX], genotype[ROWS_MAX];
  size_t count;
} rows;

/* As dtc_allele; 0 for a NUL. */
unsigned letter(char c);
void add(rows *r, unsigned contig, uint32_t position, uint32_t id, const char *genotype);

/* What came out, as text: "1:1 A>G 0/1 PASS" a record, "row 0 REF_N" a reject, a ';' behind each. */
typedef struct outcome {
  char text[40000];
  size_t at;
  int stop_after;
} outcome;

/* For a resolve_sink with an outcome. */
int on_record(void *opaque, const record *r);
int on_reject(void *opaque, size_t row, reject_why why);

typedef struct setting {
  const dtc_assembly *from; /* NULL: that of the output */
  const uint64_t *markers;
  const char *sequence, *sites;
  dtc_sex sex;
  int drop, variants, imputation, stop_after, last_base, y_absent;
  unsigned x_copies;
} setting;

#define WITH_BOTH ((setting){.sequence = fasta, .sites = table, .sex = DTC_SEX_MALE})
#define WITH_FASTA ((setting){.sequence = fasta, .sex = DTC_SEX_MALE})
#define WITH_SITES ((setting){.sites = table, .sex = DTC_SEX_MALE})

/* Of the last run. */
extern resolve_report report;
dtc_status run(const rows *r, setting s, outcome *o);
/* Rows in, text out. */
void expect_unproven(const rows *r, setting s, const char *text);
/* The same in a file whose strand is proven. */
void expect(const rows *r, setting s, const char *text);

#endif
