/* reference_window.c - see reference_window.h. */
#include "reference_window.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WINDOW_BYTES = 16 << 20, STEP_BYTES = 1 << 20, WANTED_BYTES_MAX = 8 << 20 };

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
  if (!ok) {
    int saved = errno;
    file_window_close(w);
    errno = saved;
    return 0;
  }
  w->file_bytes = (uint64_t)st.st_size;
  return 1;
}

int file_window_clone(const file_window *w, file_window *out) {
  *out = (file_window){.fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0), .file_bytes = w->file_bytes};
  return out->fd >= 0;
}

static void unmap(file_window *w) {
  if (w->map)
    munmap((void *)(uintptr_t)w->map, w->mapped_bytes);
  w->map = NULL;
  w->mapped_bytes = 0;
}

void file_window_close(file_window *w) {
  unmap(w);
  if (w->fd >= 0)
    close(w->fd); /* read only: nothing can be lost here */
  w->fd = -1;
}

const uint8_t *file_window_move(file_window *w, uint64_t offset, size_t length_bytes) {
  if (length_bytes > WANTED_BYTES_MAX || offset > w->file_bytes || length_bytes > w->file_bytes - offset ||
      !length_bytes)
    return NULL;
  unmap(w);
  w->from = offset / STEP_BYTES * STEP_BYTES;
  uint64_t rest = w->file_bytes - w->from;
  size_t bytes = rest < WINDOW_BYTES ? (size_t)rest : WINDOW_BYTES;
  void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, w->fd, (off_t)w->from);
  if (map == MAP_FAILED)
    return NULL;
  w->map = map;
  w->mapped_bytes = bytes;
  return w->map + (offset - w->from);
}
