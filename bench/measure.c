/* measure [-m] COMMAND [ARGUMENT...] - runs it with its standard output thrown away and prints
 *
 *   wall user sys peak_kib faults status [anonymous_kib mapped_kib]
 *
 * (faults: of pages that needed no disk)
 * of it and its children. A small parent, because the peak the kernel tells starts with what the parent held when it
 * forked. With -m the memory of the command itself (not of its children) is looked at every half millisecond: the most
 * it held of its own (anonymous) and of files it had mapped. The kernel's peak cannot tell the two apart, and mapped
 * pages of a file are given back without a write when memory is short. Looking costs time: what -m tells of time is not
 * for tables. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct memory {
  long anonymous_pages, mapped_pages;
} memory;

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

/* /proc/PID/statm: size, resident, and of the resident what belongs to files (proc(5)), in pages. */
static void memory_look(int statm, memory *most) {
  char text[128];
  ssize_t n = pread(statm, text, sizeof text - 1, 0);
  long resident, mapped;
  if (n <= 0)
    return;
  text[n] = '\0';
  if (sscanf(text, "%*d %ld %ld", &resident, &mapped) != 2)
    return;
  if (resident - mapped > most->anonymous_pages)
    most->anonymous_pages = resident - mapped;
  if (mapped > most->mapped_pages)
    most->mapped_pages = mapped;
}

static pid_t wait_watching(pid_t child, int *status, struct rusage *use, memory *most) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/statm", (long)child);
  int statm = open(path, O_RDONLY | O_CLOEXEC);
  for (;;) {
    pid_t ended = wait4(child, status, WNOHANG, use);
    if (ended != 0) {
      close(statm);
      return ended;
    }
    memory_look(statm, most);
    nanosleep(&(struct timespec){0, 500000}, NULL);
  }
}

static _Noreturn void run(char **words) {
  int null = open("/dev/null", O_WRONLY);
  if (null < 0 || dup2(null, 1) < 0)
    _exit(126);
  execvp(words[0], words);
  _exit(127);
}

int main(int argc, char **argv) {
  int watch = argc > 1 && strcmp(argv[1], "-m") == 0;
  char **words = argv + 1 + watch;
  if (!*words)
    return 2;
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  pid_t child = fork();
  if (child < 0)
    return 3;
  if (child == 0)
    run(words);
  int status;
  struct rusage use;
  memory most = {0, 0};
  if ((watch ? wait_watching(child, &status, &use, &most) : wait4(child, &status, 0, &use)) != child)
    return 3;
  clock_gettime(CLOCK_MONOTONIC, &to);
  double wall = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  printf("%.6f %.6f %.6f %ld %ld %d", wall, seconds(use.ru_utime), seconds(use.ru_stime), use.ru_maxrss, use.ru_minflt,
         code);
  long page_kib = sysconf(_SC_PAGESIZE) / 1024;
  if (watch)
    printf(" %ld %ld", most.anonymous_pages * page_kib, most.mapped_pages * page_kib);
  printf("\n");
  return 0;
}
