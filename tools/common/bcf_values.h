/* bcf_values.h - the typed values of a BCF record, one after the other, read where they stand. The layout: VCFv4.3
 * specification, section 6. Every length is held against the bytes that are there. */
#ifndef COMMON_BCF_VALUES_H
#define COMMON_BCF_VALUES_H

#include <htslib/vcf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A record's two parts: what all persons share, from ID on, and the FORMAT fields. */
typedef struct bcf_part {
  const uint8_t *at, *end;
} bcf_part;
static inline bcf_part bcf_part_of(const kstring_t *s) {
  const uint8_t *at = (const uint8_t *)s->s;
  return (bcf_part){at, at ? at + s->l : at};
}
static inline bcf_part bcf_shared(const bcf1_t *b) { return bcf_part_of(&b->shared); }
static inline bcf_part bcf_individual(const bcf1_t *b) { return bcf_part_of(&b->indiv); }

/* The takers return where the bytes go on, or NULL where they end too early or are no value. */

/* n values of a type; a FORMAT field has n of each person. */
typedef struct bcf_values {
  const uint8_t *at; /* NULL: none */
  unsigned type;     /* BCF_BT_... */
  uint32_t n;
} bcf_values;

/* Bytes of one value; 0 for a type that has none. */
static inline unsigned bcf_values_width(unsigned type) {
  static const uint8_t widths[16] = {
      [BCF_BT_INT8] = 1, [BCF_BT_INT16] = 2, [BCF_BT_INT32] = 4, [BCF_BT_FLOAT] = 4, [BCF_BT_CHAR] = 1};
  return widths[type];
}

/* What is rare: a number of more than 8 bits; a long vector, one of no type, or none at all. */
const uint8_t *bcf_take_integer(const uint8_t *at, const uint8_t *end, unsigned type, int32_t *out);
const uint8_t *bcf_take_rare(const uint8_t *at, const uint8_t *end, uint32_t times, bcf_values *out);

/* A whole typed vector; of each of `times` persons, who are less than 2^24. */
static inline const uint8_t *bcf_take_values(const uint8_t *at, const uint8_t *end, uint32_t times, bcf_values *out) {
  if (at < end && *at < 15 << 4 && bcf_values_width(*at & 15)) { /* nearly always */
    unsigned n = *at >> 4, type = *at & 15;
    size_t bytes = (size_t)n * bcf_values_width(type) * times;
    at++;
    *out = (bcf_values){at, type, n};
    return bytes <= (size_t)(end - at) ? at + bytes : NULL;
  }
  bcf_values rare;
  at = bcf_take_rare(at, end, times, &rare);
  *out = rare;
  return at;
}

/* A text: what is padded behind its end is not of it. */
static inline const uint8_t *bcf_take_text(const uint8_t *at, const uint8_t *end, bcf_values *out) {
  at = bcf_take_values(at, end, 1, out);
  if (!at || (out->n && out->type != BCF_BT_CHAR && out->type != BCF_BT_NULL))
    return NULL;
  if (out->type == BCF_BT_NULL)
    out->n = 0;
  while (out->n && !out->at[out->n - 1])
    out->n--;
  return at;
}

/* The number of a header's line. */
static inline const uint8_t *bcf_take_key(const uint8_t *at, const uint8_t *end, int32_t *key) {
  if (end - at >= 2 && *at == (1 << 4 | BCF_BT_INT8)) { /* nearly always */
    int8_t small;
    memcpy(&small, at + 1, sizeof small);
    *key = small; /* NOLINT(bugprone-signed-char-misuse): a number of 8 bits, no letter */
    return at + 2;
  }
  int32_t longer = -1;
  at = end - at >= 1 && *at >> 4 == 1 ? bcf_take_integer(at + 1, end, *at & 15, &longer) : NULL;
  *key = longer;
  return at;
}

/* A field of INFO (persons: 1) or FORMAT. */
static inline const uint8_t *bcf_take_field(const uint8_t *at, const uint8_t *end, uint32_t persons, int32_t *key,
                                            bcf_values *out) {
  at = bcf_take_key(at, end, key);
  return at ? bcf_take_values(at, end, persons, out) : NULL;
}

#endif
