/* source.h - the bytes of a file: memory, a descriptor that can seek (pread; its offset is never used), or one that
 * cannot and is held in memory as far as it is needed. Files are not mapped: one that shrinks would kill the process.
 */
#ifndef DTC_ARCHIVE_SOURCE_H
#define DTC_ARCHIVE_SOURCE_H

#include <dtcgeno.h>

#define SOURCE_HEAD_BYTES 65536 /* of a stream, read when it is opened */

typedef struct source {
  int fd;                     /* -1: memory */
  int is_stream;              /* cannot seek, and its end was not seen: source_read must wait for source_hold */
  const unsigned char *bytes; /* all of it, or the head of a stream; NULL for a descriptor that can seek */
  uint64_t size_bytes;        /* of the whole; of a stream what was read so far */
  uint64_t cursor;            /* of source_next */
  unsigned char *held;        /* the source's own memory behind `bytes` */
  size_t held_capacity;
  dtc_allocator allocator;
} source;

/* Borrows the bytes until source_close. */
void source_from_memory(source *s, const void *bytes, size_t length_bytes);
/* Borrows fd. A regular file is taken from its first byte; anything else is read from where it stands, and its head
 * right here. After a failure there is nothing to close. */
dtc_status source_from_fd(source *s, int fd, const dtc_allocator *allocator, dtc_diag *diag);
/* Gives the memory back; does not close fd. */
void source_close(source *s);

/* Copies up to length_bytes of the beginning and returns how many. */
dtc_status source_head(const source *s, void *buffer, size_t length_bytes, size_t *got_bytes, dtc_diag *diag);
/* Reads a stream to its end into memory, so that source_read works; DTC_FILE_TOO_LARGE when it holds more than
 * max_bytes. */
dtc_status source_hold(source *s, uint64_t max_bytes, dtc_diag *diag);
/* Exactly length_bytes from offset; the caller stays within size_bytes. A file that got shorter is DTC_IO_CHANGED. */
dtc_status source_read(const source *s, uint64_t offset, void *buffer, size_t length_bytes, dtc_diag *diag);
/* The next bytes in order; fewer than asked for only at the end. */
dtc_status source_next(source *s, void *buffer, size_t length_bytes, size_t *got_bytes, dtc_diag *diag);
/* DTC_IO_CHANGED when the file's size is no longer what it was. */
dtc_status source_settle(const source *s, dtc_diag *diag);

#endif
