/* window.c - see window.h. */
#include "vcf/reference/window.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  WINDOW_BYTES = 1 << 16,
  ALONE_BYTES = 512, /* read where nothing says that more is wanted */
  NEAR_BYTES = 4096, /* what follows so closely behind the window is read with all that is behind it */
  PAGE_BYTES = 4096,
  GATHERED_BYTES = 1 << 18,    /* read at once where most of it is wanted: 64 KiB and 1 MiB cost 20 % more */
  DENSE_BYTES = 4 * PAGE_BYTES /* reading all pays where the offsets are no farther apart than this */
};

_Static_assert(sizeof(off_t) == 8, "a genome is larger than 2 GB");

int file_window_open(file_window *w, const char *path) {
  *w = (file_window){.fd = open(path, O_RDONLY | O_CLOEXEC)};
  if (w->fd < 0)
    return 0;
  struct stat st;
  int ok = fstat(w->fd, &st) == 0;
  if (ok && !S_ISREG(st.st_mode)) {
    errno = EINVAL;
    ok = 0;
  }
  if (!ok || !(w->buffer = malloc(GATHERED_BYTES))) {
    int saved = errno;
    file_window_close(w);
    errno = saved;
    return 0;
  }
  w->file_bytes = (uint64_t)st.st_size;
  return 1;
}

int file_window_clone(const file_window *w, file_window *out) {
  *out = (file_window){
      .fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0), .file_bytes = w->file_bytes, .buffer = malloc(GATHERED_BYTES)};
  if (out->fd >= 0 && out->buffer)
    return 1;
  file_window_close(out);
  return 0;
}

void file_window_close(file_window *w) {
  if (w->fd >= 0)
    close(w->fd); /* read only: nothing can be lost here */
  free(w->buffer);
  *w = (file_window){.fd = -1};
}

static size_t at_most(const file_window *w, uint64_t from, size_t bytes) {
  uint64_t rest = from < w->file_bytes ? w->file_bytes - from : 0;
  return rest < bytes ? (size_t)rest : bytes;
}

/* 0 where the file has become shorter or cannot be read. */
static int read_piece(file_window *w, uint64_t from, size_t length_bytes) {
  size_t got = 0;
  w->bytes = 0;
  while (got < length_bytes) {
    ssize_t n = pread(w->fd, w->buffer + got, length_bytes - got, (off_t)(from + got));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      w->failed = 1;
      return 0;
    }
    got += (size_t)n;
  }
  w->from = from;
  w->bytes = got;
  return 1;
}

const uint8_t *file_window_move(file_window *w, uint64_t offset, size_t length_bytes) {
  if (length_bytes == 0 || length_bytes > FILE_WINDOW_WANTED_MAX || offset > w->file_bytes ||
      length_bytes > w->file_bytes - offset)
    return NULL;
  uint64_t from = offset;
  size_t wanted = length_bytes > ALONE_BYTES ? length_bytes : ALONE_BYTES;
  if (w->bytes && offset >= w->from && offset - w->from < w->bytes + NEAR_BYTES) {
    uint64_t page = offset - offset % PAGE_BYTES;
    if (offset - page + length_bytes <= WINDOW_BYTES)
      from = page;
    wanted = WINDOW_BYTES;
  }
  return read_piece(w, from, at_most(w, from, wanted)) ? w->buffer + (offset - from) : NULL;
}

static int has(const file_window *w, uint64_t offset) { return offset >= w->from && offset - w->from < w->bytes; }

/* Goes to a byte from which on many more are wanted. */
static int move_far(file_window *w, uint64_t offset) {
  uint64_t from = offset - offset % PAGE_BYTES;
  return read_piece(w, from, at_most(w, from, GATHERED_BYTES));
}

int file_window_gather(file_window *w, const uint64_t *offset, size_t n, uint8_t *out) {
  if (!n || offset[n - 1] >= w->file_bytes)
    return !n;
  const int dense = n > 1 && (offset[n - 1] - offset[0]) / n <= DENSE_BYTES;
  for (size_t i = 0, end; i < n; i = end) {
    if (!has(w, offset[i]) && !(dense ? move_far(w, offset[i]) : file_window_move(w, offset[i], 1) != NULL))
      return 0;
    /* asked for all at once, so that the caches' misses overlap */
    for (end = i; end < n && has(w, offset[end]); end++)
      __builtin_prefetch(w->buffer + (offset[end] - w->from));
    for (size_t k = i; k < end; k++)
      out[k] = w->buffer[offset[k] - w->from];
  }
  return 1;
}
