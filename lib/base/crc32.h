/* crc32.h - the CRC-32 of zip and gzip, by the processor's carry-less multiplication where it has one. */
#ifndef DTC_BASE_CRC32_H
#define DTC_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Goes on from `crc`, which begins with 0. The same as zlib's. */
uint32_t crc32_of(uint32_t crc, const unsigned char *bytes, size_t length_bytes);

#endif
