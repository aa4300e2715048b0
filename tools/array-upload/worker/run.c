#include <config.h>

#include "array-upload/worker/run.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "array-upload/child/fault.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

enum {
  STOP_S = 25, /* of the 30 s that SIGTERM gives */
  RETRY_S = 5  /* a failed run waits that long */
};
static const uint64_t disk_reserve = 1 << 20;

int run_beat(void *arg) {
  struct run *run = arg;
  int64_t now = clock_steady();
  if (service_stopping()) {
    run->stop_since = run->stop_since ? run->stop_since : now;
    if (now - run->stop_since > SECONDS(STOP_S))
      return RUN_BEAT_STOPPING;
  }
  if (now < run->beat_at)
    return 0;
  run->beat_at = now + SECONDS(2);
  return store_job_heartbeat(run->r->store, &run->job, run->r->service->config.lease_s, clock_now()) == STORE_NONE
             ? RUN_BEAT_LOST
             : 0;
}

const char *run_build(const struct run *run) {
  struct quality_control *qc;
  size_t n;
  int64_t total;
  if (store_sample_qc(run->r->store, run->arena, run->job.sample, (struct page){100, 0}, &qc, &n, &total) == STORE_OK)
    for (size_t k = 0; k < n; k++)
      if (strcmp(qc[k].key, "build_string") == 0 && *qc[k].text)
        return qc[k].text;
  return NULL;
}

/* ---- how a run ends ---- */

void run_objects_remove(struct run *run) {
  for (size_t k = 0; k < run->n_files; k++)
    object_remove(run->r->service->blob, store_keys(run->r->store), run->files[k].key);
  run->n_files = 0;
}

static enum job_next failed_after(struct run *run, int64_t tries, const char *why, const char *said) {
  static const char *const what[STAGES] = {"analysis", "imputation", "scoring", "finding of ancestry"};
  int final = 0;
  char note[300];
  snprintf(note, sizeof note, "The %s failed (%s)%s%s", what[run->job.stage], why, *said ? ": " : ".", said);
  run_objects_remove(run);
  fault_point("job-before-fail");
  enum store_result result = store_job_fail(run->r->store, &run->job, tries, RETRY_S, note, clock_now(), &final);
  log_event("job.failed", "sample=s run=I stage=s why=s said=s final=b", run->job.sample, (json_int_t)run->job.run_no,
            stage_text(run->job.stage), why, said, final);
  return result == STORE_OK || result == STORE_NONE ? JOB_DONE : JOB_PAUSE;
}

enum job_next run_failed(struct run *run, const char *why, const char *said) {
  return failed_after(run, run->r->service->config.tries, why, said);
}

enum job_next run_released(struct run *run, const char *why) {
  run_objects_remove(run);
  enum store_result result = store_job_release(run->r->store, &run->job, clock_now());
  log_event("job.released", "sample=s run=I why=s result=i", run->job.sample, (json_int_t)run->job.run_no, why,
            (int)result);
  return JOB_PAUSE;
}

/* ---- what a run does ---- */

int run_recipient(struct run *run, enum job_next *next) {
  struct project p;
  enum store_result found = store_project_get(run->r->store, run->arena, NULL, run->job.project, &p);
  if (found == STORE_OK && p.public_key != NULL) {
    if (crypt4gh_key_read(p.public_key, run->public_key) != NULL)
      found = STORE_ERROR;
    else
      run->recipient = run->public_key;
  }
  if (found == STORE_OK || found == STORE_NONE)
    return 0;
  *next = run_released(run, "public key"); /* never in clear because a key could not be read */
  return -1;
}

int run_deliver(struct run *run, int which, enum job_next *next) {
  fault_point("job-before-put");
  enum blob_result result = deliverable_store(&deliverables[which], run->r->service, run->r->store, run->arena,
                                              run->folder, &run->job, run->recipient, &run->files[run->n_files]);
  if (result != BLOB_OK) {
    *next = result == BLOB_NONE ? run_failed(run, "an output is missing or not whole", "") : run_released(run, "store");
    return -1;
  }
  run->n_files++;
  run_beat(run);
  return 0;
}

char *run_read(const struct run *run, const char *name, size_t *size) {
  const char *path = arena_printf(run->arena, "%s/%s", run->folder, name);
  int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
  if (fd < 0)
    return NULL;
  off_t end = lseek(fd, 0, SEEK_END);
  char *text = end > 0 && end <= RUN_REPORT_MAX ? malloc((size_t)end + 1) : NULL;
  if (text && pread(fd, text, (size_t)end, 0) != (ssize_t)end) {
    free(text);
    text = NULL;
  }
  close(fd);
  if (text)
    text[ *size = (size_t)end] = '\0';
  return text;
}

/* Then it is not the file's fault that its conversion failed. */
static int disk_is_full(const struct run *run) {
  struct statvfs fs;
  return statvfs(run->folder, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < disk_reserve;
}

/* genotype-impute's 1: the export does not fit the panel, or has too little of it. It would be refused again. */
static int is_refusal(const struct run *run, const struct child_result *result) {
  return run->job.stage == STAGE_IMPUTE && result->end == CHILD_EXITED && result->code == 1;
}

int run_child(struct run *run, struct child_plan *plan, enum job_next *next) {
  struct child_result result;
  char why[64];
  plan->cage.folder = run->folder;
  plan->output_max = RUN_OUTPUT_MAX;
  plan->keep_errors = 1;
  plan->beat = run_beat;
  plan->beat_arg = run;
  plan->beat_ms = RUN_BEAT_MS;
  child_run(plan, &result);
  free(result.output);
  fault_point("job-converted");
  if (result.end == CHILD_EXITED && result.code == 0)
    return 0;
  child_end_text(why, sizeof why, &result);
  if (result.end == CHILD_STOPPED && result.code == RUN_BEAT_LOST) {
    log_event("job.lost", "sample=s run=I", run->job.sample, (json_int_t)run->job.run_no);
    *next = JOB_DONE;
  } else if (result.end == CHILD_STOPPED || result.end == CHILD_NO_START) {
    *next = run_released(run, why);
  } else if (is_refusal(run, &result)) {
    *next = failed_after(run, 1, why, result.said);
  } else {
    *next = disk_is_full(run) ? run_released(run, "disk full") : run_failed(run, why, result.said);
  }
  return -1;
}
