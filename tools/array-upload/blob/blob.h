/* blob.h - where files lie: one interface, two backends (local.c: a folder; s3.c: an S3-compatible store).
 *
 * A key is made by us: letters, digits, '.', '_', '-', '/', no empty part, no part that begins with '.'; at most 200
 * bytes. An object is written once and never changed: put never replaces. One handle may be used by any number of
 * threads. */
#ifndef ARRAY_UPLOAD_BLOB_BLOB_H
#define ARRAY_UPLOAD_BLOB_BLOB_H

#include <stddef.h>
#include <stdint.h>

enum blob_result {
  BLOB_OK,
  BLOB_NONE,   /* no such object */
  BLOB_EXISTS, /* put: there is an object of that key; nothing was changed */
  BLOB_FULL,   /* no space or quota */
  BLOB_ERROR   /* anything else; blob_error() */
};

struct blob;

struct blob_driver {
  void (*close)(struct blob *b);
  enum blob_result (*spool)(struct blob *b, int *fd);
  enum blob_result (*put)(struct blob *b, const char *key, int fd, int64_t size, const char *sha256);
  enum blob_result (*open)(struct blob *b, const char *key, int *fd, int64_t *size);
  enum blob_result (*remove)(struct blob *b, const char *key);
  enum blob_result (*list)(struct blob *b, const char *prefix, int (*each)(void *, const char *key, int64_t modified),
                           void *arg);
  int64_t (*free_bytes)(struct blob *b);
};

/* Backends embed this as their first member. `error` is for the log only: no keys in it that a client chose. */
struct blob {
  const struct blob_driver *driver;
};

struct config;
/* By config's blob_url. NULL with one line in `error`. */
struct blob *blob_open_store(const struct config *config, char *error, size_t error_size);
void blob_close_store(struct blob *b); /* NULL is fine */

int blob_key_valid(const char *key);

/* A new, empty file without a name, read-write, on the store's own file system (S3: in the data folder). The caller
 * closes it; without blob_put() nothing stays. */
enum blob_result blob_spool(struct blob *b, int *fd);
/* Stores the whole file behind `fd` (regular, `size` bytes; SHA-256 in hex, or NULL: taken where the store asks for
 * it): on the disk, folder included, when it returns BLOB_OK. A descriptor of blob_spool() (also one that another
 * process made) is linked, anything else copied. The caller still closes `fd`. BLOB_EXISTS leaves the object that is
 * there. */
enum blob_result blob_put(struct blob *b, const char *key, int fd, int64_t size, const char *sha256);
/* A readable, seekable descriptor of the whole object at offset 0; the caller closes it. (S3: fetched into a nameless
 * file.) */
enum blob_result blob_open(struct blob *b, const char *key, int *fd, int64_t *size);
/* BLOB_OK also when it was not there. */
enum blob_result blob_remove(struct blob *b, const char *key);
/* Calls each(arg, key, modified in micros) for every key that begins with `prefix` (one that ends in '/', or ""), in no
 * order; a result other than 0 ends the walk with BLOB_OK. */
enum blob_result blob_list(struct blob *b, const char *prefix, int (*each)(void *, const char *key, int64_t modified),
                           void *arg);
/* Bytes that may still be written (S3: of the spool's file system); -1 unknown. */
int64_t blob_free_bytes(struct blob *b);

#endif
