#include "array-upload/seal/object.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/seal/crypt4gh.h"
#include "array-upload/util/crypto.h"

void original_key(char out[ORIGINAL_KEY_SIZE], const char *sample, const char *attempt) {
  snprintf(out, ORIGINAL_KEY_SIZE, OBJECTS_SEALED "%s/original-%s.zip", sample, attempt);
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
    ssize_t got = pread(fd, bytes + have, n - have, (off_t)(offset + (int64_t)have));
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
/* Sealed segments are no whole pages: written one by one, each would touch its neighbours' pages again, which costs
 * more than sealing it. */
enum { WRITE_SIZE = 256 * 1024 };

struct object_writer {
  struct segment_cipher *cipher;
  int fd;
  uint64_t index;
  int64_t size;
  size_t held, ready;
  unsigned char key[OBJECT_KEY_SIZE];
  unsigned char segment[SEGMENT_SIZE];            /* plain, `held` bytes */
  unsigned char out[WRITE_SIZE + SEGMENT_SEALED]; /* sealed, `ready` bytes */
};

struct object_writer *object_writer_new(int fd, const char *name) {
  struct object_writer *w = calloc(1, sizeof *w);
  if (w == NULL)
    return NULL;
  w->fd = fd;
  if (random_bytes(w->key, sizeof w->key) != 0 || (w->cipher = segment_cipher_new(w->key, name, 1)) == NULL) {
    object_writer_free(w);
    return NULL;
  }
  return w;
}

static int segment_put(struct object_writer *w, int last, const unsigned char *plain, size_t n) {
  if (segment_seal_into(w->cipher, w->index++, last, plain, n, w->out + w->ready) != 0)
    return -1;
  w->ready += n + SEGMENT_TAG;
  size_t due = last ? w->ready : w->ready < WRITE_SIZE ? 0 : WRITE_SIZE;
  if (due > 0 && write_all(w->fd, w->out, due) != 0)
    return -1;
  memmove(w->out, w->out + due, w->ready - due);
  w->ready -= due;
  return 0;
}

static int segment_flush(struct object_writer *w, int last) {
  size_t n = w->held;
  w->held = 0;
  return segment_put(w, last, w->segment, n);
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

int object_write_segment(struct object_writer *w, const void *bytes) {
  w->size += SEGMENT_SIZE;
  return w->held == 0 ? segment_put(w, 0, bytes, SEGMENT_SIZE) : -1;
}

int object_finish(struct object_writer *w, unsigned char key[OBJECT_KEY_SIZE], int64_t *size) {
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

enum blob_result object_put_sealed(struct blob *b, struct keystore *k, const char *sample, const char *name, int fd,
                                   const unsigned char key[OBJECT_KEY_SIZE], int64_t now) {
  struct stat st;
  if (fstat(fd, &st) != 0)
    return BLOB_ERROR;
  enum blob_result result = blob_result_of(keystore_add(k, sample, &name, key, 1, now));
  if (result != BLOB_OK)
    return result;
  result = blob_put(b, name, fd, st.st_size, NULL);
  if (result != BLOB_OK)
    keystore_destroy(k, name); /* this call added it: nothing that lies there
                                  was sealed by it */
  return result;
}

/* The whole of `from` through the writer. */
static enum blob_result seal_file(struct object_writer *w, int from, unsigned char key[OBJECT_KEY_SIZE]) {
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
  return saved == ENOSPC || saved == EDQUOT || saved == EFBIG ? BLOB_FULL : BLOB_ERROR;
}

enum blob_result object_put(struct blob *b, struct keystore *k, const char *sample, const char *name, int fd,
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

/* The data key of an object in Crypt4GH. */
static int crypt4gh_data_key(const unsigned char key[OBJECT_KEY_SIZE], unsigned char out[CRYPT4GH_KEY]) {
  static const char label[] = "array-upload crypt4gh data key";
  return hmac_sha256(out, key, OBJECT_KEY_SIZE, label, sizeof label - 1);
}

/* Header and segments through the writer, and their hash. */
static enum blob_result crypt4gh_file(struct object_writer *w, int from, const unsigned char *recipient,
                                      struct sha256_stream *hash, unsigned char key[OBJECT_KEY_SIZE], int64_t *size) {
  unsigned char plain[CRYPT4GH_SEGMENT], sealed[CRYPT4GH_SEALED], data_key[CRYPT4GH_KEY];
  int64_t at = 0;
  ssize_t n = 0;
  int ok = crypt4gh_data_key(w->key, data_key) == 0 && crypt4gh_header(sealed, recipient, data_key) == 0;
  for (size_t ready = CRYPT4GH_HEADER; ok && ready > 0; at += n) {
    ok = sha256_add(hash, sealed, ready) == 0 && object_write(w, sealed, ready) == 0;
    n = ok ? read_at(from, plain, sizeof plain, at) : 0;
    ready = n > 0 ? (size_t)n + CRYPT4GH_SEALED - CRYPT4GH_SEGMENT : 0;
    ok = ok && n >= 0 && (n == 0 || crypt4gh_seal(data_key, plain, (size_t)n, sealed) == 0);
  }
  ok = ok && object_finish(w, key, size) == 0;
  int saved = errno;
  OPENSSL_cleanse(plain, sizeof plain);
  OPENSSL_cleanse(data_key, sizeof data_key);
  return ok ? BLOB_OK : saved == ENOSPC || saved == EDQUOT || saved == EFBIG ? BLOB_FULL : BLOB_ERROR;
}

enum blob_result object_put_crypt4gh(struct blob *b, struct keystore *k, const char *sample, const char *name, int fd,
                                     const unsigned char *recipient, int64_t now, int64_t *size,
                                     char sha256[SHA256_HEX_SIZE]) {
  unsigned char key[OBJECT_KEY_SIZE];
  int spool;
  enum blob_result result = blob_spool(b, &spool);
  if (result != BLOB_OK)
    return result;
  struct object_writer *w = object_writer_new(spool, name);
  struct sha256_stream *hash = sha256_begin();
  result = w == NULL || hash == NULL ? BLOB_ERROR : crypt4gh_file(w, fd, recipient, hash, key, size);
  object_writer_free(w);
  if (result != BLOB_OK)
    sha256_drop(hash);
  else if (sha256_end(hash, sha256) != 0)
    result = BLOB_ERROR;
  if (result == BLOB_OK)
    result = object_put_sealed(b, k, sample, name, spool, key, now);
  OPENSSL_cleanse(key, sizeof key);
  close(spool);
  return result;
}

enum blob_result object_remove(struct blob *b, struct keystore *k, const char *name) {
  return keystore_destroy(k, name) == STORE_OK ? blob_remove(b, name) : BLOB_ERROR;
}

/* ---- reading
 * -------------------------------------------------------------------------------------------------------
 */
struct object_reader {
  struct segment_cipher *cipher;        /* NULL: an object in clear */
  struct object_reader *inner;          /* the file in Crypt4GH that this one opens */
  unsigned char data_key[CRYPT4GH_KEY]; /* of inner's */
  int fd, own;                          /* own: closed with the reader */
  int64_t size, segments;
  int64_t at; /* the segment that `bytes` holds, plain; -1 = none */
  size_t held;
  unsigned char bytes[SEGMENT_SIZE];
};

/* 1: its bytes are the file's. */
static int is_clear(const struct object_reader *r) { return r->cipher == NULL && r->inner == NULL; }

/* The segment's plain bytes, r->held of them, into `out`. 0 or -1 (errno EIO). */
static int segment_read(struct object_reader *r, int64_t index, unsigned char *out) {
  unsigned char sealed[CRYPT4GH_SEALED];
  int last = index == r->segments - 1;
  size_t plain = last ? (size_t)(r->size - index * SEGMENT_SIZE) : SEGMENT_SIZE;
  size_t n = plain + (r->inner != NULL ? CRYPT4GH_SEALED - CRYPT4GH_SEGMENT : SEGMENT_TAG);
  int opened;
  if (r->inner != NULL)
    opened = object_read(r->inner, sealed, n, CRYPT4GH_HEADER + index * CRYPT4GH_SEALED) == (ssize_t)n &&
             crypt4gh_open(r->data_key, sealed, n, out) == 0;
  else
    opened = read_at(r->fd, sealed, n, index * SEGMENT_SEALED) == (ssize_t)n &&
             segment_open_into(r->cipher, (uint64_t)index, last, sealed, n, out) == 0;
  r->held = plain;
  if (!opened)
    errno = EIO;
  return opened ? 0 : -1;
}

/* The same into r->bytes. */
static int segment_load(struct object_reader *r, int64_t index) {
  r->at = -1;
  if (segment_read(r, index, r->bytes) != 0)
    return -1;
  r->at = index;
  return 0;
}

static struct object_reader *reader_new(int fd, const char *name, const unsigned char *key) {
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
  if (r->size < 0 || (r->cipher = segment_cipher_new(key, name, 0)) == NULL || segment_load(r, r->segments - 1) != 0) {
    object_close(r);
    return NULL;
  }
  return r;
}

struct object_reader *object_reader_new(int fd, const char *name, const unsigned char key[OBJECT_KEY_SIZE]) {
  return reader_new(fd, name, key);
}

/* `key` gets the object's; of an object in clear it stays as it is. */
static enum blob_result open_with(struct blob *b, struct keystore *k, const char *name,
                                  unsigned char key[OBJECT_KEY_SIZE], struct object_reader **out) {
  int clear = strncmp(name, OBJECTS_CLEAR, sizeof OBJECTS_CLEAR - 1) == 0, fd;
  int64_t size;
  enum blob_result result = clear ? BLOB_OK : blob_result_of(keystore_get(k, name, key));
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
  return result;
}

enum blob_result object_open(struct blob *b, struct keystore *k, const char *name, struct object_reader **out) {
  unsigned char key[OBJECT_KEY_SIZE];
  enum blob_result result = open_with(b, k, name, key, out);
  OPENSSL_cleanse(key, sizeof key);
  return result;
}

enum blob_result object_open_plain(struct blob *b, struct keystore *k, const char *name, struct object_reader **out) {
  unsigned char key[OBJECT_KEY_SIZE];
  struct object_reader *file = NULL;
  enum blob_result result = open_with(b, k, name, key, &file);
  *out = file;
  if (result == BLOB_OK && crypt4gh_named(name) && file->cipher != NULL) {
    struct object_reader *r = calloc(1, sizeof *r);
    int64_t size = crypt4gh_plain_size(file->size);
    if (r == NULL || size < 0 || crypt4gh_data_key(key, r->data_key) != 0) {
      object_close(file);
      free(r);
      result = BLOB_ERROR;
    } else {
      r->inner = file;
      r->fd = r->at = -1;
      r->size = size;
      r->segments = size == 0 ? 1 : (size + SEGMENT_SIZE - 1) / SEGMENT_SIZE;
      *out = r;
    }
  }
  OPENSSL_cleanse(key, sizeof key);
  return result;
}

int64_t object_size(const struct object_reader *r) { return r->size; }

ssize_t object_read(struct object_reader *r, void *buffer, size_t n, int64_t offset) {
  if (offset >= r->size)
    return 0;
  if (is_clear(r))
    return read_at(r->fd, buffer, n, offset);
  size_t done = 0;
  while (done < n && offset + (int64_t)done < r->size) {
    int64_t at = offset + (int64_t)done, index = at / SEGMENT_SIZE;
    if (r->at != index && segment_load(r, index) != 0)
      return -1;
    size_t from = (size_t)(at - index * SEGMENT_SIZE), take = r->held - from < n - done ? r->held - from : n - done;
    memcpy((unsigned char *)buffer + done, r->bytes + from, take);
    done += take;
  }
  return (ssize_t)done;
}

void object_close(struct object_reader *r) {
  if (r == NULL)
    return;
  segment_cipher_free(r->cipher);
  object_close(r->inner);
  if (r->own)
    close(r->fd);
  OPENSSL_cleanse(r, sizeof *r);
  free(r);
}

int object_memory(struct object_reader *r, int *fd) {
  /* By write(): to fill a mapping costs a page fault for each 4 KiB. */
  *fd = memfd_create("object", MFD_CLOEXEC);
  int failed = *fd < 0;
  for (int64_t index = 0; !failed && index * SEGMENT_SIZE < r->size; index++) {
    unsigned char plain[SEGMENT_SIZE];
    ssize_t n = 0;
    if (!is_clear(r)) {
      failed = (r->at != index && segment_load(r, index) != 0) || write_all(*fd, r->bytes, r->held) != 0;
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
