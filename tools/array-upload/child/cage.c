#include <config.h>

#include "array-upload/child/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

/* A sanitizer reserves terabytes and looks at its own process when it ends: under one there are only the other limits.
 */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define CAGE_SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define CAGE_SANITIZED 1
#endif
#endif
#ifndef CAGE_SANITIZED
#define CAGE_SANITIZED 0
#endif

struct cage {
  int ruleset;              /* Landlock's descriptor, or -1 */
  struct sock_fprog filter; /* filter.filter NULL: none */
  uint64_t memory_bytes, file_bytes;
  unsigned cpu_seconds, files;
  int one_process;
};

/* ---- Landlock ---- */

#if defined HAVE_LINUX_LANDLOCK_H && defined SYS_landlock_create_ruleset

/* Later kernels know more than this one's headers: the numbers are those of the kernel's landlock.rst. */
struct landlock_attributes {
  uint64_t files, network, scopes;
};

enum {
  LANDLOCK_FILES_1 = (1 << 13) - 1,
  LANDLOCK_REFER = 1 << 13,
  LANDLOCK_CUT = 1 << 14,   /* truncate, version 3 */
  LANDLOCK_DEVICE = 1 << 15 /* ioctl on devices, version 5 */
};

static const uint64_t may_read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t may_run = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;
static const uint64_t may_write = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                                  LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_CUT;
static const uint64_t of_a_file =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_CUT;

static uint64_t landlock_files(long version) {
  uint64_t files = LANDLOCK_FILES_1;
  if (version >= 2)
    files |= LANDLOCK_REFER;
  if (version >= 3)
    files |= LANDLOCK_CUT;
  if (version >= 5)
    files |= LANDLOCK_DEVICE;
  return files;
}

/* A path that does not exist needs no permission. */
static int landlock_allow(int ruleset, const char *path, uint64_t access) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
  struct stat status;
  int result = fstat(fd, &status);
  if (result == 0) {
    if (!S_ISDIR(status.st_mode))
      access &= of_a_file;
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    result = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  }
  close(fd);
  return result;
}

/* Folders of LD_LIBRARY_PATH: a build that is not installed finds its library there. */
static int landlock_allow_list(int ruleset, const char *list, uint64_t access) {
  while (list && *list) {
    size_t n = strcspn(list, ":");
    char path[4096];
    if (n > 0 && n < sizeof path) {
      memcpy(path, list, n);
      path[n] = '\0';
      if (landlock_allow(ruleset, path, access) != 0)
        return -1;
    }
    list += n + (list[n] == ':');
  }
  return 0;
}

/* A build that is not installed: the program is libtool's wrapper script, the real one lies in .libs, its library in
 * lib/.libs. */
static int landlock_allow_wrapped(int ruleset, const char *program, uint64_t access) {
  const char *slash = strrchr(program, '/');
  char path[4096];
  int bad = 0;
  if (!slash || slash - program > 4000)
    return 0;
  snprintf(path, sizeof path, "%.*s/.libs", (int)(slash - program), program);
  bad |= landlock_allow(ruleset, path, access);
  snprintf(path, sizeof path, "%.*s/lib/.libs", (int)(slash - program), program);
  return bad | landlock_allow(ruleset, path, access);
}

static int landlock_new(const struct cage_plan *plan, int script) {
  static const char *const system[] = {"/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", NULL};
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1)
    return -1;
  uint64_t files = landlock_files(version);
  struct landlock_attributes attributes = {files, version >= 4 ? 3 : 0, version >= 6 ? 3 : 0};
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
  if (ruleset < 0)
    return -1;
  int bad = 0;
  for (size_t k = 0; system[k]; k++)
    bad |= landlock_allow(ruleset, system[k], may_run & files);
  bad |= landlock_allow(ruleset, plan->program, may_run & files);
  if (script)
    bad |= landlock_allow_wrapped(ruleset, plan->program, may_run & files);
  bad |= landlock_allow_list(ruleset, getenv("LD_LIBRARY_PATH"), may_run & files);
  bad |= landlock_allow(ruleset, "/dev/null", (may_read | LANDLOCK_ACCESS_FS_WRITE_FILE) & files);
  for (size_t k = 0; plan->readable && plan->readable[k]; k++)
    bad |= landlock_allow(ruleset, plan->readable[k], may_read & files);
  if (plan->folder)
    bad |= landlock_allow(ruleset, plan->folder, may_write & files);
  if (bad) {
    close(ruleset);
    return -1;
  }
  return ruleset;
}

static int landlock_enter(int ruleset) { return (int)syscall(SYS_landlock_restrict_self, ruleset, 0); }

