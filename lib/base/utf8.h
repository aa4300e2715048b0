/* utf8.h - well-formed UTF-8 (RFC 3629). */
#ifndef DTC_BASE_UTF8_H
#define DTC_BASE_UTF8_H

#include <stddef.h>

/* Length of the well-formed sequence at s, which has n bytes (at least one), or 0. */
static inline size_t utf8_length(const unsigned char *s, size_t n) {
  unsigned char c = s[0];
  size_t want = c < 0x80 ? 1 : c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (want == 0 || want > n)
    return 0;
  for (size_t k = 1; k < want; k++)
    if ((s[k] & 0xc0) != 0x80)
      return 0;
  if ((c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] > 0x9f) || (c == 0xf0 && s[1] < 0x90) ||
      (c == 0xf4 && s[1] > 0x8f))
    return 0;
  return want;
}

#endif
