#include "common/heap.h"

#include "base/block.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>

enum { HUGE_BYTES = 2 << 20, ROOM_BYTES = 2 * HUGE_BYTES, MAPPED_FROM_BYTES = 1 << 20 };

void heap_on_huge_pages(void) {
  /* malloc takes a break that others moved as a new beginning. */
  uintptr_t end = (uintptr_t)sbrk(0);
  if (end == UINTPTR_MAX || sbrk((intptr_t)((HUGE_BYTES - end % HUGE_BYTES) % HUGE_BYTES)) == (void *)-1)
    return;
  uintptr_t from = (uintptr_t)sbrk(0);
  mallopt(M_TOP_PAD, ROOM_BYTES);
  mallopt(M_TRIM_THRESHOLD, 2 * ROOM_BYTES);
  mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES);
  mallopt(M_ARENA_MAX, 1);
  void *volatile first = malloc(MAPPED_FROM_BYTES / 2); /* volatile: else the compiler leaves the pair out */
  free(first);
  uintptr_t to = (uintptr_t)sbrk(0);
  if (to > from)
    block_advise((void *)from, to - from);
}
#else
void heap_on_huge_pages(void) {}
#endif
