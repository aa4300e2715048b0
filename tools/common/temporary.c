#include "common/temporary.h"

#include "common/fault.h"
#include "common/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMPORARY_MAX = 256 };
enum { FREE, BEING_MADE, ON_DISK, RENAMED };

/* Fixed places, because a handler may neither lock nor follow memory that another thread frees. */
struct temporary {
  atomic_int state;
  char path[PATH_MAX];
};
static struct temporary table[TEMPORARY_MAX];
static mode_t file_mode = 0600;
static atomic_int may_exit, is_ending;
static atomic_int *_Atomic asked_first;

/* Nothing is made any more from here on. What another thread is just making will be there in a moment; the thread
 * itself cannot be the one that runs this, since it holds back signals meanwhile. */
static void remove_all(void) {
  atomic_store(&is_ending, 1);
  for (int i = 0; i < TEMPORARY_MAX; i++) {
    for (int k = 0; k < 2000 && atomic_load(&table[i].state) == BEING_MADE; k++)
      poll(NULL, 0, 1);
    if (atomic_load(&table[i].state) == ON_DISK)
      unlink(table[i].path);
  }
}

void temporary_end(int number) {
  remove_all();
  signal(number, SIG_DFL);
  raise(number);
}

static void on_signal(int number) {
  int none = 0;
  atomic_int *asked = atomic_load(&asked_first);
  if (!asked || number == SIGBUS || !atomic_compare_exchange_strong(asked, &none, number))
    temporary_end(number);
}

void temporary_ask_first(atomic_int *asked) { atomic_store(&asked_first, asked); }

/* A site table that shrinks while it is mapped. */
static void on_bus(int number, siginfo_t *info, void *context) {
  static const char message[] = ": a file that is mapped became shorter, or cannot be read any more\n";
  (void)context;
  if (info->si_code != BUS_ADRERR) {
    on_signal(number);
    return;
  }
  remove_all();
  const char *name = program_invocation_short_name;
  if (write(STDERR_FILENO, name, strlen(name)) < 0 || write(STDERR_FILENO, message, sizeof message - 1) < 0)
    _exit(EXIT_TROUBLE); /* nobody to tell */
  _exit(EXIT_TROUBLE);
}

/* htslib ends the process with 1 where it gets no memory; of ours, 1 means that the export is to blame. */
static void on_exit_of_others(void) {
  if (atomic_load(&may_exit))
    return;
  remove_all();
  dprintf(STDERR_FILENO, "%s: a library ended the run; memory may have run out\n", program_invocation_short_name);
  _exit(EXIT_TROUBLE);
}

/* htslib aborts, asserts or follows a NULL at some allocations that failed. A child process around the conversion would
 * do the same for the pages that a fork copies; what is done here needs nothing but what was set up before. */
static void on_crash(int number) {
  static const char message[] = ": a library ended the run by a signal; memory may have run out\n";
  (void)number;
  remove_all();
  const char *name = program_invocation_short_name;
  if (write(STDERR_FILENO, name, strlen(name)) < 0 || write(STDERR_FILENO, message, sizeof message - 1) < 0)
    _exit(EXIT_TROUBLE); /* nobody to tell */
  _exit(EXIT_TROUBLE);
}

int temporary_guard(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_crash;
  sigfillset(&action.sa_mask);
  if (sandbox_possible()) { /* a sanitizer has handlers of its own */
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGABRT, &action, NULL);
  }
  return atexit(on_exit_of_others);
}

int temporary_leave(int exit_status) {
  atomic_store(&may_exit, 1);
  return exit_status;
}

/* A descriptor of 0 to 2 that the caller closed would be the next file's, and what is said on it would land in there.
 * /dev/null is opened for the other direction, so that who uses it is told. */
static void fill_standard(void) {
  for (int fd = 0; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
      _exit(EXIT_TROUBLE);
}

void temporary_setup(void) {
  fill_standard();
  static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
  mode_t mask = umask(0);
  umask(mask);
  file_mode = 0666 & ~mask;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART; /* it may return */
  sigfillset(&action.sa_mask);
  for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
    struct sigaction old;
    /* what nohup and shells switched off stays off */
    if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
      sigaction(caught[i], &action, NULL);
  }
  action.sa_sigaction = on_bus;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a limit on files (ulimit -f): a write that fails, told as a full disk is */
}

mode_t temporary_mode(void) { return file_mode; }

static temporary *take_place(void) {
  for (int i = 0; i < TEMPORARY_MAX; i++) {
    int expected = FREE;
    if (atomic_compare_exchange_strong(&table[i].state, &expected, BEING_MADE))
      return &table[i];
  }
  errno = ENFILE;
  return NULL;
}

/* Creates the file in a place that is BEING_MADE. Returns the descriptor, or -1. */
static int make(temporary *t, const char *folder) {
  if (atomic_load(&is_ending)) { /* a handler has looked, or is about to: the process ends now */
    atomic_store(&t->state, FREE);
    for (;;)
      pause();
  }
  int n = snprintf(t->path, sizeof t->path, "%s.genotype-convert.XXXXXX", folder);
  if (n < 0 || (size_t)n >= sizeof t->path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return mkostemp(t->path, O_CLOEXEC);
}

temporary *temporary_new(const char *folder, int *fd) {
  /* a signal between creation and the note of it would leave the file; that another thread takes it does not matter */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  temporary *t = take_place();
  *fd = t ? make(t, folder) : -1;
  int saved = errno;
  if (t)
    atomic_store(&t->state, *fd >= 0 ? ON_DISK : FREE);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = saved;
  return *fd >= 0 ? t : NULL;
}

const char *temporary_path(const temporary *t) { return t->path; }

int temporary_rename(temporary *t, const char *path) {
  if (rename(t->path, path) != 0)
    return -1;
  atomic_store(&t->state, RENAMED);
  return 0;
}

void temporary_free(temporary *t) {
  if (!t)
    return;
  if (atomic_load(&t->state) == ON_DISK)
    unlink(t->path);
  atomic_store(&t->state, FREE);
}
