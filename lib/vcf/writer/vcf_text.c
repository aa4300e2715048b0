#include "vcf/writer/vcf_text.h"

#include "base/marker.h"
#include "vcf/writer/header.h"

#include <stdlib.h>
#include <string.h>

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* The eight digits of a number below 10^8, the first in the lowest byte: split in halves four, two and one digits wide,
 * all lanes at once; x * 10486 >> 20 is x / 100 below 10,000, and x * 103 >> 10 is x / 10 below 100. */
static inline uint64_t digits_of_8(uint32_t value) {
  uint64_t fours = value / 10000 | (uint64_t)(value % 10000) << 32;
  uint64_t hundreds = fours * 10486 >> 20 & 0x0000007f0000007f;
  uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  uint64_t tens = twos * 103 >> 10 & 0x000f000f000f000f;
  return tens | (twos - tens * 10) << 8;
}

static inline char *decimal_put(char *at, uint32_t value) {
  if (value >= 100000000) {
    unsigned high = value / 100000000;
    if (high >= 10)
      *at++ = (char)('0' + high / 10);
    *at++ = (char)('0' + high % 10);
    uint64_t digits = digits_of_8(value % 100000000) | 0x3030303030303030;
    memcpy(at, &digits, sizeof digits);
    return at + 8;
  }
  uint64_t digits = digits_of_8(value);
  unsigned zeros = (unsigned)__builtin_ctzll(digits | (uint64_t)1 << 56) / 8; /* in front; the last digit stays */
  digits = (digits | 0x3030303030303030) >> 8 * zeros;
  memcpy(at, &digits, sizeof digits);
  return at + (8 - zeros);
}
#else
static inline char *decimal_put(char *at, uint32_t value) {
  char digits[10];
  unsigned n = 0;
  do
    digits[n++] = (char)('0' + value % 10);
  while (value /= 10);
  while (n)
    *at++ = digits[--n];
  return at;
}
#endif

char *decimal_write(char *at, uint32_t value) { return decimal_put(at, value); }

static inline char *text_write(char *at, const char *text, size_t length) {
  memcpy(at, text, length);
  return at + length;
}

/* Nearly all alleles are one letter: not worth a call of memcpy. */
static inline char *allele_write(char *at, const char *text, size_t length) {
  if (length != 1)
    return text_write(at, text, length);
  *at = *text;
  return at + 1;
}

static char *id_write(char *at, const record *r, record_id id) {
  if (id.kind < MARKER_PREFIXES) {
    const marker_prefix *prefix = &marker_prefixes[id.kind];
    memcpy(at, prefix->text, sizeof prefix->text);
    return decimal_put(at + prefix->bytes, id.number);
  }
  const char *name = r->names + id.number;
  return text_write(at, name + 1, (unsigned char)name[0]);
}

size_t record_ids_bound(const record *r) { return r->n_ids * (DTC_ID_TEXT_MAX + 1); }

char *record_ids_write(char *at, const record *r) {
  if (!r->n_ids)
    return text_write(at, ".", 1);
  at = id_write(at, r, r->ids[0]);
  for (size_t i = 1; i < r->n_ids; i++) {
    *at++ = ';';
    at = id_write(at, r, r->ids[i]);
  }
  return at;
}

size_t vcf_text_bound(const record *r) {
  size_t bytes = 128 + record_ids_bound(r);
  for (unsigned i = 0; i < r->n_alleles; i++)
    bytes += r->allele_bytes[i] + 1u;
  return r->og ? bytes + strlen(r->og) : bytes;
}

static char *alleles_write(char *at, const record *r) {
  at = allele_write(at, r->alleles[0], r->allele_bytes[0]);
  *at++ = '\t';
  if (r->n_alleles == 1)
    *at++ = '.';
  for (unsigned i = 1; i < r->n_alleles; i++) {
    if (i > 1)
      *at++ = ',';
    at = allele_write(at, r->alleles[i], r->allele_bytes[i]);
  }
  return at;
}

static char *info_write(char *at, const record *r) {
  char *from = at;
  if (r->info & RECORD_REVLIFT)
    at = text_write(at, "REVLIFT;", 8);
  if (r->info & RECORD_FLIP)
    at = text_write(at, "FLIP;", 5);
  if (r->og) {
    at = text_write(at, "OG=", 3);
    at = text_write(at, r->og, strlen(r->og));
    *at++ = ';';
  }
  if (at == from)
    at += 2, from[0] = '.';
  return at - 1;
}

