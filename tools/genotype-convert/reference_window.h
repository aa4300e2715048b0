/* reference_window.h - a large file seen through a window that moves and is read, not mapped: a genome of 3 GB costs no
 * more memory than the window, and a file that shrinks is an error instead of the process' end. Measured on a FASTA in
 * the page cache, a byte each 100 to 5,000: reading all of it in pieces of 64 KiB costs what the page faults of a
 * mapping cost, and in pieces of 256 KiB a third more; where the bytes wanted are farther apart, reading each by itself
 * is cheaper than both. */
#ifndef CONVERT_REFERENCE_WINDOW_H
#define CONVERT_REFERENCE_WINDOW_H

#include "reference_ahead.h"

enum { FILE_WINDOW_WANTED_MAX = 1 << 16 }; /* bytes asked for at once */

typedef struct file_window {
  int fd;              /* owned; -1: closed */
  uint64_t file_bytes; /* as at opening */
  uint64_t from;       /* where the part that was read begins in the file */
  size_t bytes;        /* of it */
  int failed;          /* a read did; stays */
  unsigned in_row;     /* pieces that followed each other up to this one */
  uint8_t *buffer;
  read_ahead *ahead; /* NULL: nothing is read ahead */
} file_window;

/* Opens a regular file. 0 on failure (errno tells why; EINVAL: not a regular file), else 1. */
int file_window_open(file_window *w, const char *path);
/* A second window on the same file. 0 on failure, else 1. */
int file_window_clone(const file_window *w, file_window *out);
void file_window_close(file_window *w);
/* From now on a thread reads what follows the window, if there can be one. Takes a second window's memory. */
void file_window_read_ahead(file_window *w);
/* Moves the window. NULL where the bytes are not all in the file or cannot be read. */
const uint8_t *file_window_move(file_window *w, uint64_t offset, size_t length_bytes);

/* `length_bytes` (at most FILE_WINDOW_WANTED_MAX) bytes of the file; valid until the next call. NULL as above. */
static inline const uint8_t *file_window_at(file_window *w, uint64_t offset, size_t length_bytes) {
  if (offset >= w->from && length_bytes <= w->bytes && offset - w->from <= w->bytes - length_bytes)
    return w->buffer + (offset - w->from);
  return file_window_move(w, offset, length_bytes);
}

#endif
