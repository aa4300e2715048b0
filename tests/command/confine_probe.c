/* confine_probe - the wider sandbox, genotype-convert's: what is listed can be read and written, threads can be made;
 * everything else is refused. Exit 77 where the kernel lacks it. */
#include "common/sandbox.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned passed, failed;

static void expect(const char *what, int ok) {
  printf("%s: %s\n", what, ok ? "as it should be" : "WRONG");
  if (ok)
    passed++;
  else
    failed++;
}

static void *nothing(void *argument) { return argument; }

static int can_open(const char *path, int flags) {
  int fd = open(path, flags, 0600);
  return fd >= 0 && close(fd) == 0;
}

static void make_file(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0)
    exit(1);
}

int main(void) {
  char folder[] = "/tmp/confine_probe.XXXXXX";
  if (!sandbox_possible()) {
    puts("no sandbox is possible in this build");
    return 77;
  }
  if (!mkdtemp(folder) || chdir(folder) != 0 || mkdir("out", 0700) != 0)
    return 1;
  make_file("listed");
  make_file("unlisted");
  const char *read[] = {"listed", "not-there"}, *write[] = {"out"};
  unsigned parts = sandbox_enter_paths(&(sandbox_paths){.read = read, .n_read = 2, .write = write, .n_write = 1});
  if (parts != SANDBOX_ALL) {
    printf("missing here: %s\n", sandbox_missing(parts));
    return 77;
  }
  char *const words[] = {(char *)(uintptr_t) "true", NULL};
  pthread_t thread;
  expect("a listed file is read", can_open("listed", O_RDONLY));
  expect("a listed file is not written", !can_open("listed", O_WRONLY));
  expect("a file that is not listed is not read", !can_open("unlisted", O_RDONLY));
  expect("nor one of the system", !can_open("/etc/passwd", O_RDONLY));
  expect("nothing is made outside", !can_open("made", O_WRONLY | O_CREAT));
  expect("a file is made in the output folder", can_open("out/a", O_WRONLY | O_CREAT));
  expect("and renamed there", rename("out/a", "out/b") == 0);
  expect("but not out of it", rename("out/b", "b") != 0);
  expect("and removed there", unlink("out/b") == 0);
  expect("nothing outside is removed", unlink("listed") != 0);
  expect("threads are made", pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0);
  expect("processes are not", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) == -1);
  expect("no program is run", execv("/bin/true", words) == -1);
  expect("no socket is opened", socket(AF_INET, SOCK_STREAM, 0) == -1);
  expect("no process is looked at", kill(getppid(), 0) == -1);
  printf("%u passed, %u failed\n", passed, failed);
  return failed ? 1 : 0;
}
