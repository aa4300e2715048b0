/* crypto.h - hashes, MACs, random bytes, sealing; all by OpenSSL's EVP. Every function returns 0 or -1. Thread-safe. */
#ifndef ARRAY_UPLOAD_UTIL_CRYPTO_H
#define ARRAY_UPLOAD_UTIL_CRYPTO_H

#include "array-upload/util/encode.h"

enum { SHA256_SIZE = 32, SHA512_SIZE = 64, SEAL_OVERHEAD = 28 };

int random_bytes(void *out, size_t n);
/* n characters of A-Z a-z 0-9, each equally likely, and a NUL: out holds n+1. */
int random_alnum(char *out, size_t n);

int sha256(unsigned char out[SHA256_SIZE], const void *bytes, size_t n);
int sha512(unsigned char out[SHA512_SIZE], const void *bytes, size_t n);
int hmac_sha256(unsigned char out[SHA256_SIZE], const void *key, size_t key_size, const void *bytes, size_t n);
int hmac_sha512(unsigned char out[SHA512_SIZE], const void *key, size_t key_size, const void *bytes, size_t n);

/* SHA-256 while streaming. sha256_end() gives hex and frees; sha256_drop() only frees (NULL is fine). */
struct sha256_stream;
struct sha256_stream *sha256_begin(void);
int sha256_add(struct sha256_stream *s, const void *bytes, size_t n);
int sha256_end(struct sha256_stream *s, char hex[SHA256_HEX_SIZE]);
void sha256_drop(struct sha256_stream *s);
/* Of a whole file from offset 0; the descriptor's offset stays as it is (pread). */
int sha256_fd(int fd, char hex[SHA256_HEX_SIZE], int64_t *size);

/* 1 when equal; time depends on n only. */
int bytes_equal(const void *a, const void *b, size_t n);
/* 1 when equal; lengths may leak, contents not. */
int text_equal(const char *a, const char *b);

/* AES-256-GCM with a random nonce: nonce | ciphertext | tag, as hex text. `label` is authenticated too, so that a
 * sealed value moved to another row does not open. The result is malloc()ed; NULL on failure. */
char *seal_text(const unsigned char key[32], const char *label, const char *plain);
char *unseal_text(const unsigned char key[32], const char *label, const char *sealed);

/* PBKDF2-HMAC-SHA512 with a random salt, as "pbkdf2$<iterations>$<salt hex>$<hex>". */
int password_hash(char *out, size_t size, const char *password);
/* 1 right, 0 wrong or unreadable. A NULL hash costs the same time and is wrong. */
int password_check(const char *hash, const char *password);

#endif
