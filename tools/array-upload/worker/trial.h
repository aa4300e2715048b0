/* trial.h - what the operator gave, tried by the programs that use it, on a person of two public places: whether a
 * site table, a sequence, a chain, a scoring file or a table of frequencies can be used is theirs to say. */
#ifndef ARRAY_UPLOAD_WORKER_TRIAL_H
#define ARRAY_UPLOAD_WORKER_TRIAL_H

#include "array-upload/service.h"
#include "array-upload/worker/analysis.h"
#include "array-upload/worker/folder.h"
#include "array-upload/worker/reference.h"

struct trial {
  const struct service *service;
  struct arena *arena;
  char folder[FOLDER_PATH_MAX]; /* in the scratch, gone with trial_close() */
};

/* 0, or -1: the scratch cannot be used (errno). */
int trial_open(struct trial *t, const struct service *s, struct arena *a);
void trial_close(struct trial *t);

/* NULL, or what the program said, in the arena. */
const char *trial_reference(const struct trial *t, const struct reference *r);
const char *trial_scores(const struct trial *t, const struct analysis_scores *scores);
const char *trial_ancestry(const struct trial *t, const char *table);

#endif
