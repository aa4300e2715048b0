/* fault_points.c - fault_point() of the tests: ARRAY_UPLOAD_TEST_FAULT names one point, where the process is killed as
 * by kill -9. With ARRAY_UPLOAD_TEST_FAULT_ONCE, a path: only the first process that makes this file dies. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/child/fault.h"

void fault_point(const char *name) {
  const char *wanted = getenv("ARRAY_UPLOAD_TEST_FAULT"), *once = getenv("ARRAY_UPLOAD_TEST_FAULT_ONCE");
  if (!wanted || strcmp(wanted, name) != 0)
    return;
  if (once && open(once, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0)
    return;
  kill(getpid(), SIGKILL);
}
