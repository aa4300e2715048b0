/* numbers.h - two decimal numbers of a row at once. */
#ifndef DTC_TEXT_NUMBERS_H
#define DTC_TEXT_NUMBERS_H

#include "base/bytes.h"

#include <stddef.h>

/* The most digits, and the bytes before a number's end that are read, though not all belong to it. */
#define NUMBERS_DIGITS 16

/* The number of n digits before `end`, 1 to 16 of them; UINT64_MAX where they are none. */
static inline uint64_t numbers_one(const char *end, size_t n) {
  uint64_t value = 0;
  for (const char *at = end - n; at < end; at++) {
    unsigned digit = (unsigned)(unsigned char)*at - '0';
    if (digit > 9)
      return UINT64_MAX;
    value = value * 10 + digit;
  }
  return value;
}

/* The numbers of n digits before `end` and of m before `other_end`. 0 where they are none, or 32 bits do not hold both.
 */
static inline int numbers_two_by_digit(const char *end, size_t n, const char *other_end, size_t m, uint32_t *number,
                                       uint32_t *other) {
  uint64_t a = numbers_one(end, n), b = numbers_one(other_end, m);
  *number = (uint32_t)a;
  *other = (uint32_t)b;
  return a <= UINT32_MAX && b <= UINT32_MAX;
}

#if defined __SSE2__
#include <emmintrin.h>

/* The digits before `end` as bytes 0 to 9 behind zeros: without a branch on n, since nobody can foretell how long the
 * number of the next marker is. */
static inline __m128i numbers_digits(const char *end, size_t n) {
  static const unsigned char keep[2 * NUMBERS_DIGITS] = {
      [NUMBERS_DIGITS] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(end - NUMBERS_DIGITS));
  __m128i mask = _mm_loadu_si128((const __m128i *)(const void *)(keep + n));
  return _mm_and_si128(_mm_xor_si128(text, _mm_set1_epi8('0')), mask);
}

/* The values of four digits each: thousands and tens stand in the low bytes, hundreds and ones in the high ones. */
static inline __m128i numbers_fours(__m128i digits) {
  __m128i first = _mm_and_si128(digits, _mm_set1_epi16(255)), second = _mm_srli_epi16(digits, 8);
  return _mm_add_epi32(_mm_madd_epi16(first, _mm_set1_epi32(1000 | 10 << 16)),
                       _mm_madd_epi16(second, _mm_set1_epi32(100 | 1 << 16)));
}

static inline int numbers_two_by_vector(const char *end, size_t n, const char *other_end, size_t m, uint32_t *number,
                                        uint32_t *other) {
  __m128i a = numbers_digits(end, n), b = numbers_digits(other_end, m);
  __m128i above_9 = _mm_subs_epu8(_mm_max_epu8(a, b), _mm_set1_epi8(9));
  int are_digits = _mm_movemask_epi8(_mm_cmpeq_epi8(above_9, _mm_setzero_si128())) == 0xffff;
  /* four numbers of eight digits: what stands before the last eight of a, those, and the same of b */
  __m128i fours = _mm_packs_epi32(numbers_fours(a), numbers_fours(b));
  __m128i eights = _mm_madd_epi16(fours, _mm_set1_epi32(10000 | 1 << 16));
  uint64_t of_a = (uint64_t)_mm_cvtsi128_si64(eights);
  uint64_t of_b = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(eights, eights));
  uint64_t all_of_a = (of_a & UINT32_MAX) * 100000000 + (of_a >> 32);
  uint64_t all_of_b = (of_b & UINT32_MAX) * 100000000 + (of_b >> 32);
  *number = (uint32_t)all_of_a;
  *other = (uint32_t)all_of_b;
  return are_digits && (all_of_a | all_of_b) <= UINT32_MAX;
}
#define numbers_two numbers_two_by_vector
#else
#define numbers_two numbers_two_by_digit
#endif

#endif
