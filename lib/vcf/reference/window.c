/* window.c - see window.h. */
#include "vcf/reference/window.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

enum {
  WINDOW_BYTES = 1 << 16,
  ALONE_BYTES = 512, /* read where nothing says that more is wanted */
  NEAR_BYTES = 4096, /* what follows so closely behind the window is read with all that is behind it */
  PAGE_BYTES = 4096,
  MAPPED_BYTES = 1 << 22,      /* mapped at a time */
  MAPPED_ALIGNED = 1 << 21,    /* so that a huge page of the page cache is one page fault */
  DENSE_BYTES = 4 * PAGE_BYTES /* mapping pays where the offsets are no farther apart than this */
};

_Static_assert(sizeof(off_t) == 8, "a genome is larger than 2 GB");

/* Where to go on when a mapped page is not there; NULL: not now. */
static _Thread_local sigjmp_buf *volatile escape;
static struct sigaction bus_before;

static void on_bus(int number, siginfo_t *info, void *context) {
  if (escape) {
    /* the jump leaves the handler, but not its mask */
    pthread_sigmask(SIG_SETMASK, &((const ucontext_t *)context)->uc_sigmask, NULL);
    siglongjmp(*escape, 1);
  }
  if (bus_before.sa_flags & SA_SIGINFO) {
    bus_before.sa_sigaction(number, info, context);
  } else if (bus_before.sa_handler != SIG_DFL && bus_before.sa_handler != SIG_IGN) {
    bus_before.sa_handler(number);
  } else {
    signal(number, SIG_DFL); /* what did this does it again on return */
  }
}

static void catch_bus(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_bus;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &bus_before);
}

int file_window_open(file_window *w, const char *path) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, catch_bus);
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

static void unmap(file_window *w) {
  if (w->mapped_bytes)
    munmap((void *)(uintptr_t)w->mapped, w->mapped_bytes);
  w->mapped_bytes = 0;
}

void file_window_close(file_window *w) {
  unmap(w);
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

/* Maps what is around offset. 0 on failure. */
static int map_at(file_window *w, uint64_t offset) {
  unmap(w);
  uint64_t from = offset - offset % MAPPED_ALIGNED;
  size_t bytes = at_most(w, from, MAPPED_BYTES);
  void *mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, w->fd, (off_t)from);
  if (mapped == MAP_FAILED)
    return 0;
  madvise(mapped, bytes, MADV_SEQUENTIAL); /* the kernel reads ahead from a disk; otherwise nothing is lost */
  w->mapped = mapped;
  w->mapped_from = from;
  w->mapped_bytes = bytes;
  return 1;
}

/* Bytes that are mapped, asked for all at once, so that the caches' misses overlap. 0 where a page is not there. */
static int load(const file_window *w, const uint64_t *offset, size_t n, uint8_t *out) {
  sigjmp_buf back;
  if (sigsetjmp(back, 0)) {
    escape = NULL;
    return 0;
  }
  escape = &back;
  for (size_t i = 0; i < n; i++)
    __builtin_prefetch(w->mapped + (offset[i] - w->mapped_from));
  for (size_t i = 0; i < n; i++)
    out[i] = ((const volatile uint8_t *)w->mapped)[offset[i] - w->mapped_from];
  escape = NULL;
  return 1;
}

int file_window_gather(file_window *w, const uint64_t *offset, size_t n, uint8_t *out) {
  if (!n || offset[n - 1] >= w->file_bytes)
    return !n;
  int dense = (offset[n - 1] - offset[0]) / n <= DENSE_BYTES;
  for (size_t i = 0, end; i < n; i = end) {
    int inside = w->mapped_bytes && offset[i] >= w->mapped_from && offset[i] - w->mapped_from < w->mapped_bytes;
    if (!inside && !(dense && n > 1 && map_at(w, offset[i]))) {
      const uint8_t *byte = file_window_at(w, offset[i], 1);
      if (!byte)
        return 0;
      out[i] = *byte;
      end = i + 1;
      continue;
    }
    for (end = i + 1; end < n && offset[end] - w->mapped_from < w->mapped_bytes;)
      end++;
    if (!load(w, offset + i, end - i, out + i)) {
      w->failed = 1;
      return 0;
    }
  }
  return 1;
}
