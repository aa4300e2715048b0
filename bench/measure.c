/* measure COMMAND [ARGUMENT...] - runs it with its output thrown away and prints "wall user sys peak_kib status" of it and its
 * children. A small parent, because the peak the kernel tells starts with what the parent held when it forked. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 2)
    return 2;
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  pid_t child = fork();
  if (child < 0)
    return 3;
  if (child == 0) {
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
      _exit(126);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  int status;
  struct rusage use;
  if (wait4(child, &status, 0, &use) != child)
    return 3;
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%.6f %.6f %.6f %ld %d\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
         seconds(use.ru_utime), seconds(use.ru_stime), use.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
