#include "array-upload/seal/crypt4gh.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "array-upload/util/crypto.h"

enum { NONCE = 12, TAG = 16, OVERHEAD = NONCE + TAG, PAYLOAD = 40, PACKET = 4 + 4 + CRYPT4GH_KEY + PAYLOAD + OVERHEAD };

static unsigned char *put_number(unsigned char *at, uint32_t n) {
  for (int i = 0; i < 4; i++)
    at[i] = (unsigned char)(n >> (8 * i));
  return at + 4;
}

/* ---- keys ----------------------------------------------------------------------------------------------------------
 */
static const char begin_line[] = "-----BEGIN CRYPT4GH PUBLIC KEY-----",
                  end_line[] = "-----END CRYPT4GH PUBLIC KEY-----";
static const char space[] = " \t\r\n";

/* 44 characters of base64 into 32 bytes; EVP_DecodeBlock() would take blanks and dashes at the ends, too. */
static int base64_read(const char *text, size_t n, unsigned char key[CRYPT4GH_KEY]) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned char bytes[33];
  if (n != 44 || text[43] != '=' || strspn(text, letters) != 43 ||
      EVP_DecodeBlock(bytes, (const unsigned char *)text, 44) != 33 || bytes[32] != 0)
    return -1;
  memcpy(key, bytes, CRYPT4GH_KEY);
  return 0;
}

/* X25519 of the two; fails for a point of low order, whose result everybody knows. */
static int agree(EVP_PKEY *own, const unsigned char other[CRYPT4GH_KEY], unsigned char out[CRYPT4GH_KEY]) {
  size_t size = CRYPT4GH_KEY;
  EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, other, CRYPT4GH_KEY);
  EVP_PKEY_CTX *c = peer == NULL ? NULL : EVP_PKEY_CTX_new(own, NULL);
  int ok = c != NULL && EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer(c, peer) == 1 &&
           EVP_PKEY_derive(c, out, &size) == 1 && size == CRYPT4GH_KEY;
  EVP_PKEY_CTX_free(c);
  EVP_PKEY_free(peer);
  return ok ? 0 : -1;
}

static EVP_PKEY *key_new(unsigned char public[CRYPT4GH_KEY]) {
  unsigned char secret[CRYPT4GH_KEY];
  size_t size = CRYPT4GH_KEY;
  EVP_PKEY *key = random_bytes(secret, sizeof secret) == 0
                      ? EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, sizeof secret)
                      : NULL;
  OPENSSL_cleanse(secret, sizeof secret);
  if (key != NULL && (EVP_PKEY_get_raw_public_key(key, public, &size) != 1 || size != CRYPT4GH_KEY)) {
    EVP_PKEY_free(key);
    return NULL;
  }
  return key;
}

const char *crypt4gh_key_read(const char *text, unsigned char key[CRYPT4GH_KEY]) {
  static const char shape[] = "It is not a Crypt4GH public key: three lines, as `crypt4gh-keygen` writes them, or the "
                              "base64 of its 32 bytes.";
  unsigned char own[CRYPT4GH_KEY], shared[CRYPT4GH_KEY];
  if (strlen(text) > CRYPT4GH_KEY_TEXT_MAX)
    return shape;
  if (strstr(text, "PRIVATE KEY") != NULL)
    return "That is a private key. Keep it to yourself: only the public key is needed here.";
  const char *at = text + strspn(text, space);
  int framed = strncmp(at, begin_line, sizeof begin_line - 1) == 0;
  if (framed)
    at += sizeof begin_line - 1 + strspn(at + sizeof begin_line - 1, space);
  size_t n = strcspn(at, space);
  const char *rest = at + n + strspn(at + n, space);
  if (framed && strncmp(rest, end_line, sizeof end_line - 1) == 0)
    rest += sizeof end_line - 1 + strspn(rest + sizeof end_line - 1, space);
  else if (framed)
    return shape;
  if (*rest != '\0' || base64_read(at, n, key) != 0)
    return shape;
  EVP_PKEY *probe = key_new(own);
  int usable = probe != NULL && agree(probe, key, shared) == 0;
  EVP_PKEY_free(probe);
  OPENSSL_cleanse(shared, sizeof shared);
  return usable ? NULL : "Nothing can be encrypted for that key: it is a point of low order.";
}

int crypt4gh_named(const char *name) {
  size_t n = strlen(name), m = sizeof CRYPT4GH_SUFFIX - 1;
  return n > m && strcmp(name + n - m, CRYPT4GH_SUFFIX) == 0;
}

/* ---- ChaCha20-Poly1305 ---------------------------------------------------------------------------------------------
 */
