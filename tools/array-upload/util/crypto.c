#include "array-upload/util/crypto.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* OWASP's password storage figure for PBKDF2-HMAC-SHA512. */
enum { PASSWORD_ITERATIONS = 210000, PASSWORD_SALT = 16, PASSWORD_KEY = 32, NONCE = 12, TAG = 16 };

int random_bytes(void *out, size_t n) { return n <= INT32_MAX && RAND_bytes(out, (int)n) == 1 ? 0 : -1; }

int random_alnum(char *out, size_t n) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (size_t i = 0; i < n;) {
    unsigned char bytes[64];
    if (random_bytes(bytes, sizeof bytes) != 0)
      return -1;
    for (size_t k = 0; k < sizeof bytes && i < n; k++)
      if (bytes[k] < 248) /* 4 * 62: every letter equally likely */
        out[i++] = alphabet[bytes[k] % 62];
  }
  out[n] = '\0';
  return 0;
}

int sha256(unsigned char out[SHA256_SIZE], const void *bytes, size_t n) {
  return EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : -1;
}

int sha512(unsigned char out[SHA512_SIZE], const void *bytes, size_t n) {
  return EVP_Digest(bytes, n, out, NULL, EVP_sha512(), NULL) == 1 ? 0 : -1;
}

static int hmac(const EVP_MD *md, unsigned char *out, const void *key, size_t key_size, const void *bytes, size_t n) {
  return key_size <= INT32_MAX && HMAC(md, key, (int)key_size, bytes, n, out, NULL) != NULL ? 0 : -1;
}

int hmac_sha256(unsigned char out[SHA256_SIZE], const void *key, size_t key_size, const void *bytes, size_t n) {
  return hmac(EVP_sha256(), out, key, key_size, bytes, n);
}

int hmac_sha512(unsigned char out[SHA512_SIZE], const void *key, size_t key_size, const void *bytes, size_t n) {
  return hmac(EVP_sha512(), out, key, key_size, bytes, n);
}

struct sha256_stream {
  EVP_MD_CTX *context;
};

struct sha256_stream *sha256_begin(void) {
  struct sha256_stream *s = calloc(1, sizeof *s);
  if (s == NULL)
    return NULL;
  s->context = EVP_MD_CTX_new();
  if (s->context == NULL || EVP_DigestInit_ex(s->context, EVP_sha256(), NULL) != 1) {
    sha256_drop(s);
    return NULL;
  }
  return s;
}

int sha256_add(struct sha256_stream *s, const void *bytes, size_t n) {
  return EVP_DigestUpdate(s->context, bytes, n) == 1 ? 0 : -1;
}

int sha256_end(struct sha256_stream *s, char hex[SHA256_HEX_SIZE]) {
  unsigned char digest[SHA256_SIZE];
  int ok = EVP_DigestFinal_ex(s->context, digest, NULL) == 1;
  sha256_drop(s);
  if (!ok)
    return -1;
  hex_encode(hex, digest, sizeof digest);
  return 0;
}

void sha256_drop(struct sha256_stream *s) {
  if (s != NULL)
    EVP_MD_CTX_free(s->context);
  free(s);
}

int sha256_fd(int fd, char hex[SHA256_HEX_SIZE], int64_t *size) {
  struct sha256_stream *s = sha256_begin();
  if (s == NULL)
    return -1;
  unsigned char buffer[65536];
  *size = 0;
  for (;;) {
    ssize_t n = pread(fd, buffer, sizeof buffer, (off_t)*size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n == 0)
      return sha256_end(s, hex);
    if (n < 0 || sha256_add(s, buffer, (size_t)n) != 0)
      break;
    *size += n;
  }
  sha256_drop(s);
  return -1;
}

int bytes_equal(const void *a, const void *b, size_t n) { return CRYPTO_memcmp(a, b, n) == 0; }

int text_equal(const char *a, const char *b) {
  size_t n = strlen(a);
  return n == strlen(b) && bytes_equal(a, b, n);
}

/* ---- sealing -------------------------------------------------------------------------------------------------------
 */
static int gcm_seal(const unsigned char key[32], const char *label, unsigned char *out, const char *plain, size_t n) {
  EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
  int length, tail;
  int ok = c != NULL && random_bytes(out, NONCE) == 0 &&
           EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
           EVP_EncryptUpdate(c, NULL, &length, (const unsigned char *)label, (int)strlen(label)) == 1 &&
           EVP_EncryptUpdate(c, out + NONCE, &length, (const unsigned char *)plain, (int)n) == 1 &&
           EVP_EncryptFinal_ex(c, out + NONCE + length, &tail) == 1 &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + n) == 1;
  EVP_CIPHER_CTX_free(c);
  return ok ? 0 : -1;
}

