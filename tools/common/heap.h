/* heap.h - how a tool's process keeps its memory. */
#ifndef COMMON_HEAP_H
#define COMMON_HEAP_H

/* Once, before any thread begins: the heap lies on a few huge pages and what was freed stays in it. htslib's index is
 * thousands of small blocks, its bgzf makes a compressor of over 512 KiB for each block of 64 KiB and throws it away:
 * some 600 page faults of a conversion, at up to 14 us each (block.h). Costs up to 2 MiB of memory that is not used.
 * Only advice: where the C library or the system cannot, everything is as ever. */
void heap_on_huge_pages(void);

#endif
