#include "vcf/writer/hts_record.h"

#include "vcf/writer/header.h"
#include "vcf/writer/vcf_text.h"

#include <string.h>

/* Types of BCF's typed values (6.3.3); the length stands in the high nibble, 15 for "a typed integer follows". */
enum { BCF_INT8 = 1, BCF_INT16 = 2, BCF_INT32 = 3, BCF_CHAR = 7 };

static char *u32_write(char *at, uint32_t value) {
  for (int i = 0; i < 4; i++)
    at[i] = (char)(value >> 8 * i);
  return at + 4;
}

static char *u16_write(char *at, uint32_t value) {
  at[0] = (char)value;
  at[1] = (char)(value >> 8);
  return at + 2;
}

static char *type_write(char *at, unsigned type, size_t length) {
  if (length < 15) {
    *at++ = (char)(length << 4 | type);
    return at;
  }
  *at++ = (char)(15u << 4 | type);
  if (length <= 127) {
    *at++ = 1 << 4 | BCF_INT8;
    *at++ = (char)length;
  } else if (length <= 32767) {
    *at++ = 1 << 4 | BCF_INT16;
    at = u16_write(at, (uint32_t)length);
  } else {
    *at++ = 1 << 4 | BCF_INT32;
    at = u32_write(at, (uint32_t)length);
  }
  return at;
}

static char *string_write(char *at, const char *text, size_t length) {
  at = type_write(at, BCF_CHAR, length);
  memcpy(at, text, length);
  return at + length;
}

/* A key of the dictionary: all of ours fit into one byte. */
static char *key_write(char *at, unsigned key) {
  at[0] = 1 << 4 | BCF_INT8;
  at[1] = (char)key;
  return at + 2;
}

static char *flag_write(char *at, unsigned key) {
  at = key_write(at, key);
  *at++ = 0; /* a flag has a value of no type and no length */
  return at;
}

size_t hts_record_bound(const record *r) {
  size_t bytes = 128 + record_ids_bound(r);
  for (unsigned i = 0; i < r->n_alleles; i++)
    bytes += r->allele_bytes[i] + 8u;
  return r->og ? bytes + strlen(r->og) + 8 : bytes;
}

/* The names come first in place, one byte in, so that the usual short type byte needs no move. */
static char *ids_write(char *at, const record *r) {
  char *text = at + 1;
  size_t length = (size_t)(record_ids_write(text, r) - text);
  char head[8];
  size_t head_bytes = (size_t)(type_write(head, BCF_CHAR, length) - head);
  if (head_bytes != 1)
    memmove(at + head_bytes, text, length);
  memcpy(at, head, head_bytes);
  return at + head_bytes + length;
}

static char *info_write(char *at, const record *r) {
  if (r->info & RECORD_REVLIFT)
    at = flag_write(at, HEADER_KEY_REVLIFT);
  if (r->info & RECORD_FLIP)
    at = flag_write(at, HEADER_KEY_FLIP);
  if (r->og)
    at = string_write(key_write(at, HEADER_KEY_OG), r->og, strlen(r->og));
  return at;
}

static unsigned info_count(const record *r) {
  return (r->info & RECORD_REVLIFT ? 1u : 0) + (r->info & RECORD_FLIP ? 1u : 0) + (r->og ? 1u : 0);
}

/* ID, alleles, FILTER and INFO: what stands in bcf1_t.shared. */
static char *shared_write(char *at, const record *r) {
  at = ids_write(at, r);
  for (unsigned i = 0; i < r->n_alleles; i++)
    at = string_write(at, r->alleles[i], r->allele_bytes[i]);
  return info_write(key_write(at, r->filter), r);
}

/* GT: what stands in bcf1_t.indiv. */
static char *individual_write(char *at, const record *r) {
  at = type_write(key_write(at, HEADER_KEY_GT), BCF_INT8, r->ploidy);
  for (unsigned i = 0; i < r->ploidy; i++)
    *at++ = (char)((r->gt[i] + 1) << 1);
  return at;
}

enum { HEAD_BYTES = 32, HEAD_SHARED_BYTES = 24 /* of them counted as shared (6.3.2) */ };

char *hts_record_pack(char *at, const record *r, int contig_index) {
  char *shared = at + HEAD_BYTES, *individual = shared_write(shared, r), *end = individual_write(individual, r);
  at = u32_write(at, (uint32_t)(individual - shared) + HEAD_SHARED_BYTES);
  at = u32_write(at, (uint32_t)(end - individual));
  at = u32_write(at, (uint32_t)contig_index);
  at = u32_write(at, r->position - 1);
  at = u32_write(at, r->allele_bytes[0]);
  at = u32_write(at, 0x7f800001); /* QUAL: missing */
  at = u32_write(at, info_count(r) | (uint32_t)r->n_alleles << 16);
  u32_write(at, 1u | 1u << 24); /* one sample, one FORMAT field */
  return end;
}

static uint32_t u32_read(const char *at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++)
    value |= (uint32_t)(unsigned char)at[i] << 8 * i;
  return value;
}

static int fill(kstring_t *to, const char *from, size_t length) {
  if (ks_resize(to, length + 1) != 0)
    return -1;
  memcpy(to->s, from, length);
  to->l = length;
  return 0;
}

int hts_record_unpack(bcf1_t *b, const char *packed, const char **end) {
  size_t shared_bytes = u32_read(packed) - HEAD_SHARED_BYTES, individual_bytes = u32_read(packed + 4);
  const char *shared = packed + HEAD_BYTES;
  *end = shared + shared_bytes + individual_bytes;
  bcf_clear(b);
  b->rid = (int32_t)u32_read(packed + 8);
  b->pos = (hts_pos_t)u32_read(packed + 12);
  b->rlen = (hts_pos_t)u32_read(packed + 16);
  bcf_float_set_missing(b->qual);
  uint32_t counts = u32_read(packed + 24);
  b->n_info = counts & 0xffff;
  b->n_allele = counts >> 16;
  b->n_fmt = b->n_sample = 1;
  if (fill(&b->shared, shared, shared_bytes) == 0 && fill(&b->indiv, shared + shared_bytes, individual_bytes) == 0)
    return 0;
  bcf_clear(b);
  return -1;
}
