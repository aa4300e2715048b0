#include "array-upload/child/cage.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/sandbox.h"

enum { READABLE_MAX = 96, PROGRAMS_MAX = 8 };

struct cage {
  sandbox *sandbox; /* NULL: a sanitizer watches this program, and does not stand one */
  uint64_t memory_bytes, file_bytes;
  unsigned cpu_seconds, files;
  int one_process;
};

/* Libraries of an installation of its own (/opt/name/bin and /opt/name/lib); the system's come with the sandbox. */
static void libraries_find(char *out, size_t size, const char *program) {
  const char *slash = strrchr(program, '/');
  int n = slash ? snprintf(out, size, "%.*s/../lib", (int)(slash - program), program) : -1;
  if (n < 0 || (size_t)n >= size)
    *out = '\0';
}

static sandbox *sandbox_of(const struct cage_plan *plan) {
  char libraries[PATH_MAX];
  const char *read[READABLE_MAX] = {"/etc/localtime", "/dev/null"}, *write[] = {plan->folder, "/dev/null"};
  size_t n = 2;
  libraries_find(libraries, sizeof libraries, plan->program);
  if (*libraries != '\0')
    read[n++] = libraries;
#ifdef PROGRAM_LIBDIR
  read[n++] = PROGRAM_LIBDIR;
#endif
  for (size_t k = 0; plan->readable && plan->readable[k]; k++) {
    if (n == READABLE_MAX)
      return NULL;
    read[n++] = plan->readable[k];
  }
  const char *run[PROGRAMS_MAX] = {plan->program};
  size_t n_run = 1;
  for (size_t k = 0; plan->programs && plan->programs[k]; k++) {
    if (n_run == PROGRAMS_MAX)
      return NULL;
    run[n_run++] = plan->programs[k];
  }
  int folder = plan->folder != NULL;
  return sandbox_prepare_paths(&(sandbox_paths){.read = read,
                                                .n_read = n,
                                                .write = folder ? write : write + 1,
                                                .n_write = folder ? 2 : 1,
                                                .run = run,
                                                .n_run = n_run,
                                                .processes = plan->programs != NULL});
}

struct cage *cage_new(const struct cage_plan *plan) {
  struct cage *c = malloc(sizeof *c);
  if (!c)
    return NULL;
  int possible = sandbox_possible();
  *c = (struct cage){.sandbox = possible ? sandbox_of(plan) : NULL,
                     .memory_bytes = possible ? plan->memory_bytes : 0,
                     .file_bytes = plan->file_bytes,
                     .cpu_seconds = plan->cpu_seconds,
                     .files = plan->files,
                     .one_process = possible && !plan->threads};
  if (possible && !c->sandbox) {
    free(c);
    return NULL;
  }
  return c;
}

void cage_free(struct cage *c) {
  if (c)
    sandbox_free(c->sandbox);
  free(c);
}

const char *cage_missing(const struct cage *c) {
  unsigned parts = c->sandbox ? sandbox_parts(c->sandbox) : SANDBOX_RLIMITS;
  return parts == SANDBOX_ALL ? "" : sandbox_missing(parts);
}

int cage_enter(const struct cage *c) {
  int bad = sandbox_limit(RLIMIT_CORE, 0); /* a core dump would hold genotypes */
  bad |= sandbox_limit(RLIMIT_FSIZE, c->file_bytes);
  bad |= sandbox_limit(RLIMIT_NOFILE, c->files);
  bad |= sandbox_limit(RLIMIT_CPU, c->cpu_seconds);
  if (c->memory_bytes)
    bad |= sandbox_limit(RLIMIT_AS, c->memory_bytes);
  if (c->one_process)
    bad |= sandbox_limit(RLIMIT_NPROC, 0);
  return !bad && (!c->sandbox || sandbox_enter_prepared(c->sandbox) == sandbox_parts(c->sandbox)) ? 0 : -1;
}
