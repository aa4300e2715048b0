/* cage.h - what a program that reads strangers' bytes may do, fixed before it is executed: common/sandbox.h's plan with
 * paths, and limits.
 *
 * Everything that needs memory or can fail is prepared here, in the parent; the child of a process with threads then
 * only makes system calls (cage_enter()). The cage has to leave the program able to start: it is the outer of two
 * walls. genotype-validate raises its own, tighter one before it reads the first byte. */
#ifndef ARRAY_UPLOAD_CHILD_CAGE_H
#define ARRAY_UPLOAD_CHILD_CAGE_H

#include <stddef.h>
#include <stdint.h>

struct cage_plan {
  const char *program;         /* path of the executable; not a script */
  const char *folder;          /* the one folder that may be written, or NULL for none */
  const char *const *readable; /* further files and folders that may be read; ends with NULL; may be NULL */
  uint64_t memory_bytes;       /* address space; 0 = no limit */
  uint64_t file_bytes;         /* largest file it may write */
  unsigned cpu_seconds;
  unsigned files; /* descriptors at once */
  int threads;    /* 1: may start threads (genotype-convert); 0: one thread */
  /* What it may start besides, inside as well; it may then make folders in its folder. Paths, ends with NULL; NULL:
   * nothing (genotype-impute has its engines here, and puts each into a narrower cage). */
  const char *const *programs;
};

struct cage;
/* NULL: no memory left. A kernel without Landlock or seccomp gives a cage without that wall (cage_missing()). */
struct cage *cage_new(const struct cage_plan *plan);
void cage_free(struct cage *c); /* NULL is fine */
/* What this kernel does not have, as sandbox_missing() says it; "" for nothing. */
const char *cage_missing(const struct cage *c);

/* In the child, between vfork() and execve(); makes system calls only. 0, or -1: do not go on. */
int cage_enter(const struct cage *c);

#endif
