/* alloc.h - every allocation of the library goes through the caller's allocator. */
#ifndef DTC_BASE_ALLOC_H
#define DTC_BASE_ALLOC_H

#include <dtcgeno.h>

/* The caller's allocator, or malloc's where allocator is NULL or empty. By value: it is three words. */
dtc_allocator alloc_or_default(const dtc_allocator *allocator);

/* NULL on failure, or when count * size overflows. Memory is not cleared. */
void *alloc_array(const dtc_allocator *a, size_t count, size_t size_bytes);
/* A large block that is written from one end to the other: block_new's where the allocator is malloc's, else the
 * caller's, with the same advice to the system. */
void *alloc_block(const dtc_allocator *a, size_t bytes);
void *alloc_zeroed(const dtc_allocator *a, size_t size_bytes);
void alloc_release(const dtc_allocator *a, void *block);

/* Makes room for at least `need` elements: grows *block and *capacity by half. Returns 0 and leaves both as they were
 * when memory runs out, else 1. */
int alloc_grow(const dtc_allocator *a, void **block, size_t *capacity, size_t need, size_t size_bytes);

#endif
