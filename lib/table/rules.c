#include "table/rules.h"

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

void rules_apply(rules *r, const dtc_calls *calls, parser_totals *totals) {
  for (size_t i = 0; i < calls->count; i++) {
    uint8_t contig = calls->contig[i];
    uint32_t position = calls->position[i];
    if (contig == DTC_CONTIG_NONE)
      continue;
    if (contig == r->contig && position == r->position) {
      run_continue(r, keep(calls, i), totals);
      continue;
    }
    /* Before the first row contig is NONE, the position 0 and the rank that of the vendor's first chromosome. */
    totals->unsorted += contig == r->contig ? position < r->position : r->rank[contig] < r->rank[r->contig];
    r->contig = contig;
    r->position = position;
    r->first = keep(calls, i);
    r->run_count = 0;
    r->base = r->indel = 0;
    r->conflict = 0;
  }
}
