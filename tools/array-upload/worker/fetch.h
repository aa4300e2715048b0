/* fetch.h - objects as files in a run's folder, for programs that read paths. */
#ifndef ARRAY_UPLOAD_WORKER_FETCH_H
#define ARRAY_UPLOAD_WORKER_FETCH_H

#include "array-upload/service.h"

enum fetched {
  FETCHED,
  FETCH_GONE,    /* there is no such object, or its key was destroyed */
  FETCH_DAMAGED, /* it is not what was put */
  FETCH_FAILED   /* the store is away, the disk full, or the beat said to stop */
};
/* The object as it was before it was encrypted for anybody, in a new file. `beat` is asked after each piece; anything
 * but 0 stops. */
enum fetched fetch(const struct service *service, struct store *store, const char *key, const char *path,
                   int (*beat)(void *), void *beat_arg);

#endif
