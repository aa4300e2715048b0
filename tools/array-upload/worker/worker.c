/* worker.c - the duty: threads that each work on one job at a time, and the sweeper. */
#include <config.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "array-upload/child/program.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/encode.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/analysis.h"
#include "array-upload/worker/job.h"
#include "array-upload/worker/sweep.h"

enum { THREADS_MAX = 16, IDLE_MS = 250, PAUSE_MS = 3000, FOLDERS_S = 10 };

struct worker {
  const struct service *service;
  char convert[4096], impute[4096], score[4096], folder[FOLDER_PATH_MAX], name[UUID_SIZE];
  struct staging staging;
};

/* Ends early when SIGTERM comes. */
static void wait_ms(int ms) {
  for (; ms > 0 && !service_stopping(); ms -= 50) {
    struct timespec t = {.tv_nsec = 50000000};
    nanosleep(&t, NULL);
  }
}

static void *thread_run(void *arg) {
  struct worker *w = arg;
  char error[200] = "", owner[UUID_SIZE];
  struct runner r = {.service = w->service,
                     .store = service_store(w->service, error, sizeof error),
                     .convert = w->convert,
                     .impute = w->impute,
                     .score = w->score,
                     .staging = &w->staging,
                     .folder = w->folder,
                     .owner = owner};
  if (!r.store || uuid_new(owner) != 0) {
    log_event("worker.no_store", "error=s", error);
    store_close(r.store);
    return NULL;
  }
  while (!service_stopping()) {
    enum job_next next = job_run_next(&r);
    if (next != JOB_DONE)
      wait_ms(next == JOB_NONE ? IDLE_MS : PAUSE_MS);
  }
  store_close(r.store);
  return NULL;
}

static void ready_tell(int ready_fd) {
  static const char line[] = "ready\n";
  if (ready_fd < 0)
    return;
  ssize_t n = write(ready_fd, line, sizeof line - 1);
  close(ready_fd);
  if (n != (ssize_t)sizeof line - 1)
    log_event("worker.nobody_waits", "");
}

static void work(struct worker *w) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN), started = 0;
  pthread_t threads[THREADS_MAX];
  cores = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : cores;
  while (started < cores && pthread_create(&threads[started], NULL, thread_run, w) == 0)
    started++;
  struct sweeper sweeper = {0};
  for (int64_t swept = clock_steady(); !service_stopping();) {
    sweep_tick(&sweeper, w->service);
    if (clock_steady() - swept > SECONDS(FOLDERS_S)) {
      swept = clock_steady();
      folder_sweep(w->folder);
    }
    wait_ms(IDLE_MS);
  }
  for (long k = 0; k < started; k++)
    pthread_join(threads[k], NULL);
}

/* Those that a stage wants, only where it is configured. */
static int programs_find(struct worker *w) {
  const struct config *c = &w->service->config;
  unsigned stages = analysis_stages(c);
  const struct {
    const char *name, *named;
    char *path;
    int wanted;
  } programs[] = {{"genotype-convert", c->convert, w->convert, 1},
                  {"genotype-impute", c->impute, w->impute, stages >> STAGE_IMPUTE & 1},
                  {"genotype-score", c->score, w->score, (stages >> STAGE_SCORES | stages >> STAGE_ANCESTRY) & 1}};
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    if (programs[i].wanted &&
        program_find(programs[i].path, sizeof w->convert, programs[i].named, programs[i].name) != 0) {
      log_event("worker.no_program", "program=s", programs[i].name);
      return -1;
    }
  return 0;
}

int worker_run(struct service *s, int ready_fd) {
  struct worker w = {.service = s};
  char scratch[FOLDER_PATH_MAX];
  log_start("worker");
  service_signals();
  if (programs_find(&w) != 0)
    return 3;
  int in_memory = 0;
  if (uuid_new(w.name) != 0 || folder_scratch(scratch, &s->config, &in_memory) != 0 ||
      folder_open(w.folder, scratch, s->server, w.name) != 0) {
    log_event("worker.no_folder", "error=s", strerror(errno));
    return 3;
  }
  if (!in_memory)
    log_event("worker.scratch_on_disk", ""); /* doctor says what to do */
  ready_tell(ready_fd);
  work(&w);
  folder_remove(w.folder);
  *strrchr(w.folder, '/') = '\0';
  rmdir(w.folder); /* stays where other workers are */
  return 0;
}
