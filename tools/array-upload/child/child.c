#include <config.h>

#include "array-upload/child/child.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array-upload/util/clock.h"

static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC", NULL};

/* In the memory of its parent (start()): system calls only, and nothing but its own variables is written. Never
 * returns.
 */
static _Noreturn void child_become(const struct child_plan *plan, const struct cage *cage, int output, int errors,
                                   pid_t parent) {
  struct sigaction usual = {.sa_handler = SIG_DFL};
  for (int k = 1; k < 32; k++)
    sigaction(k, &usual, NULL);
  sigset_t none;
  sigemptyset(&none);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || setpgid(0, 0) != 0)
    _exit(126);
  if (dup2(plan->input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
    _exit(126);
  if (syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC: the cage's own descriptor is still needed */) != 0)
    _exit(126);
  if (plan->cage.folder && chdir(plan->cage.folder) != 0)
    _exit(126);
  if (cage_enter(cage) != 0 || sigprocmask(SIG_SETMASK, &none, NULL) != 0)
    _exit(126);
  execve(plan->argv[0], (char *const *)plan->argv, (char *const *)environment);
  _exit(127);
}

/* Reads what is there. 1 more may come, 0 end of the output, -1 too much or no memory. */
static int output_read(int fd, size_t max, struct child_result *r) {
  for (;;) {
    char block[16384];
    ssize_t n = read(fd, block, sizeof block);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno == EAGAIN ? 1 : 0;
    if (n == 0)
      return 0;
    if ((size_t)n > max - r->output_size)
      return -1;
    char *more = realloc(r->output, r->output_size + (size_t)n + 1);
    if (!more)
      return -1;
    memcpy(more + r->output_size, block, (size_t)n);
    r->output = more;
    r->output_size += (size_t)n;
    more[r->output_size] = '\0';
  }
}

static void child_end(pid_t pid, struct child_result *r, int killed) {
  if (killed)
    kill(pid, SIGKILL);
  int status = 0;
  pid_t got;
  do
    got = waitpid(pid, &status, 0);
  while (got < 0 && errno == EINTR);
  kill(-pid, SIGKILL); /* what it may have left behind */
  if (killed)
    return;
  r->end = got == pid && WIFEXITED(status) ? CHILD_EXITED : CHILD_SIGNAL;
  r->code = got != pid ? 0 : WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

/* 1: the child ended by itself; 0: r->end says why it must be ended. */
static int child_watch(const struct child_plan *plan, int pidfd, int output, struct child_result *r) {
  int64_t start = clock_steady(), last_beat = start;
  int open_output = 1;
  for (;;) {
    int64_t now = clock_steady();
    int64_t left = plan->timeout_ms - (now - start) / 1000;
    if (left <= 0) {
      r->end = CHILD_TIMEOUT;
      return 0;
    }
    if (plan->beat) {
      if (now - last_beat >= plan->beat_ms * 1000) {
        last_beat = now;
        r->code = plan->beat(plan->beat_arg);
        if (r->code != 0) {
          r->end = CHILD_STOPPED;
          return 0;
        }
      }
      int64_t until = plan->beat_ms - (now - last_beat) / 1000;
      left = left < until ? left : until;
    }
    struct pollfd fds[2] = {{pidfd, POLLIN, 0}, {open_output ? output : -1, POLLIN, 0}};
    int n = poll(fds, 2, left < 1 ? 1 : left > 60000 ? 60000 : (int)left);
    if (n < 0 && errno != EINTR) {
      r->end = CHILD_TIMEOUT;
      return 0;
    }
    if (n <= 0)
      continue;
    if (fds[1].revents || fds[0].revents) {
      int more = open_output ? output_read(output, plan->output_max, r) : 0;
      open_output = more == 1;
      if (more < 0) {
        r->end = CHILD_TOO_MUCH;
        return 0;
      }
    }
    if (fds[0].revents)
      return 1;
  }
}

/* Not fork(): that copies the page tables of a process with threads, and faults its pages one by one afterwards, which
 * costs more than all that is done here. Until the child executes, this thread waits, and the child has its memory; so
 * no handler of a signal may run there (as posix_spawn() does it, which knows no cage). */
static int start(const struct child_plan *plan, const struct cage *cage, int output, int errors, pid_t *pid) {
  pid_t parent = getpid();
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
    return -1;
  pid_t made = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork): nothing in the child waits */
  if (made == 0)        /* system calls only, and it never returns: */
    child_become(plan, cage, output, errors, parent); /* NOLINT(clang-analyzer-unix.Vfork) */
  int saved = errno;
  *pid = made;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = saved;
  return made < 0 ? -1 : 0;
}

/* The last line of what the child said on standard error, without what stands in quotes: that may be the input's. */
static void said_take(int fd, char *out, size_t size) {
  char text[4096];
  ssize_t n = read(fd, text, sizeof text - 1);
  size_t at = 0;
  char quote = 0;
  text[n > 0 ? n : 0] = '\0';
  for (n = n > 0 ? n : 0; n > 0 && text[n - 1] == '\n'; n--)
    text[n - 1] = '\0';
  const char *line = strrchr(text, '\n');
  for (const char *p = line ? line + 1 : text; *p && at + 1 < size; p++) {
    if (quote ? *p == quote && !isalnum((unsigned char)p[1])
              : (*p == '"' || *p == '`' || (*p == '\'' && (p == text || p[-1] == ' '))))
      quote = quote ? 0 : *p;
    else if (!quote && *p >= ' ' && *p < 0x7f)
      out[at++] = *p;
  }
  out[at] = '\0';
}

/* Pipes for standard output and standard error; that one never makes the child wait: what does not fit is lost. */
static int pipes_open(int output[2], int errors[2]) {
  return pipe2(output, O_CLOEXEC) == 0 && fcntl(output[0], F_SETFL, O_NONBLOCK) == 0 &&
                 pipe2(errors, O_CLOEXEC | O_NONBLOCK) == 0
             ? 0
             : -1;
}

static void fd_close(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

void child_run(const struct child_plan *plan, struct child_result *r) {
  *r = (struct child_result){.end = CHILD_NO_START, .code = ENOMEM};
  int output[2] = {-1, -1}, errors[2] = {-1, -1}, pidfd = -1;
  pid_t pid = -1;
  struct cage *cage = cage_new(&plan->cage);
  if (!cage)
    return;
  if (pipes_open(output, errors) != 0 || start(plan, cage, output[1], errors[1], &pid) != 0) {
    r->code = errno;
  } else {
    fd_close(&output[1]);
    r->code = 0;
    pidfd = (int)syscall(SYS_pidfd_open, pid, 0u);
    if (pidfd < 0) {
      int saved = errno;
      child_end(pid, r, 1);
      r->code = saved;
    } else {
      child_end(pid, r, !child_watch(plan, pidfd, output[0], r));
    }
    if (plan->keep_errors)
      said_take(errors[0], r->said, sizeof r->said);
  }
  for (int k = 0; k < 2; k++) {
    fd_close(&output[k]);
    fd_close(&errors[k]);
  }
  fd_close(&pidfd);
  cage_free(cage);
}

void child_end_text(char *out, size_t size, const struct child_result *r) {
  switch (r->end) {
  case CHILD_EXITED:
    snprintf(out, size, "exit %d", r->code);
    return;
  case CHILD_SIGNAL:
    snprintf(out, size, "signal %d", r->code);
    return;
  case CHILD_TIMEOUT:
    snprintf(out, size, "timeout");
    return;
  case CHILD_STOPPED:
    snprintf(out, size, "stopped");
    return;
  case CHILD_TOO_MUCH:
    snprintf(out, size, "too much output");
    return;
  case CHILD_NO_START:
    snprintf(out, size, "not started (error %d)", r->code);
    return;
  }
}
