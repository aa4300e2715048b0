/* sweep.h - what is due by the clock: expiry (row 12), retention and deletion (row 19), objects nobody refers to. */
#ifndef ARRAY_UPLOAD_WORKER_SWEEP_H
#define ARRAY_UPLOAD_WORKER_SWEEP_H

#include "array-upload/service.h"
#include "array-upload/worker/adopt.h"

/* When each part was last done; zero-initialise. Times of clock_now(): a moved test clock moves these, too. */
struct sweeper {
  int64_t swept, retained, collected;
  struct adoption adoption;
};

/* Does what is due; returns soon when there is nothing. Uses s->store: one thread. Any number of workers may sweep at
 * once. */
void sweep_tick(struct sweeper *w, const struct service *s);

#endif
