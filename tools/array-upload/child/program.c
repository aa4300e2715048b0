#include <config.h>

#include "array-upload/child/program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PROGRAM_LIBEXECDIR
#define PROGRAM_LIBEXECDIR "/usr/libexec/libdtcgeno"
#endif
#ifndef PROGRAM_BINDIR
#define PROGRAM_BINDIR "/usr/bin"
#endif

static int found(char *out, size_t size, const char *path) {
  char whole[PATH_MAX];
  if (!realpath(path, whole) || access(whole, X_OK) != 0 || strlen(whole) >= size)
    return 0;
  memcpy(out, whole, strlen(whole) + 1);
  return 1;
}

int program_find(char *out, size_t size, const char *named, const char *name) {
  if (named)
    return found(out, size, named) ? 0 : -1;
  char self[PATH_MAX], path[PATH_MAX + 200];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  char *slash = n > 0 ? (self[n] = '\0', strrchr(self, '/')) : NULL;
  if (slash) {
    *slash = '\0';
    snprintf(path, sizeof path, "%s/%s", self, name);
    if (found(out, size, path))
      return 0;
  }
  snprintf(path, sizeof path, "%s/%s", PROGRAM_LIBEXECDIR, name);
  if (found(out, size, path))
    return 0;
  snprintf(path, sizeof path, "%s/%s", PROGRAM_BINDIR, name);
  return found(out, size, path) ? 0 : -1;
}
