/* snv.c - rows of single letters at one place: alleles against REF and the table, genotype, filter. */

#include "vcf/resolve/parts.h"

static const char *const letter_text[8] = {"", "A", "C", "G", "T", "I", "D", ""};

/* What the rows of a place come to. */
typedef struct snv_calls {
  unsigned a, b; /* the one genotype, a <= b; 0 where no row has a call */
  int conflict, mismatch, flip;
} snv_calls;

/* Whether the table knows what else may stand there. */
static inline int has_alts(const reference_site *s) { return s->n_alleles > 1; }

/* The alleles of a genotype on the output's plus strand, a <= b. 0 where they are no letters A C G T. */
static inline int letters_of(unsigned genotype, int minus, unsigned *a, unsigned *b) {
  unsigned x = DTC_GENOTYPE_FIRST(genotype), y = genotype_other(genotype);
  if (!allele_is_base(x))
    return 0;
  if (minus) {
    x = allele_complement(x);
    y = allele_complement(y);
  }
  *a = x < y ? x : y;
  *b = x < y ? y : x;
  return 1;
}

static inline int row_alleles(const member *m, unsigned *a, unsigned *b) {
  return letters_of(m->genotype, m->flags & PLACED_MINUS, a, b);
}

/* How two letters fit the alleles that a table has at a site. */
static inline int fits(const reference_site *s, unsigned a, unsigned b) {
  return !((1u << a | 1u << b) & ~(unsigned)s->set);
}
static inline int fits_reversed(const reference_site *s, unsigned a, unsigned b) {
  return fits(s, allele_complement(a), allele_complement(b));
}

/* One row's genotype beside those before it; where it only fits complemented, it is complemented if flips are allowed.
 */
