#include "common/bcf_fill.h"

#include <string.h>

/* Beside texts and values: type, length and key of each field, of which there are few. */
enum { FIXED_BYTES = 256 };

void bcf_fill_begin(bcf_fill *to, bcf1_t *b, int rid, hts_pos_t pos, uint32_t samples, size_t text_bytes,
                    size_t sample_bytes) {
  bcf_clear(b);
  *to = (bcf_fill){b, FIXED_BYTES + text_bytes, FIXED_BYTES + sample_bytes, 0};
  b->rid = rid;
  b->pos = pos;
  bcf_float_set_missing(b->qual);
  b->n_sample = samples & 0xffffff;
  to->failed = ks_resize(&b->shared, to->shared_room) != 0 || ks_resize(&b->indiv, to->indiv_room) != 0;
}

static void put(kstring_t *s, size_t room, int *failed, const void *bytes, size_t count) {
  if (*failed || count > room - s->l) {
    *failed = 1;
    return;
  }
  if (count)
    memcpy(s->s + s->l, bytes, count);
  s->l += count;
}

static void put_shared(bcf_fill *to, const void *bytes, size_t count) {
  put(&to->b->shared, to->shared_room, &to->failed, bytes, count);
}

static void put_indiv(bcf_fill *to, const void *bytes, size_t count) {
  put(&to->b->indiv, to->indiv_room, &to->failed, bytes, count);
}

/* A little-endian number as a typed value (VCF 4.3, 6.3.3); returns its bytes. */
static size_t typed_number(unsigned char out[5], uint32_t value) {
  unsigned type = value <= 127 ? BCF_BT_INT8 : value <= 32767 ? BCF_BT_INT16 : BCF_BT_INT32;
  size_t bytes = type == BCF_BT_INT8 ? 1 : type == BCF_BT_INT16 ? 2 : 4;
  out[0] = (unsigned char)(1 << 4 | type);
  for (size_t i = 0; i < bytes; i++)
    out[1 + i] = (unsigned char)(value >> 8 * i);
  return 1 + bytes;
}

/* The head of a typed value: its type and how many; 15 and more stand in a number behind it. */
static size_t typed_head(unsigned char out[6], unsigned type, size_t length) {
  if (length < 15) {
    out[0] = (unsigned char)(length << 4 | type);
    return 1;
  }
  out[0] = (unsigned char)(15u << 4 | type);
  return 1 + typed_number(out + 1, (uint32_t)length);
}

static void put_string(bcf_fill *to, const char *text, size_t length) {
  unsigned char head[6];
  put_shared(to, head, typed_head(head, BCF_BT_CHAR, length));
  put_shared(to, text, length);
}

void bcf_fill_id(bcf_fill *to, const char *id, size_t length) {
  put_string(to, id, length == 1 && *id == '.' ? 0 : length);
}

void bcf_fill_allele(bcf_fill *to, const char *text, size_t length) {
  put_string(to, text, length);
  if (to->b->n_allele == 0)
    to->b->rlen = (hts_pos_t)length;
  to->b->n_allele++;
}

void bcf_fill_filter(bcf_fill *to, int key) {
  unsigned char value[5] = {0}; /* no type, no length: none */
  put_shared(to, value, key < 0 ? 1 : typed_number(value, (uint32_t)key));
}

static void put_info_key(bcf_fill *to, int key) {
  unsigned char value[5];
  put_shared(to, value, typed_number(value, (uint32_t)key));
  to->b->n_info++;
}

static void float_bytes(unsigned char out[4], float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 4; i++)
    out[i] = (unsigned char)(bits >> 8 * i);
}

void bcf_fill_info_float(bcf_fill *to, int key, float value) {
  unsigned char typed[5] = {1 << 4 | BCF_BT_FLOAT};
  float_bytes(typed + 1, value);
  put_info_key(to, key);
  put_shared(to, typed, sizeof typed);
}

void bcf_fill_info_flag(bcf_fill *to, int key) {
  put_info_key(to, key);
  put_shared(to, "", 1); /* a value of no type and no length */
}

static void put_format(bcf_fill *to, int key, unsigned type, unsigned each) {
  unsigned char head[6];
  put_indiv(to, head, typed_number(head, (uint32_t)key));
  put_indiv(to, head, typed_head(head, type, each));
  to->b->n_fmt++;
}

void bcf_fill_genotypes(bcf_fill *to, int key, const int32_t *gt, unsigned each) {
  int wide = to->b->n_allele > 62; /* (number + 1) * 2 + phased does not fit into 7 bits */
  put_format(to, key, wide ? BCF_BT_INT16 : BCF_BT_INT8, each);
  for (size_t i = 0, n = (size_t)to->b->n_sample * each; i < n && !to->failed; i++) {
    int32_t value = gt[i] != bcf_int32_vector_end ? gt[i] : wide ? bcf_int16_vector_end : bcf_int8_vector_end;
    const unsigned char bytes[2] = {(unsigned char)value, (unsigned char)((uint32_t)value >> 8)};
    put_indiv(to, bytes, wide ? 2 : 1);
  }
}

void bcf_fill_floats(bcf_fill *to, int key, const float *values, unsigned each) {
  put_format(to, key, BCF_BT_FLOAT, each);
  for (size_t i = 0, n = (size_t)to->b->n_sample * each; i < n && !to->failed; i++) {
    unsigned char bytes[4];
    float_bytes(bytes, values[i]);
    put_indiv(to, bytes, sizeof bytes);
  }
}

void bcf_fill_strings(bcf_fill *to, int key, const char *text, unsigned each) {
  put_format(to, key, BCF_BT_CHAR, each);
  put_indiv(to, text, (size_t)to->b->n_sample * each);
}

int bcf_fill_end(bcf_fill *to) {
  if (!to->failed)
    return 0;
  bcf_clear(to->b);
  return -1;
}
