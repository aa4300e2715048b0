/* packing.h - growing bytes, rows of text and deflated text for the suites of lib/archive. */
#ifndef DTC_TESTS_UNIT_PACKING_H
#define DTC_TESTS_UNIT_PACKING_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct bytes {
  unsigned char *at;
  size_t length, capacity;
} bytes;

static inline void put(bytes *b, const void *from, size_t length) {
  if (b->length + length > b->capacity) {
    b->capacity = (b->length + length) * 2;
    b->at = realloc(b->at, b->capacity);
    ck_assert_ptr_nonnull(b->at);
  }
  if (length)
    memcpy(b->at + b->length, from, length);
  b->length += length;
}

static inline void put_number(bytes *b, uint64_t value, size_t width) {
  for (size_t i = 0; i < width; i++) {
    unsigned char c = (unsigned char)(value >> 8 * i);
    put(b, &c, 1);
  }
}

static inline bytes text_of(size_t length) {
  bytes b = {0};
  uint64_t random = 88172645463325252u;
  while (b.length < length) {
    char row[64];
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    int n = snprintf(row, sizeof row, "rs%llu\t%llu\t%llu\tA%c\r\n", (unsigned long long)(random >> 40),
                     (unsigned long long)(random % 22 + 1), (unsigned long long)(random >> 36), "ACGT"[random >> 62]);
    put(&b, row, (size_t)n);
  }
  b.length = length;
  return b;
}

static inline bytes deflated(const bytes *text, int level) {
  bytes b = {0};
  z_stream z = {0};
  ck_assert_int_eq(deflateInit2(&z, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  b.capacity = deflateBound(&z, text->length) + 64;
  b.at = malloc(b.capacity);
  z.next_in = text->at;
  z.avail_in = (uInt)text->length;
  z.next_out = b.at;
  z.avail_out = (uInt)b.capacity;
  ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
  b.length = z.total_out;
  deflateEnd(&z);
  return b;
}

#endif
