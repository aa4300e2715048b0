/* bytes.h - eight bytes of a file or a text as a number. */
#ifndef DTC_BASE_BYTES_H
#define DTC_BASE_BYTES_H

#include <stdint.h>
#include <string.h>

/* From any address. The first byte is the lowest, on every machine. */
static inline uint64_t load_64(const void *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

#endif
