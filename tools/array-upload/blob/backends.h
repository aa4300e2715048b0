/* backends.h - what blob.c chooses from. */
#ifndef ARRAY_UPLOAD_BLOB_BACKENDS_H
#define ARRAY_UPLOAD_BLOB_BACKENDS_H

#include "array-upload/blob/blob.h"

struct blob *blob_open_local(const char *folder, char *error, size_t error_size);
struct blob *blob_open_s3(const struct config *config, char *error, size_t error_size);

/* Copies `size` bytes of `from` (offset 0, pread) to `to` (its offset). BLOB_OK, BLOB_FULL or BLOB_ERROR. */
enum blob_result blob_copy_fd(int to, int from, int64_t size);
/* A nameless file in `folder` (O_TMPFILE; where the file system has none, created and unlinked). */
enum blob_result blob_nameless(const char *folder, int *fd);

#endif
