#include "base/crc32.h"

#include <zlib.h>

static uint32_t plain(uint32_t crc, const unsigned char *bytes, size_t length_bytes) {
  while (length_bytes) {
    uInt piece = length_bytes < 1u << 30 ? (uInt)length_bytes : 1u << 30;
    crc = (uint32_t)crc32(crc, bytes, piece);
    bytes += piece;
    length_bytes -= piece;
  }
  return crc;
}

#if defined __x86_64__ && defined __GNUC__
#include <immintrin.h>

/* Folding (Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009): a
 * message is a polynomial over GF(2), and 128 bits of it may be replaced by their product with x^n mod P, n bits
 * further on, without a change of the remainder mod P. What is left in the end are 128 bits with the remainder of all,
 * and they are summed like any other bytes.
 *
 * Bits are reflected: the halves of a factor are x^(n+32) and x^(n-32) mod P, with their bits turned round and moved up
 * by one. */
#define FOLD(distance_high, distance_low) _mm_set_epi64x(distance_high, distance_low)
#define FOLD_BY_64_BYTES FOLD(0x1c6e41596, 0x154442bd4)
#define FOLD_BY_16_BYTES FOLD(0x0ccaa009e, 0x1751997d0)

__attribute__((target("pclmul,sse4.1"))) static inline __m128i fold(__m128i sum, __m128i factor, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(sum, factor, 0x00), high = _mm_clmulepi64_si128(sum, factor, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

static inline __m128i load(const unsigned char *at) { return _mm_loadu_si128((const __m128i *)(const void *)at); }

/* length_bytes >= 64 */
__attribute__((target("pclmul,sse4.1"))) static uint32_t folded(uint32_t crc, const unsigned char *bytes,
                                                                size_t length_bytes) {
  /* What came before is the remainder so far, xor-ed into the first 32 bits. */
  __m128i a = _mm_xor_si128(load(bytes), _mm_cvtsi32_si128((int)~crc)), b = load(bytes + 16), c = load(bytes + 32),
          d = load(bytes + 48);
  const __m128i far = FOLD_BY_64_BYTES, near = FOLD_BY_16_BYTES;
  for (bytes += 64, length_bytes -= 64; length_bytes >= 64; bytes += 64, length_bytes -= 64) {
    a = fold(a, far, load(bytes));
    b = fold(b, far, load(bytes + 16));
    c = fold(c, far, load(bytes + 32));
    d = fold(d, far, load(bytes + 48));
  }
  d = fold(fold(fold(a, near, b), near, c), near, d);
  unsigned char rest[16];
  _mm_storeu_si128((__m128i *)(void *)rest, d);
  return plain(plain(0xffffffff, rest, sizeof rest), bytes, length_bytes); /* zlib inverts the sum: this begins at 0 */
}

uint32_t crc32_of(uint32_t crc, const unsigned char *bytes, size_t length_bytes) {
  if (length_bytes >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"))
    return folded(crc, bytes, length_bytes);
  return plain(crc, bytes, length_bytes);
}
#else
uint32_t crc32_of(uint32_t crc, const unsigned char *bytes, size_t length_bytes) {
  return plain(crc, bytes, length_bytes);
}
#endif
