/* child.h - runs one program in a cage, with a time limit, and collects what it says. */
#ifndef ARRAY_UPLOAD_CHILD_CHILD_H
#define ARRAY_UPLOAD_CHILD_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/child/cage.h"

struct child_plan {
  struct cage_plan cage;
  const char *const *argv; /* ends with NULL; argv[0] is cage.program */
  int input;               /* becomes descriptor 0; stays the caller's */
  int64_t timeout_ms;
  size_t output_max; /* more on standard output than that ends the child */
  int keep_errors;   /* its last sentence on standard error goes into the result's `said` */
  /* Asked about every beat_ms while the child runs; anything but 0 kills the child. May be NULL. */
  int (*beat)(void *arg);
  void *beat_arg;
  int64_t beat_ms;
};

enum child_end {
  CHILD_EXITED, /* code = exit status */
  CHILD_SIGNAL, /* code = signal */
  CHILD_TIMEOUT,
  CHILD_STOPPED,  /* beat said so; code = what it answered */
  CHILD_TOO_MUCH, /* output_max */
  CHILD_NO_START  /* code = errno */
};

struct child_result {
  enum child_end end;
  int code;
  char *output; /* malloc()ed, ends with a NUL that output_size does not count; NULL where nothing was read */
  size_t output_size;
  char said[200]; /* "" where nothing was said or kept; quoted words, which may be the input's, are left out */
};

/* Threads may run children at the same time. The child's own children are killed with it; it is killed when the calling
 * thread ends. Of its standard error only a sentence is kept, where the plan wants it. The caller frees result->output.
 */
void child_run(const struct child_plan *plan, struct child_result *result);

/* "exit 3", "signal 11", "timeout", …: for the log and a sample's note. */
void child_end_text(char *out, size_t size, const struct child_result *result);

#endif
