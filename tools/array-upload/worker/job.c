#include <config.h>

#include "array-upload/worker/job.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "array-upload/child/child.h"
#include "array-upload/child/fault.h"
#include "array-upload/child/verdict.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/deliverable.h"
#include "array-upload/worker/reference.h"

enum {
  BEAT_MS = 500,
  STOP_S = 25, /* of the 30 s that SIGTERM gives */
  RETRY_S = 5, /* a failed run waits that long */
  REPORT_MAX = 8 << 20,
  OUTPUT_MAX = 64 << 10,
  CONVERT_FILES = 256,
  ARGUMENTS = 40
};
static const uint64_t convert_memory = UINT64_C(16) << 30; /* a mapped FASTA is 3 GB */
static const uint64_t disk_reserve = 1 << 20;
static const uint64_t convert_file = UINT64_C(1) << 30; /* of the scratch, which is memory */

/* One run, while it lasts. */
struct run {
  const struct runner *r;
  struct job job;
  struct arena *arena;
  char folder[FOLDER_PATH_MAX];
  struct reference reference;
  struct verdict verdict;
  unsigned char public_key[CRYPT4GH_KEY];
  const unsigned char *recipient; /* public_key, or NULL: deliverables are for everybody who may fetch them */
  struct sample_file files[DELIVERABLES];
  size_t n_files;
  int64_t stop_since; /* steady; 0 = SIGTERM has not come */
  int64_t beat_at;    /* steady time of the next heartbeat's write */
};

enum { BEAT_LOST = 1, BEAT_STOPPING = 2 };

static int heart_beat(void *arg) {
  struct run *run = arg;
  int64_t now = clock_steady();
  if (service_stopping()) {
    run->stop_since = run->stop_since ? run->stop_since : now;
    if (now - run->stop_since > SECONDS(STOP_S))
      return BEAT_STOPPING;
  }
  if (now < run->beat_at)
    return 0;
  run->beat_at = now + SECONDS(2);
  return store_job_heartbeat(run->r->store, &run->job, run->r->service->config.lease_s, clock_now()) == STORE_NONE
             ? BEAT_LOST
             : 0;
}

/* ---- genotype-convert ---- */

static size_t arguments(const struct run *run, const char *argv[ARGUMENTS]) {
  const struct reference *f = &run->reference;
  size_t n = 0;
  argv[n++] = run->r->convert;
  argv[n++] = "--quiet";
  if (run->r->service->config.fast)
    argv[n++] = "--fast";
  argv[n++] = "--report";
  argv[n++] = deliverables[DELIVERABLE_REPORT].local;
  argv[n++] = "--report-html";
  argv[n++] = deliverables[DELIVERABLE_HTML].local;
  if (!f->missing) {
    static const char *const vcf[] = {"--output-type", "z", "--write-index=tbi", "--sample"};
    argv[n++] = "--output";
    argv[n++] = deliverables[DELIVERABLE_VCF].local;
    for (size_t k = 0; k < sizeof vcf / sizeof *vcf; k++)
      argv[n++] = vcf[k];
    argv[n++] = run->job.sample;
    const char *const pairs[][2] = {{"--sites", f->sites},           {"--fasta-ref", f->fasta},
                                    {"--assemblies", f->assemblies}, {"--assembly", f->assembly},
                                    {"--chain", f->chains[0]},       {"--chain", f->chains[1]},
                                    {"--chain", f->chains[2]},       {"--chain", f->chains[3]}};
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
      if (pairs[k][1]) {
        argv[n++] = pairs[k][0];
        argv[n++] = pairs[k][1];
      }
  } else {
    argv[n++] = "--table";
    argv[n++] = deliverables[DELIVERABLE_TABLE].local;
  }
  argv[n++] = "-";
  argv[n] = NULL;
  return n;
}

/* The reference's files and what lies beside them under the usual names. */
static void readable_paths(const struct run *run, const char *out[ARGUMENTS]) {
  static const char *const beside[] = {"", ".csi", ".tbi", ".fai", ".gzi"};
  const struct reference *f = &run->reference;
  const char *const paths[] = {f->sites,     f->fasta,     f->assemblies, f->chains[0],
                               f->chains[1], f->chains[2], f->chains[3]};
  size_t n = 0;
  for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
    for (size_t b = 0; paths[k] && b < (k < 2 ? sizeof beside / sizeof *beside : 1); b++)
      out[n++] = arena_printf(run->arena, "%s%s", paths[k], beside[b]);
  out[n] = NULL;
}

