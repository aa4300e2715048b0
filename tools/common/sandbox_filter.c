#include <config.h>

#include "common/sandbox_filter.h"

#ifdef HAVE_SECCOMP
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What reading a descriptor, parsing, allocating and ending need; the C library's own needs among them, and what they
 * are called on machines of 32 bits. */
static const int allowed[] = {SCMP_SYS(read),
                              SCMP_SYS(pread64),
                              SCMP_SYS(lseek),
                              SCMP_SYS(close),
                              SCMP_SYS(brk),
                              SCMP_SYS(mmap),
                              SCMP_SYS(munmap),
                              SCMP_SYS(mremap),
                              SCMP_SYS(madvise),
                              SCMP_SYS(mprotect),
                              SCMP_SYS(exit),
                              SCMP_SYS(exit_group),
                              SCMP_SYS(rt_sigreturn),
                              SCMP_SYS(rt_sigaction),
                              SCMP_SYS(rt_sigprocmask),
                              SCMP_SYS(futex),
                              SCMP_SYS(getrandom),
                              SCMP_SYS(gettid),
                              SCMP_SYS(clock_gettime),
                              SCMP_SYS(getpid),
                              SCMP_SYS(sched_yield),
                              SCMP_SYS(sigaltstack),
                              SCMP_SYS(restart_syscall),
                              SCMP_SYS(fstat),
                              SCMP_SYS(gettimeofday),
                              SCMP_SYS(getrusage),
                              SCMP_SYS(mmap2),
                              SCMP_SYS(_llseek),
                              SCMP_SYS(fstat64),
                              SCMP_SYS(futex_time64),
                              SCMP_SYS(clock_gettime64),
                              SCMP_SYS(sigreturn)};

/* What no reader of files has a use for: other processes, the network, and the kernel's back doors. */
static const int refused[] = {SCMP_SYS(socket),
                              SCMP_SYS(socketpair),
                              SCMP_SYS(connect),
                              SCMP_SYS(bind),
                              SCMP_SYS(listen),
                              SCMP_SYS(accept),
                              SCMP_SYS(accept4),
                              SCMP_SYS(sendto),
                              SCMP_SYS(sendmsg),
                              SCMP_SYS(sendmmsg),
                              SCMP_SYS(recvfrom),
                              SCMP_SYS(recvmsg),
                              SCMP_SYS(recvmmsg),
                              SCMP_SYS(ptrace),
                              SCMP_SYS(process_vm_readv),
                              SCMP_SYS(process_vm_writev),
                              SCMP_SYS(pidfd_getfd),
                              SCMP_SYS(pidfd_open),
                              SCMP_SYS(pidfd_send_signal),
                              SCMP_SYS(kcmp),
                              SCMP_SYS(io_uring_setup),
                              SCMP_SYS(io_uring_enter),
                              SCMP_SYS(io_uring_register),
                              SCMP_SYS(bpf),
                              SCMP_SYS(perf_event_open),
                              SCMP_SYS(userfaultfd),
                              SCMP_SYS(memfd_create),
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
                              SCMP_SYS(execveat)};

#define REFUSE SCMP_ACT_ERRNO(EPERM)

static int reader_rules(scmp_filter_ctx context, const int *write_fds, size_t n) {
  int bad = 0;
  for (size_t k = 0; k < sizeof allowed / sizeof *allowed; k++)
    bad |= seccomp_rule_add(context, SCMP_ACT_ALLOW, allowed[k], 0);
  for (size_t k = 0; k < n; k++)
    if (write_fds[k] >= 0) {
      const struct scmp_arg_cmp to = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)write_fds[k]);
      bad |= seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, to);
      bad |= seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(writev), 1, to);
    }
  /* The C library's fstat() is this call with AT_EMPTY_PATH; by path it stays refused, by Landlock's side at least. */
  const struct scmp_arg_cmp empty = SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH);
  bad |= seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, empty);
  return bad | seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(fstatat64), 1, empty);
}

static int paths_rules(scmp_filter_ctx context, int exec, int processes) {
  int bad = 0;
  for (size_t k = 0; k < sizeof refused / sizeof *refused; k++)
    bad |= seccomp_rule_add(context, REFUSE, refused[k], 0);
  if (!exec)
    bad |= seccomp_rule_add(context, REFUSE, SCMP_SYS(execve), 0);
  if (processes)
    return bad;
  bad |= seccomp_rule_add(context, REFUSE, SCMP_SYS(fork), 0);
  bad |= seccomp_rule_add(context, REFUSE, SCMP_SYS(vfork), 0);
  /* A thread, never a process. The flags of clone3 lie in memory, out of a filter's sight: the C library then takes
   * clone(). s390x has them in its second argument. */
#ifdef __s390x__
  const struct scmp_arg_cmp process = SCMP_A1(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
#else
  const struct scmp_arg_cmp process = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
#endif
  bad |= seccomp_rule_add(context, REFUSE, SCMP_SYS(clone), 1, process);
  return bad | seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* What libseccomp writes into a file, in memory. A pipe holds 64 KiB, and a filter is at most half of that; a memfd is
 * not to be had inside another sandbox. Neither end waits: a close that fails must not leave a reader waiting for it.
 */
static void code_take(sandbox_filter *f, scmp_filter_ctx context) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return;
  int made = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 &&
             seccomp_export_bpf(context, ends[1]) == 0;
  close(ends[1]);
  size_t room = made ? (size_t)BPF_MAXINSNS * sizeof(struct sock_filter) : 0, got = 0;
  char *code = made ? malloc(room) : NULL;
  for (ssize_t n = 1; code && n > 0 && got<room; got += n> 0 ? (size_t)n : 0)
    n = read(ends[0], code + got, room - got);
  close(ends[0]);
  if (got > 0 && got % sizeof(struct sock_filter) == 0)
    *f = (sandbox_filter){code, got / sizeof(struct sock_filter)};
  else
    free(code);
}

void sandbox_filter_reader(sandbox_filter *f, const int *write_fds, size_t n) {
  *f = (sandbox_filter){0};
  scmp_filter_ctx context = seccomp_init(REFUSE);
  if (context && seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
      reader_rules(context, write_fds, n) == 0)
    code_take(f, context);
  seccomp_release(context);
}

void sandbox_filter_paths(sandbox_filter *f, int exec, int processes) {
  *f = (sandbox_filter){0};
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
  if (context && seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
      paths_rules(context, exec, processes) == 0)
    code_take(f, context);
  seccomp_release(context);
}

int sandbox_filter_install(const sandbox_filter *f) {
  const struct sock_fprog program = {(unsigned short)f->length, f->code};
  return f->length > 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void sandbox_filter_free(sandbox_filter *f) {
  free(f->code);
  *f = (sandbox_filter){0};
}
#else
void sandbox_filter_reader(sandbox_filter *f, const int *write_fds, size_t n) {
  (void)write_fds;
  (void)n;
  *f = (sandbox_filter){0};
}
void sandbox_filter_paths(sandbox_filter *f, int exec, int processes) {
  (void)exec;
  (void)processes;
  *f = (sandbox_filter){0};
}
int sandbox_filter_install(const sandbox_filter *f) {
  (void)f;
  return 0;
}
void sandbox_filter_free(sandbox_filter *f) { *f = (sandbox_filter){0}; }
#endif
