#include "genotype-score/record.h"

#include <htslib/vcf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ALLELES = 1024 };

int record_copy(record *r, const void *shared, size_t shared_bytes, const void *individual, size_t individual_bytes) {
  size_t bytes = shared_bytes + individual_bytes;
  if (bytes > r->capacity) {
    uint8_t *larger = realloc(r->bytes, 2 * bytes);
    if (!larger)
      return -1;
    r->bytes = larger;
    r->capacity = 2 * bytes;
  }
  if (shared_bytes)
    memcpy(r->bytes, shared, shared_bytes);
  if (individual_bytes)
    memcpy(r->bytes + shared_bytes, individual, individual_bytes);
  r->shared_bytes = shared_bytes;
  r->individual_bytes = individual_bytes;
  return 0;
}

void record_free(record *r) {
  free(r->bytes);
  free(r->alleles);
  *r = (record){0};
}

/* ------------------------------------------------------------------ typed values */

/* The takers return where the bytes go on, or NULL where they end too early or are no value. */

typedef struct typed {
  const uint8_t *at;
  unsigned type;
  uint32_t n;
} typed;

/* Bytes of one value; 0 for a type that has none. */
static inline unsigned width_of(unsigned type) {
  static const uint8_t widths[16] = {
      [BCF_BT_INT8] = 1, [BCF_BT_INT16] = 2, [BCF_BT_INT32] = 4, [BCF_BT_FLOAT] = 4, [BCF_BT_CHAR] = 1};
  return widths[type];
}

static const uint8_t *take_integer(const uint8_t *at, const uint8_t *end, unsigned type, int32_t *out) {
  unsigned width = width_of(type);
  int8_t small;
  int16_t middle;
  if (type > BCF_BT_INT32 || !width || (size_t)(end - at) < width)
    return NULL;
  if (type == BCF_BT_INT8) {
    memcpy(&small, at, sizeof small);
    *out = small; /* NOLINT(bugprone-signed-char-misuse): a number of 8 bits, no letter */
  } else if (type == BCF_BT_INT16) {
    memcpy(&middle, at, sizeof middle);
    *out = middle;
  } else {
    memcpy(out, at, sizeof *out);
  }
  return at + width;
}

/* How many values follow, where a nibble does not hold it. */
static const uint8_t *take_count(const uint8_t *at, const uint8_t *end, uint32_t *n) {
  int32_t longer;
  if (at == end || *at >> 4 != 1)
    return NULL;
  at = take_integer(at + 1, end, *at & 15, &longer);
  *n = at && longer >= 0 ? (uint32_t)longer : 0;
  return at && longer >= 0 ? at : NULL;
}

/* A long vector, one of no type, or none at all. */
static const uint8_t *take_rare(const uint8_t *at, const uint8_t *end, uint32_t times, typed *out) {
  if (at == end)
    return NULL;
  *out = (typed){NULL, *at & 15, *at >> 4};
  at++;
  if ((out->n == 15 && !(at = take_count(at, end, &out->n))) || (out->type != BCF_BT_NULL && !width_of(out->type)))
    return NULL;
  uint64_t bytes = (uint64_t)out->n * width_of(out->type) * times;
  out->at = at;
  return bytes <= (uint64_t)(end - at) ? at + bytes : NULL;
}

/* A whole typed vector; of each of `times` persons, who are less than 2^24. */
static inline const uint8_t *take_typed(const uint8_t *at, const uint8_t *end, uint32_t times, typed *out) {
  if (at < end && *at < 15 << 4 && width_of(*at & 15)) { /* nearly always */
    unsigned n = *at >> 4, type = *at & 15;
    size_t bytes = (size_t)n * width_of(type) * times;
    at++;
    *out = (typed){at, type, n};
    return bytes <= (size_t)(end - at) ? at + bytes : NULL;
  }
  typed rare;
  at = take_rare(at, end, times, &rare);
  *out = rare;
  return at;
}

