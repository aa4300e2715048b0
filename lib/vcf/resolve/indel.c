/* indel.c - rows of I and D at one indel of the table: I is the longest allele, D the shortest. */
#include <string.h>

#include "vcf/resolve/parts.h"

/* The indices of the longest and the shortest allele, the first of equal ones. */
static void extremes(const record *out, unsigned *longest, unsigned *shortest) {
  *longest = *shortest = 0;
  for (unsigned i = 1; i < out->n_alleles; i++) {
    if (out->allele_bytes[i] > out->allele_bytes[*longest])
      *longest = i;
    if (out->allele_bytes[i] < out->allele_bytes[*shortest])
      *shortest = i;
  }
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
static int write_og(resolver *r, const record *out, const indel_calls *c, unsigned longest, unsigned shortest) {
  size_t bytes = 1;
  for (int k = 0; k < 3; k++)
    /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): a site has two alleles at least */
    bytes += c->rows[k] * (2 * (size_t)out->allele_bytes[longest] + 2);
  if (!og_reserve(r, bytes))
    return 0;
  int long_first = strcmp(out->alleles[longest], out->alleles[shortest]) < 0;
  unsigned first = long_first ? longest : shortest, second = long_first ? shortest : longest;
  unsigned pairs[3][2] = {{first, first}, {first, second}, {second, second}};
  /* "C/C" and "C/CTT" compare as texts do: by their alleles, '/' being before every base */
  char *p = r->og;
  for (int k = 0; k < 3; k++)
    for (size_t n = c->rows[long_first ? 2 - k : k]; n; n--) {
      if (p != r->og)
        *p++ = ',';
      p = put_genotype(p, out, pairs[k][0], pairs[k][1]);
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

void indel_record(resolver *r, member *m, size_t count) {
  const reference_site *site = reference_indel(r->reference, m->site - 1);
  record out;
  unsigned longest, shortest;
  out.position = site->position;
  out.contig = site->contig;
  out.n_alleles = site->n_alleles;
  for (unsigned i = 0; i < site->n_alleles; i++) {
    out.alleles[i] = site->alleles[i];
    out.allele_bytes[i] = (uint16_t)strlen(site->alleles[i]);
  }
  extremes(&out, &longest, &shortest);
  indel_calls calls = count_calls(m, count);
  int kinds = (calls.rows[0] > 0) + (calls.rows[1] > 0) + (calls.rows[2] > 0);
  out.ploidy = (uint8_t)group_ploidy(m, count);
  out.filter = kinds > 1 ? RECORD_DUP_CONFLICT : out.ploidy == 1 && calls.rows[1] ? RECORD_HET_HAPLOID : RECORD_PASS;
  out.info = m->flags & PLACED_MINUS ? RECORD_REVLIFT : 0;
  out.gt[0] = out.gt[1] = -1;
  out.og = NULL;
  if (out.filter != RECORD_PASS) {
    if (!write_og(r, &out, &calls, longest, shortest))
      return;
    out.og = r->og;
  } else if (kinds) {
    unsigned x = calls.rows[2] ? longest : shortest, y = calls.rows[0] ? shortest : longest;
    out.gt[0] = (int8_t)(x < y ? x : y);
    out.gt[1] = (int8_t)(x < y ? y : x);
  }
  record_emit(r, &out, m, count);
}
