/* sandbox.h - a process that reads strangers' bytes gives up everything it does not need before the first of them.
 *
 * Resource limits, Landlock and a filter of system calls (libseccomp). Whatever a taken-over parser tries beyond its
 * plan fails with EPERM. There is no way back. Where the kernel or the build lacks a part, the others still hold. There
 * are two plans: a reader of descriptors, and a program that works with named paths. */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include <stddef.h>

enum sandbox_part { SANDBOX_RLIMITS = 1, SANDBOX_LANDLOCK = 2, SANDBOX_SECCOMP = 4, SANDBOX_ALL = 7 };

/* The reader: no path of the file system at all; read, write to the descriptors named, memory, exit; no open, no
 * network, no new process or thread, no exec. Only descriptors that are open already can be used. */
typedef struct sandbox_plan {
  int write_fds[3];     /* descriptors that may be written; -1 for none */
  size_t memory_bytes;  /* address space limit; 0 leaves it */
  unsigned cpu_seconds; /* 0 leaves it */
} sandbox_plan;

/* Enters. The calling process must have one thread. Returns the parts that hold, a sum of sandbox_part. errno is kept.
 */
unsigned sandbox_enter(const sandbox_plan *plan);

/* The worker with paths: only these, threads but no new process, no exec (but of what `run` names), no network, no look
 * at other processes. A path that is not there is passed over. */
typedef struct sandbox_paths {
  const char *const *read; /* files, or folders with all that is in them */
  size_t n_read;
  const char *const
      *write; /* folders whose files may be made, written, renamed and removed; files that may be written */
  size_t n_write;
  const char *const *run; /* programs that may be started in this process; none: nothing may. The loader and the
                             system's libraries come along. */
  size_t n_run;
  int processes; /* 1: programs of `run` may be started as processes of their own, which are inside as well, and folders
                    be made, moved and removed where files may */
} sandbox_paths;

/* Enters. The calling process must have one thread; those made later are inside as well. As sandbox_enter(). */
unsigned sandbox_enter_paths(const sandbox_paths *paths);

/* The same in two steps, for the child of a process with threads, which may only make system calls: prepared by the
 * parent, entered by the child, as often as wanted. NULL: no memory. */
typedef struct sandbox sandbox;
sandbox *sandbox_prepare_paths(const sandbox_paths *paths);
/* What will hold once it is entered. */
unsigned sandbox_parts(const sandbox *s);
/* System calls only. Returns the parts that hold. */
unsigned sandbox_enter_prepared(const sandbox *s);
void sandbox_free(sandbox *s); /* NULL is fine */

/* setrlimit() of both limits, never above the hard one that is there. System calls only. 0 or -1. */
int sandbox_limit(int resource, unsigned long long value);

/* 0 in a program that sanitizers or coverage watch: they need what a sandbox takes. */
int sandbox_possible(void);

/* "resource limits", "Landlock", "seccomp" missing from `parts`, joined with commas; static text for each of the 8
 * sums. */
const char *sandbox_missing(unsigned parts);

#endif
