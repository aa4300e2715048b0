/* field.h - little-endian numbers of zip and gzip records. */
#ifndef DTC_ARCHIVE_FIELD_H
#define DTC_ARCHIVE_FIELD_H

#include <stdint.h>

static inline uint16_t field_16(const unsigned char *at) { return (uint16_t)(at[0] | at[1] << 8); }
static inline uint32_t field_32(const unsigned char *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static inline uint64_t field_64(const unsigned char *at) {
  return (uint64_t)field_32(at) | (uint64_t)field_32(at + 4) << 32;
}

#endif
