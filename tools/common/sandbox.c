#include <config.h>

#include "common/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/sandbox_filter.h"

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

struct sandbox {
  int ruleset; /* Landlock's descriptor, or -1 */
  sandbox_filter filter;
};

/* ---- limits --------------------------------------------------------------------------------------------------------
 */
int sandbox_limit(int resource, unsigned long long value) {
  struct rlimit now;
  if (getrlimit((__typeof__(RLIMIT_CORE))resource, &now) != 0)
    return -1;
  rlim_t wanted = now.rlim_max != RLIM_INFINITY && now.rlim_max < value ? now.rlim_max : (rlim_t)value;
  struct rlimit both = {wanted, wanted};
  return setrlimit((__typeof__(RLIMIT_CORE))resource, &both);
}

static int limits_set(const sandbox_plan *plan) {
  int bad = sandbox_limit(RLIMIT_CORE, 0); /* a core dump would hold genotypes */
  bad |= sandbox_limit(RLIMIT_NPROC, 0);
  if (plan->memory_bytes)
    bad |= sandbox_limit(RLIMIT_AS, plan->memory_bytes);
  if (plan->cpu_seconds)
    bad |= sandbox_limit(RLIMIT_CPU, plan->cpu_seconds);
  return !bad;
}

/* ---- Landlock ------------------------------------------------------------------------------------------------------
 */
#if defined HAVE_LINUX_LANDLOCK_H && defined SYS_landlock_create_ruleset

/* Later kernels know more than this one's headers: the numbers are those of the kernel's landlock.rst. */
struct landlock_attributes {
  uint64_t files, network, scopes;
};
enum { RIGHT_REFER = 1 << 13, RIGHT_TRUNCATE = 1 << 14 };

/* Rights by the kernel's ABI: 13 in version 1, REFER in 2, TRUNCATE in 3, IOCTL_DEV in 5. */
static uint64_t landlock_rights(long abi) {
  unsigned bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
  return (1ull << bits) - 1;
}

static int landlock_allow(int ruleset, const char *path, uint64_t file_rights, uint64_t folder_rights, uint64_t known) {
  struct stat status;
  struct landlock_path_beneath_attr rule = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
  if (rule.parent_fd < 0)
    return errno == ENOENT || errno == ENOTDIR;
  int ok = fstat(rule.parent_fd, &status) == 0;
  rule.allowed_access = (S_ISDIR(status.st_mode) ? folder_rights : file_rights) & known;
  ok = ok &&
       (rule.allowed_access == 0 || syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0);
  return close(rule.parent_fd) == 0 && ok;
}

/* What a dynamic program is started with. */
static int landlock_allow_programs(int ruleset, const sandbox_paths *paths, uint64_t known) {
  static const char *const loaders[] = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1",
                                        "/lib/ld-linux.so.2", "/lib/ld64.so.1"};
  static const char *const libraries[] = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache"};
  const uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE, run = read_file | LANDLOCK_ACCESS_FS_EXECUTE;
  int ok = 1;
  for (size_t k = 0; k < paths->n_run; k++)
    ok &= landlock_allow(ruleset, paths->run[k], run, 0, known);
  for (size_t k = 0; k < sizeof loaders / sizeof *loaders; k++)
    ok &= landlock_allow(ruleset, loaders[k], run, 0, known);
  for (size_t k = 0; k < sizeof libraries / sizeof *libraries; k++)
    ok &= landlock_allow(ruleset, libraries[k], read_file, read_file | LANDLOCK_ACCESS_FS_READ_DIR, known);
  return ok;
}

static int landlock_allow_all(int ruleset, const sandbox_paths *paths, uint64_t known) {
  const uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE, read = read_file | LANDLOCK_ACCESS_FS_READ_DIR,
                 write_file = LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE,
                 arrange = LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | RIGHT_REFER,
                 change =
                     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | (paths->processes ? arrange : 0);
  int ok = 1;
  for (size_t k = 0; k < paths->n_read; k++)
    ok &= landlock_allow(ruleset, paths->read[k], read_file, read, known);
  for (size_t k = 0; k < paths->n_write; k++)
    ok &= landlock_allow(ruleset, paths->write[k], write_file | read_file, read | write_file | change, known);
  return paths->n_run ? ok & landlock_allow_programs(ruleset, paths, known) : ok;
}

