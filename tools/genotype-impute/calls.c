#include "genotype-impute/calls.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 3 * 1024, BUFFER_BYTES = 16384 };

/* What stands in the file: this, then the texts, each with its NUL. */
typedef struct call_head {
  uint32_t position;
  uint16_t text_bytes;
  uint8_t copies, kinds;
} call_head;

static char *path_of(const char *folder, uint32_t index, char *path) {
  char name[32];
  snprintf(name, sizeof name, "person-%" PRIu32, index);
  return panel_path(folder, name, "calls", path);
}

int calls_create(calls_writer *w, const char *folder, uint32_t index, person *p, fault *f) {
  char path[PATH_MAX];
  *w = (calls_writer){.file = fopen(path_of(folder, index, path), "we"), .person = p};
  return w->file ? 0 : fault_system(f, path, "cannot make it");
}

int calls_put(calls_writer *w, unsigned contig, const called *c, fault *f) {
  char text[TEXT_MAX];
  size_t n = 0;
  const char *const parts[] = {c->ref, c->first, c->second};
  for (size_t i = 0; i < 3 && parts[i]; i++) {
    size_t bytes = strlen(parts[i]) + 1;
    if (n + bytes > sizeof text)
      return 1;
    memcpy(text + n, parts[i], bytes);
    n += bytes;
  }
  call_span *span = &w->person->spans[contig];
  if (contig != w->contig) {
    if (span->to)
      return fault_set(f, EXIT_REFUSED, "its chromosomes are not each in one piece");
    span->from = w->at;
    w->contig = contig;
    w->position = 0;
  }
  if (c->position < w->position)
    return fault_set(f, EXIT_REFUSED, "it is not sorted");
  w->position = c->position;
  call_head head = {
      .position = c->position, .text_bytes = (uint16_t)n, .copies = c->second ? 2 : 1, .kinds = (uint8_t)c->kinds};
  if (fwrite(&head, sizeof head, 1, w->file) != 1 || fwrite(text, n, 1, w->file) != 1)
    return fault_system(f, "a temporary file", "cannot write it");
  w->at += sizeof head + n;
  span->to = w->at;
  w->person->calls++;
  return 0;
}

int calls_finish(calls_writer *w, fault *f) {
  int failed = w->file && fclose(w->file) != 0 ? fault_system(f, "a temporary file", "cannot write it") : 0;
  w->file = NULL;
  return failed;
}

static int fill(calls_reader *r, fault *f) {
  memmove(r->buffer, r->buffer + r->taken, r->filled - r->taken);
  r->filled -= r->taken;
  r->taken = 0;
  size_t want = BUFFER_BYTES - r->filled;
  want = want < r->to - r->at ? want : r->to - r->at;
  ssize_t n = want ? pread(r->fd, r->buffer + r->filled, want, (off_t)r->at) : 0;
  if (n < 0 || (want && n == 0))
    return fault_system(f, "a temporary file", "cannot read it");
  r->at += (uint64_t)n;
  r->filled += (size_t)n;
  return 0;
}

int calls_next(calls_reader *r, fault *f) {
  call_head head;
  if (r->filled - r->taken < sizeof head + TEXT_MAX && r->at < r->to && fill(r, f) != 0)
    return -1;
  r->more = r->filled - r->taken >= sizeof head;
  if (!r->more)
    return 0;
  memcpy(&head, r->buffer + r->taken, sizeof head);
  const char *text = r->buffer + r->taken + sizeof head;
  r->taken += sizeof head + head.text_bytes;
  r->call = (called){.position = head.position, .ref = text, .kinds = head.kinds};
  r->call.first = text + strlen(text) + 1;
  r->call.second = head.copies == 2 ? r->call.first + strlen(r->call.first) + 1 : NULL;
  return 0;
}

int calls_open(calls_reader *r, const char *folder, uint32_t index, const person *p, unsigned contig, uint32_t from,
               fault *f) {
  char path[PATH_MAX];
  const call_span *span = &p->spans[contig];
  *r = (calls_reader){.fd = open(path_of(folder, index, path), O_RDONLY | O_CLOEXEC),
                      .at = span->from,
                      .to = span->to,
                      .buffer = malloc(BUFFER_BYTES)};
  if (r->fd < 0 || !r->buffer)
    return fault_system(f, path, "cannot open it");
  int failed = calls_next(r, f);
  while (!failed && r->more && r->call.position < from)
    failed = calls_next(r, f);
  return failed;
}

void calls_close(calls_reader *r) {
  if (r->fd >= 0)
    close(r->fd); /* read only */
  free(r->buffer);
}
