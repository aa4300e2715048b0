/* job.h - one run of the analysis: claimed, converted in a cage, verified, stored, committed. Rows 14 to 18. */
#ifndef ARRAY_UPLOAD_WORKER_JOB_H
#define ARRAY_UPLOAD_WORKER_JOB_H

#include "array-upload/service.h"
#include "array-upload/worker/folder.h"

struct runner {
  const struct service *service;
  struct store *store; /* this thread's */
  const char *convert; /* path of genotype-convert */
  const char *folder;  /* folder_open()'s */
  const char *owner;   /* unique to this thread */
};

enum job_next {
  JOB_NONE, /* nothing to do */
  JOB_DONE, /* one run ended, whichever way: ask again at once */
  JOB_PAUSE /* database or store are away: wait before asking again */
};

/* Takes the next job and works on it to its end. */
enum job_next job_run_next(const struct runner *r);

#endif
