#include "table/scan.h"

#include "base/bytes.h"

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
  s->id_kinds = rules->vendor->id_kinds;
  for (int c = 1; c < 256; c++) {
    int allele = row_allele((char)c, rules->vendor->no_call);
    s->allele[c] = (uint8_t)(allele > 0 ? allele : 0);
  }
  for (unsigned a = DTC_ALLELE_A; a <= DTC_ALLELE_MISSING; a++)
    for (unsigned b = DTC_ALLELE_A; b <= DTC_ALLELE_MISSING; b++)
      s->fits[a] |= (uint8_t)(row_alleles_fit(a, b) << b);
}

static ALWAYS_INLINE unsigned first_high_byte(uint64_t high_bits) {
#if defined __GNUC__
  return (unsigned)__builtin_ctzll(high_bits) >> 3;
#else
  unsigned n = 0;
  while (!(high_bits >> (8 * n + 7) & 1))
    n++;
  return n;
#endif
}

/* The value of eight bytes 0..9, the first being the highest digit: pairs, then fours, then all. */
static ALWAYS_INLINE uint32_t eight_digits(uint64_t digits) {
  const uint64_t mask = 0x000000ff000000ffu;
  digits = digits * 10 + (digits >> 8);
  return (uint32_t)(((digits & mask) * 0x000f424000000064u + (digits >> 16 & mask) * 0x0000271000000001u) >> 32);
}

/* A number without a leading zero that 32 bits hold. NULL for anything else. */
static ALWAYS_INLINE const char *take_number(const char *at, uint32_t *out) {
  uint64_t digits = load_64(at) ^ 0x3030303030303030u;
  /* The lowest high bit stands at the first byte that is no digit; above it carries may lie. */
  uint64_t others = ((digits + 0x7676767676767676u) | digits) & 0x8080808080808080u;
  if (!(digits & 0xff))
    return NULL;
  if (LIKELY(others)) {
    unsigned n = first_high_byte(others);
    if (!n)
      return NULL;
    *out = eight_digits(digits << (64 - 8 * n));
    return at + n;
  }
  uint64_t value = eight_digits(digits);
  at += 8;
  for (unsigned more = 0; more < 2 && *at >= '0' && *at <= '9'; more++)
    value = value * 10 + (uint64_t)(*at++ - '0');
  *out = (uint32_t)value;
  return value > UINT32_MAX || (*at >= '0' && *at <= '9') ? NULL : at;
}

/* Makes the chromosome at `at`, which ends in a byte `stop`, the one that rows are held against. 0 where it is none
 * that has a contig. */
static NEVER_INLINE int learn_label(scan *s, const char *at, char stop, unsigned separator_bytes) {
  const vendor *v = s->rules->vendor;
  size_t n = 0;
  while (n < 3 && at[n] != stop)
    n++;
  for (unsigned label = 1; label < DTC_LABEL_COUNT; label++) {
    if (!v->labels[label] || !view_is((view){at, n}, v->labels[label]))
      continue;
    s->label_bytes = (unsigned)n + separator_bytes;
    s->label_mask = UINT64_MAX >> (64 - 8 * s->label_bytes);
    s->label = load_64(at) & s->label_mask;
    s->contig = (uint8_t)label;
    s->length = s->rules->policy == DTC_POLICY_REFUSE ? s->rules->length[label] : UINT32_MAX;
    s->one_letter = v->writes_one_letter && label >= DTC_CONTIG_X;
    return 1;
  }
  return 0;
}

static ALWAYS_INLINE const char *take_separator(const char *at, int quoted) {
  if (!quoted)
    return *at == '\t' ? at + 1 : NULL;
  return at[0] == '"' && at[1] == ',' && at[2] == '"' ? at + 3 : NULL;
}

static ALWAYS_INLINE const char *take_end(const char *at, int crlf) {
  if (!crlf)
    return *at == '\n' ? at + 1 : NULL;
  return at[0] == '\r' && at[1] == '\n' ? at + 2 : NULL;
}

static ALWAYS_INLINE const char *take_genotype(const scan *s, vendor_shape shape, const char *at, int crlf,
                                               uint8_t *out) {
  size_t second = shape == VENDOR_TAB_ALLELES ? 2 : 1;
  unsigned a = s->allele[(unsigned char)at[0]];
  if (shape == VENDOR_TAB_ALLELES && at[1] != '\t')
    return NULL;
  unsigned b = s->allele[(unsigned char)at[second]];
  if (LIKELY(a && s->fits[a] >> b & 1)) {
    *out = DTC_GENOTYPE(a, b);
    at += second + 1;
  } else {
    if (!a || b || !s->one_letter)
      return NULL;
    *out = DTC_GENOTYPE(a, DTC_ALLELE_NONE);
    at += second;
  }
  if (shape == VENDOR_QUOTED_GENOTYPE && *at++ != '"')
    return NULL;
  return take_end(at, crlf);
}

/* One row into line i of the batch. The shape and the line end are constants in every copy of this. */
static ALWAYS_INLINE const char *take_row(scan *s, vendor_shape shape, int crlf, const char *at, batch *b, size_t i) {
  int quoted = shape == VENDOR_QUOTED_GENOTYPE;
  if (quoted && *at++ != '"')
    return NULL;
  unsigned kind = DTC_ID_RS;
  if (LIKELY(at[0] == 'r' && at[1] == 's'))
    at += 2;
  else if (at[0] == 'i')
    kind = DTC_ID_I, at++;
  else
    return NULL;
  if (!(s->id_kinds >> kind & 1) || !(at = take_number(at, &b->id_number[i])) || !(at = take_separator(at, quoted)))
    return NULL;
  b->id_kind[i] = (uint8_t)kind;
  if (!LIKELY((load_64(at) & s->label_mask) == s->label && s->label_mask)) {
    if (!learn_label(s, at, quoted ? '"' : '\t', quoted ? 3 : 1))
      return NULL;
    if (!take_separator(at + s->label_bytes - (quoted ? 3 : 1), quoted)) {
      s->label_mask = 0;
      return NULL;
    }
  }
  at += s->label_bytes;
  if (!(at = take_number(at, &b->position[i])) || b->position[i] > s->length || !(at = take_separator(at, quoted)))
    return NULL;
  b->contig[i] = s->contig;
  return take_genotype(s, shape, at, crlf, &b->genotype[i]);
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

size_t scan_rows(scan *s, view piece, batch *b, size_t most, uint32_t line_number) {
  if (piece.length < SCAN_MARGIN)
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
