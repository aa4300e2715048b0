/* strand.c - what the whole file tells before any row is written: its strand, its build, its MT numbering. */
#include "base/counts.h"
#include "base/diag.h"
#include "vcf/resolve/parts.h"

enum { HETS_LOOKED_AT = 4096, RANGE_ROWS_LEAST = 100, RANGE_SHARE = 100 /* thousandths */ };

typedef struct strand_count {
  uint64_t hets, hold_ref;             /* looked at, REF known; of them with REF in the genotype */
  uint64_t at_sites, fit, fit_reverse; /* a table's site there; both alleles in it as they are, or only complemented */
} strand_count;

static int at_least(uint64_t part, uint64_t all, unsigned thousandths) { return part * 1000 >= all * thousandths; }

static void count_at_site(const reference_site *site, unsigned a, unsigned b, strand_count *n) {
  unsigned plus = 1u << a | 1u << b, minus = 1u << allele_complement(a) | 1u << allele_complement(b);
  n->at_sites++;
  if (!(plus & ~(unsigned)site->set))
    n->fit++;
  else if (!(minus & ~(unsigned)site->set))
    n->fit_reverse++;
}

/* look: whether this het is one of those that are held against REF. */
static void count_het(resolver *r, const placed *p, int look, strand_count *n) {
  unsigned genotype = r->calls->genotype[p->row];
  unsigned a = DTC_GENOTYPE_FIRST(genotype), b = genotype_other(genotype);
  if (p->flags & PLACED_MINUS) {
    a = allele_complement(a);
    b = allele_complement(b);
  }
  const reference_site *site = reference_snv(r->reference, p->position);
  if (site && site->n_alleles > 1)
    count_at_site(site, a, b, n);
  if (!look)
    return;
  unsigned ref = site ? site->base[0] : allele_of_letter(reference_base(r->reference, p->position));
  if (!ref)
    return;
  n->hets++;
  n->hold_ref += a == ref || b == ref;
}

/* Sites are in memory, so every het is held against them; bases of a sequence cost a look into its file each, so every
 * k-th het is, a few thousand that lie evenly over the genome. */
static strand_count count_hets(resolver *r) {
  strand_count n = {0, 0, 0, 0, 0};
  uint64_t step = r->strand_hets / HETS_LOOKED_AT + 1, seen = 0, next = 0;
  unsigned sites = reference_has_sites(r->reference) != 0;
  for (size_t i = 0; i < r->places; i++) {
    const placed *p = &r->place[i];
    unsigned shows = !(p->flags & PLACED_INDEL) & ((r->traits[r->calls->genotype[p->row]] & TRAIT_STRAND) != 0);
    unsigned look = shows & (seen == next);
    seen += shows; /* no branch: which row is a het, no processor guesses */
    if (!(look | (shows & sites)))
      continue;
    next += look ? step : 0;
    reference_contig(r->reference, p->contig);
    count_het(r, p, (int)look, &n);
  }
  return n;
}

/* The anchor markers stand where the export's build has them. */
static int markers_prove(const resolve_options *o) {
  uint64_t all = 0;
  if (!o->build_markers)
    return 0;
  for (int b = 0; b < BUILD_COUNT; b++)
    all += o->build_markers[b];
  uint64_t here = o->build_markers[o->from->build];
  return here >= RESOLVE_MARKERS && at_least(here, all, RESOLVE_MARKERS_SHARE);
}

dtc_status strand_check(resolver *r, dtc_diag *diag) {
  resolve_report *report = r->report;
  report->strand_ok = 1;
  if (r->range_rows >= RANGE_ROWS_LEAST && at_least(r->range_rows, r->calls->count, RANGE_SHARE))
    return diag_set(diag, DTC_BUILD_CONFLICT, (place){0, 0, 0},
                    "positions inside the chromosomes of %s; %u of 1000 are beyond their end",
                    dtc_build_name(r->options->from->build), (unsigned)(r->range_rows * 1000 / r->calls->count));
  strand_count n = count_hets(r);
  r->no_flips = n.at_sites >= RESOLVE_FLIP_HETS && n.fit_reverse == 0;
  if (n.hets < RESOLVE_STRAND_HETS)
    return DTC_OK;
  unsigned asked = r->strand_hets >= RESOLVE_STRAND_FULL ? RESOLVE_STRAND_SHARE : RESOLVE_STRAND_LEAST;
  report->strand_ok = at_least(n.hold_ref, n.hets, asked);
  if (at_least(n.hold_ref, n.hets, RESOLVE_STRAND_LEAST) || markers_prove(r->options))
    return DTC_OK;
  int sites_prove =
      n.at_sites * 2 >= r->strand_hets && at_least(n.fit + n.fit_reverse, n.at_sites, RESOLVE_STRAND_LEAST);
  if (sites_prove)
    return DTC_OK;
  return diag_set(diag, DTC_BUILD_CONFLICT, (place){0, 0, 0},
                  "heterozygous calls that hold the reference base of %s; only %u of 1000 do: another build, or not "
                  "the plus strand",
                  dtc_build_name(r->options->from->build), (unsigned)(n.hold_ref * 1000 / n.hets));
}

void mt_check(resolver *r) {
  const dtc_calls *c = r->calls;
  uint64_t calls = 0, hold_ref = 0;
  if (!r->mt_doubtful)
    return;
  reference_contig(r->reference, DTC_CONTIG_MT);
  for (size_t i = 0; i < c->count; i++) {
    if (c->contig[i] != DTC_CONTIG_MT || c->position[i] > r->options->to->length[DTC_CONTIG_MT])
      continue;
    unsigned a = DTC_GENOTYPE_FIRST(c->genotype[i]);
    if (!allele_is_base(a))
      continue;
    unsigned ref = allele_of_letter(reference_base(r->reference, c->position[i]));
    if (!ref)
      continue;
    calls++;
    hold_ref += a == ref || genotype_other(c->genotype[i]) == ref;
  }
  r->mt_is_rcrs = calls >= RESOLVE_MT_CALLS && at_least(hold_ref, calls, RESOLVE_MT_SHARE);
}