/* A ruleset's descriptor, or -1. Without paths: every access to the file system that Landlock can name is refused; in
 * any case every port (version 4) and every process outside (version 6). */
static int landlock_prepare(const sandbox_paths *paths) {
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1)
    return -1;
  struct landlock_attributes rules = {landlock_rights(abi), abi >= 4 ? 3 : 0, abi >= 6 ? 3 : 0};
  size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
  if (fd >= 0 && paths && !landlock_allow_all(fd, paths, rules.files)) {
    close(fd);
    return -1;
  }
  return fd;
}

static int landlock_enter(int ruleset) { return ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0; }
#else
static int landlock_prepare(const sandbox_paths *paths) {
  (void)paths;
  return -1;
}
static int landlock_enter(int ruleset) {
  (void)ruleset;
  return 0;
}
#endif

/* ---- entering ------------------------------------------------------------------------------------------------------
 */
/* Neither a set-user-ID program nor a debugger can give back what is taken next. */
static int privileges_drop(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static unsigned enter(const sandbox *s) {
  unsigned parts = 0;
  if (!privileges_drop())
    return 0;
  if (landlock_enter(s->ruleset))
    parts |= SANDBOX_LANDLOCK;
  if (sandbox_filter_install(&s->filter))
    parts |= SANDBOX_SECCOMP;
  return parts;
}

static void clear(sandbox *s) {
  if (s->ruleset >= 0)
    close(s->ruleset);
  sandbox_filter_free(&s->filter);
}

unsigned sandbox_enter(const sandbox_plan *plan) {
  int saved = errno;
  sandbox s = {landlock_prepare(NULL), {0}};
  tzset(); /* libzip turns DOS times into local ones: the time zone's file is read now or never */
  sandbox_filter_reader(&s.filter, plan->write_fds, 3);
  unsigned parts = limits_set(plan) ? SANDBOX_RLIMITS : 0;
  parts |= enter(&s);
  clear(&s);
  errno = saved;
  return parts;
}

sandbox *sandbox_prepare_paths(const sandbox_paths *paths) {
  sandbox *s = malloc(sizeof *s);
  if (!s)
    return NULL;
  *s = (sandbox){landlock_prepare(paths), {0}};
  sandbox_filter_paths(&s->filter, paths->n_run > 0, paths->processes);
  return s;
}

unsigned sandbox_parts(const sandbox *s) {
  return SANDBOX_RLIMITS | (s->ruleset >= 0 ? SANDBOX_LANDLOCK : 0) | (s->filter.length ? SANDBOX_SECCOMP : 0);
}

unsigned sandbox_enter_prepared(const sandbox *s) {
  return (sandbox_limit(RLIMIT_CORE, 0) == 0 ? SANDBOX_RLIMITS : 0) | enter(s);
}

void sandbox_free(sandbox *s) {
  if (!s)
    return;
  clear(s);
  free(s);
}

unsigned sandbox_enter_paths(const sandbox_paths *paths) {
  int saved = errno;
  sandbox *s = sandbox_prepare_paths(paths);
  tzset();
  unsigned parts = s ? sandbox_enter_prepared(s) : 0;
  sandbox_free(s);
  errno = saved;
  return parts;
}

extern void __gcov_init(void *) __attribute__((weak));
extern int __llvm_profile_runtime __attribute__((weak));
extern void __asan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));

int sandbox_possible(void) { return !__gcov_init && !&__llvm_profile_runtime && !__asan_init && !__tsan_init; }

const char *sandbox_missing(unsigned parts) {
  static const char *const missing[] = {
      "resource limits, Landlock, seccomp", "Landlock, seccomp", "resource limits, seccomp", "seccomp",
      "resource limits, Landlock",          "Landlock",          "resource limits",          "nothing"};
  return missing[parts & SANDBOX_ALL];
}
