#include "table/scan.h"

#include "text/marks.h"

#if defined SCAN_ONE_COPY /* where coverage is measured: branches count once, not in each of the six copies */
#define ALWAYS_INLINE
#define NEVER_INLINE
#define LIKELY(x) (x)
#elif defined __GNUC__
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NEVER_INLINE __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#else
#define ALWAYS_INLINE inline
#define NEVER_INLINE
#define LIKELY(x) (x)
#endif

void scan_init(scan *s, const row_rules *rules, line_end end) {
  memset(s, 0, sizeof *s);
  s->rules = rules;
  s->end = end;
  s->takes_rs = rules->vendor->id_kinds >> DTC_ID_RS & 1;
  s->takes_i = rules->vendor->id_kinds >> DTC_ID_I & 1;
  s->label = 1; /* that a mask of 0 leaves of no text */
  for (int c = 1; c < 256; c++) {
    int allele = row_allele((char)c, rules->vendor->no_call);
    s->first[c] = DTC_GENOTYPE(allele > 0 ? allele : 0, 0);
    s->second[c] = DTC_GENOTYPE(0, allele > 0 ? allele : 0);
  }
  for (unsigned a = DTC_ALLELE_A; a <= DTC_ALLELE_MISSING; a++)
    for (unsigned b = DTC_ALLELE_A; b <= DTC_ALLELE_MISSING; b++)
      s->is_genotype[DTC_GENOTYPE(a, b)] = (uint8_t)row_alleles_fit(a, b);
}

/* bits is not 0 */
static ALWAYS_INLINE unsigned lowest_bit(uint64_t bits) {
#if defined __GNUC__
  return (unsigned)__builtin_ctzll(bits);
#else
  unsigned n = 0;
  while (!(bits >> n & 1))
    n++;
  return n;
#endif
}

static ALWAYS_INLINE int is_separator(const char *at, int quoted) {
  return quoted ? (load_64(at) & 0xffffff) == 0x222c22 : *at == '\t'; /* "," */
}

/* Makes the chromosome between the separator at `at` and the next the one that rows are held against. 0 where it is
 * none that has a contig. */
static NEVER_INLINE int learn_label(scan *s, const char *at, int quoted) {
  const vendor *v = s->rules->vendor;
  size_t separator = quoted ? 3 : 1, n = 0; /* no vendor's label has three letters: all of it fits eight bytes */
  const char *code = at + separator;
  while (n < 2 && code[n] != (quoted ? '"' : '\t'))
    n++;
  if (!is_separator(at, quoted) || !is_separator(code + n, quoted))
    return 0;
  for (unsigned label = 1; label < DTC_LABEL_COUNT; label++) {
    if (!v->labels[label] || !view_is((view){code, n}, v->labels[label]))
      continue;
    s->label_bytes = (unsigned)(n + 2 * separator);
    s->label_mask = UINT64_MAX >> (64 - 8 * s->label_bytes);
    s->label = load_64(at) & s->label_mask;
    s->contig = (uint8_t)label;
    s->length = s->rules->policy == DTC_POLICY_REFUSE ? s->rules->length[label] : UINT32_MAX;
    s->one_letter = v->writes_one_letter && label >= DTC_CONTIG_X;
    return 1;
  }
  return 0;
}

static ALWAYS_INLINE const char *take_end(const char *at, int crlf) {
  if (!crlf)
    return *at == '\n' ? at + 1 : NULL;
  return at[0] == '\r' && at[1] == '\n' ? at + 2 : NULL;
}

static ALWAYS_INLINE const char *take_genotype(const scan *s, vendor_shape shape, const char *at, int crlf,
                                               uint8_t *out) {
  size_t second = shape == VENDOR_TAB_ALLELES ? 2 : 1;
  if (shape == VENDOR_TAB_ALLELES && at[1] != '\t')
    return NULL;
  unsigned a = s->first[(unsigned char)at[0]], b = s->second[(unsigned char)at[second]];
  *out = (uint8_t)(a | b);
  if (LIKELY(s->is_genotype[a | b])) {
    at += second + 1;
  } else {
    if (!a || b || !s->one_letter)
      return NULL;
    at += second;
  }
  if (shape == VENDOR_QUOTED_GENOTYPE && *at++ != '"')
    return NULL;
  return take_end(at, crlf);
}

