#include "array-upload/seal/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array-upload/util/clock.h"

enum { TIMEOUT_S = 30 };

extern char **environ;

/* 0 at the end of the output. */
static int read_all(int fd, char *out, size_t size) {
  int64_t until = clock_steady() + SECONDS(TIMEOUT_S);
  for (size_t have = 0;;) {
    int64_t left = (until - clock_steady()) / 1000;
    struct pollfd ready = {fd, POLLIN, 0};
    int found = left <= 0 ? 0 : poll(&ready, 1, (int)left);
    if (found < 0 && errno == EINTR)
      continue;
    if (found <= 0)
      return -1;
    ssize_t n = read(fd, out + have, size - 1 - have);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    have += (size_t)n;
    out[have] = '\0';
    if (n == 0)
      return 0;
    if (have == size - 1)
      return -1;
  }
}

static int start(const char *command, int output, pid_t *pid) {
  char *const argv[] = {"sh", "-c", (char *)command, NULL};
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0)
    return -1;
  int bad = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) != 0 ||
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) != 0 ||
            posix_spawn(pid, "/bin/sh", &actions, NULL, argv, environ) != 0;
  posix_spawn_file_actions_destroy(&actions);
  return bad ? -1 : 0;
}

int output_of(const char *command, char *out, size_t size) {
  int fds[2], status = 0;
  pid_t pid;
  if (pipe2(fds, O_CLOEXEC) != 0)
    return -1;
  int started = start(command, fds[1], &pid) == 0;
  close(fds[1]);
  int result = started ? read_all(fds[0], out, size) : -1;
  close(fds[0]);
  if (!started)
    return -1;
  if (result != 0)
    kill(pid, SIGKILL);
  pid_t ended;
  do
    ended = waitpid(pid, &status, 0);
  while (ended < 0 && errno == EINTR);
  return result == 0 && ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}
