/* run.h - one run of a job while it lasts, and the ways it can end: what the conversion (convert.h) and the stages
 * behind it (stage.h) share. */
#ifndef ARRAY_UPLOAD_WORKER_RUN_H
#define ARRAY_UPLOAD_WORKER_RUN_H

#include "array-upload/child/child.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/worker/deliverable.h"
#include "array-upload/worker/job.h"

struct run {
  const struct runner *r;
  struct job job;
  struct arena *arena;
  char folder[FOLDER_PATH_MAX];
  unsigned char public_key[CRYPT4GH_KEY];
  const unsigned char *recipient; /* public_key, or NULL: deliverables are for everybody who may fetch them */
  struct sample_file files[DELIVERABLES];
  size_t n_files;
  int64_t stop_since; /* steady; 0 = SIGTERM has not come */
  int64_t beat_at;    /* steady time of the next heartbeat's write */
};

enum {
  RUN_BEAT_MS = 500,
  RUN_BEAT_LOST = 1,
  RUN_BEAT_STOPPING = 2,
  RUN_OUTPUT_MAX = 64 << 10,
  RUN_REPORT_MAX = 8 << 20
};

/* child_plan's beat, with the run as its argument: keeps the lease. */
int run_beat(void *arg);
/* "GRCh37" as the check found it, or NULL. */
const char *run_build(const struct run *run);
/* Runs the plan with what every child of a run has (folder, beat, output, its last sentence). 0 when it exited with 0;
 * else how the run has ended is in *next. */
int run_child(struct run *run, struct child_plan *plan, enum job_next *next);
/* Whom the project's deliverables are for; asked before the first run_deliver(). 0, or -1: *next. */
int run_recipient(struct run *run, enum job_next *next);
/* Verifies and stores deliverables[which], each whole, synced and never replaced. 0, or -1: *next. */
int run_deliver(struct run *run, int which, enum job_next *next);
/* At most RUN_REPORT_MAX bytes of a file in the folder, with a NUL behind them; malloc()ed. NULL: not there, or larger.
 */
char *run_read(const struct run *run, const char *name, size_t *size);

/* Row 17. `said`: the program's own sentence, "" where it said none; the note, the API and the log keep it. */
enum job_next run_failed(struct run *run, const char *why, const char *said);
/* Not the sample's fault: it goes back as it was. */
enum job_next run_released(struct run *run, const char *why);
/* What was stored and will not be committed. */
void run_objects_remove(struct run *run);

#endif