#else
static int landlock_new(const struct cage_plan *plan, int script) {
  (void)plan;
  (void)script;
  return -1;
}
static int landlock_enter(int ruleset) {
  (void)ruleset;
  return 0;
}
#endif

/* ---- seccomp ---- */

/* No network, no other process, no kernel interface that a reader of files has no use for. */
static const int refused[] = {
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(kcmp),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsmount),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(syslog),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(sethostname),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(personality),
    SCMP_SYS(setxattr),
    SCMP_SYS(fanotify_init),
    SCMP_SYS(vmsplice),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(pidfd_send_signal),
};

enum { THREAD_FLAG = 0x00010000 /* CLONE_THREAD */ };

/* A second process may only come where the program is a script (a wrapper of the build tree, an operator's own). */
static int filter_rules(scmp_filter_ctx context, int may_fork) {
  int bad = 0;
  for (size_t k = 0; k < sizeof refused / sizeof *refused; k++)
    bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), refused[k], 0);
  if (!may_fork) {
    bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fork), 0);
    bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(vfork), 0);
    bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, THREAD_FLAG, 0));
    /* Its flags lie in memory, out of a filter's sight: the C library then takes clone(). */
    bad |= seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  }
  return bad;
}

static int filter_load(struct cage *c, int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0 || status.st_size <= 0 || (size_t)status.st_size % sizeof(struct sock_filter) != 0)
    return -1;
  size_t size = (size_t)status.st_size;
  struct sock_filter *code = malloc(size);
  if (!code || pread(fd, code, size, 0) != (ssize_t)size) {
    free(code);
    return -1;
  }
  c->filter = (struct sock_fprog){(unsigned short)(size / sizeof *code), code};
  return 0;
}

static int filter_new(struct cage *c, int may_fork) {
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
  if (!context)
    return -1;
  int fd = memfd_create("filter", MFD_CLOEXEC);
  int result = -1;
  if (fd >= 0 && filter_rules(context, may_fork) == 0 && seccomp_export_bpf(context, fd) == 0)
    result = filter_load(c, fd);
  if (fd >= 0)
    close(fd);
  seccomp_release(context);
  return result;
}

static int is_script(const char *path) {
  char head[2] = "";
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  ssize_t n = read(fd, head, sizeof head);
  close(fd);
  return n == 2 && head[0] == '#' && head[1] == '!';
}

/* ---- the cage ---- */

struct cage *cage_new(const struct cage_plan *plan) {
  struct cage *c = calloc(1, sizeof *c);
  if (!c)
    return NULL;
  int script = is_script(plan->program);
  c->memory_bytes = CAGE_SANITIZED ? 0 : plan->memory_bytes;
  c->file_bytes = plan->file_bytes;
  c->cpu_seconds = plan->cpu_seconds;
  c->files = plan->files;
  c->one_process = !script && !plan->threads && !CAGE_SANITIZED;
  c->ruleset = CAGE_SANITIZED ? -1 : landlock_new(plan, script);
  if (!CAGE_SANITIZED)
    filter_new(c, script); /* without it: cage_missing() */
  return c;
}

void cage_free(struct cage *c) {
  if (!c)
    return;
  if (c->ruleset >= 0)
    close(c->ruleset);
  free(c->filter.filter);
  free(c);
}

const char *cage_missing(const struct cage *c) {
  if (c->ruleset < 0)
    return c->filter.filter ? "Landlock" : "Landlock, seccomp";
  return c->filter.filter ? "" : "seccomp";
}

static int limit(__rlimit_resource_t what, uint64_t value) {
  struct rlimit now;
  if (getrlimit(what, &now) != 0)
    return -1;
  rlim_t wanted = now.rlim_max != RLIM_INFINITY && now.rlim_max < value ? now.rlim_max : (rlim_t)value;
  struct rlimit set = {wanted, wanted};
  return setrlimit(what, &set);
}

int cage_enter(const struct cage *c) {
  int bad = limit(RLIMIT_CORE, 0); /* a core dump would hold genotypes */
  bad |= limit(RLIMIT_FSIZE, c->file_bytes);
  bad |= limit(RLIMIT_NOFILE, c->files);
  bad |= limit(RLIMIT_CPU, c->cpu_seconds);
  if (c->memory_bytes)
    bad |= limit(RLIMIT_AS, c->memory_bytes);
  if (c->one_process)
    bad |= limit(RLIMIT_NPROC, 0);
  bad |= prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (c->ruleset >= 0)
    bad |= landlock_enter(c->ruleset);
  if (c->filter.filter)
    bad |= prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &c->filter);
  return bad ? -1 : 0;
}
