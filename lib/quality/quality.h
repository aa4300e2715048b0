/* quality.h - the figures of an export, gathered from batches of calls in constant memory, and what they tell: sex,
 * build, array. One struct, no allocation. */
#ifndef DTC_QUALITY_QUALITY_H
#define DTC_QUALITY_QUALITY_H

#include "base/counts.h"
#include "genome/anchors.h"

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
  uint8_t last_contig; /* of the last row */
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
/* *conflict: 1 where X and Y, or X and itself, tell different sexes; the sex is undetermined then. */
dtc_sex sex_decide(const sex_evidence *evidence, int *conflict);

/* Fills counts, sex and its evidence, marker votes and the warnings that are about them. array: filled where it is NULL
 * and the content tells. */
void quality_fill(const quality *q, dtc_verdict *verdict);

/* 1 where the rows of a file of real size, with markers that real arrays have, end on one of the chromosomes 1-21 and
 * none is on X: every vendor writes X, and behind the autosomes, so the rest of such a file is missing. One that ends
 * on 22 may be a product of autosomes alone. DTC_ROWS_CUT_OFF, but for the caller's policy; diag is filled then. */
int rows_are_cut_off(const quality *q, const dtc_verdict *verdict, dtc_diag *diag);

/* The build that the header's claim and the votes leave: DTC_OK, DTC_BUILD_CONFLICT or, where neither tells,
 * DTC_BUILD_UNSUPPORTED with *build unknown. *uncertain: the markers do not prove it. diag is filled on a refusal. */
dtc_status build_decide(dtc_build header, const uint64_t votes[BUILD_COUNT], dtc_build *build, int *uncertain,
                        dtc_diag *diag);

/* "v5", ... of an export whose rows look like one of the arrays we know by content, or NULL: several arrays in one
 * file, or a shape we do not know. verdict: its counts. */
const char *array_by_content(const quality *q, const dtc_verdict *verdict);

#endif
