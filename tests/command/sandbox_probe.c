/* sandbox_probe - stands for a parser that was taken over: enters the sandbox and tries what an intruder would. Each
 * attempt must fail. Prints a line an attempt; exit 0 when all were refused, 77 where the kernel has no sandbox, or a
 * sanitizer would not stand it. */
#include "common/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned passed, failed;

static void report(const char *attempt, long result) {
  char line[100];
  int n = snprintf(line, sizeof line, "%s: %s\n", attempt, result == -1 ? "refused" : "SUCCEEDED");
  if (write(STDOUT_FILENO, line, (size_t)n) != n)
    failed++;
  if (result == -1)
    passed++;
  else
    failed++;
}

static void attempt_all(int other_fd) {
  static char *const words[] = {(char *)"true", NULL};
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct stat status;
  report("open for reading", open("/etc/passwd", O_RDONLY));
  report("open for writing", open("sandbox_probe.out", O_WRONLY | O_CREAT, 0600));
  report("openat2", syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0));
  report("stat by path", stat("/etc/passwd", &status));
  report("unlink", unlink("sandbox_probe.out"));
  report("rename", rename("a", "b"));
  report("mkdir", mkdir("sandbox_probe.dir", 0700));
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  report("socket", fd);
  report("connect", connect(other_fd, (struct sockaddr *)&address, sizeof address));
  report("bind", bind(other_fd, (struct sockaddr *)&address, sizeof address));
  report("exec", execv("/bin/true", words));
  long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0)
    _exit(0);
  report("fork", child);
  report("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
  report("kill", kill(getppid(), 0));
  report("io_uring", syscall(425 /* io_uring_setup */, 1, NULL));
  report("process_vm_readv", syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
  report("memfd_create", syscall(SYS_memfd_create, "x", 0));
  report("write to another descriptor", write(other_fd, "x", 1));
}

int main(void) {
  int other[2];
  if (!sandbox_possible()) {
    puts("no sandbox is possible in this build");
    return 77;
  }
  if (pipe(other) != 0)
    return 1;
  sandbox_plan plan = {{STDOUT_FILENO, STDERR_FILENO, -1}, 0, 60};
  unsigned parts = sandbox_enter(&plan);
  if (!(parts & SANDBOX_SECCOMP)) {
    printf("this kernel has no %s\n", sandbox_missing(parts));
    return 77;
  }
  if (parts != SANDBOX_ALL)
    printf("missing here: %s\n", sandbox_missing(parts));
  fflush(stdout);
  attempt_all(other[1]);
  void *block = malloc(1 << 22); /* what parsing needs must still work */
  if (!block)
    failed++;
  free(block);
  printf("%u passed, %u failed\n", passed, failed);
  return failed ? 1 : 0;
}
