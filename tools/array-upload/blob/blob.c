#include "array-upload/blob/blob.h"

#include <stdio.h>
#include <string.h>

#include "array-upload/blob/backends.h"
#include "array-upload/util/config.h"

struct blob *blob_open_store(const struct config *config, char *error, size_t error_size) {
  if (strncmp(config->blob_url, "file:", 5) == 0)
    return blob_open_local(config->blob_url + 5, error, error_size);
#ifdef HAVE_S3
  if (strncmp(config->blob_url, "s3://", 5) == 0)
    return blob_open_s3(config, error, error_size);
#endif
  snprintf(error, error_size, "[blob] url must be file:DIR or, where it is built in, s3://bucket/prefix");
  return NULL;
}

void blob_close_store(struct blob *b) {
  if (b != NULL)
    b->driver->close(b);
}

int blob_key_valid(const char *key) {
  size_t n = strnlen(key, 201);
  if (n == 0 || n > 200 || key[n - 1] == '/')
    return 0;
  for (size_t i = 0; i < n; i++) {
    char c = key[i];
    int start = i == 0 || key[i - 1] == '/';
    int letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (!(letter || c == '/') || (start && (c == '.' || c == '/')))
      return 0;
  }
  return 1;
}

enum blob_result blob_spool(struct blob *b, int *fd) { return b->driver->spool(b, fd); }

enum blob_result blob_put(struct blob *b, const char *key, int fd, int64_t size, const char *sha256) {
  return blob_key_valid(key) ? b->driver->put(b, key, fd, size, sha256) : BLOB_ERROR;
}

enum blob_result blob_open(struct blob *b, const char *key, int *fd, int64_t *size) {
  return blob_key_valid(key) ? b->driver->open(b, key, fd, size) : BLOB_ERROR;
}

enum blob_result blob_remove(struct blob *b, const char *key) {
  return blob_key_valid(key) ? b->driver->remove(b, key) : BLOB_ERROR;
}

enum blob_result blob_list(struct blob *b, const char *prefix, int (*each)(void *, const char *key, int64_t modified),
                           void *arg) {
  return b->driver->list(b, prefix, each, arg);
}

int64_t blob_free_bytes(struct blob *b) { return b->driver->free_bytes(b); }
