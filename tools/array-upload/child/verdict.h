/* verdict.h - what genotype-validate says about a file, read with suspicion: the program parsed a stranger's bytes. */
#ifndef ARRAY_UPLOAD_CHILD_VERDICT_H
#define ARRAY_UPLOAD_CHILD_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/store/types.h"
#include "array-upload/util/arena.h"
#include "array-upload/util/config.h"

struct verdict {
  int accepted;
  const char *reason;              /* refused: one of interfaces.md's words, or "upload_failed" */
  const char *code;                /* the library's slug, "" */
  const char *vendor;              /* or NULL */
  const char *array, *build, *sex; /* or NULL */
  int64_t rows, called;
  double call_rate;
  const char *doubts; /* sentences about what was accepted and should be known of, "" */
};

/* One JSON object, and nothing behind it but white space; strings go into the arena. exit_status must agree with what
 * it says (0 accepted, 1 refused). 0, or -1: not a verdict, which is never an acceptance. Also reads the head of
 * genotype-convert's report (exit_status 0). */
int verdict_read(struct verdict *out, struct arena *a, const char *text, size_t size, int exit_status);

enum { VERDICT_QC = 7 };
/* The sample's quality controls; returns how many. 1 in *failed when one is below the configured limits. */
size_t verdict_qc(const struct verdict *v, const struct config *config, struct quality_control out[VERDICT_QC],
                  int *failed);

#endif
