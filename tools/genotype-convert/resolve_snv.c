/* resolve_snv.c - rows of single letters at one place: alleles against REF and the table, genotype, filter. */

#include "resolve_parts.h"

static const char *const letter_text[8] = {"", "A", "C", "G", "T", "", "", ""};

/* The alleles a place may have. */
typedef struct snv_site {
  unsigned ref;      /* allele */
  unsigned known[3]; /* the table's ALTs in their order */
  unsigned n_known;  /* 0: no table, or a site without ALTs */
  unsigned set;      /* bit a: allele a is REF or a known ALT */
} snv_site;

/* What the rows of a place come to. */
typedef struct snv_calls {
  unsigned a, b; /* the one genotype, a <= b; 0 where no row has a call */
  int conflict, mismatch, flip;
} snv_calls;

/* REF and known ALTs. REJECT_COUNT when REF is known. */
static reject_why look_up(resolver *r, uint32_t position, snv_site *s) {
  const reference_site *site = reference_snv(r->reference, position);
  char base = site ? site->alleles[0][0] : reference_base(r->reference, position);
  s->ref = allele_of_letter(base);
  s->n_known = 0;
  s->set = 1u << s->ref;
  if (!base) return REJECT_SITE_UNKNOWN;
  if (!s->ref) return REJECT_REF_N;
  for (unsigned i = 1; site && i < site->n_alleles; i++) {
    s->known[s->n_known++] = allele_of_letter(site->alleles[i][0]);
    s->set |= 1u << s->known[i - 1];
  }
  return REJECT_COUNT;
}

/* The alleles of a row on the output's plus strand, a <= b. 0 for a no-call. */
static int row_alleles(const member *m, unsigned *a, unsigned *b) {
  unsigned x = DTC_GENOTYPE_FIRST(m->genotype), y = genotype_other(m->genotype);
  if (!allele_is_base(x)) return 0;
  if (m->flags & PLACED_MINUS) {
    x = allele_complement(x);
    y = allele_complement(y);
  }
  *a = x < y ? x : y;
  *b = x < y ? y : x;
  return 1;
}

/* One row's genotype beside those before it; where it only fits complemented, it is complemented if flips are allowed. */
static void take_row(const snv_site *s, unsigned a, unsigned b, int flips, snv_calls *c) {
  if (s->n_known && ((1u << a | 1u << b) & ~s->set)) {
    unsigned x = allele_complement(b), y = allele_complement(a);
    if (flips && !((1u << x | 1u << y) & ~s->set) && !set_is_palindromic(s->set)) {
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

static record_filter filter_of(const snv_site *s, const snv_calls *c, int haploid) {
  if (c->conflict) return RECORD_DUP_CONFLICT;
  if (c->a && haploid && c->a != c->b) return RECORD_HET_HAPLOID;
  if (c->mismatch) return RECORD_ALLELE_MISMATCH;
  if (c->a && !s->n_known && c->a != c->b && c->a != s->ref && c->b != s->ref) return RECORD_NON_REF_HET;
  return RECORD_PASS;
}

/* The rows' genotypes before any flip, sorted, each as often as it stands there: "A/G,G/G". */
static int write_og(resolver *r, const member *m, size_t count) {
  uint32_t rows[5][5] = {{0}};
  unsigned a, b;
  if (!og_reserve(r, count * 4 + 1)) return 0;
  for (size_t i = 0; i < count; i++)
    if (row_alleles(&m[i], &a, &b)) rows[a][b]++;
  char *p = r->og;
  for (a = DTC_ALLELE_A; a <= DTC_ALLELE_T; a++)
    for (b = a; b <= DTC_ALLELE_T; b++)
      for (uint32_t n = rows[a][b]; n; n--) {
        if (p != r->og) *p++ = ',';
        *p++ = letter_text[a][0];
        *p++ = '/';
        *p++ = letter_text[b][0];
      }
  *p = '\0';
  return 1;
}

/* Puts an allele at the end of the record's list unless it is there; returns its index. */
static int8_t allele_index(record *out, uint8_t index[8], unsigned allele) {
  if (!index[allele]) {
    out->alleles[out->n_alleles] = letter_text[allele];
    out->allele_bytes[out->n_alleles] = 1;
    index[allele] = ++out->n_alleles;
  }
  return (int8_t)(index[allele] - 1);
}

static void set_alleles(record *out, const snv_site *s, const snv_calls *c) {
  uint8_t index[8] = {0};
  out->n_alleles = 0;
  allele_index(out, index, s->ref);
  for (unsigned i = 0; i < s->n_known; i++) allele_index(out, index, s->known[i]);
  out->gt[0] = out->gt[1] = -1;
  if (!c->a || out->filter != RECORD_PASS) return;
  int8_t x = allele_index(out, index, c->a), y = allele_index(out, index, c->b);
  out->gt[0] = x < y ? x : y;
  out->gt[1] = x < y ? y : x;
}

/* With an unknown strand a call at a palindromic place means nothing. Rejects such rows; returns how many stay. */
static size_t leave_out_palindromic(resolver *r, const snv_site *s, member *m, size_t count) {
  size_t stay = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned a, b, set = s->set;
    int call = row_alleles(&m[i], &a, &b);
    if (call && !s->n_known) set |= 1u << a | 1u << b; /* without a table the row itself tells the other allele */
    if (call && set_is_palindromic(set)) reject_row(r, m[i].row, REJECT_STRAND_UNKNOWN);
    else m[stay++] = m[i];
  }
  return stay;
}

/* For the report: how the calls of the file agree with REF. */
static void count_strand(resolver *r, const snv_site *s, const member *m) {
  unsigned a, b;
  if (!genotype_shows_strand(m->genotype) || !row_alleles(m, &a, &b)) return;
  r->report->strand_hets++;
  r->report->strand_hets_with_ref += a == s->ref || b == s->ref;
}

void snv_record(resolver *r, member *m, size_t count) {
  snv_site site;
  snv_calls calls = {0, 0, 0, 0, 0};
  record out;
  uint32_t position = r->place_position;
  reject_why why = look_up(r, position, &site);
  if (why != REJECT_COUNT) {
    for (size_t i = 0; i < count; i++) reject_row(r, m[i].row, why);
    return;
  }
  for (size_t i = 0; i < count; i++) count_strand(r, &site, &m[i]);
  if (!r->report->strand_ok && !(count = leave_out_palindromic(r, &site, m, count))) return;
  for (size_t i = 0; i < count; i++) {
    unsigned a, b;
    if (row_alleles(&m[i], &a, &b)) take_row(&site, a, b, !r->no_flips, &calls);
  }
  out.position = position;
  out.contig = (uint8_t)r->place_contig;
  out.ploidy = (uint8_t)group_ploidy(m, count);
  out.filter = (uint8_t)filter_of(&site, &calls, out.ploidy == 1);
  out.info = (uint8_t)((m->flags & PLACED_MINUS ? RECORD_REVLIFT : 0) | (calls.flip && out.filter == RECORD_PASS ? RECORD_FLIP : 0));
  out.og = NULL;
  if (out.filter != RECORD_PASS) {
    if (!write_og(r, m, count)) return;
    out.og = r->og;
  }
  set_alleles(&out, &site, &calls);
  record_emit(r, &out, m, count);
}
