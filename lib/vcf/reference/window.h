/* window.h - a large file of which a part is read and moves along, so that a genome of 3 GB costs 256 KiB: single
 * pieces, and bytes that stand close to each other, gathered from larger reads. Measured with 300 MiB of a FASTA in the
 * page cache, a byte each 490, where a page fault costs 14 us: reading by 256 KiB 22 ms, mapping 66 ms and more; where
 * a fault costs a tenth of that, mapping takes 5 to 18 ms. A file that shrinks meanwhile is a failed read. */
#ifndef VCF_REFERENCE_WINDOW_H
#define VCF_REFERENCE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

enum { FILE_WINDOW_WANTED_MAX = 1 << 16 }; /* bytes asked for at once */

typedef struct file_window {
  int fd;              /* owned; -1: closed */
  uint64_t file_bytes; /* as at opening */
  int failed;          /* a read did; stays */
  uint64_t from;       /* where the part that was read begins in the file */
  size_t bytes;        /* of it */
  uint8_t *buffer;
} file_window;

/* Opens a regular file. 0 on failure (errno tells why; EINVAL: not a regular file), else 1. */
int file_window_open(file_window *w, const char *path);
/* A second window on the same file. 0 on failure, else 1. */
int file_window_clone(const file_window *w, file_window *out);
void file_window_close(file_window *w);
/* Moves the part that was read. NULL where the bytes are not all in the file or cannot be read. */
const uint8_t *file_window_move(file_window *w, uint64_t offset, size_t length_bytes);
/* out[i] is the byte at offset[i], for n ascending offsets. 0 where one is not in the file or cannot be read. */
int file_window_gather(file_window *w, const uint64_t *offset, size_t n, uint8_t *out);

/* `length_bytes` (at most FILE_WINDOW_WANTED_MAX) bytes of the file; valid until the next call. NULL as above. */
static inline const uint8_t *file_window_at(file_window *w, uint64_t offset, size_t length_bytes) {
  if (offset >= w->from && length_bytes <= w->bytes && offset - w->from <= w->bytes - length_bytes)
    return w->buffer + (offset - w->from);
  return file_window_move(w, offset, length_bytes);
}

#endif
