/* rules.h - the rules across rows: order, and what stands twice at one place. In constant memory. */
#ifndef DTC_TABLE_RULES_H
#define DTC_TABLE_RULES_H

#include "table/parser.h"
#include "provider/vendor.h"

/* Rows of one place that are compared with each other; in a longer run only the first of them are remembered. The most
 * seen in an export is three. */
#define RULES_RUN 16

typedef struct rules_kept {
  uint32_t id_number; /* or, of an odd name, a hash of it */
  uint8_t id_kind, genotype;
} rules_kept;

typedef struct rules {
  uint8_t rank[DTC_LABEL_COUNT]; /* place of a label in the vendor's order */
  uint8_t contig;
  uint32_t position;
  rules_kept
      first; /* row at contig and position; the run below begins with it, and is filled only when a second comes */
  rules_kept run[RULES_RUN];
  size_t run_count;
  uint8_t base, indel; /* first called genotype of each sort in the run; 0 for none */
  int conflict;        /* the run was counted as one already */
} rules;

void rules_init(rules *r, const vendor *v);
/* Takes the next rows of the file and adds to the totals: unsorted and the duplicate figures. Markers without a place
 * are left out. */
void rules_apply(rules *r, const dtc_calls *calls, parser_totals *totals);

#endif
