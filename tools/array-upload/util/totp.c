#include "array-upload/util/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void base32_encode(char *out, const void *bytes, size_t n) {
  const unsigned char *from = bytes;
  uint32_t held = 0;
  unsigned bits = 0;
  for (size_t i = 0; i < n; i++) {
    held = held << 8 | from[i];
    for (bits += 8; bits >= 5; bits -= 5)
      *out++ = letters[held >> (bits - 5) & 31];
  }
  if (bits > 0)
    *out++ = letters[held << (5 - bits) & 31];
  *out = '\0';
}

int base32_decode(void *out, size_t n, const char *text) {
  unsigned char *to = out;
  uint32_t held = 0;
  unsigned bits = 0;
  size_t used = 0;
  for (; *text != '\0'; text++) {
    char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
    const char *at = strchr(letters, c);
    if (at == NULL)
      return -1;
    held = held << 5 | (uint32_t)(at - letters);
    bits += 5;
    if (bits >= 8) {
      if (used == n)
        return -1;
      bits -= 8;
      to[used++] = (unsigned char)(held >> bits);
    }
  }
  return used == n && bits < 5 && (held & ((1u << bits) - 1)) == 0 ? 0 : -1;
}

int totp_code(const unsigned char *secret, size_t n, int64_t step) {
  unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  for (int i = 0; i < 8; i++)
    counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
  if (HMAC(EVP_sha1(), secret, (int)n, counter, sizeof counter, mac, &size) == NULL || size != 20)
    return -1;
  const unsigned char *at = mac + (mac[19] & 15); /* RFC 4226, section 5.3 */
  uint32_t number = (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
  return (int)(number % 1000000);
}

static int code_read(const char *text) {
  int code = 0, digits = 0;
  for (; *text != '\0'; text++) {
    if (*text == ' ')
      continue;
    if (*text < '0' || *text > '9' || ++digits > 6)
      return -1;
    code = code * 10 + (*text - '0');
  }
  return digits == 6 ? code : -1;
}

int64_t totp_match(const unsigned char secret[TOTP_SECRET], const char *code, int64_t now_s, int64_t used) {
  int given = code_read(code);
  int64_t now = now_s / TOTP_STEP_S, found = -1;
  if (given < 0)
    return -1;
  /* All of them, so that the time taken says nothing. */
  for (int64_t step = now - TOTP_SKEW; step <= now + TOTP_SKEW; step++)
    if (totp_code(secret, TOTP_SECRET, step) == given && step > used && found < 0)
      found = step;
  return found;
}