char *seal_text(const unsigned char key[32], const char *label, const char *plain) {
  size_t n = strlen(plain);
  if (n > 1 << 20)
    return NULL;
  unsigned char *bytes = malloc(n + SEAL_OVERHEAD);
  char *hex = malloc(2 * (n + SEAL_OVERHEAD) + 1);
  if (bytes != NULL && hex != NULL && gcm_seal(key, label, bytes, plain, n) == 0) {
    hex_encode(hex, bytes, n + SEAL_OVERHEAD);
  } else {
    free(hex);
    hex = NULL;
  }
  free(bytes);
  return hex;
}

static int gcm_open(const unsigned char key[32], const char *label, char *out, unsigned char *sealed, size_t n) {
  EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
  int length, tail;
  int ok = c != NULL && EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, sealed) == 1 &&
           EVP_DecryptUpdate(c, NULL, &length, (const unsigned char *)label, (int)strlen(label)) == 1 &&
           EVP_DecryptUpdate(c, (unsigned char *)out, &length, sealed + NONCE, (int)n) == 1 &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, sealed + NONCE + n) == 1 &&
           EVP_DecryptFinal_ex(c, (unsigned char *)out + length, &tail) == 1;
  EVP_CIPHER_CTX_free(c);
  return ok ? 0 : -1;
}

char *unseal_text(const unsigned char key[32], const char *label, const char *sealed) {
  size_t n = strlen(sealed) / 2;
  if (n < SEAL_OVERHEAD || n > (1 << 20) + SEAL_OVERHEAD)
    return NULL;
  unsigned char *bytes = malloc(n);
  char *plain = calloc(1, n - SEAL_OVERHEAD + 1);
  if (bytes == NULL || plain == NULL || hex_decode(bytes, n, sealed) != 0 ||
      gcm_open(key, label, plain, bytes, n - SEAL_OVERHEAD) != 0) {
    free(plain);
    plain = NULL;
  }
  free(bytes);
  return plain;
}

/* ---- passwords -----------------------------------------------------------------------------------------------------
 */
static int password_derive(unsigned char out[PASSWORD_KEY], const char *password, const unsigned char *salt,
                           int iterations) {
  return PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, PASSWORD_SALT, iterations, EVP_sha512(), PASSWORD_KEY,
                           out) == 1
             ? 0
             : -1;
}

int password_hash(char *out, size_t size, const char *password) {
  unsigned char salt[PASSWORD_SALT], key[PASSWORD_KEY];
  if (strlen(password) > 4096 || random_bytes(salt, sizeof salt) != 0 ||
      password_derive(key, password, salt, PASSWORD_ITERATIONS) != 0)
    return -1;
  char salt_hex[2 * PASSWORD_SALT + 1], key_hex[2 * PASSWORD_KEY + 1];
  hex_encode(salt_hex, salt, sizeof salt);
  hex_encode(key_hex, key, sizeof key);
  int n = snprintf(out, size, "pbkdf2$%d$%s$%s", PASSWORD_ITERATIONS, salt_hex, key_hex);
  return n > 0 && (size_t)n < size ? 0 : -1;
}

/* Splits "pbkdf2$N$salt$key". */
static int password_read(const char *hash, int64_t *iterations, unsigned char *salt, unsigned char *key) {
  static const char prefix[] = "pbkdf2$";
  char copy[256];
  if (strncmp(hash, prefix, sizeof prefix - 1) != 0 || strlen(hash) >= sizeof copy)
    return -1;
  memcpy(copy, hash, strlen(hash) + 1);
  char *number = copy + sizeof prefix - 1, *salt_text = strchr(number, '$');
  char *key_text = salt_text == NULL ? NULL : strchr(salt_text + 1, '$');
  if (key_text == NULL)
    return -1;
  *salt_text++ = '\0';
  *key_text++ = '\0';
  return number_parse(iterations, number, 1, 10000000) == 0 && hex_decode(salt, PASSWORD_SALT, salt_text) == 0 &&
                 hex_decode(key, PASSWORD_KEY, key_text) == 0
             ? 0
             : -1;
}

int password_check(const char *hash, const char *password) {
  unsigned char salt[PASSWORD_SALT] = {0}, want[PASSWORD_KEY] = {0}, got[PASSWORD_KEY];
  int64_t iterations = PASSWORD_ITERATIONS;
  int readable = hash != NULL && password_read(hash, &iterations, salt, want) == 0;
  if (strlen(password) > 4096 || password_derive(got, password, salt, (int)iterations) != 0)
    return 0;
  return bytes_equal(want, got, sizeof got) && readable;
}