static void convert(struct run *run, int input, struct child_result *result) {
  const char *argv[ARGUMENTS], *readable[ARGUMENTS];
  int64_t seconds = run->r->service->config.convert_s;
  arguments(run, argv);
  readable_paths(run, readable);
  struct child_plan plan = {.cage = {.program = run->r->convert,
                                     .folder = run->folder,
                                     .readable = readable,
                                     .memory_bytes = convert_memory,
                                     .file_bytes = convert_file,
                                     .cpu_seconds = (unsigned)seconds * 4, /* several threads */
                                     .files = CONVERT_FILES,
                                     .threads = 1},
                            .argv = argv,
                            .input = input,
                            .timeout_ms = seconds * 1000,
                            .output_max = OUTPUT_MAX,
                            .keep_errors = 1,
                            .beat = heart_beat,
                            .beat_arg = run,
                            .beat_ms = BEAT_MS};
  child_run(&plan, result);
  free(result->output);
  result->output = NULL;
}

/* The report's head is a verdict. 0 or -1. */
static int report_read(struct run *run) {
  const char *path = arena_printf(run->arena, "%s/%s", run->folder, deliverables[DELIVERABLE_REPORT].local);
  int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
  if (fd < 0)
    return -1;
  int result = -1;
  off_t size = lseek(fd, 0, SEEK_END);
  char *text = size > 0 && size <= REPORT_MAX ? malloc((size_t)size) : NULL;
  if (text && pread(fd, text, (size_t)size, 0) == (ssize_t)size)
    result = verdict_read(&run->verdict, run->arena, text, (size_t)size, 0);
  free(text);
  close(fd);
  return result == 0 && run->verdict.accepted ? 0 : -1;
}

/* ---- how a run ends ---- */

static void objects_remove(const struct run *run) {
  for (size_t k = 0; k < run->n_files; k++)
    object_remove(run->r->service->blob, store_keys(run->r->store), run->files[k].key);
}

/* Row 17. `said`: the converter's own sentence, "" where it said none; the note, the API and the log keep it. */
static enum job_next run_failed(struct run *run, const char *why, const char *said) {
  int final = 0;
  char note[300];
  snprintf(note, sizeof note, "The analysis failed (%s)%s%s", why, *said ? ": " : ".", said);
  objects_remove(run);
  fault_point("job-before-fail");
  enum store_result result =
      store_job_fail(run->r->store, &run->job, run->r->service->config.tries, RETRY_S, note, clock_now(), &final);
  log_event("job.failed", "sample=s run=I why=s said=s final=b", run->job.sample, (json_int_t)run->job.run_no, why,
            said, final);
  return result == STORE_OK || result == STORE_NONE ? JOB_DONE : JOB_PAUSE;
}

/* Not the sample's fault: it goes back as it was. */
static enum job_next run_released(struct run *run, const char *why) {
  objects_remove(run);
  enum store_result result = store_job_release(run->r->store, &run->job, clock_now());
  log_event("job.released", "sample=s run=I why=s result=i", run->job.sample, (json_int_t)run->job.run_no, why,
            (int)result);
  return JOB_PAUSE;
}

static enum job_next run_commit(struct run *run) {
  struct quality_control qc[VERDICT_QC];
  int failed_qc = 0;
  size_t n_qc = verdict_qc(&run->verdict, &run->r->service->config, qc, &failed_qc);
  const char *note = "";
  if (failed_qc) {
    objects_remove(run);
    run->n_files = 0;
    note = "The file is below the quality limits.";
  } else {
    const char *of_reference = reference_note(&run->reference, run->arena), *doubts = run->verdict.doubts;
    note = *doubts ? arena_printf(run->arena, "%s%s%s", doubts, *of_reference ? " " : "", of_reference) : of_reference;
    note = note ? note : of_reference;
  }
  fault_point("job-before-commit");
  enum store_result result =
      store_job_succeed(run->r->store, &run->job, run->files, run->n_files, qc, n_qc, failed_qc, note, clock_now());
  fault_point("job-after-commit");
  if (result == STORE_NONE)
    objects_remove(run); /* lease lost, canceled or deleted */
  log_event("job.ended", "sample=s run=I failed_qc=b result=i", run->job.sample, (json_int_t)run->job.run_no, failed_qc,
            (int)result);
  /* Otherwise nobody knows what was committed: the lease runs out, or the orphan collector comes. */
  return result == STORE_OK || result == STORE_NONE ? JOB_DONE : JOB_PAUSE;
}

