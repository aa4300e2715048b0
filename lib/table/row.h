/* row.h - one row of an export, read byte by byte and exactly: what it means, or what is wrong with it and where. */
#ifndef DTC_TABLE_ROW_H
#define DTC_TABLE_ROW_H

#include "text/lines.h"
#include "provider/vendor.h"

#include <dtcgeno.h>

/* Whether the genotypes of this text are phased. The first row with two called letters tells it for all. */
typedef enum row_phase { ROW_PHASE_UNSEEN, ROW_UNPHASED, ROW_PHASED } row_phase;

/* What rows are held against; fixed once the header is read. */
typedef struct row_rules {
  const vendor *vendor;
  vendor_shape shape;
  dtc_policy policy;
  uint32_t length[DTC_LABEL_COUNT]; /* last position of each label; UINT32_MAX: not known */
} row_rules;

/* What a row has that its vendor was never seen to write, and that has a plain meaning. */
typedef enum row_drift {
  ROW_DRIFT_NAME = 1,       /* a name of another kind */
  ROW_DRIFT_CHROMOSOME = 2, /* a code that the field knows */
  ROW_DRIFT_SEPARATOR = 4   /* several separators: see vendor.repeats_tabs */
} row_drift;

typedef struct row {
  view id, chromosome, position_text;
  view genotype_text[2]; /* the second is empty where the genotype is one column */
  uint32_t position, id_number;
  uint8_t id_kind; /* with DTC_ID_OTHER the name is `id` and id_number is 0 */
  uint8_t contig, genotype;
  uint8_t drift; /* row_drift */
  /* DTC_OK, or the first fault in the row's meaning: POSITION_MISSING, POSITION_BEYOND, CHROMOSOME_INVALID,
   * ALLELE_INVALID. Only what was read before it is set then. */
  dtc_status fault;
  size_t fault_column;
  const char *fault_expected; /* static, or of the vendor */
} row;

/* Where the header names no build, a position is held against the longest of the contig in any. */
void row_rules_init(row_rules *rules, const vendor_match *match, dtc_policy policy, const dtc_assemblies *assemblies);

/* Faults of structure are returned and described in diag; faults of meaning are left in out->fault. The views in *out
 * are parts of the line. *phase is read and, by a row that tells it, written. */
dtc_status row_read(const row_rules *rules, const line *l, row_phase *phase, row *out, dtc_diag *diag);

/* Whether a marker that the vendor could not place: 0 as chromosome and position; dashes as chromosome, whatever the
 * position is. */
static inline int row_is_unplaced(const row *r) { return r->fault == DTC_OK && r->contig == DTC_CONTIG_NONE; }

/* Whether a row that stands at the end of a text without a line end was surely not cut: nothing could follow. */
int row_is_whole(const row_rules *rules, const row *r);

/* Code of an allele letter in a vendor's rows, with its own letter for "no call"; -1 for any other byte. */
int row_allele(char letter, char no_call);
/* Whether two alleles can stand together: both missing, both bases, or both of insertion and deletion. */
int row_alleles_fit(unsigned first, unsigned second);

#endif
