#include "genotype-impute/workshop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char prefix[] = "run-";

static int take_lock(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  close(fd);
  return -1;
}

static void empty_folder(const char *folder) {
  char path[PATH_MAX + 258];
  DIR *d = opendir(folder);
  for (struct dirent *e; d && (e = readdir(d));) {
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    if (e->d_name[0] != '.' || strncmp(e->d_name, ".genotype-", 10) == 0)
      unlink(path);
  }
  if (d)
    closedir(d);
  rmdir(folder);
}

/* Folders that nobody has locked belong to runs that were killed. One that was made just now may be about to be
 * locked. */
static void clear_away(const run *r) {
  char path[PATH_MAX + 258];
  struct stat st;
  DIR *d = opendir(r->work);
  for (struct dirent *e; d && (e = readdir(d));) {
    if (strncmp(e->d_name, prefix, sizeof prefix - 1) != 0)
      continue;
    snprintf(path, sizeof path, "%s/%s", r->work, e->d_name);
    int fd = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? take_lock(path) : -1;
    if (fd < 0)
      continue;
    if (time(NULL) - st.st_mtime > 2)
      empty_folder(path);
    close(fd);
  }
  if (d)
    closedir(d);
}

int workshop_open(run *r, fault *f) {
  const impute_options *o = r->options;
  char absolute[PATH_MAX];
  if (snprintf(absolute, sizeof absolute, o->work ? "%s" : "%s.parts", o->work ? o->work : o->output) >= PATH_MAX - 64)
    return fault_set(f, EXIT_USAGE, "the name of the folder of parts is too long");
  if (mkdir(absolute, 0700) != 0 && errno != EEXIST)
    return fault_system(f, absolute, "cannot make the folder of parts");
  if (!realpath(absolute, r->work))
    return fault_system(f, absolute, "cannot use the folder of parts");
  if (snprintf(r->folder, sizeof r->folder, "%s/%sXXXXXX", r->work, prefix) >= (int)sizeof r->folder)
    return fault_set(f, EXIT_USAGE, "the name of the folder of parts is too long");
  clear_away(r);
  if (!mkdtemp(r->folder)) {
    r->folder[0] = '\0';
    return fault_system(f, r->work, "cannot make a folder in it");
  }
  r->lock = take_lock(r->folder);
  return r->lock >= 0 ? 0 : fault_system(f, r->folder, "cannot lock it");
}

void workshop_close(run *r, int all) {
  char path[PATH_MAX];
  if (r->folder[0])
    empty_folder(r->folder);
  for (size_t i = 0; all && i < r->panel.count; i++) {
    for (uint32_t g = 0; r->wanted[i] && g < r->shared->groups; g++)
      if (r->shared->units[g][i].key[0])
        unlink(run_part_path(r, g, i, path));
    if (r->wanted[i]) /* of a run before that an engine failed in */
      unlink(panel_path(r->work, r->panel.units[i].name, "log", path));
  }
  if (r->work[0] && !r->options->work)
    rmdir(r->work); /* stays where there are parts, or others work in it */
  if (r->lock > 0)
    close(r->lock);
}
