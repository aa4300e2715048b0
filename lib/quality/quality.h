/* quality.h - the figures of an export, gathered from batches of calls in constant memory, and what they tell: sex,
 * build, array. One struct, no allocation. */
#ifndef DTC_QUALITY_QUALITY_H
#define DTC_QUALITY_QUALITY_H

#include "base/counts.h"
#include "genome/anchors.h"
#include "table/parser.h"

#include <dtcgeno.h>

/* Rows are tallied by place and genotype byte: the labels of the exports, and X and Y once more for their
 * pseudo-autosomal rows. All figures are sums over this table. */
enum { QUALITY_X_PAR = DTC_LABEL_COUNT, QUALITY_Y_PAR, QUALITY_PLACES };

typedef struct quality {
  uint64_t tally[QUALITY_PLACES][256];
  anchors_votes anchors;
  const dtc_assembly *assembly;      /* whose PARs are left out; NULL: none are */
  uint64_t internal_ids;             /* rows with an i-number: the vendor's own names */
  uint32_t first_rs, first_position; /* of the first row; 0 where it is no rsid */
  uint64_t rows;
  uint8_t last_contig;            /* of the last row that has a place */
  uint64_t par_y, par_x, par_far; /* PAR_ON_Y rows in a PAR of Y only, of X only; beyond Y's end and outside the PARs */
  uint32_t highest_on_22, highest_on_x; /* positions */
  int is_sequenced;                     /* no array: every site may be called */
} quality;

/* Counts from scratch. assembly may be NULL. */
void quality_init(quality *q, const dtc_assembly *assembly);
/* Takes the PARs of another assembly from now on: the header is known. */
void quality_set_assembly(quality *q, const dtc_assembly *assembly);
void quality_add(quality *q, const dtc_calls *calls);

/* X and Y outside the PARs. */
typedef struct sex_evidence {
  uint64_t x_called, x_heterozygous, x_one_letter;
  uint64_t y_rows, y_called;
} sex_evidence;
/* How many X, 0 where they do not tell; whether there is a Y: 1, 0, or -1 where they do not tell. */
unsigned sex_x_copies(const sex_evidence *evidence);
int sex_y_present(const sex_evidence *evidence);
/* *conflict: 1 where X and Y, or X and itself, tell different sexes; the sex is undetermined then. */
dtc_sex sex_decide(const sex_evidence *evidence, int *conflict);

/* Fills counts, sex and its evidence, marker votes and the warnings that are about them. array: filled where it is NULL
 * and the content tells. */
void quality_fill(const quality *q, dtc_verdict *verdict);

/* Whether an export is whole, by what every one of its vendor has: DTC_OK, or, with diag filled, DTC_ONE_CHROMOSOME,
 * DTC_CHROMOSOME_MISSING or DTC_ROWS_CUT_OFF. verdict: its counts and build are read, what is missing is set. */
dtc_status whole_check(const quality *q, const parser_header *header, int is_phased, dtc_verdict *verdict,
                       dtc_diag *diag);

/* The build that the header's claim and the votes leave: DTC_OK, DTC_BUILD_CONFLICT or, where neither tells,
 * DTC_BUILD_UNSUPPORTED with *build unknown. *uncertain: the markers do not prove it. diag is filled on a refusal. */
dtc_status build_decide(dtc_build header, const uint64_t votes[BUILD_COUNT], dtc_build *build, int *uncertain,
                        dtc_diag *diag);

/* "v5", ... of an export whose rows look like one of the arrays we know by content, or NULL: several arrays in one
 * file, or a shape we do not know. verdict: its counts. */
const char *array_by_content(const quality *q, const dtc_verdict *verdict);

#endif