static inline void take_row(const reference_site *s, unsigned a, unsigned b, int flips, snv_calls *c) {
  if (has_alts(s) && !fits(s, a, b)) {
    if (flips && fits_reversed(s, a, b) && !set_is_palindromic(s->set)) {
      unsigned x = allele_complement(b), y = allele_complement(a);
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

static inline dtc_filter filter_of(const reference_site *s, const snv_calls *c, int haploid) {
  if (c->conflict)
    return DTC_FILTER_DUP_CONFLICT;
  if (c->a && haploid && c->a != c->b)
    return DTC_FILTER_HET_HAPLOID;
  if (c->mismatch)
    return DTC_FILTER_ALLELE_MISMATCH;
  if (c->a && !has_alts(s) && c->a != c->b && c->a != s->base[0] && c->b != s->base[0])
    return DTC_FILTER_NON_REF_HET;
  return DTC_FILTER_PASS;
}

/* The rows' genotypes before any flip, sorted, each as often as it stands there: "A/G,G/G"; I and D as they are. */
static int write_og(resolver *r, const member *m, size_t count) {
  static const uint8_t order[] = {DTC_ALLELE_A, DTC_ALLELE_C, DTC_ALLELE_D, DTC_ALLELE_G, DTC_ALLELE_I, DTC_ALLELE_T};
  uint32_t rows[8][8] = {{0}};
  unsigned a, b;
  if (!og_reserve(r, count * 4 + 1))
    return 0;
  for (size_t i = 0; i < count; i++)
    if (row_alleles(&m[i], &a, &b)) {
      rows[a][b]++;
    } else if (allele_is_indel(DTC_GENOTYPE_FIRST(m[i].genotype))) {
      a = DTC_GENOTYPE_FIRST(m[i].genotype);
      b = genotype_other(m[i].genotype);
      rows[a > b ? a : b][a > b ? b : a]++; /* D before I */
    }
  char *p = r->og;
  for (size_t i = 0; i < sizeof order; i++)
    for (size_t k = 0; k < sizeof order; k++)
      for (uint32_t n = rows[order[i]][order[k]]; n; n--) {
        if (p != r->og)
          *p++ = ',';
        *p++ = letter_text[order[i]][0];
        *p++ = '/';
        *p++ = letter_text[order[k]][0];
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
  if (!c->a || out->filter != DTC_FILTER_PASS)
    return;
  int8_t x = allele_index(out, s, c->a), y = allele_index(out, s, c->b);
  out->gt[0] = x < y ? x : y;
  out->gt[1] = x < y ? y : x;
}

/* With an unknown strand this call means nothing: its letters, or those of its site, are each other's complements. */
static int is_palindromic(const reference_site *s, unsigned a, unsigned b) {
  /* without a table the row itself tells what the alleles are */
  if (!has_alts(s))
    return set_is_palindromic(a != b ? 1u << a | 1u << b : 1u << a | 1u << s->base[0]);
  return set_is_palindromic(s->set);
}

/* The table tells the row's strand: as it is, or reversed where rows may be. */
static int is_confirmed(const resolver *r, const reference_site *s, unsigned a, unsigned b) {
  if (!has_alts(s))
    return 0;
  if (fits(s, a, b))
    return !fits_reversed(s, a, b);
  return !r->no_flips && fits_reversed(s, a, b) && !set_is_palindromic(s->set);
}

int snv_is_believed(const resolver *r, const reference_site *s, unsigned genotype, int minus) {
  unsigned a, b;
  if (r->report->strand == RESOLVE_STRAND_PLUS || !letters_of(genotype, minus, &a, &b))
    return 1;
  return r->report->strand == RESOLVE_STRAND_SAID ? !is_palindromic(s, a, b) : is_confirmed(r, s, a, b);
}

/* Rejects rows whose strand is not known and matters; returns how many stay. */
static size_t leave_out_unbelieved(resolver *r, const reference_site *s, member *m, size_t count) {
  size_t stay = 0;
  for (size_t i = 0; i < count; i++)
    if (!snv_is_believed(r, s, m[i].genotype, m[i].flags & PLACED_MINUS))
      reject_row(r, m[i].row, REJECT_STRAND_UNKNOWN);
    else
      m[stay++] = m[i];
  return stay;
}

int snv_fill(resolver *r, const reference_site *s, const member *m, size_t count, record *out) {
  snv_calls calls = {0, 0, 0, 0, 0};
  for (size_t i = 0; i < count; i++) {
    unsigned a, b;
    if (row_alleles(&m[i], &a, &b))
      take_row(s, a, b, !r->no_flips, &calls);
  }
  out->ploidy = (uint8_t)group_ploidy(m, count);
  out->filter = (uint8_t)(m->doubtful ? DTC_FILTER_SITE_MISMATCH : filter_of(s, &calls, out->ploidy == 1));
  out->info = (uint8_t)((m->flags & PLACED_MINUS ? RECORD_REVLIFT : 0) |
                        (calls.flip && out->filter == DTC_FILTER_PASS ? RECORD_FLIP : 0));
  out->og = NULL;
  if (out->filter != DTC_FILTER_PASS) {
    if (!write_og(r, m, count))
      return 0;
    out->og = r->og;
  }
  set_alleles(out, s, &calls);
  return 1;
}

void snv_record(resolver *r, member *m, size_t count, unsigned kind) {
  record out;
  count = leave_out_doubtful(r, m, count);
  reject_why why = snv_unknown(kind);
  if (why == REJECT_SITE_UNKNOWN && m->doubtful)
    why = REJECT_SITE_MISMATCH;
  if (why != REJECT_COUNT) {
    for (size_t i = 0; i < count; i++)
      reject_row(r, m[i].row, why);
    return;
  }
  const reference_site *site = reference_site_of(r->reference, kind);
  if (!m->doubtful && !(count = leave_out_unbelieved(r, site, m, count)))
    return;
  out.position = r->place_position;
  out.contig = (uint8_t)r->place_contig;
  if (snv_fill(r, site, m, count, &out))
    record_emit(r, &out, m, count);
}
