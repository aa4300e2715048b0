/* reference_window.h - a large file seen through a window that moves: at most 16 MiB are mapped at a time, so that a
 * genome of 3 GB costs no more memory than its part in use. */
#ifndef CONVERT_REFERENCE_WINDOW_H
#define CONVERT_REFERENCE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

typedef struct file_window {
  int fd;              /* owned; -1: closed */
  uint64_t file_bytes; /* as at opening */
  uint64_t from;       /* where the mapped part begins in the file */
  size_t mapped_bytes;
  const uint8_t *map; /* NULL: nothing is mapped */
} file_window;

/* Opens a regular file. 0 on failure (errno tells why; EINVAL: not a regular file), else 1. */
int file_window_open(file_window *w, const char *path);
/* A second window on the same file. 0 on failure, else 1. */
int file_window_clone(const file_window *w, file_window *out);
void file_window_close(file_window *w);
/* Moves the window. NULL where the bytes are not all in the file or cannot be mapped. */
const uint8_t *file_window_move(file_window *w, uint64_t offset, size_t length_bytes);

/* `length_bytes` (at most 8 MiB) bytes of the file; valid until the next call. NULL as above. */
static inline const uint8_t *file_window_at(file_window *w, uint64_t offset, size_t length_bytes) {
  if (w->map && offset >= w->from && length_bytes <= w->mapped_bytes &&
      offset - w->from <= w->mapped_bytes - length_bytes)
    return w->map + (offset - w->from);
  return file_window_move(w, offset, length_bytes);
}

/* Asks for a byte's memory, where it is mapped now. */
static inline void file_window_prefetch(const file_window *w, uint64_t offset) {
  if (offset >= w->from && offset - w->from < w->mapped_bytes)
    __builtin_prefetch(w->map + (offset - w->from));
}

#endif
