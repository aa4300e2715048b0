/* sandbox.h - a process that reads strangers' bytes gives up everything it does not need before the first of them.
 *
 * Resource limits, Landlock (no path of the file system at all) and a seccomp filter (read, write to the descriptors
 * named, memory, exit; no open, no network, no new process, no exec). Whatever a taken-over parser tries beyond that
 * fails with EPERM. Only descriptors that are open already can be used. There is no way back. */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include <stddef.h>

enum sandbox_part { SANDBOX_RLIMITS = 1, SANDBOX_LANDLOCK = 2, SANDBOX_SECCOMP = 4, SANDBOX_ALL = 7 };

typedef struct sandbox_plan {
  int write_fds[3];     /* descriptors that may be written; -1 for none */
  size_t memory_bytes;  /* address space limit; 0 leaves it (sanitizers reserve terabytes) */
  unsigned cpu_seconds; /* 0 leaves it */
} sandbox_plan;

/* Enters. The calling process must have one thread. Returns the parts that hold, a sum of sandbox_part: where the
 * kernel lacks one, the others still hold. errno is kept. */
unsigned sandbox_enter(const sandbox_plan *plan);

/* What a process that also writes files may still reach by path. A path that is not there is passed over. */
typedef struct sandbox_paths {
  const char *const *read; /* files, or folders with all that is in them */
  size_t n_read;
  const char *const
      *write; /* folders whose files may be made, written, renamed and removed; files that may be written */
  size_t n_write;
  const char *const *run; /* programs that may be started in this process, with their loader; none: nothing may */
  size_t n_run;
} sandbox_paths;

/* The wider sandbox: only these paths, threads but no new process, no exec (but of what `run` names), no network, no
 * look at other processes. The calling process must have one thread; those made later are inside as well. */
unsigned sandbox_enter_paths(const sandbox_paths *paths);

/* 0 in a program that sanitizers or coverage watch: they need what a sandbox takes. */
int sandbox_possible(void);

/* "resource limits", "Landlock", "seccomp" missing from `parts`, joined with commas; static text for each of the 8
 * sums. */
const char *sandbox_missing(unsigned parts);

#endif
