/* encode.h - hex, base64url, UUIDs, numbers and times as text. All strict: the whole text or nothing. */
#ifndef ARRAY_UPLOAD_UTIL_ENCODE_H
#define ARRAY_UPLOAD_UTIL_ENCODE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { UUID_SIZE = 37, SHA256_HEX_SIZE = 65, TIME_SIZE = 40 };

/* Lower-case hex of n bytes and a NUL: out holds 2n+1. */
void hex_encode(char *out, const unsigned char *bytes, size_t n);
/* Exactly 2n hex digits; 0 or -1. */
int hex_decode(unsigned char *out, size_t n, const char *text);

/* RFC 4648 section 5 without padding. Both return the length written or -1 when `size` is too small (encode also puts a
 * NUL). Decoding refuses padding, white space, other alphabets and set bits behind the last byte. */
int base64url_encode(char *out, size_t size, const void *bytes, size_t n);
int base64url_decode(unsigned char *out, size_t size, const char *text, size_t n);

/* A random UUID (version 4). 0, or -1 when the random source failed. */
int uuid_new(char out[UUID_SIZE]);
/* Takes 8-4-4-4-12 or 32 hex digits of either case; writes the lower-case hyphened form. 0 or -1. */
int uuid_parse(char out[UUID_SIZE], const char *text);

/* The whole text is one decimal number within min..max. 0 or -1. */
int number_parse(int64_t *out, const char *text, int64_t min, int64_t max);

/* Micros since 1970. "2021-10-12T19:47:15.332776Z", no fraction where it is zero. */
void time_format(char out[TIME_SIZE], int64_t micros);
/* The one other form, "2021-10-12 19:47:15.394485+00:00". */
void time_format_spaced(char out[TIME_SIZE], int64_t micros);
/* ISO 8601: date, or date and time with optional seconds, fraction and Z/offset (none = UTC). 0 or -1. */
int time_parse(int64_t *micros, const char *text);
/* "2021-10-12" only; start of that day. */
int date_parse(int64_t *micros, const char *text);
void date_format(char out[TIME_SIZE], int64_t micros);

/* JSON text with the fewest digits that give the same numbers; malloc()ed or NULL. */
char *json_text(const json_t *value);

#endif
