/* block.h - memory for large arrays, in as few page faults as the system allows. */
#ifndef DTC_BASE_BLOCK_H
#define DTC_BASE_BLOCK_H

#include <stddef.h>

/* Not cleared; for free(). From 2 MiB on aligned to huge pages and advised as such: where a hypervisor pages in
 * software a fault costs 14 us, 16 MiB in pages of 4 KiB 58 ms, in huge ones 0.7 ms. NULL when memory runs out. */
void *block_new(size_t bytes);
/* The same advice for memory that another allocator gave; it holds for the huge pages that lie in it. */
void block_advise(void *block, size_t bytes);

/* The whole file at path, mapped to be read; the caller's, for munmap(). NULL with errno; an empty file is EINVAL. */
void *block_map_file(const char *path, size_t *bytes);

#endif