/* nonce | ciphertext | tag of n plain bytes. */
static int seal(const unsigned char key[CRYPT4GH_KEY], const unsigned char *plain, size_t n, unsigned char *out) {
  int length = 0, tail = 0;
  EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
  int ok = c != NULL && random_bytes(out, NONCE) == 0 &&
           EVP_EncryptInit_ex(c, EVP_chacha20_poly1305(), NULL, key, out) == 1 &&
           EVP_EncryptUpdate(c, out + NONCE, &length, plain, (int)n) == 1 &&
           EVP_EncryptFinal_ex(c, out + NONCE + length, &tail) == 1 &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG, out + NONCE + n) == 1;
  EVP_CIPHER_CTX_free(c); /* wipes the key */
  return ok ? 0 : -1;
}

int crypt4gh_seal(const unsigned char data_key[CRYPT4GH_KEY], const unsigned char *plain, size_t n,
                  unsigned char *out) {
  return n == 0 || n > CRYPT4GH_SEGMENT ? -1 : seal(data_key, plain, n, out);
}

int crypt4gh_open(const unsigned char data_key[CRYPT4GH_KEY], const unsigned char *sealed, size_t n,
                  unsigned char *out) {
  int length = 0, tail = 0;
  if (n <= OVERHEAD || n > CRYPT4GH_SEALED)
    return -1;
  EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
  int ok = c != NULL && EVP_DecryptInit_ex(c, EVP_chacha20_poly1305(), NULL, data_key, sealed) == 1 &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)(sealed + n - TAG)) == 1 &&
           EVP_DecryptUpdate(c, out, &length, sealed + NONCE, (int)(n - OVERHEAD)) == 1 &&
           EVP_DecryptFinal_ex(c, out + length, &tail) == 1;
  EVP_CIPHER_CTX_free(c);
  if (!ok)
    OPENSSL_cleanse(out, n - OVERHEAD);
  return ok ? 0 : -1;
}

/* ---- the header ----------------------------------------------------------------------------------------------------
 */
/* Section 3.3.1: the first half of BLAKE2b-512 over the agreed point, the reader's key and the writer's. */
static int packet_key(EVP_PKEY *writer, const unsigned char writer_public[CRYPT4GH_KEY],
                      const unsigned char reader[CRYPT4GH_KEY], unsigned char out[CRYPT4GH_KEY]) {
  unsigned char all[3 * CRYPT4GH_KEY], digest[64];
  unsigned size = 0;
  int ok = agree(writer, reader, all) == 0;
  memcpy(all + CRYPT4GH_KEY, reader, CRYPT4GH_KEY);
  memcpy(all + 2 * CRYPT4GH_KEY, writer_public, CRYPT4GH_KEY);
  ok = ok && EVP_Digest(all, sizeof all, digest, &size, EVP_blake2b512(), NULL) == 1 && size == sizeof digest;
  if (ok)
    memcpy(out, digest, CRYPT4GH_KEY);
  OPENSSL_cleanse(all, sizeof all);
  OPENSSL_cleanse(digest, sizeof digest);
  return ok ? 0 : -1;
}

int crypt4gh_header(unsigned char out[CRYPT4GH_HEADER], const unsigned char recipient[CRYPT4GH_KEY],
                    const unsigned char data_key[CRYPT4GH_KEY]) {
  unsigned char payload[PAYLOAD], shared[CRYPT4GH_KEY], *at = out;
  memcpy(at, "crypt4gh", 8);
  at = put_number(put_number(at + 8, 1), 1);  /* version; packets */
  at = put_number(put_number(at, PACKET), 0); /* its length; X25519_chacha20_ietf_poly1305 */
  memset(payload, 0, 8);                      /* data_encryption_parameters; chacha20_ietf_poly1305 */
  memcpy(payload + 8, data_key, CRYPT4GH_KEY);
  EVP_PKEY *writer = key_new(at);
  int result = writer != NULL && packet_key(writer, at, recipient, shared) == 0
                   ? seal(shared, payload, sizeof payload, at + CRYPT4GH_KEY)
                   : -1;
  EVP_PKEY_free(writer);
  OPENSSL_cleanse(payload, sizeof payload);
  OPENSSL_cleanse(shared, sizeof shared);
  return result;
}

int64_t crypt4gh_plain_size(int64_t size) {
  int64_t body = size - CRYPT4GH_HEADER, rest = body < 0 ? 0 : body % CRYPT4GH_SEALED;
  if (body < 0 || (rest > 0 && rest <= OVERHEAD))
    return -1;
  return body - (body / CRYPT4GH_SEALED + (rest > 0)) * OVERHEAD;
}
