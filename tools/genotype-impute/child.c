#include "genotype-impute/child.h"

#include "common/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NO_CAGE = 125, EXIT_NO_PROGRAM = 127, PATHS_MAX = 64 };

/* What the engines read beside the system's libraries. Paths that are not there are passed over. */
static const char *const program_reads[] = {
    "/etc/ld.so.preload", "/etc/localtime",      "/etc/java-17-openjdk", "/etc/java-21-openjdk", "/proc",
    "/sys/fs/cgroup",     "/sys/devices/system", "/dev/urandom",         "/dev/random",          "/dev/null"};

static void put_limit(__rlimit_resource_t what, uint64_t value) {
  struct rlimit now;
  if (!value || getrlimit(what, &now) != 0)
    return;
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
    value = now.rlim_max;
  now.rlim_cur = value;
  /* at the hard limit of CPU time comes SIGKILL, which does not say what it is for: SIGXCPU is first */
  now.rlim_max = what == RLIMIT_CPU && now.rlim_max - value > 5 ? value + 5 : value;
  if (setrlimit(what, &now) != 0)
    _exit(EXIT_NO_CAGE);
}

static size_t gather(const char **list, size_t n, const char *const *from, size_t count) {
  for (size_t i = 0; i < count && from[i] && n < PATHS_MAX; i++)
    list[n++] = from[i];
  return n;
}

/* The child's own beginning: it dies with its parent, has no handler of ours, and is in its cage. */
static void enter(const cage *c, const char *program, pid_t parent) {
  static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGBUS, SIGSEGV, SIGABRT, SIGCHLD};
  for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
    signal(handled[i], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
    _exit(EXIT_NO_CAGE);
  put_limit(RLIMIT_AS, sandbox_possible() || program ? c->memory_bytes : 0);
  put_limit(RLIMIT_CPU, c->cpu_seconds);
  if (c->open || !sandbox_possible())
    return;
  const char *read[PATHS_MAX], *const empty[] = {"/dev/null"}, *run[1] = {program};
  size_t n_read = gather(read, 0, c->read, CAGE_PATHS), n_write = 0, n_run = 0;
  const char *write[CAGE_PATHS + 1];
  char real[PATH_MAX];
  n_write = gather(write, 0, c->write, CAGE_PATHS);
  write[n_write++] = empty[0];
  if (program) {
    n_read = gather(read, n_read, program_reads, sizeof program_reads / sizeof *program_reads);
    run[n_run++] = realpath(program, real) ? real : program;
  }
  const char **all = malloc((n_read + c->n_more + 1) * sizeof *all);
  if (!all)
    _exit(EXIT_NO_CAGE);
  memcpy(all, read, n_read * sizeof *all);
  if (c->n_more)
    memcpy(all + n_read, c->more_read, c->n_more * sizeof *all);
  sandbox_enter_paths(&(sandbox_paths){
      .read = all, .n_read = n_read + c->n_more, .write = write, .n_write = n_write, .run = run, .n_run = n_run});
  free(all);
}

static pid_t start(fault *f) {
  pid_t pid = fork();
  if (pid < 0)
    fault_system(f, "fork", "cannot start a process");
  return pid;
}

pid_t child_function(int (*run)(void *), void *argument, const cage *c, fault *f) {
  pid_t parent = getpid(), pid = start(f);
  if (pid == 0) {
    enter(c, NULL, parent);
    _exit(run(argument));
  }
  return pid;
}

static int open_for(const char *path, int flags, mode_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);
  if (fd < 0)
    _exit(EXIT_NO_CAGE);
  return fd;
}

pid_t child_program(const char *const *argv, const char *output, const char *log, const char *folder, const cage *c,
                    fault *f) {
  pid_t parent = getpid(), pid = start(f);
  if (pid != 0)
    return pid;
  char home[PATH_MAX + 8], temporary[PATH_MAX + 8];
  int in = open("/dev/null", O_RDONLY | O_CLOEXEC), log_fd = open_for(log, O_APPEND, 0600);
  int out = output ? open_for(output, O_TRUNC, 0666) : log_fd;
  snprintf(home, sizeof home, "HOME=%s", folder);
  snprintf(temporary, sizeof temporary, "TMPDIR=%s", folder);
  char *const environment[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LANG=C.UTF-8", home, temporary, NULL};
  if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(log_fd, 2) < 0)
    _exit(EXIT_NO_CAGE);
  enter(c, argv[0], parent);
  execve(argv[0], (char *const *)argv, environment);
  _exit(EXIT_NO_PROGRAM);
}

static int count_parts(void *unused) {
  (void)unused;
  return (int)sandbox_enter_paths(&(sandbox_paths){.n_read = 0});
}

const char *child_sandbox_missing(void) {
  fault f = {0};
  int status;
  cage bare = {.open = 1};
  if (!sandbox_possible())
    return "nothing";
  pid_t pid = child_function(count_parts, NULL, &bare, &f);
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
    return sandbox_missing(0);
  return sandbox_missing((unsigned)WEXITSTATUS(status) & SANDBOX_ALL);
}
