#include "array-upload/seal/segment.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE = 12, BOUND_MAX = 256 };

struct segment_cipher {
  EVP_CIPHER_CTX *context;
  char bound[BOUND_MAX];
  int bound_size;
};

int64_t segment_sealed_size(int64_t plain) {
  if (plain < 0 || plain > INT64_MAX / 2)
    return -1;
  int64_t segments = plain == 0 ? 1 : (plain + SEGMENT_SIZE - 1) / SEGMENT_SIZE;
  return plain + segments * SEGMENT_TAG;
}

int64_t segment_plain_size(int64_t sealed) {
  if (sealed < SEGMENT_TAG)
    return -1;
  int64_t segments = (sealed + SEGMENT_SEALED - 1) / SEGMENT_SEALED, plain = sealed - segments * SEGMENT_TAG;
  return plain >= 0 && segment_sealed_size(plain) == sealed ? plain : -1;
}

struct segment_cipher *segment_cipher_new(const unsigned char key[OBJECT_KEY_SIZE], const char *name, int sealing) {
  struct segment_cipher *c = calloc(1, sizeof *c);
  if (c == NULL)
    return NULL;
  const char *slash = strrchr(name, '/');
  c->bound_size = snprintf(c->bound, sizeof c->bound, "array-upload object 1:%s", slash == NULL ? name : slash + 1);
  c->context = EVP_CIPHER_CTX_new();
  if (c->bound_size >= (int)sizeof c->bound || c->context == NULL ||
      EVP_CipherInit_ex(c->context, EVP_aes_256_gcm(), NULL, key, NULL, sealing) != 1) {
    segment_cipher_free(c);
    return NULL;
  }
  return c;
}

void segment_cipher_free(struct segment_cipher *c) {
  if (c != NULL)
    EVP_CIPHER_CTX_free(c->context); /* wipes the key */
  free(c);
}

/* The next segment's nonce and what is authenticated beside it. */
static int begin(struct segment_cipher *c, uint64_t index, int last) {
  unsigned char nonce[NONCE] = {0};
  int n;
  for (int k = 0; k < 8; k++)
    nonce[3 + k] = (unsigned char)(index >> (56 - 8 * k));
  nonce[11] = last != 0;
  return EVP_CipherInit_ex(c->context, NULL, NULL, NULL, nonce, -1) == 1 &&
                 EVP_CipherUpdate(c->context, NULL, &n, (const unsigned char *)c->bound, c->bound_size) == 1
             ? 0
             : -1;
}

int segment_seal_into(struct segment_cipher *c, uint64_t index, int last, const unsigned char *bytes, size_t n,
                      unsigned char *out) {
  int length = 0, tail;
  return n <= SEGMENT_SIZE && begin(c, index, last) == 0 &&
                 EVP_CipherUpdate(c->context, out, &length, bytes, (int)n) == 1 &&
                 EVP_CipherFinal_ex(c->context, out + length, &tail) == 1 &&
                 EVP_CIPHER_CTX_ctrl(c->context, EVP_CTRL_AEAD_GET_TAG, SEGMENT_TAG, out + n) == 1
             ? 0
             : -1;
}

int segment_seal(struct segment_cipher *c, uint64_t index, int last, unsigned char *bytes, size_t n) {
  return segment_seal_into(c, index, last, bytes, n, bytes);
}

static int open_to(struct segment_cipher *c, uint64_t index, int last, const unsigned char *sealed, size_t n,
                   unsigned char *out) {
  int length = 0, tail;
  return begin(c, index, last) == 0 &&
                 EVP_CIPHER_CTX_ctrl(c->context, EVP_CTRL_AEAD_SET_TAG, SEGMENT_TAG,
                                     (void *)(sealed + n - SEGMENT_TAG)) == 1 &&
                 EVP_CipherUpdate(c->context, out, &length, sealed, (int)(n - SEGMENT_TAG)) == 1 &&
                 EVP_CipherFinal_ex(c->context, out + length, &tail) == 1
             ? 0
             : -1;
}

int segment_open(struct segment_cipher *c, uint64_t index, int last, unsigned char *bytes, size_t n) {
  if (n >= SEGMENT_TAG && n <= SEGMENT_SEALED && open_to(c, index, last, bytes, n, bytes) == 0)
    return 0;
  OPENSSL_cleanse(bytes, n);
  return -1;
}

int segment_open_into(struct segment_cipher *c, uint64_t index, int last, const unsigned char *sealed, size_t n,
                      unsigned char *out) {
  if (n < SEGMENT_TAG || n > SEGMENT_SEALED)
    return -1;
  if (open_to(c, index, last, sealed, n, out) == 0)
    return 0;
  OPENSSL_cleanse(out, n - SEGMENT_TAG);
  return -1;
}
