#include "config.h"

#include "genome/reference_file.h"

#include "base/alloc.h"
#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

struct reference_file {
  dtc_allocator allocator;
  dtc_status malformed;
  gzFile stream;
  uint64_t line;
  size_t from, filled; /* unread bytes of buffer */
  int ended;
  char buffer[65536];
};

dtc_status reference_file_open(const char *path, dtc_status malformed, const dtc_allocator *allocator,
                               reference_file **out, dtc_diag *diag) {
  *out = NULL;
  dtc_allocator a = alloc_or_default(allocator);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return diag_system(diag, DTC_IO_OPEN, "opening the file");
  reference_file *file = alloc_zeroed(&a, sizeof *file);
  gzFile stream = file ? gzdopen(fd, "rb") : NULL;
  if (!stream) {
    alloc_release(&a, file);
    close(fd);
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory");
  }
  file->allocator = a;
  file->malformed = malformed;
  file->stream = stream;
  *out = file;
  return DTC_OK;
}

void reference_file_close(reference_file *file) {
  if (!file)
    return;
  /* Read only: what close could tell, reading has told. */
  (void)gzclose_r(file->stream);
  dtc_allocator a = file->allocator;
  alloc_release(&a, file);
}

dtc_status reference_file_fault(const reference_file *file, dtc_diag *diag, const char *expected) {
  return diag_set(diag, file->malformed, (place){file->line, 0, 0}, "%s", expected);
}

/* Fills the rest of the buffer. At the end of the file, gzip's own checks are asked. */
static dtc_status fill(reference_file *file, dtc_diag *diag) {
  if (file->from) {
    memmove(file->buffer, file->buffer + file->from, file->filled - file->from);
    file->filled -= file->from;
    file->from = 0;
  }
  errno = 0;
  int got = gzread(file->stream, file->buffer + file->filled, (unsigned)(sizeof file->buffer - file->filled));
  int code = Z_OK;
  if (got <= 0)
    gzerror(file->stream, &code);
  if (code == Z_ERRNO)
    return diag_system(diag, DTC_IO_READ, "reading the file");
  if (code == Z_MEM_ERROR)
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory");
  if (got < 0 || code != Z_OK)
    return diag_set(diag, file->malformed, (place){file->line, 0, 0}, "whole gzip data with a right checksum");
  file->ended = got == 0;
  file->filled += (size_t)got;
  return DTC_OK;
}

dtc_status reference_file_line(reference_file *file, view *line, dtc_diag *diag) {
  for (;;) {
    const char *start = file->buffer + file->from;
    size_t unread = file->filled - file->from;
    const char *end = memchr(start, '\n', unread);
    size_t length = end ? (size_t)(end - start) : unread;
    if (length > REFERENCE_LINE_MAX) {
      file->line++;
      return reference_file_fault(file, diag, "lines of at most 4096 bytes");
    }
    if (!end && !file->ended) {
      dtc_status status = fill(file, diag);
      if (status != DTC_OK)
        return status;
      continue;
    }
    if (!end && length == 0) {
      *line = (view){NULL, 0};
      return DTC_OK;
    }
    file->line++;
    file->from += length + (end != NULL);
    if (length && start[length - 1] == '\r')
      length--;
    *line = (view){start, length};
    return DTC_OK;
  }
}

unsigned reference_fields(view line, const char *separators, int merge, view *fields) {
  unsigned count = 0;
  size_t from = 0;
  for (size_t i = 0; i <= line.length; i++) {
    if (i < line.length && (line.at[i] == '\0' || !strchr(separators, line.at[i])))
      continue;
    if (!merge || i > from) {
      if (count < REFERENCE_FIELDS_MAX)
        fields[count] = (view){line.at + from, i - from};
      if (count <= REFERENCE_FIELDS_MAX)
        count++;
    }
    from = i + 1;
  }
  return count;
}

int reference_number(view text, uint64_t max, uint64_t *out) {
  uint64_t value = 0;
  if (text.length == 0 || text.length > 20)
    return 0;
  for (size_t i = 0; i < text.length; i++) {
    if (text.at[i] < '0' || text.at[i] > '9')
      return 0;
    uint64_t digit = (uint64_t)(text.at[i] - '0');
    if (digit > max || value > (max - digit) / 10)
      return 0;
    value = value * 10 + digit;
  }
  *out = value;
  return 1;
}
