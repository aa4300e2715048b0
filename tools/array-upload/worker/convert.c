#include <config.h>

#include "array-upload/worker/convert.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "array-upload/child/fault.h"
#include "array-upload/child/verdict.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/analysis.h"
#include "array-upload/worker/reference.h"

enum { CONVERT_FILES = 256, ARGUMENTS = 40 };
static const uint64_t convert_memory = UINT64_C(16) << 30; /* a mapped FASTA is 3 GB */
static const uint64_t convert_file = UINT64_C(1) << 30;    /* of the scratch, which is memory */

struct conversion {
  struct run *run;
  struct reference reference;
  struct verdict verdict;
};

/* ---- genotype-convert ---- */

static size_t arguments(const struct conversion *c, const char *argv[ARGUMENTS]) {
  const struct reference *f = &c->reference;
  size_t n = 0;
  argv[n++] = c->run->r->convert;
  argv[n++] = "--quiet";
  if (c->run->r->service->config.fast)
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
    argv[n++] = c->run->job.sample;
    n += reference_arguments(f, argv + n);
  } else {
    argv[n++] = "--table";
    argv[n++] = deliverables[DELIVERABLE_TABLE].local;
  }
  argv[n++] = "-";
  argv[n] = NULL;
  return n;
}

static int convert(struct conversion *c, int input, enum job_next *next) {
  const char *argv[ARGUMENTS], *readable[REFERENCE_PATHS];
  int64_t seconds = c->run->r->service->config.convert_s;
  arguments(c, argv);
  reference_paths(&c->reference, c->run->arena, readable);
  struct child_plan plan = {.cage = {.program = c->run->r->convert,
                                     .readable = readable,
                                     .memory_bytes = convert_memory,
                                     .file_bytes = convert_file,
                                     .cpu_seconds = (unsigned)seconds * 4, /* several threads */
                                     .files = CONVERT_FILES,
                                     .threads = 1},
                            .argv = argv,
                            .input = input,
                            .timeout_ms = seconds * 1000};
  return run_child(c->run, &plan, next);
}

/* The report's head is a verdict. 0 or -1. */
static int report_read(struct conversion *c) {
  size_t size;
  char *text = run_read(c->run, deliverables[DELIVERABLE_REPORT].local, &size);
  int result = text ? verdict_read(&c->verdict, c->run->arena, text, size, 0) : -1;
  free(text);
  return result == 0 && c->verdict.accepted ? 0 : -1;
}

static enum job_next commit(struct conversion *c) {
  struct run *run = c->run;
  struct quality_control qc[VERDICT_QC];
  int failed_qc = 0;
  size_t n_qc = verdict_qc(&c->verdict, &run->r->service->config, qc, &failed_qc);
  const char *note = "";
  if (failed_qc) {
    run_objects_remove(run);
    note = "The file is below the quality limits.";
  } else {
    const char *of_reference = reference_note(&c->reference, run->arena), *doubts = c->verdict.doubts;
    note = *doubts ? arena_printf(run->arena, "%s%s%s", doubts, *of_reference ? " " : "", of_reference) : of_reference;
    note = note ? note : of_reference;
  }
  fault_point("job-before-commit");
  enum store_result result = store_job_succeed(run->r->store, &run->job, run->files, run->n_files, qc, n_qc, failed_qc,
                                               note, analysis_stages(&run->r->service->config), clock_now());
  fault_point("job-after-commit");
  if (result == STORE_NONE)
    run_objects_remove(run); /* lease lost, canceled or deleted */
  log_event("job.ended", "sample=s run=I failed_qc=b result=i", run->job.sample, (json_int_t)run->job.run_no, failed_qc,
            (int)result);
  /* Otherwise nobody knows what was committed: the lease runs out, or the orphan collector comes. */
  return result == STORE_OK || result == STORE_NONE ? JOB_DONE : JOB_PAUSE;
}

/* Row 15's order: outputs verified, then stored, then one transaction. */
static enum job_next keep(struct conversion *c) {
  int vcf = !c->reference.missing;
  const int wanted[] = {[DELIVERABLE_VCF] = vcf,
                        [DELIVERABLE_TBI] = vcf,
                        [DELIVERABLE_TABLE] = !vcf,
                        [DELIVERABLE_REPORT] = 1,
                        [DELIVERABLE_HTML] = 1};
  enum job_next next;
  if (report_read(c) != 0)
    return run_failed(c->run, "no report", "");
  if (run_recipient(c->run, &next) != 0)
    return next;
  for (int k = 0; k < (int)(sizeof wanted / sizeof *wanted); k++)
    if (wanted[k] && run_deliver(c->run, k, &next) != 0)
      return next;
  fault_point("job-after-put");
  return commit(c);
}

/* The original in a file in memory. 0, or -1: *next. */
static int original_open(struct run *run, int *input, enum job_next *next) {
  struct object_reader *original;
  enum blob_result opened = object_open(run->r->service->blob, store_keys(run->r->store), run->job.input, &original);
  if (opened != BLOB_OK) {
    *next = opened == BLOB_NONE ? run_failed(run, "the original is gone", "") : run_released(run, "original");
    return -1;
  }
  int damaged = 0, failed = object_memory(original, input) != 0;
  if (failed)
    damaged = errno == EIO;
  object_close(original);
  if (failed)
    *next = damaged ? run_failed(run, "the original is damaged", "") : run_released(run, "memory");
  return failed ? -1 : 0;
}

enum job_next convert_run(struct run *run) {
  struct conversion c = {.run = run};
  enum job_next next;
  int input;
  if (original_open(run, &input, &next) != 0)
    return next;
  reference_find(&c.reference, run->arena, &run->r->service->config, run_build(run));
  if (c.reference.n_unknown > 0)
    log_event("reference.not_understood", "files=s", reference_unknown(&c.reference, run->arena));
  if (run->arena->failed)
    next = run_released(run, "memory");
  else if (convert(&c, input, &next) == 0)
    next = keep(&c);
  close(input);
  return next;
}
