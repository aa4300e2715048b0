#include "array-upload/util/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "array-upload/util/encode.h"

static int64_t clock_read(clockid_t id) {
  struct timespec t;
  if (clock_gettime(id, &t) != 0)
    return 0;
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Whole seconds from the tests' file; 0 where there is none. */
static int64_t clock_moved(void) {
  const char *path = getenv("ARRAY_UPLOAD_TEST_CLOCK");
  if (path == NULL || *path == '\0')
    return 0;
  FILE *f = fopen(path, "re");
  if (f == NULL)
    return 0;
  char line[32] = "";
  int64_t seconds = 0;
  if (fgets(line, sizeof line, f) != NULL) {
    line[strcspn(line, "\r\n")] = '\0';
    if (number_parse(&seconds, line, -1000000000, 1000000000) != 0)
      seconds = 0;
  }
  fclose(f);
  return seconds * 1000000;
}

int64_t clock_now(void) { return clock_read(CLOCK_REALTIME) + clock_moved(); }

int64_t clock_steady(void) { return clock_read(CLOCK_MONOTONIC); }
