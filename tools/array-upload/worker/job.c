#include <config.h>

#include "array-upload/worker/job.h"

#include <jansson.h>

#include "array-upload/child/fault.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/analysis.h"
#include "array-upload/worker/convert.h"
#include "array-upload/worker/merge.h"
#include "array-upload/worker/stage.h"

enum { TELL_S = 60 };

/* Whether what the stages need is there; where it is not, samples wait for it. */
static int stages_can_run(const struct runner *r) {
  const char *absent = analysis_absent(&r->service->config);
  int64_t now = clock_steady(), told = r->staging->told;
  if (!absent)
    return 1;
  if ((told == 0 || now - told > SECONDS(TELL_S)) && atomic_compare_exchange_strong(&r->staging->told, &told, now))
    log_event("analysis.absent", "setting=s help=s", absent, "samples wait for it");
  return 0;
}

/* A place among those who work on what takes long: stages and merges. 0: they are taken. */
static int place_take(const struct runner *r) {
  if (atomic_fetch_add(&r->staging->busy, 1) < r->service->config.analysis_at_once)
    return 1;
  atomic_fetch_sub(&r->staging->busy, 1);
  return 0;
}

static enum job_next work(struct run *run) {
  enum job_next next;
  log_event("job.claimed", "sample=s run=I stage=s", run->job.sample, (json_int_t)run->job.run_no,
            stage_text(run->job.stage));
  fault_point("job-claimed");
  if (folder_make(run->folder, run->r->folder, run->job.run) != 0)
    return run_released(run, "folder");
  next = run->job.stage == STAGE_CONVERT ? convert_run(run) : stage_run(run);
  folder_remove(run->folder);
  return next;
}

enum job_next job_run_next(const struct runner *r) {
  struct arena arena = {0};
  struct run run = {.r = r, .arena = &arena};
  int place = place_take(r), stages = place && stages_can_run(r);
  enum store_result claimed =
      store_job_claim(r->store, &arena, r->owner, r->service->config.lease_s, !stages, clock_now(), &run.job);
  if (place && claimed == STORE_OK && run.job.stage == STAGE_CONVERT) {
    atomic_fetch_sub(&r->staging->busy, 1);
    place = 0;
  }
  enum job_next next = claimed == STORE_OK ? work(&run) : claimed == STORE_NONE ? JOB_NONE : JOB_PAUSE;
  if (place && next == JOB_NONE)
    next = merge_run_next(r);
  if (place)
    atomic_fetch_sub(&r->staging->busy, 1);
  arena_free(&arena);
  return next;
}
