#include "genotype-cohort/kinship.h"

#include <math.h>
#include <stdlib.h>

const char *const relation_words[] = {".", "unrelated", "second-degree", "first-degree", "duplicate"};

relation kinship_relation(const kinship *pair) {
  return pair->snps < KINSHIP_SNPS_MIN || isnan(pair->value) ? RELATION_UNKNOWN
         : pair->value > 0.354                               ? RELATION_DUPLICATE
         : pair->value > 0.177                               ? RELATION_FIRST
         : pair->value > 0.0884                              ? RELATION_SECOND
                                                             : RELATION_NONE;
}

/* Three sets of sites, a bit each: who is homozygous for REF, heterozygous, homozygous for ALT. */
typedef struct planes {
  uint64_t *ref, *het, *alt;
} planes;

static int fill(const person *p, const uint32_t *sites, size_t count, planes *out) {
  size_t words = count / 64 + 1;
  out->ref = calloc(3 * words, sizeof *out->ref);
  if (!out->ref)
    return -1;
  out->het = out->ref + words;
  out->alt = out->het + words;
  for (size_t i = 0; i < count; i++) {
    const call_alleles *a = &call_of[cohort_call(p, sites[i])];
    uint64_t bit = UINT64_C(1) << i % 64;
    if (a->ploidy != 2 || a->at[1] == CALL_MISSING)
      continue; /* at[0] <= at[1] */
    if (a->at[0] != a->at[1])
      out->het[i / 64] |= bit;
    else
      (a->at[0] ? out->alt : out->ref)[i / 64] |= bit;
  }
  return 0;
}

static kinship compare(const planes *x, const planes *y, size_t words) {
  kinship k = {0};
  uint64_t x_hets = 0, y_hets = 0;
  for (size_t w = 0; w < words; w++) {
    uint64_t both = (x->ref[w] | x->het[w] | x->alt[w]) & (y->ref[w] | y->het[w] | y->alt[w]);
    uint64_t xh = x->het[w] & both, yh = y->het[w] & both;
    k.snps += (uint64_t)__builtin_popcountll(both);
    k.het_het += (uint64_t)__builtin_popcountll(xh & yh);
    k.ibs0 += (uint64_t)__builtin_popcountll((x->ref[w] & y->alt[w]) | (x->alt[w] & y->ref[w]));
    x_hets += (uint64_t)__builtin_popcountll(xh);
    y_hets += (uint64_t)__builtin_popcountll(yh);
  }
  k.het_hom = x_hets + y_hets - 2 * k.het_het;
  uint64_t least = x_hets < y_hets ? x_hets : y_hets;
  k.value = least ? 0.5 - (double)(4 * k.ibs0 + k.het_hom) / (4.0 * (double)least) : (double)NAN;
  return k;
}

/* Autosomal SNVs of two alleles. */
static uint32_t *choose_sites(const cohort *c, size_t *count) {
  uint32_t *sites = malloc((c->order_count + 1) * sizeof *sites);
  *count = 0;
  for (size_t i = 0; sites && i < c->order_count; i++) {
    const site *s = site_set_at(c->sites, c->order[i]);
    if (s->place >> 32 < DTC_CONTIG_X && !s->alleles && s->n_alleles == 2)
      sites[(*count)++] = c->order[i];
  }
  return sites;
}

kinship *kinship_find(const cohort *c, size_t *count, fault *f) {
  size_t site_count, failed = 0;
  uint32_t *sites = choose_sites(c, &site_count);
  planes *all = calloc(c->count, sizeof *all);
  kinship *pairs = malloc((c->in * (c->in - 1) / 2 + 1) * sizeof *pairs);
  *count = 0;
  failed = !sites || !all || !pairs;
  for (size_t i = 0; !failed && i < c->count; i++)
    if (c->persons[i].fault.exit_status == EXIT_WRITTEN)
      failed = fill(&c->persons[i], sites, site_count, &all[i]) != 0;
  for (size_t i = 0; !failed && i < c->count; i++)
    for (size_t j = i + 1; all[i].ref && j < c->count; j++)
      if (all[j].ref) {
        kinship k = compare(&all[i], &all[j], site_count / 64 + 1);
        k.first = i;
        k.second = j;
        pairs[(*count)++] = k;
      }
  for (size_t i = 0; all && i < c->count; i++)
    free(all[i].ref);
  free(all);
  free(sites);
  if (failed) {
    free(pairs);
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  return pairs;
}
