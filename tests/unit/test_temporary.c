/* test_temporary.c - a signal that another thread takes while a temporary file is just being made leaves nothing
 * behind, nor does a mapped file that shrinks. */
#include "common/fault.h"
#include "common/temporary.h"

#include "suite.h"
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static void *idle(void *unused) {
  for (;;)
    pause();
  return unused;
}

/* Makes and removes files until a signal ends it. */
static void make_files(void) {
  pthread_t other;
  temporary_setup();
  if (pthread_create(&other, NULL, idle, NULL) != 0)
    _exit(99);
  for (;;) {
    int fd;
    temporary *t = temporary_new(folder, &fd);
    if (!t)
      _exit(98);
    close(fd);
    temporary_free(t);
  }
}

static unsigned files_left(void) {
  unsigned n = 0;
  DIR *d = opendir(folder);
  ck_assert_ptr_nonnull(d);
  for (const struct dirent *e; (e = readdir(d));)
    n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
  closedir(d);
  return n;
}

START_TEST(test_signal_to_another_thread) {
  char bare[] = "/tmp/test_temporary.XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(bare));
  snprintf(folder, sizeof folder, "%s/", bare);
  for (unsigned round = 0; round < 150; round++) {
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
      make_files();
    while (files_left() == 0) /* it has begun */
      ;
    usleep(round * 37 % 400);
    ck_assert_int_eq(kill(child, SIGTERM), 0);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    ck_assert_uint_eq(files_left(), 0);
  }
  rmdir(bare);
}
END_TEST

/* What has become shorter is touched where it was. */
static void touch_what_is_gone(void) {
  int fd;
  temporary_setup();
  temporary *t = temporary_new(folder, &fd);
  if (!t || ftruncate(fd, 8192) != 0)
    _exit(99);
  const volatile char *mapped = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED || ftruncate(fd, 0) != 0)
    _exit(98);
  _exit(mapped[5000]);
}

START_TEST(test_mapped_file_shrinks) {
  char bare[] = "/tmp/test_temporary.XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(bare));
  snprintf(folder, sizeof folder, "%s/", bare);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0)
    touch_what_is_gone();
  int status;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TROUBLE);
  ck_assert_uint_eq(files_left(), 0);
  rmdir(bare);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("temporary");
  TCase *tests = tcase_create("temporary");
  tcase_add_test(tests, test_signal_to_another_thread);
  tcase_add_test(tests, test_mapped_file_shrinks);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
