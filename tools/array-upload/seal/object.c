#include "array-upload/seal/object.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/util/crypto.h"

void original_key(char out[ORIGINAL_KEY_SIZE], const char *sample,
                  const char *attempt) {
  snprintf(out, ORIGINAL_KEY_SIZE, OBJECTS_SEALED "%s/original-%s.zip", sample,
           attempt);
}

static int write_all(int fd, const unsigned char *bytes, size_t n) {
  for (size_t done = 0; done < n;) {
    ssize_t written = write(fd, bytes + done, n - done);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return -1;
    done += (size_t)written;
  }
  return 0;
}

static ssize_t read_at(int fd, unsigned char *bytes, size_t n, int64_t offset) {
  size_t have = 0;
  while (have < n) {
    ssize_t got =
        pread(fd, bytes + have, n - have, (off_t)(offset + (int64_t)have));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    have += (size_t)got;
  }
  return (ssize_t)have;
}

/* ---- writing
 * -------------------------------------------------------------------------------------------------------
 */
struct object_writer {
  struct segment_cipher *cipher;
  int fd;
  uint64_t index;
  int64_t size;
  size_t held;
  unsigned char key[OBJECT_KEY_SIZE];
  unsigned char segment[SEGMENT_SEALED];
};

struct object_writer *object_writer_new(int fd, const char *name) {
  struct object_writer *w = calloc(1, sizeof *w);
  if (w == NULL)
    return NULL;
  w->fd = fd;
  if (random_bytes(w->key, sizeof w->key) != 0 ||
      (w->cipher = segment_cipher_new(w->key, name, 1)) == NULL) {
    object_writer_free(w);
    return NULL;
  }
  return w;
}

static int segment_flush(struct object_writer *w, int last) {
  if (segment_seal(w->cipher, w->index++, last, w->segment, w->held) != 0 ||
      write_all(w->fd, w->segment, w->held + SEGMENT_TAG) != 0)
    return -1;
  w->held = 0;
  return 0;
}

/* A full segment waits: only what comes next tells whether it is the last one.
 */
int object_write(struct object_writer *w, const void *bytes, size_t n) {
  const unsigned char *from = bytes;
  w->size += (int64_t)n;
  while (n > 0) {
    if (w->held == SEGMENT_SIZE && segment_flush(w, 0) != 0)
      return -1;
    size_t take = SEGMENT_SIZE - w->held < n ? SEGMENT_SIZE - w->held : n;
    memcpy(w->segment + w->held, from, take);
    w->held += take;
    from += take;
    n -= take;
  }
  return 0;
}

int object_finish(struct object_writer *w, unsigned char key[OBJECT_KEY_SIZE],
                  int64_t *size) {
  memcpy(key, w->key, OBJECT_KEY_SIZE);
  *size = w->size;
  return segment_flush(w, 1);
}

void object_writer_free(struct object_writer *w) {
  if (w == NULL)
    return;
  segment_cipher_free(w->cipher);
  OPENSSL_cleanse(w, sizeof *w);
  free(w);
}

/* ---- storing
 * -------------------------------------------------------------------------------------------------------
 */
static enum blob_result blob_result_of(enum store_result result) {
  return result == STORE_OK     ? BLOB_OK
         : result == STORE_NONE ? BLOB_NONE
         : result == STORE_FULL ? BLOB_FULL
                                : BLOB_ERROR;
}

enum blob_result object_put_sealed(struct blob *b, struct keystore *k,
                                   const char *sample, const char *name, int fd,
                                   const unsigned char key[OBJECT_KEY_SIZE],
                                   int64_t now) {
  struct stat st;
  if (fstat(fd, &st) != 0)
    return BLOB_ERROR;
  enum blob_result result =
      blob_result_of(keystore_add(k, sample, &name, key, 1, now));
  if (result != BLOB_OK)
    return result;
  result = blob_put(b, name, fd, st.st_size, NULL);
  if (result != BLOB_OK)
    keystore_destroy(k, name); /* this call added it: nothing that lies there
                                  was sealed by it */
  return result;
}

/* The whole of `from` through the writer. */
static enum blob_result seal_file(struct object_writer *w, int from,
                                  unsigned char key[OBJECT_KEY_SIZE]) {
  unsigned char buffer[SEGMENT_SIZE];
  int64_t at = 0;
  ssize_t n;
  while ((n = read_at(from, buffer, sizeof buffer, at)) > 0) {
    if (object_write(w, buffer, (size_t)n) != 0)
      break;
    at += n;
  }
  int saved = errno;
  OPENSSL_cleanse(buffer, sizeof buffer);
  if (n == 0 && object_finish(w, key, &at) == 0)
    return BLOB_OK;
  saved = n == 0 ? errno : saved;
  return saved == ENOSPC || saved == EDQUOT || saved == EFBIG ? BLOB_FULL
                                                              : BLOB_ERROR;
}

enum blob_result object_put(struct blob *b, struct keystore *k,
                            const char *sample, const char *name, int fd,
                            int64_t now) {
  unsigned char key[OBJECT_KEY_SIZE];
  int spool;
  enum blob_result result = blob_spool(b, &spool);
  if (result != BLOB_OK)
    return result;
  struct object_writer *w = object_writer_new(spool, name);
  result = w == NULL ? BLOB_ERROR : seal_file(w, fd, key);
  object_writer_free(w);
  if (result == BLOB_OK)
    result = object_put_sealed(b, k, sample, name, spool, key, now);
  OPENSSL_cleanse(key, sizeof key);
  close(spool);
  return result;
}

