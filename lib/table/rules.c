#include "table/rules.h"

#include "table/batch.h"

#include <string.h>

void rules_init(rules *r, const vendor *v) {
  memset(r, 0, sizeof *r);
  /* What this vendor was never seen to write stands behind the rest. */
  for (uint8_t label = 0; label < DTC_LABEL_COUNT; label++)
    r->rank[label] = label ? DTC_LABEL_COUNT + label : 0;
  for (uint8_t i = 0; i < DTC_LABEL_COUNT && v->order[i]; i++)
    r->rank[v->order[i]] = i;
}

/* FNV-1a of 32 bits: a name stands for itself among the few rows of one place. */
static uint32_t name_hash(const char *name) {
  size_t n = (unsigned char)*name;
  uint32_t hash = 2166136261u;
  for (size_t i = 1; i <= n; i++)
    hash = (hash ^ (unsigned char)name[i]) * 16777619u;
  return hash;
}

static inline rules_kept keep(const dtc_calls *calls, size_t i) {
  rules_kept k = {calls->id_number[i], calls->id_kind[i], calls->genotype[i]};
  if (k.id_kind == DTC_ID_OTHER)
    k.id_number = name_hash(calls->names + k.id_number);
  return k;
}

/* Without order, and one letter like two of it. */
static uint8_t same_call(uint8_t genotype) {
  unsigned a = DTC_GENOTYPE_FIRST(genotype), b = DTC_GENOTYPE_SECOND(genotype);
  if (b == DTC_ALLELE_NONE)
    b = a;
  return a <= b ? DTC_GENOTYPE(a, b) : DTC_GENOTYPE(b, a);
}

/* Two markers at one place disagree when both are called and differ. An insertion or deletion and a base are two
 * variants and no disagreement. */
static int disagrees(rules *r, uint8_t genotype) {
  if (DTC_GENOTYPE_IS_NO_CALL(genotype))
    return 0;
  uint8_t call = same_call(genotype);
  uint8_t *first = DTC_GENOTYPE_FIRST(genotype) >= DTC_ALLELE_I ? &r->indel : &r->base;
  if (!*first)
    *first = call;
  return *first != call;
}

static void run_add(rules *r, rules_kept k, parser_totals *totals) {
  for (size_t i = 0; i < r->run_count; i++)
    if (r->run[i].id_number == k.id_number && r->run[i].id_kind == k.id_kind && r->run[i].genotype == k.genotype) {
      totals->duplicate_rows++;
      break;
    }
  if (r->run_count < RULES_RUN)
    r->run[r->run_count++] = k;
  if (disagrees(r, k.genotype) && !r->conflict) {
    r->conflict = 1;
    totals->duplicate_conflicts++;
  }
}

/* A row at the place of the one before. */
static void run_continue(rules *r, rules_kept k, parser_totals *totals) {
  totals->duplicate_positions++;
  if (!r->run_count)
    run_add(r, r->first, totals);
  run_add(r, k, totals);
}

static void stand_at(rules *r, const dtc_calls *calls, size_t i) {
  r->contig = calls->contig[i];
  r->position = calls->position[i];
  r->first = keep(calls, i);
  r->run_count = 0;
  r->base = r->indel = 0;
  r->conflict = 0;
}

static void take_row(rules *r, const dtc_calls *calls, size_t i, parser_totals *totals) {
  uint8_t contig = calls->contig[i];
  uint32_t position = calls->position[i];
  if (contig == r->contig && position == r->position) {
    run_continue(r, keep(calls, i), totals);
    return;
  }
  /* Before the first row contig is NONE, the position 0 and the rank that of the vendor's first chromosome. */
  totals->unsorted += contig == r->contig ? position < r->position : r->rank[contig] < r->rank[r->contig];
  stand_at(r, calls, i);
}

/* Whether each of these rows stands behind the one before it, the first behind `before`. */
static int step_ascends(const uint32_t *position, uint32_t before) {
  uint32_t top = before | position[0] | (position[0] - before - 1);
  /* below 2^31 a difference is negative where its highest bit is set */
  for (size_t k = 1; k < CALLS_STEP; k++)
    top |= position[k] | (position[k] - position[k - 1] - 1);
  return !(top >> 31);
}

void rules_apply(rules *r, const dtc_calls *calls, parser_totals *totals) {
  for (size_t i = 0, end; i < calls->count; i = end) {
    end = i + calls_on_one_contig(calls, i);
    if (calls->contig[i] == DTC_CONTIG_NONE)
      continue;
    take_row(r, calls, i++, totals);
    for (; i + CALLS_STEP <= end; i += CALLS_STEP)
      if (step_ascends(calls->position + i, r->position))
        stand_at(r, calls, i + CALLS_STEP - 1);
      else
        for (size_t k = 0; k < CALLS_STEP; k++)
          take_row(r, calls, i + k, totals);
    for (; i < end; i++)
      take_row(r, calls, i, totals);
  }
}
