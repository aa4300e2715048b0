#include <config.h>

#include "array-upload/worker/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/child/fault.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/fetch.h"
#include "array-upload/worker/findings.h"
#include "array-upload/worker/reference.h"

enum { STAGE_FILES = 256, IMPUTE_ARGUMENTS = 40, VERSION_SIZE = 17 };
static const uint64_t mib = 1 << 20;
static const uint64_t stage_file = UINT64_C(16) << 30;  /* of the scratch; a whole genome's parts are the largest */
static const uint64_t beside_heap = UINT64_C(6) << 30;  /* addresses that a Java reserves, and our own */
static const uint64_t score_memory = UINT64_C(8) << 30; /* a file of a million weights takes 200 MB */
static const char found_name[] = "found.json";

/* ---- the end of a stage --------------------------------------------------------------------------------------------
 */
static enum job_next stage_end(struct run *run, int skipped, const char *note) {
  fault_point("job-before-commit");
  enum store_result result =
      store_stage_end(run->r->store, &run->job, run->files, run->n_files, skipped, note, clock_now());
  fault_point("job-after-commit");
  if (result == STORE_NONE)
    run_objects_remove(run); /* lease lost, canceled or deleted */
  log_event("job.ended", "sample=s run=I stage=s skipped=b result=i", run->job.sample, (json_int_t)run->job.run_no,
            stage_text(run->job.stage), skipped, (int)result);
  return result == STORE_OK || result == STORE_NONE ? JOB_DONE : JOB_PAUSE;
}

static enum job_next stage_keep(struct run *run, const int *which, size_t n) {
  enum job_next next;
  if (run_recipient(run, &next) != 0)
    return next;
  for (size_t k = 0; k < n; k++)
    if (run_deliver(run, which[k], &next) != 0)
      return next;
  fault_point("job-after-put");
  return stage_end(run, 0, "");
}

/* ---- what a stage works on -----------------------------------------------------------------------------------------
 */
/* 0, or -1: *next. */
static int input_put(struct run *run, const char *key, const char *name, enum job_next *next) {
  const char *path = arena_printf(run->arena, "%s/%s", run->folder, name);
  enum fetched got = path ? fetch(run->r->service, run->r->store, key, path, run_beat, run) : FETCH_FAILED;
  if (got == FETCHED)
    return 0;
  *next = got == FETCH_GONE      ? run_failed(run, "what it works on is gone", "")
          : got == FETCH_DAMAGED ? run_failed(run, "what it works on is damaged", "")
                                 : run_released(run, "input");
  return -1;
}

/* The newest file of that type, or NULL; *failed: the database did not answer. */
static const struct sample_file *file_of(struct run *run, const char *type, int *failed) {
  struct sample_file *files;
  const struct sample_file *found = NULL;
  size_t n = 0;
  *failed = store_sample_files(run->r->store, run->arena, run->job.sample, &files, &n) != STORE_OK;
  for (size_t i = 0; !*failed && i < n; i++)
    if (strcmp(files[i].type, type) == 0 && (!found || files[i].created > found->created))
      found = &files[i];
  return found;
}

/* ---- imputation ----------------------------------------------------------------------------------------------------
 */
/* What the engines' programs read beside the panel; a Java looks at its machine, too. */
static size_t engine_paths(const struct config *c, const char **out) {
  static const char *const paths[] = {"/dev/urandom",         "/dev/random",         "/proc",
                                      "/sys/fs/cgroup",       "/sys/devices/system", "/etc/java-17-openjdk",
                                      "/etc/java-21-openjdk", "/etc/java-25-openjdk"};
  size_t n = strcmp(c->analysis_engine, "beagle") == 0 ? sizeof paths / sizeof *paths : 2;
  for (size_t i = 0; i < n; i++)
    out[i] = paths[i];
  return n;
}

/* Chains lead to the reference's build; they are for exports of another build than the panel's. */
static size_t chains_of(struct run *run, const char *assembly, const char **chains) {
  struct reference reference;
  const char *build = run_build(run);
  size_t n = 0;
  if (!build || strcmp(build, assembly) == 0)
    return 0;
  reference_find(&reference, run->arena, &run->r->service->config, assembly);
  for (size_t i = 0; i < REFERENCE_CHAINS && reference.chains[i]; i++)
    chains[n++] = reference.chains[i];
  return n;
}

