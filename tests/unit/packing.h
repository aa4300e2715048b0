/* packing.h - growing bytes, rows of text, deflated text, and archives of one member, for the suites of lib/archive. */
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

/* A zip of one member with this packed data. The directory's values are given; the local header repeats them. */
static inline bytes zip_of(const bytes *packed, unsigned method, uint32_t crc, uint64_t unpacked_bytes,
                           size_t name_bytes, size_t comment_bytes) {
  bytes b = {0}, fields = {0};
  char *name = malloc(name_bytes + 1);
  memset(name, 'n', name_bytes);
  put_number(&fields, 20, 2);
  put_number(&fields, 0, 2);
  put_number(&fields, method, 2);
  put_number(&fields, 0x58215821, 4);
  put_number(&fields, crc, 4);
  put_number(&fields, packed->length, 4);
  put_number(&fields, unpacked_bytes, 4);
  put_number(&fields, name_bytes, 2);
  put_number(&fields, 0, 2);
  put(&b, "PK\3\4", 4);
  put(&b, fields.at, fields.length);
  put(&b, name, name_bytes);
  put(&b, packed->at, packed->length);
  size_t directory_at = b.length;
  put(&b, "PK\1\2\x14\3", 6);
  put(&b, fields.at, fields.length);
  put_number(&b, 0, 6);
  put_number(&b, 0100644u << 16, 4);
  ck_assert_uint_eq(b.length - directory_at, 46 - 4);
  put_number(&b, 0, 4);
  put(&b, name, name_bytes);
  size_t directory_bytes = b.length - directory_at;
  put(&b, "PK\5\6\0\0\0\0\1\0\1", 11);
  put_number(&b, 0, 1);
  put_number(&b, directory_bytes, 4);
  put_number(&b, directory_at, 4);
  put_number(&b, comment_bytes, 2);
  for (size_t i = 0; i < comment_bytes; i++)
    put(&b, "c", 1);
  free(name);
  free(fields.at);
  return b;
}

static inline bytes good_zip(size_t text_bytes, int level) {
  bytes text = text_of(text_bytes);
  bytes packed = deflated(&text, level);
  bytes zip = zip_of(&packed, 8, (uint32_t)crc32(0, text.at, (uInt)text.length), text.length, 20, 0);
  free(text.at);
  free(packed.at);
  return zip;
}

static inline bytes gzip_of(const bytes *text) {
  bytes packed = deflated(text, 6), b = {0};
  put(&b, "\x1f\x8b\10\10\0\0\0\0\0\3name", 15);
  put(&b, packed.at, packed.length);
  put_number(&b, crc32(0, text->at, (uInt)text->length), 4);
  put_number(&b, text->length, 4);
  free(packed.at);
  return b;
}

#endif
