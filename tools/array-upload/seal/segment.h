/* segment.h - one object as it lies in the store: segments of 64 KiB, each
 * AES-256-GCM under the object's own key.
 *
 *   sealed segment i  =  ciphertext (as long as the plain text: 65,536 bytes,
 * the last one 0..65,536)  |  tag, 16 bytes nonce, 12 bytes   =  000000  |  i,
 * 8 bytes, big-endian  |  01 for the last segment, 00 for the others
 *   authenticated too =  "array-upload object 1:" and the last part of the
 * object's name; the whole name, with the sample in it, is bound to the key
 * where the key is wrapped (keystore.h)
 *
 * It is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015): a
 * segment that was changed, swapped, repeated, cut off or put behind, or taken
 * from another object, does not open. A key is random and seals one object
 * once, so no nonce is used twice. Every object has a last segment, an empty
 * one when it holds nothing. */
#ifndef ARRAY_UPLOAD_SEAL_SEGMENT_H
#define ARRAY_UPLOAD_SEAL_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

enum { SEGMENT_SIZE = 65536, SEGMENT_TAG = 16, SEGMENT_SEALED = SEGMENT_SIZE + SEGMENT_TAG, OBJECT_KEY_SIZE = 32 };

/* Bytes of the sealed form, and back; -1: no object has that many. */
int64_t segment_sealed_size(int64_t plain);
int64_t segment_plain_size(int64_t sealed);

/* One object's key bound to its name, for one direction; one thread at a time.
 * NULL: no memory. */
struct segment_cipher;
struct segment_cipher *segment_cipher_new(const unsigned char key[OBJECT_KEY_SIZE], const char *name, int sealing);
void segment_cipher_free(struct segment_cipher *c); /* NULL is fine */

/* n plain bytes (at most SEGMENT_SIZE) in `bytes` become n + SEGMENT_TAG sealed
 * ones, in place. 0 or -1. */
int segment_seal(struct segment_cipher *c, uint64_t index, int last, unsigned char *bytes, size_t n);
/* The same into `out`, n + SEGMENT_TAG bytes that do not overlap `bytes`. */
int segment_seal_into(struct segment_cipher *c, uint64_t index, int last, const unsigned char *bytes, size_t n,
                      unsigned char *out);
/* n sealed bytes (SEGMENT_TAG..SEGMENT_SEALED) become n - SEGMENT_TAG plain
 * ones, in place; -1: not that segment, and what lies in `bytes` was wiped. */
int segment_open(struct segment_cipher *c, uint64_t index, int last, unsigned char *bytes, size_t n);
/* The same into `out`, n - SEGMENT_TAG bytes that do not overlap `sealed`. */
int segment_open_into(struct segment_cipher *c, uint64_t index, int last, const unsigned char *sealed, size_t n,
                      unsigned char *out);

#endif