static int impute_child(struct run *run, const char *panel, const char *const *engine, const char *const *chains,
                        size_t n_chains, enum job_next *next) {
  const struct config *c = &run->r->service->config;
  const char *argv[IMPUTE_ARGUMENTS] =
      {run->r->impute, "--quiet",
       "--panel",      panel,
       "--engine",     c->analysis_engine,
       "--output",     deliverables[DELIVERABLE_IMPUTE_VCF].local,
       "--report",     deliverables[DELIVERABLE_IMPUTE_REPORT].local,
       "--sample",     run->job.sample,
       "--memory",     arena_printf(run->arena, "%lld", (long long)c->analysis_memory),
       "--threads",    arena_printf(run->arena, "%lld", (long long)c->analysis_threads),
       "--time-limit", arena_printf(run->arena, "%lld", (long long)(c->impute_s * c->analysis_threads))},
             *readable[REFERENCE_CHAINS + 12] = {panel};
  size_t n = 18;
  memcpy(readable + 1, chains, n_chains * sizeof *chains);
  readable[1 + n_chains + engine_paths(c, readable + 1 + n_chains)] = NULL;
  for (size_t i = 0; i < n_chains; i++) {
    argv[n++] = "--chain";
    argv[n++] = chains[i];
  }
  argv[n++] = "input.zip";
  argv[n] = NULL;
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  struct child_plan plan = {.cage = {.program = run->r->impute,
                                     .readable = readable,
                                     .memory_bytes = (uint64_t)c->analysis_memory * mib + beside_heap,
                                     .file_bytes = stage_file,
                                     .cpu_seconds = (unsigned)(c->impute_s * c->analysis_threads),
                                     .files = STAGE_FILES,
                                     .threads = 1,
                                     .programs = engine},
                            .argv = argv,
                            .input = input,
                            .timeout_ms = c->impute_s * 1000};
  int result = run->arena->failed ? (*next = run_released(run, "memory"), -1) : run_child(run, &plan, next);
  if (input >= 0)
    close(input);
  return result;
}

static enum job_next impute(struct run *run) {
  static const int made[] = {DELIVERABLE_IMPUTE_VCF, DELIVERABLE_IMPUTE_TBI, DELIVERABLE_IMPUTE_REPORT};
  const struct config *c = &run->r->service->config;
  struct analysis_panel panel;
  const char *chains[REFERENCE_CHAINS], *engine[ANALYSIS_PROGRAMS];
  char folder[PATH_MAX];
  enum job_next next;
  if (!c->analysis_panel)
    return stage_end(run, 1, "It is not configured any more.");
  const char *wrong = analysis_panel_look(&panel, run->arena, c->analysis_panel, c->analysis_engine);
  if (wrong || !realpath(c->analysis_panel, folder)) {
    log_event("analysis.panel", "error=s", wrong ? wrong : strerror(errno));
    return run_failed(run, "the panel cannot be used", "");
  }
  analysis_engine_find(engine, run->arena, c->analysis_engine); /* genotype-impute says which one is not there */
  size_t n_chains = chains_of(run, panel.assembly, chains);
  if (input_put(run, run->job.input, "input.zip", &next) != 0 ||
      impute_child(run, folder, engine, chains, n_chains, &next) != 0)
    return next;
  return stage_keep(run, made, sizeof made / sizeof *made);
}

/* ---- scores and ancestry -------------------------------------------------------------------------------------------
 */
/* The VCF in the folder: the imputed one where the sample has one, else the array's. 1: there is none; -1: *next. */
static int vcf_put(struct run *run, enum job_next *next) {
  int failed;
  const struct sample_file *vcf = file_of(run, "impute-vcf", &failed);
  if (!vcf && !failed)
    vcf = file_of(run, "array-vcf", &failed);
  if (failed) {
    *next = run_released(run, "files");
    return -1;
  }
  return vcf ? input_put(run, vcf->key, "input.vcf.gz", next) : 1;
}

/* argv without its end and its VCF; both are put behind. */
static int score_child(struct run *run, const char **argv, size_t n, const char *const *readable, enum job_next *next) {
  int64_t seconds = run->r->service->config.score_s;
  argv[n++] = "--output";
  argv[n++] = found_name;
  argv[n++] = "--";
  argv[n++] = "input.vcf.gz";
  argv[n] = NULL;
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  struct child_plan plan = {.cage = {.program = run->r->score,
                                     .readable = readable,
                                     .memory_bytes = score_memory,
                                     .file_bytes = stage_file,
                                     .cpu_seconds = (unsigned)seconds * 4,
                                     .files = STAGE_FILES,
                                     .threads = 1},
                            .argv = argv,
                            .input = input,
                            .timeout_ms = seconds * 1000};
  int result = run_child(run, &plan, next);
  if (input >= 0)
    close(input);
  return result;
}