enum blob_result object_remove(struct blob *b, struct keystore *k,
                               const char *name) {
  return keystore_destroy(k, name) == STORE_OK ? blob_remove(b, name)
                                               : BLOB_ERROR;
}

/* ---- reading
 * -------------------------------------------------------------------------------------------------------
 */
struct object_reader {
  struct segment_cipher *cipher; /* NULL: an object in clear */
  int fd, own;                   /* own: closed with the reader */
  int64_t size, segments;
  int64_t at; /* the segment that `bytes` holds, plain; -1 = none */
  size_t held;
  unsigned char bytes[SEGMENT_SEALED];
};

/* 0 or -1 (errno EIO). */
static int segment_load(struct object_reader *r, int64_t index) {
  int last = index == r->segments - 1;
  size_t n = last ? (size_t)(r->size - index * SEGMENT_SIZE) + SEGMENT_TAG
                  : SEGMENT_SEALED;
  r->at = -1;
  if (read_at(r->fd, r->bytes, n, index * SEGMENT_SEALED) != (ssize_t)n ||
      segment_open(r->cipher, (uint64_t)index, last, r->bytes, n) != 0) {
    errno = EIO;
    return -1;
  }
  r->at = index;
  r->held = n - SEGMENT_TAG;
  return 0;
}

static struct object_reader *reader_new(int fd, const char *name,
                                        const unsigned char *key) {
  struct object_reader *r = calloc(1, sizeof *r);
  struct stat st;
  if (r == NULL || fstat(fd, &st) != 0) {
    free(r);
    return NULL;
  }
  r->fd = fd;
  r->at = -1;
  r->size = key == NULL ? st.st_size : segment_plain_size(st.st_size);
  r->segments = r->size <= 0 ? 1 : (r->size + SEGMENT_SIZE - 1) / SEGMENT_SIZE;
  if (key == NULL)
    return r;
  /* The last segment says that it is the last: an object that was cut, also
   * between two segments, is known at once. */
  if (r->size < 0 || (r->cipher = segment_cipher_new(key, name, 0)) == NULL ||
      segment_load(r, r->segments - 1) != 0) {
    object_close(r);
    return NULL;
  }
  return r;
}

struct object_reader *
object_reader_new(int fd, const char *name,
                  const unsigned char key[OBJECT_KEY_SIZE]) {
  return reader_new(fd, name, key);
}

enum blob_result object_open(struct blob *b, struct keystore *k,
                             const char *name, struct object_reader **out) {
  unsigned char key[OBJECT_KEY_SIZE];
  int clear = strncmp(name, OBJECTS_CLEAR, sizeof OBJECTS_CLEAR - 1) == 0, fd;
  int64_t size;
  enum blob_result result =
      clear ? BLOB_OK : blob_result_of(keystore_get(k, name, key));
  if (result == BLOB_OK)
    result = blob_open(b, name, &fd, &size);
  if (result == BLOB_OK) {
    *out = reader_new(fd, name, clear ? NULL : key);
    if (*out != NULL) {
      (*out)->own = 1;
    } else {
      close(fd);
      result = BLOB_ERROR;
    }
  }
  OPENSSL_cleanse(key, sizeof key);
  return result;
}

int64_t object_size(const struct object_reader *r) { return r->size; }

ssize_t object_read(struct object_reader *r, void *buffer, size_t n,
                    int64_t offset) {
  if (offset >= r->size)
    return 0;
  if (r->cipher == NULL)
    return read_at(r->fd, buffer, n, offset);
  size_t done = 0;
  while (done < n && offset + (int64_t)done < r->size) {
    int64_t at = offset + (int64_t)done, index = at / SEGMENT_SIZE;
    if (r->at != index && segment_load(r, index) != 0)
      return -1;
    size_t from = (size_t)(at - index * SEGMENT_SIZE),
           take = r->held - from < n - done ? r->held - from : n - done;
    memcpy((unsigned char *)buffer + done, r->bytes + from, take);
    done += take;
  }
  return (ssize_t)done;
}

void object_close(struct object_reader *r) {
  if (r == NULL)
    return;
  segment_cipher_free(r->cipher);
  if (r->own)
    close(r->fd);
  OPENSSL_cleanse(r, sizeof *r);
  free(r);
}

int object_memory(struct object_reader *r, int *fd) {
  *fd = memfd_create("object", MFD_CLOEXEC);
  int failed = *fd < 0;
  for (int64_t index = 0; !failed && index * SEGMENT_SIZE < r->size; index++) {
    unsigned char plain[SEGMENT_SIZE];
    ssize_t n = 0;
    if (r->cipher != NULL) {
      failed = r->at != index && segment_load(r, index) != 0;
      failed = failed || write_all(*fd, r->bytes, r->held) != 0;
    } else {
      n = read_at(r->fd, plain, sizeof plain, index * SEGMENT_SIZE);
      failed = n <= 0 || write_all(*fd, plain, (size_t)n) != 0;
    }
  }
  if (!failed && lseek(*fd, 0, SEEK_SET) == 0)
    return 0;
  int saved = errno;
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
  errno = saved;
  return -1;
}
