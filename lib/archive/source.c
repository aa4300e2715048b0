#include <config.h>

#include "archive/source.h"

#include "base/alloc.h"
#include "base/diag.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const place nowhere = {0, 0, 0};

static dtc_status changed(uint64_t at, dtc_diag *diag) {
  return diag_set(diag, DTC_IO_CHANGED, (place){0, 0, at}, "a file that stays as it is while it is read");
}

/* read() until the buffer is full or the stream ends. */
static dtc_status stream_fill(int fd, unsigned char *buffer, size_t length, size_t *got, dtc_diag *diag) {
  *got = 0;
  while (*got < length) {
    ssize_t n = read(fd, buffer + *got, length - *got);
    if (n == 0)
      break;
    if (n > 0)
      *got += (size_t)n;
    else if (errno != EINTR)
      return diag_system(diag, DTC_IO_READ, "read");
  }
  return DTC_OK;
}

void source_from_memory(source *s, const void *bytes, size_t length_bytes) {
  *s = (source){.fd = -1, .bytes = bytes, .size_bytes = length_bytes};
}

dtc_status source_from_fd(source *s, int fd, const dtc_allocator *allocator, dtc_diag *diag) {
  *s = (source){.fd = fd, .allocator = *allocator};
  struct stat about;
  if (fstat(fd, &about) != 0)
    return diag_system(diag, DTC_IO_READ, "fstat");
  if (S_ISREG(about.st_mode)) {
    s->size_bytes = (uint64_t)about.st_size;
    return DTC_OK;
  }
  s->is_stream = 1;
  s->held = alloc_array(allocator, SOURCE_HEAD_BYTES, 1);
  if (!s->held)
    return diag_set(diag, DTC_OUT_OF_MEMORY, nowhere, "%d bytes", SOURCE_HEAD_BYTES);
  s->held_capacity = SOURCE_HEAD_BYTES;
  s->bytes = s->held;
  size_t got;
  dtc_status status = stream_fill(fd, s->held, SOURCE_HEAD_BYTES, &got, diag);
  if (status != DTC_OK) {
    source_close(s);
    return status;
  }
  s->size_bytes = got;
  s->is_stream = got == SOURCE_HEAD_BYTES;
  return DTC_OK;
}

void source_close(source *s) {
  if (s->held)
    alloc_release(&s->allocator, s->held);
  *s = (source){.fd = -1};
}

dtc_status source_head(const source *s, void *buffer, size_t length_bytes, size_t *got_bytes, dtc_diag *diag) {
  *got_bytes = s->size_bytes < length_bytes ? (size_t)s->size_bytes : length_bytes;
  if (s->bytes) {
    memcpy(buffer, s->bytes, *got_bytes);
    return DTC_OK;
  }
  return source_read(s, 0, buffer, *got_bytes, diag);
}

dtc_status source_hold(source *s, uint64_t max_bytes, dtc_diag *diag) {
  if (max_bytes > SIZE_MAX - 1)
    max_bytes = SIZE_MAX - 1;
  while (s->is_stream && s->size_bytes <= max_bytes) {
    size_t have = (size_t)s->size_bytes;
    void *block = s->held; /* it is full: else the stream had ended, or the limit was passed */
    if (!alloc_grow(&s->allocator, &block, &s->held_capacity, have + 1, 1))
      return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, have}, "memory for a stream that cannot seek");
    s->bytes = s->held = block;
    size_t room = s->held_capacity - have;
    if (room > max_bytes + 1 - have)
      room = (size_t)(max_bytes + 1 - have);
    size_t got;
    dtc_status status = stream_fill(s->fd, s->held + have, room, &got, diag);
    if (status != DTC_OK)
      return status;
    s->size_bytes += got;
    s->is_stream = got == room;
  }
  if (s->size_bytes > max_bytes)
    return diag_set(diag, DTC_FILE_TOO_LARGE, (place){0, 0, max_bytes}, "at most %llu bytes",
                    (unsigned long long)max_bytes);
  return DTC_OK;
}

dtc_status source_read(const source *s, uint64_t offset, void *buffer, size_t length_bytes, dtc_diag *diag) {
  if (offset > s->size_bytes || length_bytes > s->size_bytes - offset)
    return diag_set(diag, DTC_INTERNAL, (place){0, 0, offset}, "a read within the file");
  if (s->bytes) {
    memcpy(buffer, s->bytes + offset, length_bytes);
    return DTC_OK;
  }
  unsigned char *to = buffer;
  while (length_bytes) {
    ssize_t n = pread(s->fd, to, length_bytes, (off_t)offset);
    if (n == 0)
      return changed(offset, diag);
    if (n < 0) {
      if (errno == EINTR)
        continue;
      return diag_system(diag, DTC_IO_READ, "pread");
    }
    to += n;
    offset += (uint64_t)n;
    length_bytes -= (size_t)n;
  }
  return DTC_OK;
}

dtc_status source_next(source *s, void *buffer, size_t length_bytes, size_t *got_bytes, dtc_diag *diag) {
  unsigned char *to = buffer;
  uint64_t known = s->size_bytes - s->cursor;
  size_t n = known < length_bytes ? (size_t)known : length_bytes;
  *got_bytes = 0;
  if (n) {
    dtc_status status = source_read(s, s->cursor, to, n, diag);
    if (status != DTC_OK)
      return status;
  }
  if (n < length_bytes && s->is_stream) {
    size_t got;
    dtc_status status = stream_fill(s->fd, to + n, length_bytes - n, &got, diag);
    if (status != DTC_OK)
      return status;
    s->is_stream = got == length_bytes - n;
    s->size_bytes += got;
    n += got;
  }
  s->cursor += n;
  *got_bytes = n;
  return DTC_OK;
}

dtc_status source_settle(const source *s, dtc_diag *diag) {
  if (s->bytes) /* memory, or a stream */
    return DTC_OK;
  struct stat about;
  if (fstat(s->fd, &about) != 0)
    return diag_system(diag, DTC_IO_READ, "fstat");
  return (uint64_t)about.st_size == s->size_bytes ? DTC_OK : changed(s->size_bytes, diag);
}
