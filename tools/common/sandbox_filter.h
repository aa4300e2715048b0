/* sandbox_filter.h - the filters of system calls behind sandbox.h's two plans, made by libseccomp. */
#ifndef COMMON_SANDBOX_FILTER_H
#define COMMON_SANDBOX_FILTER_H

#include <stddef.h>

typedef struct sandbox_filter {
  void *code;    /* of the kernel's socket filter */
  size_t length; /* instructions; 0: there is no filter */
} sandbox_filter;

/* Reading, memory and ending; writing to those of the n descriptors that are not -1. Leaves an empty filter where it
 * cannot be made. */
void sandbox_filter_reader(sandbox_filter *f, const int *write_fds, size_t n);
/* Everything but new processes, other processes, the network and the kernel's back doors; exec and new processes only
 * where asked for. */
void sandbox_filter_paths(sandbox_filter *f, int exec, int processes);

/* One system call; needs PR_SET_NO_NEW_PRIVS. 1: it holds. */
int sandbox_filter_install(const sandbox_filter *f);
void sandbox_filter_free(sandbox_filter *f);

#endif
