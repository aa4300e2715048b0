#include <config.h>

#include "common/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_LINUX_SECCOMP_H
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

static int limit(int what, rlim_t value) {
  struct rlimit now;
  if (getrlimit((__typeof__(RLIMIT_CORE))what, &now) != 0)
    return 0;
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
    value = now.rlim_max;
  struct rlimit wanted = {value, value};
  return setrlimit((__typeof__(RLIMIT_CORE))what, &wanted) == 0;
}

static int limits_set(const sandbox_plan *plan) {
  int ok = limit(RLIMIT_CORE, 0); /* a core dump would hold genotypes */
  ok &= limit(RLIMIT_NPROC, 0);
  if (plan->memory_bytes)
    ok &= limit(RLIMIT_AS, plan->memory_bytes);
  if (plan->cpu_seconds)
    ok &= limit(RLIMIT_CPU, plan->cpu_seconds);
  return ok;
}

/* A ruleset without a rule: every access to the file system that Landlock can name is refused. */
static int landlock_deny_all(void) {
#if defined HAVE_LINUX_LANDLOCK_H && defined SYS_landlock_create_ruleset
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1)
    return 0;
  /* Bits by ABI: 13 rights in version 1, REFER in 2, TRUNCATE in 3, IOCTL_DEV in 5 (kernel documentation, landlock.rst). */
  struct landlock_ruleset_attr rules = {0};
  rules.handled_access_fs = abi >= 5 ? (1ull << 16) - 1 : abi >= 3 ? (1ull << 15) - 1 : abi == 2 ? (1ull << 14) - 1 : (1ull << 13) - 1;
  int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
  if (fd < 0)
    return 0;
  int ok = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
  return close(fd) == 0 && ok;
#else
  return 0;
#endif
}

#ifdef HAVE_LINUX_SECCOMP_H

#if defined __x86_64__
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#endif

/* What reading a descriptor, parsing, allocating and ending need; the C library's own needs among them. */
static const int allowed_calls[] = {
    SYS_read,           SYS_pread64,    SYS_lseek,        SYS_close,      SYS_brk,          SYS_mmap,
    SYS_munmap,         SYS_mremap,     SYS_madvise,      SYS_mprotect,   SYS_exit,         SYS_exit_group,
    SYS_rt_sigreturn,   SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_futex,  SYS_getrandom,    SYS_clock_gettime,
    SYS_gettid,         SYS_getpid,     SYS_restart_syscall, SYS_sched_yield, SYS_sigaltstack, SYS_fstat,
    SYS_gettimeofday,   SYS_getrusage,
};

enum { FILTER_ROOM = 128 };

typedef struct filter {
  struct sock_filter code[FILTER_ROOM];
  unsigned short n;
} filter;

static void emit(filter *f, struct sock_filter line) {
  if (f->n < FILTER_ROOM)
    f->code[f->n++] = line;
}

#define LOAD(field) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, (action))
#define UNLESS_EQUAL_SKIP(value, n) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (n))

static void allow_call(filter *f, int number) {
  emit(f, UNLESS_EQUAL_SKIP(number, 1));
  emit(f, RETURN(SECCOMP_RET_ALLOW));
}

/* write and writev to the named descriptors only. */
static void allow_writes(filter *f, int number, const sandbox_plan *plan) {
  unsigned fds = 0;
  for (unsigned k = 0; k < 3; k++)
    fds += plan->write_fds[k] >= 0;
  emit(f, UNLESS_EQUAL_SKIP(number, (uint8_t)(2 + 2 * fds)));
  emit(f, LOAD(args[0]));
  for (unsigned k = 0; k < 3; k++)
    if (plan->write_fds[k] >= 0) {
      emit(f, UNLESS_EQUAL_SKIP(plan->write_fds[k], 1));
      emit(f, RETURN(SECCOMP_RET_ALLOW));
    }
  emit(f, RETURN(SECCOMP_RET_ERRNO | EPERM));
}

static int seccomp_install(const sandbox_plan *plan) {
#ifdef SANDBOX_ARCH
  filter f = {.n = 0};
  emit(&f, LOAD(arch));
  emit(&f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0));
  emit(&f, RETURN(SECCOMP_RET_KILL_PROCESS));
  emit(&f, LOAD(nr));
  for (size_t k = 0; k < sizeof allowed_calls / sizeof *allowed_calls; k++)
    allow_call(&f, allowed_calls[k]);
  allow_writes(&f, SYS_write, plan);
  allow_writes(&f, SYS_writev, plan);
#ifdef SYS_newfstatat
  /* The C library's fstat() is this call with AT_EMPTY_PATH; by path it stays refused, by Landlock's side at least. */
  emit(&f, UNLESS_EQUAL_SKIP(SYS_newfstatat, 4));
  emit(&f, LOAD(args[3]));
  emit(&f, UNLESS_EQUAL_SKIP(AT_EMPTY_PATH, 1));
  emit(&f, RETURN(SECCOMP_RET_ALLOW));
  emit(&f, RETURN(SECCOMP_RET_ERRNO | EPERM));
#endif
  emit(&f, RETURN(SECCOMP_RET_ERRNO | EPERM));
  if (f.n >= FILTER_ROOM)
    return 0;
  struct sock_fprog program = {f.n, f.code};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
#else
  (void)plan;
  return 0;
#endif
}
#else
static int seccomp_install(const sandbox_plan *plan) {
  (void)plan;
  return 0;
}
#endif

unsigned sandbox_enter(const sandbox_plan *plan) {
  int saved = errno;
  unsigned parts = 0;
  tzset(); /* libzip turns DOS times into local ones: the time zone's file is read now or never */
  if (limits_set(plan))
    parts |= SANDBOX_RLIMITS;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0) {
    if (landlock_deny_all())
      parts |= SANDBOX_LANDLOCK;
    if (seccomp_install(plan))
      parts |= SANDBOX_SECCOMP;
  }
  errno = saved;
  return parts;
}

const char *sandbox_missing(unsigned parts) {
  static const char *const missing[] = {
      "resource limits, Landlock, seccomp", "Landlock, seccomp", "resource limits, seccomp", "seccomp",
      "resource limits, Landlock",          "Landlock",          "resource limits",          "nothing"};
  return missing[parts & SANDBOX_ALL];
}
