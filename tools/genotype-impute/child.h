/* child.h - work in a process of its own: a function of ours or an engine, in a cage. It ends with us, whatever ends
 * us. */
#ifndef IMPUTE_CHILD_H
#define IMPUTE_CHILD_H

#include "common/fault.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CAGE_PATHS = 12 };

/* What a child may have. Paths are borrowed until it has started; NULL among them ends a list. */
typedef struct cage {
  const char *read[CAGE_PATHS];  /* files, folders with all in them */
  const char *write[CAGE_PATHS]; /* the same */
  const char *const *more_read;  /* n_more paths to read beside */
  size_t n_more;
  uint64_t memory_bytes; /* address space; 0: no limit */
  unsigned cpu_seconds;  /* 0: no limit */
  int open;              /* no sandbox, limits only */
} cage;

/* Runs a function of ours; its return is the child's exit status. -1 with the fault set where no child could be made.
 */
pid_t child_function(int (*run)(void *), void *argument, const cage *c, fault *f);
/* Runs a program (an absolute path), standard output to a file or NULL, standard error and, where output is NULL, also
 * standard output appended to the log. Its environment holds PATH, LANG and its folder as HOME and TMPDIR only. */
pid_t child_program(const char *const *argv, const char *output, const char *log, const char *folder, const cage *c,
                    fault *f);
/* The parts of the sandbox that the machine lacks, in words; "nothing" where it is whole. Asked of a child, once. */
const char *child_sandbox_missing(void);

#endif
