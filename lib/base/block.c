#include "base/block.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

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
