/* score_table.h - the rows of scoring files in the order of the genome: gathered from texts, or mapped as they were
 * compiled. */
#ifndef SCORE_SCORE_TABLE_H
#define SCORE_SCORE_TABLE_H

#include "common/fault.h"
#include "genotype-score/allele.h"
#include "genotype-score/ascending.h"

#include <stddef.h>
#include <stdint.h>

/* What a row adds for no, one and two copies of the effect allele; for a dosage between them in a straight line. */
enum {
  EFFECT_ADDITIVE, /* 0, weight, 2 x weight */
  EFFECT_DOMINANT, /* 0, weight, weight */
  EFFECT_RECESSIVE,
  EFFECT_GIVEN /* + i: as given[i] says */
};
typedef struct given_effect {
  double copies[3];
} given_effect;

/* Also a row of a compiled file: 40 bytes without padding. */
typedef struct score_row {
  uint64_t place; /* marker_place() */
  allele effect, other;
  double weight;
  double frequency; /* of the effect allele, NAN where it is not said */
  uint32_t score;   /* of the table's */
  uint32_t kind;
} score_row;

typedef struct score_table {
  const score_row *rows; /* by place and alleles once sorted; equal ones in the order of their files */
  size_t count;
  const given_effect *given;
  size_t given_count;
  size_t first_score;   /* where the table's scores begin in the set */
  const allele *longer; /* the numbers here of a compiled file's alleles of several bases; NULL: the same */
  size_t capacity, given_capacity;
  size_t cursor;
  void *map; /* NULL: rows and given are the heap's */
  size_t map_bytes;
} score_table;

/* 0, or -1 with the fault set. */
int score_table_add(score_table *t, score_row row, fault *f);
/* A row with three weights of its own; kind is set here. */
int score_table_add_given(score_table *t, score_row row, given_effect given, fault *f);
/* Before any search. Linear where the files were sorted, or sorted by chromosome. */
int score_table_sort(score_table *t, fault *f);
/* Has it rows at the place? Cheapest in ascending order, right in any. */
static inline int score_table_has(score_table *t, uint64_t place) {
  size_t at = ascending_find(t->rows, sizeof *t->rows, t->count, &t->cursor, place);
  return at < t->count && t->rows[at].place == place;
}
/* The rows of one place; *count may be 0. */
static inline const score_row *score_table_find(score_table *t, uint64_t place, size_t *count) {
  size_t from = ascending_find(t->rows, sizeof *t->rows, t->count, &t->cursor, place), end = from;
  while (end < t->count && t->rows[end].place == place)
    end++;
  *count = end - from;
  return t->rows + from;
}
double score_row_rare_value(const score_table *t, const score_row *row, double copies);
/* What the row adds for so many copies. */
static inline double score_row_value(const score_table *t, const score_row *row, double copies) {
  return row->kind == EFFECT_ADDITIVE ? row->weight * copies : score_row_rare_value(t, row, copies);
}
void score_table_free(score_table *t);

/* The number of a row's allele among the names of this run. */
static inline allele score_table_allele(const score_table *t, allele a) {
  return t->longer && !allele_is_base(a) && a != ALLELE_UNKNOWN ? t->longer[a - ALLELE_T - 1] : a;
}

/* Negative, 0 or positive: as the rows' places and alleles are, whichever of the two is the effect allele. */
int score_row_compare(const score_row *a, const score_row *b);

#endif
