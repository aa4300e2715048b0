/* handover.h - a stream of entries from one thread to another, in blocks; without a second thread the same in one. The
 * consumer sees the same blocks in the same order either way. */
#ifndef VCF_HANDOVER_H
#define VCF_HANDOVER_H

#include <stddef.h>

typedef struct handover handover;

/* Whole entries, as many as fitted into the block. Not 0: failed, and it is not called again. */
typedef int (*handover_consumer)(void *opaque, const char *bytes, size_t length);
/* What the caller's thread does instead of waiting, a little of it. 0: there is nothing to do. */
typedef int (*handover_idler)(void *opaque);

/* threaded: the consumer runs in a thread of its own, else inside handover_room and handover_finish. idler: NULL for
 * none. Memory: a block of 32 KiB, threaded four of them; more only where an entry is larger. NULL when memory or
 * threads run out. */
handover *handover_new(int threaded, handover_consumer consumer, handover_idler idler, void *opaque);
/* Room for an entry of at most `length` bytes; NULL when memory runs out. Idles or waits where the consumer is behind.
 */
char *handover_room(handover *h, size_t length);
/* The entry took the first `length` bytes of the room. */
void handover_take(handover *h, size_t length);
/* Waits until all is consumed and the thread has ended. Returns 0, or what the consumer returned. */
int handover_finish(handover *h);
/* NULL is fine. Without handover_finish before, blocks that wait are not consumed. */
void handover_free(handover *h);

#endif
