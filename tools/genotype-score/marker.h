/* marker.h - the rows of a table (weights, frequencies) in the order of the genome. */
#ifndef SCORE_MARKER_H
#define SCORE_MARKER_H

#include "common/fault.h"
#include "genotype-score/allele.h"

#include <stddef.h>
#include <stdint.h>

typedef struct marker {
  uint64_t place; /* marker_place() */
  allele effect, other;
  uint32_t row; /* of its table's owner */
} marker;

typedef struct markers {
  marker *at;
  size_t count, capacity;
  size_t cursor; /* where the last search ended */
} markers;

/* A dtc_contig and a 1-based position as one number that sorts as the genome does. */
static inline uint64_t marker_place(unsigned contig, uint32_t position) { return (uint64_t)contig << 32 | position; }

/* 0, or -1 with the fault set. */
int markers_add(markers *m, marker one, fault *f);
/* By place, then alleles, then row: equal markers stand together. Before any search. */
void markers_sort(markers *m);
/* The markers of one place; *count may be 0. Searches are cheapest in ascending order, right in any. */
const marker *markers_find(markers *m, uint64_t place, size_t *count);
void markers_free(markers *m);

#endif
