#include <config.h>

#include "array-upload/serve/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array-upload/service.h"
#include "array-upload/util/clock.h"

enum { ARGUMENTS_MAX = 64, BACK_OFF_MAX_S = 30, STABLE_S = 60 };
static const int64_t back_off_first = 200000;

static void become(const struct process *p, int argc, char **argv, const char *listen, int ready, pid_t parent) {
  char number[16], *words[ARGUMENTS_MAX];
  int n = 0;
  snprintf(number, sizeof number, "%d", ready);
  words[n++] = (char *)"array-upload";
  words[n++] = (char *)p->duty;
  for (int k = 1; k < argc && n < ARGUMENTS_MAX - 5; k++)
    words[n++] = argv[k];
  if (listen) {
    words[n++] = (char *)"--listen";
    words[n++] = (char *)listen;
  }
  words[n++] = (char *)"--ready-fd";
  words[n++] = number;
  words[n] = NULL;
  /* Nobody would look after it: with the supervisor killed, its duties end. */
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
    _exit(126);
  execv("/proc/self/exe", words);
  _exit(127);
}

int process_start(struct process *p, int argc, char **argv, const char *listen) {
  int fds[2];
  pid_t parent = getpid();
  if (argc > ARGUMENTS_MAX - 8 || pipe(fds) != 0)
    return -1;
  if (fcntl(fds[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(fds[0], F_SETFL, O_NONBLOCK) != 0 || (p->pid = fork()) < 0) {
    p->pid = 0;
    close(fds[0]);
    close(fds[1]);
    return -1;
  }
  if (p->pid == 0)
    become(p, argc, argv, listen, fds[1], parent);
  close(fds[1]);
  if (p->ready_fd >= 0)
    close(p->ready_fd);
  p->ready_fd = fds[0];
  p->line[0] = '\0';
  p->was_ready = 0;
  p->started = clock_steady();
  return 0;
}

void process_listen(struct process *p) {
  size_t have = strlen(p->line);
  if (p->ready_fd < 0)
    return;
  ssize_t n = read(p->ready_fd, p->line + have, sizeof p->line - 1 - have);
  if (n < 0)
    return;
  p->line[have + (size_t)n] = '\0';
  char *end = strchr(p->line, '\n');
  if (end) {
    *end = '\0';
    p->was_ready = 1;
  }
  if (end || n == 0) {
    close(p->ready_fd);
    p->ready_fd = -1;
  }
}

int process_ready(struct process *p, int timeout_ms) {
  int64_t until = clock_steady() + (int64_t)timeout_ms * 1000;
  while (!p->was_ready && p->ready_fd >= 0 && !service_stopping() && clock_steady() < until) {
    struct pollfd fd = {p->ready_fd, POLLIN, 0};
    if (poll(&fd, 1, 100) > 0)
      process_listen(p);
  }
  return p->was_ready ? 0 : -1;
}

int process_ended(struct process *p, int *status) {
  if (p->pid == 0 || waitpid(p->pid, status, WNOHANG) != p->pid)
    return 0;
  int64_t now = clock_steady();
  p->pid = 0;
  if (now - p->started > SECONDS(STABLE_S) || p->back_off == 0)
    p->back_off = back_off_first;
  else
    p->back_off = p->back_off * 2 > SECONDS(BACK_OFF_MAX_S) ? SECONDS(BACK_OFF_MAX_S) : p->back_off * 2;
  p->restart_at = now + p->back_off;
  return 1;
}

void process_signal(const struct process *p, int number) {
  if (p->pid > 0)
    kill(p->pid, number);
}
