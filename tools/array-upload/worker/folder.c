#include <config.h>

#include "array-upload/worker/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "array-upload/util/config.h"

enum { DEPTH_MAX = 4, TRIES = 100 };

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

static int is_in_memory(const char *path) {
  struct statfs fs;
  return statfs(path, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

int folder_scratch(char out[FOLDER_PATH_MAX], const struct config *config, int *in_memory) {
  static const char shared[] = "/dev/shm";
  int n;
  if (config->scratch)
    n = snprintf(out, FOLDER_PATH_MAX, "%s", config->scratch);
  else if (is_in_memory(shared) && access(shared, W_OK | X_OK) == 0)
    n = snprintf(out, FOLDER_PATH_MAX, "%s", shared);
  else
    n = snprintf(out, FOLDER_PATH_MAX, "%s/run", config->data);
  *in_memory = is_in_memory(out);
  return n > 0 && n < FOLDER_PATH_MAX ? 0 : -1;
}

/* The scratch may be a place where others make folders, too: ours is ours alone. */
static int is_private(const char *path) {
  struct stat st;
  return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

/* 1: the folder is there and its lock is ours, as long as the process lives; 0: a worker that started meanwhile took it
 * for an abandoned one, since it had no lock yet; -1. */
static int own_take(char out[FOLDER_PATH_MAX], const char *jobs, const char *name) {
  struct stat held, there;
  if (folder_make(out, jobs, name) != 0 && errno != EEXIST)
    return -1;
  int fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? 0 : -1;
  int locked = flock(fd, LOCK_EX) == 0 && fstat(fd, &held) == 0;
  if (locked && lstat(out, &there) == 0 && there.st_dev == held.st_dev && there.st_ino == held.st_ino)
    return 1; /* stays open */
  close(fd);
  return locked ? 0 : -1;
}

int folder_open(char out[FOLDER_PATH_MAX], const char *scratch, const char *server, const char *name) {
  char jobs[FOLDER_PATH_MAX], whole[PATH_MAX];
  int n = snprintf(jobs, sizeof jobs, "%s/array-upload-%.16s", scratch, server);
  if (n < 0 || (size_t)n >= sizeof jobs || (mkdir(jobs, 0700) != 0 && errno != EEXIST) || !is_private(jobs) ||
      !realpath(jobs, whole))
    return -1;
  int held = 0;
  for (int k = 0; k < TRIES && held == 0; k++)
    held = own_take(out, whole, name);
  if (held != 1)
    return -1;
  remove_abandoned(whole, name);
  return 0;
}

void folder_sweep(const char *own) {
  char jobs[FOLDER_PATH_MAX];
  snprintf(jobs, sizeof jobs, "%s", own);
  char *name = strrchr(jobs, '/');
  *name = '\0';
  remove_abandoned(jobs, name + 1);
}
