#include "base/alloc.h"

#include "base/block.h"

#include <stdlib.h>
#include <string.h>

static void *malloc_resize(void *opaque, void *block, size_t size_bytes) {
  (void)opaque;
  return realloc(block, size_bytes);
}

static void malloc_release(void *opaque, void *block) {
  (void)opaque;
  free(block);
}

dtc_allocator alloc_or_default(const dtc_allocator *allocator) {
  if (allocator && allocator->resize && allocator->release)
    return *allocator;
  return (dtc_allocator){malloc_resize, malloc_release, NULL};
}

void *alloc_array(const dtc_allocator *a, size_t count, size_t size_bytes) {
  if (count && size_bytes > SIZE_MAX / count)
    return NULL;
  size_t total = count * size_bytes;
  return a->resize(a->opaque, NULL, total ? total : 1);
}

void *alloc_block(const dtc_allocator *a, size_t bytes) {
  if (a->resize == malloc_resize)
    return block_new(bytes ? bytes : 1);
  void *block = a->resize(a->opaque, NULL, bytes ? bytes : 1);
  if (block)
    block_advise(block, bytes);
  return block;
}

void *alloc_zeroed(const dtc_allocator *a, size_t size_bytes) {
  void *block = alloc_array(a, 1, size_bytes);
  if (block)
    memset(block, 0, size_bytes);
  return block;
}

void alloc_release(const dtc_allocator *a, void *block) {
  if (block)
    a->release(a->opaque, block);
}

int alloc_grow(const dtc_allocator *a, void **block, size_t *capacity, size_t need, size_t size_bytes) {
  if (need <= *capacity)
    return 1;
  size_t wanted = *capacity + *capacity / 2;
  if (wanted < need)
    wanted = need;
  if (wanted < 16)
    wanted = 16;
  if (wanted > SIZE_MAX / size_bytes)
    return 0;
  void *grown = a->resize(a->opaque, *block, wanted * size_bytes);
  if (!grown)
    return 0;
  *block = grown;
  *capacity = wanted;
  return 1;
}
