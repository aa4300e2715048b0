/* reference_window.c - see reference_window.h. */
#include "reference_window.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  WINDOW_BYTES = 1 << 16,
  AHEAD_BYTES = 1 << 20, /* larger pieces where two threads hand them over: waking one costs as much as reading 30 KB */
  ALONE_BYTES = 512,     /* read where nothing says that more is wanted */
  AHEAD_AFTER = 3,       /* pieces in a row */
  NEAR_BYTES = 4096,     /* what follows so closely behind the window is read with all that is behind it */
  PAGE_BYTES = 4096
};

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
  if (!ok || !(w->buffer = malloc(WINDOW_BYTES))) {
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
      .fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0), .file_bytes = w->file_bytes, .buffer = malloc(WINDOW_BYTES)};
  if (out->fd >= 0 && out->buffer)
    return 1;
  file_window_close(out);
  return 0;
}

void file_window_close(file_window *w) {
  read_ahead_free(w->ahead);
  if (w->fd >= 0)
    close(w->fd); /* read only: nothing can be lost here */
  free(w->buffer);
  *w = (file_window){.fd = -1};
}

void file_window_read_ahead(file_window *w) {
  uint8_t *larger = w->ahead ? NULL : malloc(AHEAD_BYTES);
  if (!larger)
    return;
  w->ahead = read_ahead_new(w->fd, AHEAD_BYTES);
  uint8_t *spare = w->ahead ? w->buffer : larger;
  if (w->ahead) {
    w->buffer = larger;
    w->bytes = 0;
  }
  free(spare);
}

static size_t at_most(const file_window *w, uint64_t from, size_t bytes) {
  uint64_t rest = from < w->file_bytes ? w->file_bytes - from : 0;
  return rest < bytes ? (size_t)rest : bytes;
}

/* The window goes on to where offset is. 0 on failure. */
static int go_on(file_window *w, uint64_t offset, size_t length_bytes) {
  uint64_t from = offset - offset % PAGE_BYTES;
  int ahead = w->ahead && ++w->in_row > AHEAD_AFTER;
  size_t bytes = ahead ? read_ahead_take(w->ahead, offset, &w->buffer, &from) : 0;
  if (bytes < offset - from + length_bytes) { /* not read ahead, or what is wanted goes on behind it */
    from = offset - offset % PAGE_BYTES;
    bytes = at_most(w, from, ahead ? AHEAD_BYTES : WINDOW_BYTES);
    if (!read_piece(w->fd, from, w->buffer, bytes)) {
      w->failed = 1;
      return 0;
    }
  }
  w->from = from;
  w->bytes = bytes;
  if (ahead)
    read_ahead_begin(w->ahead, from + bytes, at_most(w, from + bytes, AHEAD_BYTES));
  return 1;
}

const uint8_t *file_window_move(file_window *w, uint64_t offset, size_t length_bytes) {
  if (length_bytes == 0 || length_bytes > FILE_WINDOW_WANTED_MAX || offset > w->file_bytes ||
      length_bytes > w->file_bytes - offset)
    return NULL;
  int goes_on = w->bytes && offset >= w->from && offset - w->from < w->bytes + NEAR_BYTES;
  w->bytes = 0;
  if (goes_on)
    return go_on(w, offset, length_bytes) ? w->buffer + (offset - w->from) : NULL;
  w->in_row = 0;
  size_t bytes = at_most(w, offset, length_bytes > ALONE_BYTES ? length_bytes : ALONE_BYTES);
  if (!read_piece(w->fd, offset, w->buffer, bytes)) {
    w->failed = 1;
    return NULL;
  }
  w->from = offset;
  w->bytes = bytes;
  return w->buffer;
}
