#include <config.h>

#include "array-upload/worker/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "array-upload/child/child.h"
#include "array-upload/child/fault.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/encode.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/analysis.h"
#include "array-upload/worker/deliverable.h"
#include "array-upload/worker/fetch.h"

enum { BEAT_MS = 500, OUTPUT_MAX = 64 << 10, FILES_EACH = 2, FILES_MORE = 64 };
static const uint64_t merge_memory = UINT64_C(8) << 30, merge_file = UINT64_C(64) << 30;

struct work {
  const struct runner *r;
  struct merge merge;
  struct arena *arena;
  char folder[FOLDER_PATH_MAX], run[UUID_SIZE];
  const char *bcftools;
  size_t n; /* samples */
  struct sample_file files[MERGED];
  size_t n_files;
  int64_t beat_at;
};

static int beat(void *arg) {
  struct work *w = arg;
  int64_t now = clock_steady();
  if (service_stopping())
    return 1;
  if (now < w->beat_at)
    return 0;
  w->beat_at = now + SECONDS(2);
  return store_merge_heartbeat(w->r->store, &w->merge, w->r->owner, w->r->service->config.lease_s, clock_now()) ==
         STORE_NONE;
}

/* ---- how it ends ---------------------------------------------------------------------------------------------------
 */
static enum job_next ended(struct work *w, const char *state, const char *note) {
  fault_point("merge-before-commit");
  enum store_result result =
      store_merge_end(w->r->store, &w->merge, w->r->owner, state, note, w->files, w->n_files, clock_now());
  if (result == STORE_NONE) /* lease lost, or a sample of it was deleted */
    for (size_t k = 0; k < w->n_files; k++)
      object_remove(w->r->service->blob, store_keys(w->r->store), w->files[k].key);
  log_event("merge.ended", "merge=s state=s note=s samples=I result=i", w->merge.id, state, note, (json_int_t)w->n,
            (int)result);
  return result == STORE_OK || result == STORE_NONE ? JOB_DONE : JOB_PAUSE;
}

static void drop(struct work *w) {
  for (size_t k = 0; k < w->n_files; k++)
    object_remove(w->r->service->blob, store_keys(w->r->store), w->files[k].key);
  w->n_files = 0;
}

static enum job_next failed(struct work *w, const char *why, const char *said) {
  char note[400];
  drop(w);
  snprintf(note, sizeof note, "The merge failed (%s)%s%s", why, *said ? ": " : ".", said);
  return ended(w, "failed", note);
}

/* Not its fault: it is done again. */
static enum job_next released(struct work *w, const char *why) {
  drop(w);
  log_event("merge.released", "merge=s why=s", w->merge.id, why);
  ended(w, "scheduled", "");
  return JOB_PAUSE;
}

/* ---- what it works on ----------------------------------------------------------------------------------------------
 */
