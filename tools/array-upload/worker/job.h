/* job.h - one run of the analysis: claimed, worked on in a cage, verified, stored, committed. Rows 14 to 18. */
#ifndef ARRAY_UPLOAD_WORKER_JOB_H
#define ARRAY_UPLOAD_WORKER_JOB_H

#include <stdatomic.h>

#include "array-upload/service.h"
#include "array-upload/worker/folder.h"

/* The stages behind the conversion, and merges, that this process is working on: they take long, and conversions go
 * before them. */
struct staging {
  atomic_int busy;
  _Atomic int64_t told; /* when it was last said that something of them is not there */
};

struct runner {
  const struct service *service;
  struct store *store;                  /* this thread's */
  const char *convert, *impute, *score; /* paths of the programs; the last two "" where no stage wants them */
  const char *folder;                   /* folder_open()'s */
  const char *owner;                    /* unique to this thread */
  struct staging *staging;              /* the process' */
};

enum job_next {
  JOB_NONE, /* nothing to do */
  JOB_DONE, /* one run ended, whichever way: ask again at once */
  JOB_PAUSE /* database or store are away: wait before asking again */
};

/* Takes the next job, or where there is none the next merge, and works on it to its end. */
enum job_next job_run_next(const struct runner *r);

#endif
