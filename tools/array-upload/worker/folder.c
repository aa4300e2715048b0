#include <config.h>

#include "array-upload/worker/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 4 };

static void empty_at(int parent, const char *name, int depth) {
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir(fd);
  if (!dir) {
    if (fd >= 0)
      close(fd);
    return;
  }
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
      continue;
    if (unlinkat(dirfd(dir), e->d_name, 0) != 0 && (errno == EISDIR || errno == EPERM) && depth < DEPTH_MAX) {
      empty_at(dirfd(dir), e->d_name, depth + 1);
      unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
    }
  }
  closedir(dir);
}

void folder_remove(const char *path) {
  empty_at(AT_FDCWD, path, 0);
  rmdir(path);
}

int folder_make(char out[FOLDER_PATH_MAX], const char *parent, const char *name) {
  int n = snprintf(out, FOLDER_PATH_MAX, "%s/%s", parent, name);
  if (n < 0 || n >= FOLDER_PATH_MAX) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return mkdir(out, 0700);
}

/* A folder whose lock can be had has no worker. */
static void remove_abandoned(const char *jobs, const char *own) {
  DIR *dir = opendir(jobs);
  if (!dir)
    return;
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    if (e->d_name[0] == '.' || strcmp(e->d_name, own) == 0)
      continue;
    int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
      continue;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
      empty_at(dirfd(dir), e->d_name, 0);
      unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
    }
    close(fd);
  }
  closedir(dir);
}

int folder_open(char out[FOLDER_PATH_MAX], const char *data, const char *name) {
  char jobs[FOLDER_PATH_MAX], whole[PATH_MAX];
  int n = snprintf(jobs, sizeof jobs, "%s/run/jobs", data);
  if (n < 0 || (size_t)n >= sizeof jobs || (mkdir(jobs, 0700) != 0 && errno != EEXIST) || !realpath(jobs, whole) ||
      folder_make(out, whole, name) != 0)
    return -1;
  int fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) /* stays open: the lock ends with the process */
    return -1;
  remove_abandoned(whole, name);
  return 0;
}
