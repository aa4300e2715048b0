/* adopt.h - stores of the time before sealing: objects and rows that lie in
 * clear are sealed one after the other, while the service runs. */
#ifndef ARRAY_UPLOAD_WORKER_ADOPT_H
#define ARRAY_UPLOAD_WORKER_ADOPT_H

#include "array-upload/service.h"
#include "array-upload/util/encode.h"

/* Zero-initialise. `after` is where this worker is; what it could not seal is
 * tried again on its next round. */
struct adoption {
  char after[UUID_SIZE];
  int64_t sealed;
  int ended; /* nothing was left the last time it looked */
};

/* Some objects or some rows; returns soon. A worker that is killed in between
 * leaves an object and a key that nothing refers to, and the clear one where it
 * was. */
void adopt_some(struct adoption *x, const struct service *s, int64_t now);

#endif
