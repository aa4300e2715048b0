/* crypt4gh.h - the GA4GH File Encryption Standard 1.0 (hts-specs, crypt4gh.pdf): files that only the holder of a
 * recipient's private key opens, with the standard's own tools.
 *
 *   header   "crypt4gh" | version 1 | one packet: X25519 of a key of this file alone with the recipient's, BLAKE2b-512
 *            of it (libsodium's crypto_kx), ChaCha20-Poly1305; in it the data key
 *   segments nonce (12) | ChaCha20-Poly1305 of at most 65,536 bytes | tag (16)
 *
 * No edit list and one recipient. Numbers are little-endian. */
#ifndef ARRAY_UPLOAD_SEAL_CRYPT4GH_H
#define ARRAY_UPLOAD_SEAL_CRYPT4GH_H

#include <stddef.h>
#include <stdint.h>

enum {
  CRYPT4GH_KEY = 32,
  CRYPT4GH_HEADER = 124, /* 16, and a packet of 108 */
  CRYPT4GH_SEGMENT = 65536,
  CRYPT4GH_SEALED = 12 + CRYPT4GH_SEGMENT + 16,
  CRYPT4GH_KEY_TEXT_MAX = 512 /* bytes of a key as text */
};
#define CRYPT4GH_SUFFIX ".c4gh"

/* A public key as the standard's tools write it ("-----BEGIN CRYPT4GH PUBLIC KEY-----", base64, the END line), or the
 * base64 alone. NULL, or what is wrong with it: static text. Points of low order are refused. */
const char *crypt4gh_key_read(const char *text, unsigned char key[CRYPT4GH_KEY]);

/* 1 when the name is one of a file in this format. */
int crypt4gh_named(const char *name);

/* The header that gives the recipient `data_key`. 0 or -1. */
int crypt4gh_header(unsigned char out[CRYPT4GH_HEADER], const unsigned char recipient[CRYPT4GH_KEY],
                    const unsigned char data_key[CRYPT4GH_KEY]);
/* One segment of n <= CRYPT4GH_SEGMENT plain bytes into out (n + 28 bytes), under a random nonce. 0 or -1. */
int crypt4gh_seal(const unsigned char data_key[CRYPT4GH_KEY], const unsigned char *plain, size_t n, unsigned char *out);
/* Back: n sealed bytes (29..CRYPT4GH_SEALED) into out (n - 28 bytes). 0, or -1: changed, or another key's. */
int crypt4gh_open(const unsigned char data_key[CRYPT4GH_KEY], const unsigned char *sealed, size_t n,
                  unsigned char *out);
/* Bytes of the plain file behind a whole file of `size` bytes; -1: none has that many. */
int64_t crypt4gh_plain_size(int64_t size);

#endif