/* A text: what is padded behind its end is not of it. */
static inline const uint8_t *take_text(const uint8_t *at, const uint8_t *end, typed *out) {
  at = take_typed(at, end, 1, out);
  if (!at || (out->n && out->type != BCF_BT_CHAR && out->type != BCF_BT_NULL))
    return NULL;
  if (out->type == BCF_BT_NULL)
    out->n = 0;
  while (out->n && !out->at[out->n - 1])
    out->n--;
  return at;
}

/* The number of a header's line. */
static inline const uint8_t *take_key(const uint8_t *at, const uint8_t *end, int32_t *key) {
  if (end - at >= 2 && *at == (1 << 4 | BCF_BT_INT8)) { /* nearly always */
    int8_t small;
    memcpy(&small, at + 1, sizeof small);
    *key = small; /* NOLINT(bugprone-signed-char-misuse): a number of 8 bits, no letter */
    return at + 2;
  }
  int32_t longer = -1;
  at = end - at >= 1 && *at >> 4 == 1 ? take_integer(at + 1, end, *at & 15, &longer) : NULL;
  *key = longer;
  return at;
}

/* ------------------------------------------------------------------ the record's parts */

static const uint8_t *read_alleles(record *r, const uint8_t *at, const uint8_t *end, const allele_names *names) {
  typed text;
  for (uint32_t i = 0; i < r->n_allele; i++) {
    if (i < r->n_known && end - at >= 2 && *at == (1 << 4 | BCF_BT_CHAR)) { /* one letter: nearly always */
      r->alleles[i] = allele_of_base((char)at[1]);
      at += 2;
      continue;
    }
    if (!(at = take_text(at, end, &text)))
      return NULL;
    if (i < r->n_known)
      r->alleles[i] = text.n ? allele_find(names, (const char *)text.at, text.n) : ALLELE_UNKNOWN;
  }
  return at;
}

/* The fields behind the last one that is wanted are not looked at. */
static int read_formats(record *r, const uint8_t *at, const uint8_t *end, const record_keys *keys) {
  int wanted = (keys->gt >= 0) + (keys->ds >= 0);
  typed value;
  int32_t key;
  r->gt.at = r->ds.at = NULL;
  for (uint32_t i = 0; wanted && i < r->n_format; i++) {
    if (!(at = take_key(at, end, &key)) || !(at = take_typed(at, end, r->n_sample, &value)))
      return -1;
    if (key < 0 || (key != keys->gt && key != keys->ds))
      continue;
    *(key == keys->gt ? &r->gt : &r->ds) =
        (record_format){value.at, value.type, value.n, value.n * width_of(value.type)};
    wanted--;
  }
  return 0;
}

int record_read(record *r, const record_keys *keys, const allele_names *names) {
  const uint8_t *end = r->bytes + r->shared_bytes, *at;
  typed id;
  r->n_known = r->n_allele < MOST_ALLELES ? r->n_allele : MOST_ALLELES;
  if (r->n_known > r->allele_capacity) {
    allele *larger = realloc(r->alleles, r->n_known * sizeof *larger);
    if (!larger)
      return -2;
    r->alleles = larger;
    r->allele_capacity = r->n_known;
  }
  if (!(at = take_text(r->bytes, end, &id)) || !(at = read_alleles(r, at, end, names)) ||
      read_formats(r, end, end + r->individual_bytes, keys) != 0)
    return -1;
  r->filters = at;
  r->id = (const char *)id.at;
  r->id_length = id.n;
  return 0;
}

int record_frequency(const record *r, int key, size_t index, double *out) {
  const uint8_t *at = r->filters, *end = r->bytes + r->shared_bytes;
  typed value;
  int32_t of;
  float told = NAN;
  if (!(at = take_typed(at, end, 1, &value)))
    return -1;
  for (uint32_t i = 0; i < r->n_info; i++) {
    if (!(at = take_key(at, end, &of)) || !(at = take_typed(at, end, 1, &value)))
      return -1;
    if (of >= 0 && of == key && value.type == BCF_BT_FLOAT && index > 0 && index <= value.n)
      memcpy(&told, value.at + (index - 1) * sizeof told, sizeof told);
  }
  *out = told >= 0 && told <= 1 ? told : NAN;
  return 0;
}
