#include <config.h>

#include "common/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

#if defined HAVE_LINUX_LANDLOCK_H && defined SYS_landlock_create_ruleset

/* Rights by the kernel's ABI: 13 in version 1, REFER in 2, TRUNCATE in 3, IOCTL_DEV in 5 (kernel documentation,
 * landlock.rst). */
static uint64_t landlock_rights(long abi) {
  unsigned bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
  return (1ull << bits) - 1;
}

enum { RIGHT_TRUNCATE = 1 << 14 }; /* newer than Debian 12's header */

static int landlock_allow(int ruleset, const char *path, uint64_t file_rights, uint64_t folder_rights, uint64_t known) {
  struct stat status;
  struct landlock_path_beneath_attr rule = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
  if (rule.parent_fd < 0)
    return errno == ENOENT || errno == ENOTDIR;
  int ok = fstat(rule.parent_fd, &status) == 0;
  rule.allowed_access = (S_ISDIR(status.st_mode) ? folder_rights : file_rights) & known;
  ok = ok && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  return close(rule.parent_fd) == 0 && ok;
}

static int landlock_allow_all(int ruleset, const sandbox_paths *paths, uint64_t known) {
  const uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE, read = read_file | LANDLOCK_ACCESS_FS_READ_DIR,
                 write_file = LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE,
                 change = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
  int ok = 1;
  for (size_t k = 0; k < paths->n_read; k++)
    ok &= landlock_allow(ruleset, paths->read[k], read_file, read, known);
  for (size_t k = 0; k < paths->n_write; k++)
    ok &= landlock_allow(ruleset, paths->write[k], write_file | read_file, read | write_file | change, known);
  for (size_t k = 0; k < paths->n_run; k++)
    ok &= landlock_allow(ruleset, paths->run[k], read_file | LANDLOCK_ACCESS_FS_EXECUTE, 0, known);
  return ok;
}

/* Without paths: every access to the file system that Landlock can name is refused. */
static int landlock_enter(const sandbox_paths *paths) {
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1)
    return 0;
  struct landlock_ruleset_attr rules = {.handled_access_fs = landlock_rights(abi)};
  int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
  if (fd < 0)
    return 0;
  int ok = (!paths || landlock_allow_all(fd, paths, rules.handled_access_fs)) &&
           syscall(SYS_landlock_restrict_self, fd, 0) == 0;
  return close(fd) == 0 && ok;
}
#else
static int landlock_enter(const sandbox_paths *paths) {
  (void)paths;
  return 0;
}
#endif

/* Numbers of calls and the order of clone's arguments are an architecture's own: on others there is no filter. */
#if defined HAVE_LINUX_SECCOMP_H && defined __x86_64__
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined HAVE_LINUX_SECCOMP_H && defined __aarch64__
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef SANDBOX_ARCH

/* What reading a descriptor, parsing, allocating and ending need; the C library's own needs among them. */
static const int allowed_calls[] = {
    SYS_read,         SYS_pread64,      SYS_lseek,           SYS_close,       SYS_brk,         SYS_mmap,
    SYS_munmap,       SYS_mremap,       SYS_madvise,         SYS_mprotect,    SYS_exit,        SYS_exit_group,
    SYS_rt_sigreturn, SYS_rt_sigaction, SYS_rt_sigprocmask,  SYS_futex,       SYS_getrandom,   SYS_clock_gettime,
    SYS_gettid,       SYS_getpid,       SYS_restart_syscall, SYS_sched_yield, SYS_sigaltstack, SYS_fstat,
    SYS_gettimeofday, SYS_getrusage,
};

/* What the wider sandbox takes away: new processes, other processes, the network, and the kernel's back doors. */
static const int refused_calls[] = {
    SYS_execve,
    SYS_execveat,
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_sendto,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_recvmmsg,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kill,
    SYS_tkill,
    SYS_bpf,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_unshare,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_userfaultfd,
    SYS_perf_event_open,
    SYS_memfd_create,
    SYS_init_module,
    SYS_finit_module,
    SYS_kexec_load,
    425 /* io_uring_setup */,
    426,
    427,
    434 /* pidfd_open */,
    438 /* pidfd_getfd */,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
};

enum { FILTER_ROOM = 160 };

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

static void begin_filter(filter *f) {
  emit(f, LOAD(arch));
  emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0));
  emit(f, RETURN(SECCOMP_RET_KILL_PROCESS));
  emit(f, LOAD(nr));
  /* x32's numbers would pass by a list of x86-64's */
  emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
  emit(f, RETURN(SECCOMP_RET_ERRNO | ENOSYS));
}

static int install_filter(filter *f) {
  if (f->n >= FILTER_ROOM)
    return 0;
  struct sock_fprog program = {f->n, f->code};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int seccomp_install_paths(const sandbox_paths *paths) {
  filter f = {.n = 0};
  begin_filter(&f);
  for (size_t k = 0; k < sizeof refused_calls / sizeof *refused_calls; k++) {
    if (paths->n_run && refused_calls[k] == SYS_execve)
      continue;
    emit(&f, UNLESS_EQUAL_SKIP(refused_calls[k], 1));
    emit(&f, RETURN(SECCOMP_RET_ERRNO | EPERM));
  }
  emit(&f, UNLESS_EQUAL_SKIP(SYS_clone, 4)); /* a thread, never a process */
  emit(&f, LOAD(args[0]));
  emit(&f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
  emit(&f, RETURN(SECCOMP_RET_ALLOW));
  emit(&f, RETURN(SECCOMP_RET_ERRNO | EPERM));
  emit(&f, UNLESS_EQUAL_SKIP(435 /* clone3: its flags are out of sight; the C library then takes clone */, 1));
  emit(&f, RETURN(SECCOMP_RET_ERRNO | ENOSYS));
  emit(&f, RETURN(SECCOMP_RET_ALLOW));
  return install_filter(&f);
}

static int seccomp_install(const sandbox_plan *plan) {
  filter f = {.n = 0};
  begin_filter(&f);
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
  return install_filter(&f);
}
#else
static int seccomp_install_paths(const sandbox_paths *paths) {
  (void)paths;
  return 0;
}
static int seccomp_install(const sandbox_plan *plan) {
  (void)plan;
  return 0;
}
#endif

/* Neither a set-user-ID program nor a debugger can give back what is taken next. */
static int privileges_drop(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

unsigned sandbox_enter(const sandbox_plan *plan) {
  int saved = errno;
  unsigned parts = 0;
  tzset(); /* libzip turns DOS times into local ones: the time zone's file is read now or never */
  if (limits_set(plan))
    parts |= SANDBOX_RLIMITS;
  if (privileges_drop()) {
    if (landlock_enter(NULL))
      parts |= SANDBOX_LANDLOCK;
    if (seccomp_install(plan))
      parts |= SANDBOX_SECCOMP;
  }
  errno = saved;
  return parts;
}

unsigned sandbox_enter_paths(const sandbox_paths *paths) {
  int saved = errno;
  unsigned parts = 0;
  tzset();
  if (limit(RLIMIT_CORE, 0))
    parts |= SANDBOX_RLIMITS;
  if (privileges_drop()) {
    if (landlock_enter(paths))
      parts |= SANDBOX_LANDLOCK;
    if (seccomp_install_paths(paths))
      parts |= SANDBOX_SECCOMP;
  }
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
