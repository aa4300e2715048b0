/* strand.c - what the whole file tells before any row is written: its strand, its build, its MT numbering. */
#include "base/counts.h"
#include "base/diag.h"
#include "vcf/resolve/parts.h"

enum { RANGE_ROWS_LEAST = 100, RANGE_SHARE = 100 /* thousandths */ };

typedef struct strand_count {
  uint64_t hets, hold_ref; /* of letters that show the strand; of them with REF in the genotype */
  uint64_t at_sites, fit,
      fit_reverse;         /* hets at a table's site; both alleles in it as they are, or only complemented */
  uint64_t homs, like_ref; /* of one letter; REF or its complement */
  uint64_t rows;           /* all of letters */
} strand_count;

static int at_least(uint64_t part, uint64_t all, unsigned thousandths) { return part * 1000 >= all * thousandths; }

static void count_het(const reference_site *site, unsigned a, unsigned b, uint64_t rows, strand_count *n) {
  unsigned plus = 1u << a | 1u << b, minus = 1u << allele_complement(a) | 1u << allele_complement(b);
  n->hets += rows;
  n->hold_ref += a == site->base[0] || b == site->base[0] ? rows : 0;
  if (site->n_alleles < 2)
    return;
  n->at_sites += rows;
  if (!(plus & ~(unsigned)site->set))
    n->fit += rows;
  else if (!(minus & ~(unsigned)site->set))
    n->fit_reverse += rows;
}

/* Rows of one kind of site and genotype. */
static void count_rows(const reference_site *site, unsigned key, int minus, uint64_t rows, strand_count *n) {
  unsigned a = key & 7, b = key >> 3 ? key >> 3 : a;
  if (minus) {
    a = allele_complement(a);
    b = allele_complement(b);
  }
  n->rows += rows;
  if (a != b && a != allele_complement(b))
    count_het(site, a, b, rows, n);
  if (a != b)
    return;
  n->homs += rows;
  n->like_ref += a == site->base[0] || allele_complement(a) == site->base[0] ? rows : 0;
}

static strand_count count_all(const resolver *r) {
  strand_count n = {0};
  for (int minus = 0; minus < 2; minus++)
    for (unsigned kind = 0; kind < REFERENCE_SNV_KINDS; kind++)
      for (unsigned key = 0; key < GENOTYPE_KEYS; key++)
        if (r->tally->rows[minus][kind][key])
          count_rows(reference_site_of(r->reference, kind), key, minus, r->tally->rows[minus][kind][key], &n);
  return n;
}

/* Rows that would be written with what is known of the strand. */
static uint64_t count_believed(const resolver *r) {
  uint64_t rows = r->indels;
  for (int minus = 0; minus < 2; minus++)
    for (unsigned kind = 0; kind < REFERENCE_SNV_KINDS; kind++)
      for (unsigned key = 0; key < GENOTYPE_KEYS; key++)
        if (r->tally->rows[minus][kind][key] &&
            snv_is_believed(r, reference_site_of(r->reference, kind), DTC_GENOTYPE(key & 7, key >> 3), minus))
          rows += r->tally->rows[minus][kind][key];
  return rows;
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

resolve_strand resolve_strand_of(uint64_t hets, uint64_t hold_ref) {
  uint64_t without = hets - hold_ref;
  if (hets >= RESOLVE_STRAND_HETS)
    return without * 100 <= 100 + hets ? RESOLVE_STRAND_PLUS : RESOLVE_STRAND_UNPROVEN;
  return without >= RESOLVE_STRAND_AGAINST && without * 2 > hets ? RESOLVE_STRAND_UNPROVEN : RESOLVE_STRAND_SAID;
}

static resolve_strand strand_of(const strand_count *n) { return resolve_strand_of(n->hets, n->hold_ref); }

static dtc_status refuse(const resolver *r, const strand_count *n, dtc_status status, const char *why, dtc_diag *diag) {
  return diag_set(diag, status, (place){0, 0, 0},
                  "heterozygous calls that hold the reference base of %s; only %u of 1000 do: %s",
                  dtc_build_name(r->options->from->build), (unsigned)(n->hold_ref * 1000 / n->hets), why);
}

/* Half of the calls or more do not look like the reference: which of the two is of another build? */
static dtc_status check_build(const resolver *r, const strand_count *n, dtc_diag *diag) {
  int table_fits = at_least(n->fit + n->fit_reverse, n->at_sites, RESOLVE_BUILD_LEAST);
  if (!markers_prove(r->options)) {
    if (n->at_sites * 2 >= n->hets && table_fits)
      return DTC_OK;
    int is_of_build = reference_is_of(r->reference, r->options->to);
    if (!is_of_build)
      return refuse(r, n, DTC_REFERENCE_FILE, "the reference has not the bases of this build", diag);
    return refuse(r, n, DTC_BUILD_CONFLICT,
                  is_of_build > 0 ? "the export is on another build, or not on the plus strand"
                                  : "the export, or the reference, is of another build, or not the plus strand",
                  diag);
  }
  if (n->at_sites >= RESOLVE_STRAND_HETS && !table_fits)
    return refuse(r, n, DTC_REFERENCE_FILE, "the site table is not of this build", diag);
  if (n->homs >= RESOLVE_STRAND_HETS && !at_least(n->like_ref, n->homs, RESOLVE_HOM_LEAST))
    return refuse(r, n, DTC_REFERENCE_FILE, "the reference, or the site table, has not the bases of this build", diag);
  return DTC_OK;
}

/* What is not in the table proves the export's build: anchor markers, or the bases of the sequence. */
static int fits_elsewhere(const resolver *r, const strand_count *n) {
  return markers_prove(r->options) || (reference_has_sequence(r->reference) && strand_of(n) == RESOLVE_STRAND_PLUS);
}

dtc_status strand_check(resolver *r, dtc_diag *diag) {
  resolve_report *report = r->report;
  if (r->range_rows >= RANGE_ROWS_LEAST && at_least(r->range_rows, r->calls->count, RANGE_SHARE))
    return diag_set(diag, DTC_BUILD_CONFLICT, (place){0, 0, 0},
                    "positions inside the chromosomes of %s; %u of 1000 are beyond their end",
                    dtc_build_name(r->options->from->build), (unsigned)(r->range_rows * 1000 / r->calls->count));
  strand_count n = count_all(r);
  if (r->elsewhere >= RANGE_ROWS_LEAST && r->elsewhere > n.rows)
    return diag_set(diag, fits_elsewhere(r, &n) ? DTC_REFERENCE_FILE : DTC_BUILD_CONFLICT, (place){0, 0, 0},
                    "markers where the site table has them; %u of 1000 are elsewhere: the two are not of one build",
                    (unsigned)(r->elsewhere * 1000 / (r->elsewhere + n.rows)));
  r->no_flips = n.at_sites >= RESOLVE_FLIP_HETS && !at_least(n.fit_reverse, n.at_sites, RESOLVE_FLIP_SHARE);
  report->strand = strand_of(&n);
  report->strand_hets = n.hets;
  report->strand_hets_with_ref = n.hold_ref;
  if (report->strand != RESOLVE_STRAND_UNPROVEN)
    return DTC_OK;
  dtc_status status = at_least(n.hold_ref, n.hets, RESOLVE_BUILD_LEAST) ? DTC_OK : check_build(r, &n, diag);
  if (status == DTC_OK && !count_believed(r))
    return refuse(r, &n, DTC_STRAND_UNPROVEN, "not the plus strand, and no site table confirms a row", diag);
  return status;
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
