#include "genotype-convert/vcf_text.h"

#include "genotype-convert/header.h"

#include <string.h>

/* Digits of a number; written out because a loop over the digits costs as much as the rest of a line. */
static unsigned digits_of(uint32_t value) {
  if (value < 100000)
    return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : value < 10000 ? 4 : 5;
  if (value < 10000000)
    return value < 1000000 ? 6 : 7;
  return value < 100000000 ? 8 : value < 1000000000 ? 9 : 10;
}

char *decimal_write(char *at, uint32_t value) {
  static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
                              "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
                              "9899";
  char *end = at + digits_of(value), *from = end;
  while (value >= 100) {
    from -= 2;
    memcpy(from, pairs + value % 100 * 2, 2);
    value /= 100;
  }
  if (value >= 10)
    memcpy(from - 2, pairs + value * 2, 2);
  else
    from[-1] = (char)('0' + value);
  return end;
}

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
  switch ((dtc_id_kind)id.kind) {
  case DTC_ID_RS:
    return decimal_write(text_write(at, "rs", 2), id.number);
  case DTC_ID_I:
    return decimal_write(text_write(at, "i", 1), id.number);
  case DTC_ID_VGXS:
    return decimal_write(text_write(at, "VGXS", 4), id.number);
  case DTC_ID_OTHER:
    break;
  }
  const char *name = r->names + id.number;
  return text_write(at, name + 1, (unsigned char)name[0]);
}

size_t record_ids_bound(const record *r) { return r->n_ids * (DTC_ID_TEXT_MAX + 1); }

char *record_ids_write(char *at, const record *r) {
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
    return decimal_write(at, (uint32_t)allele);
  *at = allele < 0 ? '.' : (char)('0' + allele);
  return at + 1;
}

char *vcf_text_write(char *at, const record *r, const char *contig_name, size_t contig_name_length) {
  static const char *const filters[RECORD_FILTER_COUNT] = {
#define DTC_X(name, id, description) id,
      RECORD_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  memcpy(at, contig_name, HEADER_CONTIG_NAME_BYTES); /* of one size: one move instead of a call */
  at += contig_name_length;
  *at++ = '\t';
  at = decimal_write(at, r->position);
  *at++ = '\t';
  at = record_ids_write(at, r);
  *at++ = '\t';
  at = alleles_write(at, r);
  if (r->filter == RECORD_PASS && r->info == 0 && !r->og) {
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
