/* snv.c - rows of single letters at one place: alleles against REF and the table, genotype, filter. */

#include "vcf/resolve/parts.h"

static const char *const letter_text[8] = {"", "A", "C", "G", "T", "", "", ""};

/* What the rows of a place come to. */
typedef struct snv_calls {
  unsigned a, b; /* the one genotype, a <= b; 0 where no row has a call */
  int conflict, mismatch, flip;
} snv_calls;

/* Whether the table knows what else may stand there. */
static inline int has_alts(const reference_site *s) { return s->n_alleles > 1; }

/* The alleles of a row on the output's plus strand, a <= b. 0 for a no-call. */
static inline int row_alleles(const member *m, unsigned *a, unsigned *b) {
  unsigned x = DTC_GENOTYPE_FIRST(m->genotype), y = genotype_other(m->genotype);
  if (!allele_is_base(x))
    return 0;
  if (m->flags & PLACED_MINUS) {
    x = allele_complement(x);
    y = allele_complement(y);
  }
  *a = x < y ? x : y;
  *b = x < y ? y : x;
  return 1;
}

/* One row's genotype beside those before it; where it only fits complemented, it is complemented if flips are allowed.
 */
static inline void take_row(const reference_site *s, unsigned a, unsigned b, int flips, snv_calls *c) {
  if (has_alts(s) && ((1u << a | 1u << b) & ~(unsigned)s->set)) {
    unsigned x = allele_complement(b), y = allele_complement(a);
    if (flips && !((1u << x | 1u << y) & ~(unsigned)s->set) && !set_is_palindromic(s->set)) {
      a = x;
      b = y;
      c->flip = 1;
    } else {
      c->mismatch = 1;
    }
  }
  if (!c->a) {
    c->a = a;
    c->b = b;
  } else if (c->a != a || c->b != b) {
    c->conflict = 1;
  }
}

static inline record_filter filter_of(const reference_site *s, const snv_calls *c, int haploid) {
  if (c->conflict)
    return RECORD_DUP_CONFLICT;
  if (c->a && haploid && c->a != c->b)
    return RECORD_HET_HAPLOID;
  if (c->mismatch)
    return RECORD_ALLELE_MISMATCH;
  if (c->a && !has_alts(s) && c->a != c->b && c->a != s->base[0] && c->b != s->base[0])
    return RECORD_NON_REF_HET;
  return RECORD_PASS;
}

/* The rows' genotypes before any flip, sorted, each as often as it stands there: "A/G,G/G". */
static int write_og(resolver *r, const member *m, size_t count) {
  uint32_t rows[5][5] = {{0}};
  unsigned a, b;
  if (!og_reserve(r, count * 4 + 1))
    return 0;
  for (size_t i = 0; i < count; i++)
    if (row_alleles(&m[i], &a, &b))
      rows[a][b]++;
  char *p = r->og;
  for (a = DTC_ALLELE_A; a <= DTC_ALLELE_T; a++)
    for (b = a; b <= DTC_ALLELE_T; b++)
      for (uint32_t n = rows[a][b]; n; n--) {
        if (p != r->og)
          *p++ = ',';
        *p++ = letter_text[a][0];
        *p++ = '/';
        *p++ = letter_text[b][0];
      }
  *p = '\0';
  return 1;
}

/* Index of an allele in the record, which gets it as its last ALT where it does not have it. */
static inline int8_t allele_index(record *out, const reference_site *s, unsigned allele) {
  if (s->index[allele] >= 0)
    return s->index[allele];
  for (int i = s->n_alleles; i < out->n_alleles; i++)
    if (out->alleles[i] == letter_text[allele])
      return (int8_t)i;
  out->alleles[out->n_alleles] = letter_text[allele];
  out->allele_bytes[out->n_alleles] = 1;
  return (int8_t)out->n_alleles++;
}

static inline void set_alleles(record *out, const reference_site *s, const snv_calls *c) {
  out->n_alleles = s->n_alleles;
  for (int i = 0; i < s->n_alleles; i++) {
    out->alleles[i] = s->alleles[i];
    out->allele_bytes[i] = 1;
  }
  out->gt[0] = out->gt[1] = -1;
  if (!c->a || out->filter != RECORD_PASS)
    return;
  int8_t x = allele_index(out, s, c->a), y = allele_index(out, s, c->b);
  out->gt[0] = x < y ? x : y;
  out->gt[1] = x < y ? y : x;
}

int snv_is_palindromic(const reference_site *s, const member *m) {
  unsigned a, b, set = s->set;
  if (!row_alleles(m, &a, &b))
    return 0;
  /* without a table the row itself tells what the alleles are */
  if (!has_alts(s))
    set = a != b ? 1u << a | 1u << b : 1u << a | 1u << s->base[0];
  return set_is_palindromic(set);
}

/* Rejects rows whose strand is unknown and matters; returns how many stay. */
static size_t leave_out_palindromic(resolver *r, const reference_site *s, member *m, size_t count) {
  size_t stay = 0;
  for (size_t i = 0; i < count; i++)
    if (snv_is_palindromic(s, &m[i]))
      reject_row(r, m[i].row, REJECT_STRAND_UNKNOWN);
    else
      m[stay++] = m[i];
  return stay;
}

strand_evidence snv_strand(const reference_site *s, const member *m) {
  unsigned a, b;
  if (!(genotype_traits(m->genotype) & TRAIT_STRAND) || !row_alleles(m, &a, &b))
    return (strand_evidence){0, 0};
  return (strand_evidence){1, a == s->base[0] || b == s->base[0]};
}

int snv_fill(resolver *r, const reference_site *s, const member *m, size_t count, record *out) {
  snv_calls calls = {0, 0, 0, 0, 0};
  for (size_t i = 0; i < count; i++) {
    unsigned a, b;
    if (row_alleles(&m[i], &a, &b))
      take_row(s, a, b, !r->no_flips, &calls);
  }
  out->ploidy = (uint8_t)group_ploidy(m, count);
  out->filter = (uint8_t)filter_of(s, &calls, out->ploidy == 1);
  out->info = (uint8_t)((m->flags & PLACED_MINUS ? RECORD_REVLIFT : 0) |
                        (calls.flip && out->filter == RECORD_PASS ? RECORD_FLIP : 0));
  out->og = NULL;
  if (out->filter != RECORD_PASS) {
    if (!write_og(r, m, count))
      return 0;
    out->og = r->og;
  }
  set_alleles(out, s, &calls);
  return 1;
}

void snv_record(resolver *r, member *m, size_t count, unsigned kind) {
  record out;
  reject_why why = snv_unknown(kind);
  if (why != REJECT_COUNT) {
    for (size_t i = 0; i < count; i++)
      reject_row(r, m[i].row, why);
    return;
  }
  const reference_site *site = reference_site_of(r->reference, kind);
  for (size_t i = 0; i < count; i++) {
    strand_evidence seen = snv_strand(site, &m[i]);
    r->report->strand_hets += seen.hets;
    r->report->strand_hets_with_ref += seen.with_ref;
  }
  if (!r->report->strand_ok && !(count = leave_out_palindromic(r, site, m, count)))
    return;
  out.position = r->place_position;
  out.contig = (uint8_t)r->place_contig;
  if (snv_fill(r, site, m, count, &out))
    record_emit(r, &out, m, count);
}