/* The parts and the result lie in the scratch at once. */
static int there_is_room(const struct work *w, const struct merge_part *parts) {
  struct statvfs fs;
  uint64_t sum = 0;
  for (size_t i = 0; i < w->n; i++)
    sum += (uint64_t)parts[i].size;
  return statvfs(w->folder, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize > sum * 5 / 2;
}

/* Each VCF with its index, and the list of them. 0, or -1: *next. */
static int parts_fetch(struct work *w, const struct merge_part *parts, enum job_next *next) {
  const struct service *s = w->r->service;
  const char *list = arena_printf(w->arena, "%s/list", w->folder);
  FILE *f = list ? fopen(list, "we") : NULL;
  enum fetched got = f ? FETCHED : FETCH_FAILED;
  for (size_t i = 0; i < w->n && got == FETCHED; i++) {
    const char *vcf = arena_printf(w->arena, "%s/%zu.vcf.gz", w->folder, i);
    const char *index = arena_printf(w->arena, "%s/%zu.vcf.gz.tbi", w->folder, i);
    got = vcf && index ? fetch(s, w->r->store, parts[i].vcf, vcf, beat, w) : FETCH_FAILED;
    if (got == FETCHED)
      got = fetch(s, w->r->store, parts[i].index, index, beat, w);
    if (got == FETCHED && fprintf(f, "%zu.vcf.gz\n", i) < 0)
      got = FETCH_FAILED;
  }
  if (f && fclose(f) != 0 && got == FETCHED)
    got = FETCH_FAILED;
  if (got == FETCHED)
    return 0;
  /* What is gone was deleted just now, and the next try knows of it. */
  *next = got == FETCH_DAMAGED ? failed(w, "a VCF is damaged", "") : released(w, "parts");
  return -1;
}

/* ---- bcftools ------------------------------------------------------------------------------------------------------
 */
static int bcftools(struct work *w, const char *const *argv, enum job_next *next) {
  int64_t seconds = w->r->service->config.merge_s;
  struct child_result result;
  char why[64];
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  struct child_plan plan = {.cage = {.program = w->bcftools,
                                     .folder = w->folder,
                                     .memory_bytes = merge_memory,
                                     .file_bytes = merge_file,
                                     .cpu_seconds = (unsigned)seconds,
                                     .files = (unsigned)(w->n * FILES_EACH + FILES_MORE),
                                     .threads = 1},
                            .argv = argv,
                            .input = input,
                            .timeout_ms = seconds * 1000,
                            .output_max = OUTPUT_MAX,
                            .keep_errors = 1,
                            .beat = beat,
                            .beat_arg = w,
                            .beat_ms = BEAT_MS};
  child_run(&plan, &result);
  free(result.output);
  if (input >= 0)
    close(input);
  fault_point("merge-ran");
  if (result.end == CHILD_EXITED && result.code == 0)
    return 0;
  child_end_text(why, sizeof why, &result);
  *next = result.end == CHILD_STOPPED || result.end == CHILD_NO_START ? released(w, why) : failed(w, why, result.said);
  return -1;
}

/* One file alone is no merge to bcftools. */
static int merge_files(struct work *w, enum job_next *next) {
  const char *const several[] = {w->bcftools, "merge", "--no-version", "--file-list",   "list",
                                 "-O",        "z",     "-o",           merged[0].local, NULL};
  const char *const one[] = {w->bcftools, "view", "--no-version", "-O", "z", "-o", merged[0].local, "0.vcf.gz", NULL};
  const char *const index[] = {w->bcftools, "index", "--tbi", merged[0].local, NULL};
  return bcftools(w, w->n > 1 ? several : one, next) != 0 ? -1 : bcftools(w, index, next);
}

static enum job_next keep(struct work *w) {
  struct project p;
  unsigned char key[CRYPT4GH_KEY];
  const unsigned char *recipient = NULL;
  enum store_result found = store_project_get(w->r->store, w->arena, NULL, w->merge.project, &p);
  if (found == STORE_OK && p.public_key != NULL) {
    if (crypt4gh_key_read(p.public_key, key) != NULL)
      found = STORE_ERROR;
    recipient = key;
  }
  if (found != STORE_OK)
    return released(w, "project");
  const char *name = arena_printf(w->arena, "merge-%s", w->run);
  for (size_t k = 0; k < MERGED; k++) {
    enum blob_result put = name ? deliverable_put(&merged[k], w->r->service, w->r->store, w->arena, w->folder,
                                                  w->merge.id, name, recipient, &w->files[k])
                                : BLOB_ERROR;
    if (put != BLOB_OK)
      return put == BLOB_NONE ? failed(w, "an output is missing or not whole", "") : released(w, "store");
    w->n_files++;
    beat(w);
  }
  char note[60];
  snprintf(note, sizeof note, "%zu sample%s.", w->n, w->n == 1 ? "" : "s");
  return ended(w, "succeeded", note);
}

static enum job_next work_in_folder(struct work *w) {
  struct merge_part *parts;
  enum job_next next = JOB_PAUSE;
  if (store_merge_parts(w->r->store, w->arena, &w->merge, &parts, &w->n) != STORE_OK)
    return released(w, "parts");
  if (w->n == 0)
    return failed(w, "no sample of the project has a VCF", "");
  w->bcftools = analysis_bcftools(&w->r->service->config, w->arena);
  if (!w->bcftools)
    return failed(w, "bcftools is not installed", "");
  if (!there_is_room(w, parts))
    return failed(w, "the scratch has no room for it", "");
  if (parts_fetch(w, parts, &next) != 0 || merge_files(w, &next) != 0)
    return next;
  return keep(w);
}

enum job_next merge_run_next(const struct runner *r) {
  struct arena arena = {0};
  struct work w = {.r = r, .arena = &arena};
  const struct config *c = &r->service->config;
  enum store_result claimed =
      store_merge_claim(r->store, &arena, r->owner, c->lease_s, c->tries, clock_now(), &w.merge);
  enum job_next next = claimed == STORE_NONE ? JOB_NONE : JOB_PAUSE;
  if (claimed == STORE_OK) {
    log_event("merge.claimed", "merge=s", w.merge.id);
    fault_point("merge-claimed");
    if (uuid_new(w.run) != 0 || folder_make(w.folder, r->folder, w.run) != 0) {
      next = released(&w, "folder");
    } else {
      next = work_in_folder(&w);
      folder_remove(w.folder);
    }
  }
  arena_free(&arena);
  return next;
}
