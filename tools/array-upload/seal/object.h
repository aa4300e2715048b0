/* object.h - objects sealed in the blob store: what every duty puts, opens and
 * removes. Lies between blob.h and its users, so a folder and S3 are sealed
 * alike.
 *
 * An object's name says what it is: sealed/<sample>/... is sealed (segment.h),
 * its key stands in the key store under that name; samples/... is one of the
 * time before, in clear, until the worker has sealed it (adopt.h). The order is
 * the key first, then the object, then the row: whatever is cut short leaves a
 * key or an object that nothing refers to. Removing destroys the key first. */
#ifndef ARRAY_UPLOAD_SEAL_OBJECT_H
#define ARRAY_UPLOAD_SEAL_OBJECT_H

#include <sys/types.h>

#include "array-upload/blob/blob.h"
#include "array-upload/seal/keystore.h"
#include "array-upload/seal/segment.h"
#include "array-upload/util/encode.h"

#define OBJECTS_SEALED "sealed/"
#define OBJECTS_CLEAR "samples/"

enum { ORIGINAL_KEY_SIZE = 128 };
/* sealed/<sample>/original-<attempt>.zip: one object an attempt, so that two
 * tabs never meet in the store. */
void original_key(char out[ORIGINAL_KEY_SIZE], const char *sample, const char *attempt);

/* ---- writing as bytes come
 * -----------------------------------------------------------------------------------------
 */
/* A new key, and a descriptor (blob_spool()'s) that gets sealed segments. Of
 * the name only the part behind the last '/' is used. NULL: no memory, no
 * randomness. It is 400 KiB. */
struct object_writer;
struct object_writer *object_writer_new(int fd, const char *name);
/* 0, or -1: the disk is full, or the cipher failed. */
int object_write(struct object_writer *w, const void *bytes, size_t n);
/* One full segment (SEGMENT_SIZE bytes) with more behind it, sealed where it lies; nothing else may have been written
 * but such segments. As object_write(). */
int object_write_segment(struct object_writer *w, const void *bytes);
/* The last segment; the key and the plain size are the caller's then. 0 or -1.
 */
int object_finish(struct object_writer *w, unsigned char key[OBJECT_KEY_SIZE], int64_t *size);
void object_writer_free(struct object_writer *w); /* NULL is fine; wipes what it holds */

/* ---- storing
 * -------------------------------------------------------------------------------------------------------
 */
/* Puts what object_finish() left in `fd`: adds the key, then the object.
 * BLOB_NONE: the sample was deleted meanwhile. */
enum blob_result object_put_sealed(struct blob *b, struct keystore *k, const char *sample, const char *name, int fd,
                                   const unsigned char key[OBJECT_KEY_SIZE], int64_t now);
/* Seals the whole regular file behind `fd` and puts it. */
enum blob_result object_put(struct blob *b, struct keystore *k, const char *sample, const char *name, int fd,
                            int64_t now);
/* The whole file as Crypt4GH (crypt4gh.h) for that recipient, sealed as any
 * other; *size and the SHA-256 are those of the file in Crypt4GH. Its data key
 * is derived from the object's: while that one lives the service opens it, too.
 */
enum blob_result object_put_crypt4gh(struct blob *b, struct keystore *k, const char *sample, const char *name, int fd,
                                     const unsigned char *recipient, int64_t now, int64_t *size,
                                     char sha256[SHA256_HEX_SIZE]);
/* The key, then the object. BLOB_OK also when there was none. */
enum blob_result object_remove(struct blob *b, struct keystore *k, const char *name);

/* ---- reading
 * -------------------------------------------------------------------------------------------------------
 */
struct object_reader;
/* BLOB_NONE: no object, or its key was destroyed; BLOB_ERROR also when it is
 * not whole (its last segment is looked at). */
enum blob_result object_open(struct blob *b, struct keystore *k, const char *name, struct object_reader **out);
/* The same; of an object in Crypt4GH (its name ends in CRYPT4GH_SUFFIX) what was
 * put, not the file in that format. */
enum blob_result object_open_plain(struct blob *b, struct keystore *k, const char *name, struct object_reader **out);
/* Of a file that is not in the store yet. The descriptor stays the caller's.
 * NULL: not whole, or no memory. */
struct object_reader *object_reader_new(int fd, const char *name, const unsigned char key[OBJECT_KEY_SIZE]);
int64_t object_size(const struct object_reader *r);
/* At most n bytes at that place; 0 at the end, -1: what lies there is not what
 * was put. One thread at a time. */
ssize_t object_read(struct object_reader *r, void *buffer, size_t n, int64_t offset);
void object_close(struct object_reader *r); /* NULL is fine; wipes what it holds */
/* The whole content in a file that exists in memory only (memfd), at offset 0;
 * the caller closes it. 0, or -1: errno EIO when it is not what was put. */
int object_memory(struct object_reader *r, int *fd);

#endif