static inline char *gt_value_write(char *at, int allele) {
  if (allele > 9)
    return decimal_put(at, (uint32_t)allele);
  *at = allele < 0 ? '.' : (char)('0' + allele);
  return at + 1;
}

/* REF, ALT, QUAL, FILTER, INFO, FORMAT, the sample, and the line's end. */
static char *tail_write(char *at, const record *r) {
  static const char *const filters[RECORD_FILTER_COUNT] = {
#define DTC_X(number, name, id, text) id,
      DTC_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  at = alleles_write(at, r);
  if (r->filter == DTC_FILTER_PASS && r->info == 0 && !r->og) {
    at = text_write(at, "\t.\tPASS\t.\tGT\t", 13);
  } else {
    const char *filter = filters[r->filter];
    at = text_write(at, "\t.\t", 3);
    at = text_write(at, filter, strlen(filter));
    *at++ = '\t';
    at = info_write(at, r);
    at = text_write(at, "\tGT\t", 4);
  }
  at = gt_value_write(at, r->gt[0]);
  if (r->ploidy == 2) {
    *at++ = '/';
    at = gt_value_write(at, r->gt[1]);
  }
  *at++ = '\n';
  return at;
}

char *vcf_text_write(char *at, const record *r, const char *contig_name, size_t contig_name_length,
                     vcf_columns *columns) {
  const char *line = at;
  at = text_write(at, contig_name, contig_name_length);
  *at++ = '\t';
  at = decimal_put(at, r->position);
  columns->id = (size_t)(at - line);
  *at++ = '\t';
  at = record_ids_write(at, r);
  columns->tail = (size_t)(at - line);
  *at++ = '\t';
  return tail_write(at, r);
}

/* Records of one shape have the same text from REF on. */
enum { TAIL_MAX = 64 };
typedef struct tail {
  uint8_t length; /* 0: not made yet, or too long for this */
  char text[TAIL_MAX - 1];
} tail;

struct vcf_lines {
  struct {
    char name[HEADER_CONTIG_NAME_BYTES]; /* with its TAB */
    size_t length;
  } contigs[DTC_CONTIG_COUNT];
  tail tails[RECORD_SHAPES + 1];
};

/* Room for a line that ends in a tail. */
enum { SHORT_MAX = HEADER_CONTIG_NAME_BYTES + 1 + 10 + 1 + DTC_ID_TEXT_MAX + 1 + TAIL_MAX };

vcf_lines *vcf_lines_new(int chr_prefix) {
  vcf_lines *l = calloc(1, sizeof *l); /* of a megabyte, only what is used is ever touched */
  if (!l)
    return NULL;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    size_t length = header_contig_name(c, chr_prefix, l->contigs[c].name);
    l->contigs[c].name[length] = '\t';
    l->contigs[c].length = length + 1;
  }
  return l;
}

void vcf_lines_free(vcf_lines *l) { free(l); }

static void tail_make(tail *t, const record *r) {
  char text[256]; /* alleles of one letter each, og of one genotype: all that records with a shape have */
  if (vcf_text_bound(r) > sizeof text)
    return;
  size_t length = (size_t)(tail_write(text, r) - text);
  if (length > sizeof t->text)
    return;
  memcpy(t->text, text, length);
  t->length = (uint8_t)length;
}

/* A line that ends in its shape's tail is of one name and short. */
static inline int has_tail(const vcf_lines *l, const record *r) { return r->shape && l->tails[r->shape].length; }

size_t vcf_lines_bound(const vcf_lines *l, const record *r) {
  size_t bound = has_tail(l, r) ? 0 : vcf_text_bound(r);
  return bound < SHORT_MAX ? SHORT_MAX : bound; /* the tail may be made only when the line is written */
}

char *vcf_lines_write(vcf_lines *l, char *at, const record *r, vcf_columns *columns) {
  if (r->shape && !l->tails[r->shape].length)
    tail_make(&l->tails[r->shape], r);
  if (!has_tail(l, r))
    return vcf_text_write(at, r, l->contigs[r->contig].name, l->contigs[r->contig].length - 1, columns);
  const char *line = at;
  const tail *t = &l->tails[r->shape];
  /* copies of one size are a move or two, and no call */
  memcpy(at, l->contigs[r->contig].name, HEADER_CONTIG_NAME_BYTES);
  at = decimal_put(at + l->contigs[r->contig].length, r->position);
  columns->id = (size_t)(at - line);
  *at++ = '\t';
  at = id_write(at, r, r->ids[0]);
  columns->tail = (size_t)(at - line);
  *at++ = '\t';
  memcpy(at, t->text, sizeof t->text);
  return at + t->length;
}