/* Whom the project's deliverables are for, when they are stored. */
static enum store_result recipient_get(struct run *run) {
  struct project p;
  enum store_result found = store_project_get(run->r->store, run->arena, NULL, run->job.project, &p);
  if (found == STORE_OK && p.public_key != NULL) {
    if (crypt4gh_key_read(p.public_key, run->public_key) != NULL)
      return STORE_ERROR;
    run->recipient = run->public_key;
  }
  return found;
}

/* Row 15's order: outputs verified, then stored (each whole, synced and never replaced), then one transaction. */
static enum job_next run_store(struct run *run) {
  int vcf = !run->reference.missing;
  const int wanted[DELIVERABLES] = {vcf, vcf, !vcf, 1, 1};
  if (report_read(run) != 0)
    return run_failed(run, "no report", "");
  enum store_result known = recipient_get(run);
  if (known != STORE_OK && known != STORE_NONE) /* never in clear because a key could not be read */
    return run_released(run, "public key");
  for (size_t k = 0; k < DELIVERABLES; k++) {
    if (!wanted[k])
      continue;
    fault_point("job-before-put");
    enum blob_result result = deliverable_store(&deliverables[k], run->r->service, run->r->store, run->arena,
                                                run->folder, &run->job, run->recipient, &run->files[run->n_files]);
    if (result == BLOB_NONE)
      return run_failed(run, "an output is missing or not whole", "");
    if (result != BLOB_OK)
      return run_released(run, "store");
    run->n_files++;
    heart_beat(run);
  }
  fault_point("job-after-put");
  return run_commit(run);
}

/* Then it is not the file's fault that its conversion failed. */
static int disk_is_full(const struct run *run) {
  struct statvfs fs;
  return statvfs(run->folder, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < disk_reserve;
}

static enum job_next run_convert(struct run *run, int input) {
  struct child_result result;
  char why[64];
  fault_point("job-claimed");
  convert(run, input, &result);
  fault_point("job-converted");
  child_end_text(why, sizeof why, &result);
  if (result.end == CHILD_STOPPED && result.code == BEAT_LOST) {
    log_event("job.lost", "sample=s run=I", run->job.sample, (json_int_t)run->job.run_no);
    return JOB_DONE;
  }
  if (result.end == CHILD_STOPPED || (result.end == CHILD_NO_START))
    return run_released(run, why);
  if (result.end != CHILD_EXITED || result.code != 0)
    return disk_is_full(run) ? run_released(run, "disk full") : run_failed(run, why, result.said);
  return run_store(run);
}

/* ---- one job ---- */

/* "GRCh37" as the check found it, or NULL. */
static const char *build_of(const struct run *run) {
  struct quality_control *qc;
  size_t n;
  int64_t total;
  if (store_sample_qc(run->r->store, run->arena, run->job.sample, (struct page){100, 0}, &qc, &n, &total) == STORE_OK)
    for (size_t k = 0; k < n; k++)
      if (strcmp(qc[k].key, "build_string") == 0 && *qc[k].text)
        return qc[k].text;
  return NULL;
}

static enum job_next run_in_folder(struct run *run) {
  int input;
  struct object_reader *original;
  enum blob_result opened = object_open(run->r->service->blob, store_keys(run->r->store), run->job.input, &original);
  if (opened == BLOB_NONE)
    return run_failed(run, "the original is gone", "");
  if (opened != BLOB_OK)
    return run_released(run, "original");
  opened = object_memory(original, &input) == 0 ? BLOB_OK : errno == EIO ? BLOB_NONE : BLOB_ERROR;
  object_close(original);
  if (opened == BLOB_NONE)
    return run_failed(run, "the original is damaged", "");
  if (opened != BLOB_OK)
    return run_released(run, "memory");
  reference_find(&run->reference, run->arena, &run->r->service->config, build_of(run));
  if (run->reference.n_unknown > 0)
    log_event("reference.not_understood", "files=s", reference_unknown(&run->reference, run->arena));
  enum job_next next = run->arena->failed ? run_released(run, "memory") : run_convert(run, input);
  close(input);
  return next;
}

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
    if (folder_make(run.folder, r->folder, run.job.run) != 0) {
      next = run_released(&run, "folder");
    } else {
      next = run_in_folder(&run);
      folder_remove(run.folder);
    }
  }
  arena_free(&arena);
  return next;
}
