#include "common/bcf_values.h"

#include <string.h>

const uint8_t *bcf_take_integer(const uint8_t *at, const uint8_t *end, unsigned type, int32_t *out) {
  unsigned width = bcf_values_width(type);
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
  at = bcf_take_integer(at + 1, end, *at & 15, &longer);
  *n = at && longer >= 0 ? (uint32_t)longer : 0;
  return at && longer >= 0 ? at : NULL;
}

const uint8_t *bcf_take_rare(const uint8_t *at, const uint8_t *end, uint32_t times, bcf_values *out) {
  if (at == end)
    return NULL;
  *out = (bcf_values){NULL, *at & 15, *at >> 4};
  at++;
  if ((out->n == 15 && !(at = take_count(at, end, &out->n))) ||
      (out->type != BCF_BT_NULL && !bcf_values_width(out->type)))
    return NULL;
  uint64_t bytes = (uint64_t)out->n * bcf_values_width(out->type) * times;
  out->at = at;
  return bytes <= (uint64_t)(end - at) ? at + bytes : NULL;
}
