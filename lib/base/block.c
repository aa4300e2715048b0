#include "base/block.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_BYTES = 1 << 12, HUGE_BYTES = 1 << 21 };

void *block_new(size_t bytes) {
  if (bytes < HUGE_BYTES)
    return malloc(bytes);
  if (bytes > SIZE_MAX - HUGE_BYTES)
    return NULL;
  size_t whole = (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
  void *block = aligned_alloc(HUGE_BYTES, whole);
  if (block)
    block_advise(block, whole);
  return block;
}

void block_advise(void *block, size_t bytes) {
#ifdef MADV_HUGEPAGE
  uintptr_t from = (uintptr_t)block / PAGE_BYTES * PAGE_BYTES;
  uintptr_t to = ((uintptr_t)block + bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  (void)madvise((void *)from, to - from, MADV_HUGEPAGE); /* advice: what cannot be had costs only time */
#else
  (void)block;
  (void)bytes;
#endif
}

void *block_map_file(const char *path, size_t *bytes) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat st;
  void *map = MAP_FAILED;
  if (fd < 0)
    return NULL;
  if (fstat(fd, &st) == 0)
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
  int saved = errno;
  close(fd);
  errno = saved;
  if (map == MAP_FAILED)
    return NULL;
  *bytes = (size_t)st.st_size;
  return map;
}
