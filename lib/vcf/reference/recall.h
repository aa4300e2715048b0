/* recall.h - what the sequence had at the places of an earlier export. Exports of one array ask for the same
 * places, so in a batch the genome is read once, not once an export. */
#ifndef VCF_REFERENCE_RECALL_H
#define VCF_REFERENCE_RECALL_H

#include <dtcgeno.h>

/* One contig's places, ascending, with what was found there. */
typedef struct recall_contig {
  uint32_t *position;
  uint8_t *kind;
  size_t count, capacity;
  size_t at;              /* the place asked for last */
  int knew;               /* when it was begun there was something to answer with */
  size_t asked, answered; /* since then */
} recall_contig;

typedef struct recall {
  recall_contig contig[DTC_CONTIG_COUNT];
} recall;

recall *recall_new(void); /* NULL when memory runs out */
void recall_free(recall *r);
/* An export begins to ask for the contig's places. What did not answer the last one is forgotten, to learn this one's.
 */
void recall_begin(recall *r, unsigned contig);
/* The kind at a place, or -1. Cheapest in ascending order. */
int recall_kind(recall *r, unsigned contig, uint32_t position);
/* The same for n ascending places, where they are the n places that follow the last one: all their kinds and 1, or 0.
 */
int recall_kinds(recall *r, unsigned contig, const uint32_t *position, size_t n, uint8_t *kind);
/* What was found at a place that had no answer. Kept where it lies behind all that are known; memory that runs out is
 * no harm. */
void recall_learn(recall *r, unsigned contig, uint32_t position, uint8_t kind);

#endif