/* One row into line i of the batch. The shape and the line end are constants in every copy of this. Where the next row
 * begins is known from the separators alone: rows are read side by side then, and none waits for the numbers of
 * another. */
static ALWAYS_INLINE const char *take_row(scan *s, vendor_shape shape, int crlf, const char *at, batch *b, size_t i) {
  const int quoted = shape == VENDOR_QUOTED_GENOTYPE;
  const unsigned quote = quoted ? 1 : 0, separator = quoted ? 3 : 1; /* bytes; a separator is "," or a TAB */
  uint64_t from_first = quoted ? marks_comma(at) : marks_low(at), from_second = from_first & (from_first - 1);
  uint64_t from_third = from_second & (from_second - 1);
  if (!from_third)
    return NULL;
  const char *label = at + lowest_bit(from_first) - quote, *end = at + lowest_bit(from_third) - quote;
  if (quoted && *at++ != '"')
    return NULL;
  b->id_kind[i] = DTC_ID_RS;
  if (LIKELY(memcmp(at, "rs", 2) == 0)) {
    at += 2;
  } else {
    if (*at++ != 'i' || !s->takes_i)
      return NULL;
    b->id_kind[i] = DTC_ID_I;
  }
  if (!LIKELY((load_64(label) & s->label_mask) == s->label) && !learn_label(s, label, quoted))
    return NULL;
  const char *place = label + s->label_bytes;
  size_t id_digits = (size_t)(label - at), place_digits = (size_t)(end - place); /* huge where the end comes first */
  if (((id_digits - 1) | (place_digits - 1)) >= NUMBERS_DIGITS || *at == '0' || *place == '0' ||
      !is_separator(end, quoted))
    return NULL;
  if (!numbers_two(label, id_digits, end, place_digits, &b->id_number[i], &b->position[i]) ||
      b->position[i] > s->length)
    return NULL;
  b->contig[i] = s->contig;
  return take_genotype(s, shape, end + separator, crlf, &b->genotype[i]);
}

static ALWAYS_INLINE size_t take_rows(scan *s, vendor_shape shape, int crlf, view piece, batch *b, size_t most,
                                      uint32_t number) {
  const char *at = piece.at, *end = piece.at + piece.length - SCAN_MARGIN;
  size_t i = b->count, stop = i + most;
  for (; i < stop && at <= end; i++) {
    const char *next = take_row(s, shape, crlf, at, b, i);
    if (!next)
      break;
    b->line[i] = number++;
    at = next;
  }
  b->count = i;
  return (size_t)(at - piece.at);
}

size_t scan_rows(scan *s, view piece, size_t before_bytes, batch *b, size_t most, uint32_t line_number) {
  if (before_bytes < SCAN_BEFORE || piece.length < SCAN_MARGIN || !s->takes_rs)
    return 0;
  int crlf = s->end == LINE_END_CRLF;
  if (s->rules->shape == VENDOR_TAB_GENOTYPE)
    return crlf ? take_rows(s, VENDOR_TAB_GENOTYPE, 1, piece, b, most, line_number)
                : take_rows(s, VENDOR_TAB_GENOTYPE, 0, piece, b, most, line_number);
  if (s->rules->shape == VENDOR_TAB_ALLELES)
    return crlf ? take_rows(s, VENDOR_TAB_ALLELES, 1, piece, b, most, line_number)
                : take_rows(s, VENDOR_TAB_ALLELES, 0, piece, b, most, line_number);
  return crlf ? take_rows(s, VENDOR_QUOTED_GENOTYPE, 1, piece, b, most, line_number)
              : take_rows(s, VENDOR_QUOTED_GENOTYPE, 0, piece, b, most, line_number);
}