/* The first digits of a file's SHA-256; "" where there is no file. */
static void version_of(char out[VERSION_SIZE], const char *path) {
  char hex[SHA256_HEX_SIZE] = "";
  int64_t size;
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  out[0] = '\0';
  if (fd < 0)
    return;
  if (sha256_fd(fd, hex, &size) == 0)
    snprintf(out, VERSION_SIZE, "%.16s", hex);
  close(fd);
}

/* Writes it under the deliverable's name; takes `made` over. 0 or -1. */
static int made_write(struct run *run, json_t *made, int which) {
  const char *path = arena_printf(run->arena, "%s/%s", run->folder, deliverables[which].local);
  int result = path && json_dump_file(made, path, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) == 0 ? 0 : -1;
  json_decref(made);
  return result;
}

static enum job_next findings_keep(struct run *run, json_t *made, int which) {
  if (!made)
    return run_failed(run, "its result cannot be read", "");
  return made_write(run, made, which) == 0 ? stage_keep(run, &which, 1) : run_released(run, "disk full");
}

static enum job_next scores(struct run *run) {
  struct analysis_scores found;
  struct trait *traits = NULL;
  size_t n_traits = 0, size = 0, n = 0;
  char version[VERSION_SIZE];
  enum job_next next = JOB_DONE;
  const char *wrong = analysis_scores_look(&found, run->arena, run->r->service->config.analysis_scores);
  if (!wrong && found.traits)
    wrong = analysis_traits_read(&traits, &n_traits, run->arena, found.traits);
  if (wrong) {
    log_event("analysis.scores", "error=s", wrong);
    return run_failed(run, "the scoring files cannot be used", "");
  }
  const char **argv = arena_alloc(run->arena, (found.n + 12) * sizeof *argv);
  const char *readable[2] = {run->r->service->config.analysis_scores, NULL};
  int vcf = argv ? vcf_put(run, &next) : (next = run_released(run, "memory"), -1);
  if (vcf != 0)
    return vcf < 0 ? next : stage_end(run, 1, "There is no VCF to work on.");
  argv[n++] = run->r->score;
  n += analysis_scores_arguments(&found, argv + n);
  if (score_child(run, argv, n, readable, &next) != 0)
    return next;
  version_of(version, found.reference);
  char *text = run_read(run, found_name, &size);
  struct findings_source from = {text, size, run->job.sample, version};
  json_t *made = text ? findings_traits(&from, traits, n_traits) : NULL;
  free(text);
  return findings_keep(run, made, DELIVERABLE_TRAITS);
}

static enum job_next ancestry(struct run *run) {
  const char *argv[12], *readable[2] = {NULL};
  char table[PATH_MAX], version[VERSION_SIZE];
  size_t size = 0, n = 0;
  enum job_next next = JOB_DONE;
  int told = 1;
  if (!realpath(run->r->service->config.analysis_ancestry, table))
    return run_released(run, "table of ancestry");
  int vcf = vcf_put(run, &next);
  if (vcf != 0)
    return vcf < 0 ? next : stage_end(run, 1, "There is no VCF to work on.");
  readable[0] = table;
  argv[n++] = run->r->score;
  argv[n++] = "--populations";
  argv[n++] = table;
  if (score_child(run, argv, n, readable, &next) != 0)
    return next;
  version_of(version, table);
  char *text = run_read(run, found_name, &size);
  struct findings_source from = {text, size, run->job.sample, version};
  json_t *made = text ? findings_ancestry(&from, &told) : NULL;
  free(text);
  if (!made && !told)
    return stage_end(run, 1, "Too few of the table's places have a genotype.");
  return findings_keep(run, made, DELIVERABLE_ANCESTRY);
}

enum job_next stage_run(struct run *run) {
  const struct config *c = &run->r->service->config;
  switch (run->job.stage) {
  case STAGE_IMPUTE:
    return impute(run);
  case STAGE_SCORES:
    return c->analysis_scores ? scores(run) : stage_end(run, 1, "It is not configured any more.");
  case STAGE_ANCESTRY:
    return c->analysis_ancestry ? ancestry(run) : stage_end(run, 1, "It is not configured any more.");
  case STAGE_CONVERT:
  case STAGES:
    break;
  }
  return run_released(run, "stage");
}
