/* sandbox.h - a process that reads strangers' bytes gives up everything it does not need before the first of them.
 *
 * Resource limits, Landlock (no path of the file system at all) and a seccomp filter (read, write to the descriptors named,
 * memory, exit; no open, no network, no new process, no exec). Whatever a taken-over parser tries beyond that fails with
 * EPERM. Only descriptors that are open already can be used. There is no way back. */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include <stddef.h>

enum sandbox_part {
  SANDBOX_RLIMITS = 1,
  SANDBOX_LANDLOCK = 2,
  SANDBOX_SECCOMP = 4,
  SANDBOX_ALL = 7
};

typedef struct sandbox_plan {
  int write_fds[3];      /* descriptors that may be written; -1 for none */
  size_t memory_bytes;   /* address space limit; 0 leaves it (sanitizers reserve terabytes) */
  unsigned cpu_seconds;  /* 0 leaves it */
} sandbox_plan;

/* Enters. The calling process must have one thread. Returns the parts that hold, a sum of sandbox_part: where the kernel lacks
 * one, the others still hold. errno is kept. */
unsigned sandbox_enter(const sandbox_plan *plan);

/* "resource limits", "Landlock", "seccomp" missing from `parts`, joined with commas; static text for each of the 8 sums. */
const char *sandbox_missing(unsigned parts);

#endif
