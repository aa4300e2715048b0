#include "config.h"

#include "genotype-sites/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of a path with its '/', or "" for the current one; malloc'd. */
static char *folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return strndup(path, slash ? (size_t)(slash + 1 - path) : 0);
}

int whole_file_open(whole_file *w, const char *path, fault *f) {
  struct stat st;
  *w = (whole_file){.path = path, .fd = -1};
  if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
    return fault_set(f, EXIT_USAGE, "%s: is there and no regular file", path);
  char *folder = folder_of(path);
  if (!folder)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  w->temporary = temporary_new(folder, &w->fd);
  int failed = w->temporary ? 0 : fault_system(f, path, "cannot create it");
  free(folder);
  if (!failed && fchmod(w->fd, temporary_mode()) != 0)
    failed = fault_system(f, path, "cannot set its permissions");
  return failed;
}

const char *whole_file_path(const whole_file *w) { return temporary_path(w->temporary); }

int whole_file_finish(whole_file *w, fault *f) {
  int failed = fsync(w->fd) != 0 ? fault_system(f, w->path, "cannot write it to the disk") : 0;
  if (close(w->fd) != 0 && !failed)
    failed = fault_system(f, w->path, "cannot close it");
  w->fd = -1;
  return failed;
}

int whole_file_publish(whole_file *w, fault *f) {
  char *folder = folder_of(w->path); /* first: what has its name cannot fail for want of memory */
  if (!folder)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  if (temporary_rename(w->temporary, w->path) != 0) {
    fault_system(f, w->path, "cannot give the file its name");
    free(folder);
    return -1;
  }
  int fd = open(folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed = 0;
  if (fd >= 0) {
    if (fsync(fd) != 0 && errno != EINVAL)
      failed = fault_system(f, w->path, "cannot write its folder to the disk");
    close(fd);
  }
  free(folder);
  return failed;
}

void whole_file_free(whole_file *w) {
  if (w->fd >= 0)
    close(w->fd); /* it failed before */
  w->fd = -1;
  temporary_free(w->temporary);
  w->temporary = NULL;
}
