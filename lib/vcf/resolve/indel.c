/* indel.c - rows of I and D at one indel of the table: I is the longer of two alleles, D the shorter. */
#include <string.h>

#include "vcf/resolve/parts.h"

/* What a letter means: the index of an allele, or AMBIGUOUS. */
enum { AMBIGUOUS = -1 };
typedef struct indel_letters {
  int of_i, of_d;
} indel_letters;

/* A marker has two alleles. At a site of several ALTs only REF can be told, and only where all ALTs are on one side of
 * it: which of the others is meant nobody knows. */
static indel_letters meaning_of(const record *out) {
  unsigned longer = 0, alts = out->n_alleles - 1u;
  for (unsigned i = 1; i < out->n_alleles; i++)
    longer += out->allele_bytes[i] > out->allele_bytes[0];
  int other = alts == 1 ? 1 : AMBIGUOUS;
  if (longer == alts)
    return (indel_letters){.of_i = other, .of_d = 0};
  if (longer == 0)
    return (indel_letters){.of_i = 0, .of_d = other};
  return (indel_letters){AMBIGUOUS, AMBIGUOUS};
}

/* How many rows have two D, one of each, two I. */
typedef struct indel_calls {
  size_t rows[3];
} indel_calls;

static char *put_genotype(char *p, const record *out, unsigned x, unsigned y) {
  memcpy(p, out->alleles[x], out->allele_bytes[x]);
  p += out->allele_bytes[x];
  *p++ = '/';
  memcpy(p, out->alleles[y], out->allele_bytes[y]);
  return p + out->allele_bytes[y];
}

/* The rows' genotypes as texts, sorted. */
static int write_texts(resolver *r, const record *out, const indel_calls *c, indel_letters l) {
  unsigned d = (unsigned)l.of_d, i = (unsigned)l.of_i;
  size_t bytes = 1, longest = out->allele_bytes[i] > out->allele_bytes[d] ? out->allele_bytes[i] : out->allele_bytes[d];
  for (int k = 0; k < 3; k++)
    /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): a site has two alleles at least */
    bytes += c->rows[k] * (2 * longest + 2);
  if (!og_reserve(r, bytes))
    return 0;
  int i_first = strcmp(out->alleles[i], out->alleles[d]) < 0;
  unsigned first = i_first ? i : d, second = i_first ? d : i;
  unsigned pairs[3][2] = {{first, first}, {first, second}, {second, second}};
  /* "C/C" and "C/CTT" compare as texts do: by their alleles, '/' being before every base */
  char *p = r->og;
  for (int k = 0; k < 3; k++)
    for (size_t n = c->rows[i_first ? 2 - k : k]; n; n--) {
      if (p != r->og)
        *p++ = ',';
      p = put_genotype(p, out, pairs[k][0], pairs[k][1]);
    }
  *p = '\0';
  return 1;
}

/* The same where the letters name no alleles: "D/D,D/I". */
static int write_letters(resolver *r, const indel_calls *c) {
  static const char *const texts[3] = {"D/D", "D/I", "I/I"};
  if (!og_reserve(r, (c->rows[0] + c->rows[1] + c->rows[2]) * 4 + 1))
    return 0;
  char *p = r->og;
  for (int k = 0; k < 3; k++)
    for (size_t n = c->rows[k]; n; n--) {
      if (p != r->og)
        *p++ = ',';
      memcpy(p, texts[k], 3);
      p += 3;
    }
  *p = '\0';
  return 1;
}

static indel_calls count_calls(const member *m, size_t count) {
  indel_calls c = {{0, 0, 0}};
  for (size_t i = 0; i < count; i++) {
    unsigned a = DTC_GENOTYPE_FIRST(m[i].genotype), b = genotype_other(m[i].genotype);
    if (allele_is_indel(a))
      c.rows[(a == DTC_ALLELE_I) + (b == DTC_ALLELE_I)]++;
  }
  return c;
}

static dtc_filter filter_of(const member *m, const indel_calls *c, indel_letters l, int haploid) {
  if (m->doubtful)
    return DTC_FILTER_SITE_MISMATCH;
  if ((c->rows[0] > 0) + (c->rows[1] > 0) + (c->rows[2] > 0) > 1)
    return DTC_FILTER_DUP_CONFLICT;
  if (haploid && c->rows[1])
    return DTC_FILTER_HET_HAPLOID;
  int has_d = c->rows[0] || c->rows[1], has_i = c->rows[1] || c->rows[2];
  return (has_d && l.of_d == AMBIGUOUS) || (has_i && l.of_i == AMBIGUOUS) ? DTC_FILTER_AMBIGUOUS_INDEL
                                                                          : DTC_FILTER_PASS;
}

/* Genotype, or what the rows said instead. 0 when memory runs out. */
static int fill_calls(resolver *r, const indel_calls *calls, indel_letters l, record *out) {
  out->gt[0] = out->gt[1] = -1;
  out->og = NULL;
  if (out->filter != DTC_FILTER_PASS) {
    int named = l.of_d != AMBIGUOUS && l.of_i != AMBIGUOUS;
    if (!(named ? write_texts(r, out, calls, l) : write_letters(r, calls)))
      return 0;
    out->og = r->og;
  } else if (calls->rows[0] || calls->rows[1] || calls->rows[2]) {
    int x = calls->rows[2] ? l.of_i : l.of_d, y = calls->rows[0] ? l.of_d : l.of_i;
    out->gt[0] = (int8_t)(x < y ? x : y);
    out->gt[1] = (int8_t)(x < y ? y : x);
  }
  return 1;
}

void indel_record(resolver *r, member *m, size_t count) {
  record out;
  unsigned kind = reference_check_indel(r->reference, m->site - 1);
  const reference_site *site = reference_indel(r->reference, m->site - 1);
  if (kind) {
    for (size_t i = 0; i < count; i++)
      reject_row(r, m[i].row, snv_unknown(kind));
    return;
  }
  count = leave_out_doubtful(r, m, count);
  out.position = site->position;
  out.contig = site->contig;
  out.n_alleles = site->n_alleles;
  for (unsigned i = 0; i < site->n_alleles; i++) {
    out.alleles[i] = site->alleles[i];
    out.allele_bytes[i] = (uint16_t)strlen(site->alleles[i]);
  }
  indel_letters letters = meaning_of(&out);
  indel_calls calls = count_calls(m, count);
  out.ploidy = (uint8_t)group_ploidy(m, count);
  out.filter = (uint8_t)filter_of(m, &calls, letters, out.ploidy == 1);
  out.info = m->flags & PLACED_MINUS ? RECORD_REVLIFT : 0;
  if (fill_calls(r, &calls, letters, &out))
    record_emit(r, &out, m, count);
}
