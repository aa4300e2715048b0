/* marks.h - where the separators of a text stand, as the bits of a number: the first byte's is the lowest. */
#ifndef DTC_TEXT_MARKS_H
#define DTC_TEXT_MARKS_H

#include "base/bytes.h"

/* Eight bytes at a time, for every machine; what holds for a byte is its highest bit, and a product gathers them. */
static inline uint64_t marks_gather(uint64_t high_bits) {
  return ((high_bits & UINT64_C(0x8080808080808080)) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}
static inline uint64_t marks_low_by_word(uint64_t word) {
  /* without carries from one byte to the next; of a byte beyond ASCII the low bits count */
  return marks_gather(~((word & UINT64_C(0x7f7f7f7f7f7f7f7f)) + UINT64_C(0x6060606060606060)));
}
static inline uint64_t marks_comma_by_word(uint64_t word) {
  uint64_t x = word ^ UINT64_C(0x2c2c2c2c2c2c2c2c), low = UINT64_C(0x7f7f7f7f7f7f7f7f);
  return marks_gather(~(((x & low) + low) | x));
}

#if defined __SSE2__ && !defined MARKS_BY_WORD
#include <emmintrin.h>

static inline __m128i marks_load(const char *at) { return _mm_loadu_si128((const __m128i *)(const void *)at); }
static inline uint64_t marks_low_16(const char *at) {
  return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(marks_load(at), _mm_set1_epi8(' ')));
}
static inline uint64_t marks_comma_16(const char *at) {
  return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(marks_load(at), _mm_set1_epi8(',')));
}
#else
static inline uint64_t marks_low_16(const char *at) {
  return marks_low_by_word(load_64(at)) | marks_low_by_word(load_64(at + 8)) << 8;
}
static inline uint64_t marks_comma_16(const char *at) {
  return marks_comma_by_word(load_64(at)) | marks_comma_by_word(load_64(at + 8)) << 8;
}
#endif

/* TABs, line ends and all else below a blank among the 32 bytes at `at`. A byte beyond ASCII may count as one or not.
 */
static inline uint64_t marks_low(const char *at) { return marks_low_16(at) | marks_low_16(at + 16) << 16; }

/* The commas among the 48 bytes at `at`. */
static inline uint64_t marks_comma(const char *at) {
  return marks_comma_16(at) | marks_comma_16(at + 16) << 16 | marks_comma_16(at + 32) << 32;
}

#endif
