/* sweep.h - what is due by the clock: expiry (row 12), retention and deletion (row 19), objects nobody refers to. */
#ifndef ARRAY_UPLOAD_WORKER_SWEEP_H
#define ARRAY_UPLOAD_WORKER_SWEEP_H

#include "array-upload/service.h"
#include "array-upload/worker/adopt.h"

/* When each part was last done; zero-initialise. Times of clock_now(): a moved test clock moves these, too. */
struct sweeper {
  int64_t swept, retained, collected, marked;
  int ours; /* the blob store's mark is this database's (mark.h): else nothing is removed from it */
  struct adoption adoption;
};

enum { ORPHAN_KEY_SIZE = 256 };
/* Objects under samples/ that no row knows and that are old enough; the first `room` of *found into keys. 0, or -1: one
 * of the two stores did not answer. */
int orphans_find(const struct service *s, int64_t now, char (*keys)[ORPHAN_KEY_SIZE], int64_t room, int64_t *found);
/* Removes those that still nobody knows; returns how many. */
int64_t orphans_remove(const struct service *s, char (*keys)[ORPHAN_KEY_SIZE], int64_t n);

/* Does what is due; returns soon when there is nothing. Uses s->store: one thread. Any number of workers may sweep at
 * once. */
void sweep_tick(struct sweeper *w, const struct service *s);

#endif
