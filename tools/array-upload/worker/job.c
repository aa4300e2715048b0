#include <config.h>

#include "array-upload/worker/job.h"

#include <jansson.h>

#include "array-upload/child/fault.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/convert.h"

enum job_next job_run_next(const struct runner *r) {
  struct arena arena = {0};
  struct run run = {.r = r, .arena = &arena};
  enum job_next next;
  enum store_result claimed =
      store_job_claim(r->store, &arena, r->owner, r->service->config.lease_s, clock_now(), &run.job);
  if (claimed != STORE_OK) {
    next = claimed == STORE_NONE ? JOB_NONE : JOB_PAUSE;
  } else {
    log_event("job.claimed", "sample=s run=I", run.job.sample, (json_int_t)run.job.run_no);
    fault_point("job-claimed");
    if (folder_make(run.folder, r->folder, run.job.run) != 0) {
      next = run_released(&run, "folder");
    } else {
      next = convert_run(&run);
      folder_remove(run.folder);
    }
  }
  arena_free(&arena);
  return next;
}
