/* local.c - the folder backend. A put is: fsync of the nameless file, link under its name (which fails where one is),
 * fsync of the folder. Nothing half-written is ever visible, and nothing is ever replaced. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "array-upload/blob/backends.h"

struct local {
  struct blob blob;
  int folder; /* O_PATH-like descriptor of the root; all names are relative to it */
  char path[4096];
};

static enum blob_result errno_result(void) {
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? BLOB_FULL : BLOB_ERROR;
}

enum blob_result blob_copy_fd(int to, int from, int64_t size) {
  unsigned char buffer[65536];
  for (int64_t done = 0; done < size;) {
    size_t want = size - done < (int64_t)sizeof buffer ? (size_t)(size - done) : sizeof buffer;
    ssize_t n = pread(from, buffer, want, (off_t)done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return BLOB_ERROR;
    for (ssize_t put = 0; put < n;) {
      ssize_t written = write(to, buffer + put, (size_t)(n - put));
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return errno_result();
      put += written;
    }
    done += n;
  }
  return BLOB_OK;
}

enum blob_result blob_nameless(const char *folder, int *fd) {
  *fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (*fd >= 0)
    return BLOB_OK;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
    return errno_result();
  char name[4200];
  int n = snprintf(name, sizeof name, "%s/.spool-XXXXXX", folder);
  if (n < 0 || (size_t)n >= sizeof name)
    return BLOB_ERROR;
  *fd = mkostemp(name, O_CLOEXEC);
  if (*fd < 0)
    return errno_result();
  unlink(name);
  return BLOB_OK;
}

static void local_close(struct blob *b) {
  struct local *l = (struct local *)b;
  close(l->folder);
  free(l);
}

static enum blob_result local_spool(struct blob *b, int *fd) { return blob_nameless(((struct local *)b)->path, fd); }

/* Makes the folders of a key; *parent is the innermost, open. */
static enum blob_result parents_make(const struct local *l, const char *key, int *parent) {
  int at = dup(l->folder);
  for (const char *slash; at >= 0 && (slash = strchr(key, '/')) != NULL; key = slash + 1) {
    char part[201];
    snprintf(part, sizeof part, "%.*s", (int)(slash - key), key);
    int made = mkdirat(at, part, 0700) == 0;
    if (!made && errno != EEXIST) {
      enum blob_result result = errno_result();
      close(at);
      return result;
    }
    int failed = made && fsync(at) != 0;
    int next = failed ? -1 : openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close(at);
    at = next;
  }
  *parent = at;
  return at < 0 ? errno_result() : BLOB_OK;
}

/* Gives the nameless file its name. EXDEV and ENOENT (a file that was made with a name) end in a copy. */
static int link_nameless(int fd, int parent, const char *name) {
  char self[64];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  return linkat(AT_FDCWD, self, parent, name, AT_SYMLINK_FOLLOW);
}

static enum blob_result put_copy(const struct local *l, int parent, const char *name, int fd, int64_t size) {
  int copy;
  enum blob_result result = blob_nameless(l->path, &copy);
  if (result != BLOB_OK)
    return result;
  result = blob_copy_fd(copy, fd, size);
  if (result == BLOB_OK && (fsync(copy) != 0 || link_nameless(copy, parent, name) != 0))
    result = errno == EEXIST ? BLOB_EXISTS : errno_result();
  close(copy);
  return result;
}

static enum blob_result local_put(struct blob *b, const char *key, int fd, int64_t size, const char *sha256) {
  (void)sha256;
  const struct local *l = (const struct local *)b;
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size != size)
    return BLOB_ERROR;
  int parent = -1;
  enum blob_result result = parents_make(l, key, &parent);
  if (result != BLOB_OK)
    return result;
  const char *slash = strrchr(key, '/'), *name = slash == NULL ? key : slash + 1;
  if (fsync(fd) != 0)
    result = errno_result();
  else if (st.st_nlink == 0 && link_nameless(fd, parent, name) == 0)
    result = BLOB_OK;
  else if (st.st_nlink == 0 && errno == EEXIST)
    result = BLOB_EXISTS;
  else
    result = put_copy(l, parent, name, fd, size);
  if (result == BLOB_OK && fsync(parent) != 0)
    result = errno_result();
  close(parent);
  return result;
}

static enum blob_result local_open(struct blob *b, const char *key, int *fd, int64_t *size) {
  const struct local *l = (const struct local *)b;
  struct stat st;
  *fd = openat(l->folder, key, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (*fd < 0)
    return errno == ENOENT || errno == ENOTDIR ? BLOB_NONE : BLOB_ERROR;
  if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    close(*fd);
    return BLOB_ERROR;
  }
  *size = st.st_size;
  return BLOB_OK;
}

static enum blob_result local_remove(struct blob *b, const char *key) {
  const struct local *l = (const struct local *)b;
  if (unlinkat(l->folder, key, 0) != 0 && errno != ENOENT && errno != ENOTDIR)
    return BLOB_ERROR;
  /* Folders that are empty now go, too; the first that is not ends it. */
  char part[201];
  snprintf(part, sizeof part, "%s", key);
  for (char *slash; (slash = strrchr(part, '/')) != NULL;) {
    *slash = '\0';
    if (unlinkat(l->folder, part, AT_REMOVEDIR) != 0)
      break;
  }
  return BLOB_OK;
}

struct walk {
  int (*each)(void *, const char *key, int64_t modified);
  void *arg;
};

/* Names that begin with '.' are spool files of the moment, never objects. */
static enum blob_result walk_folder(int parent, const char *name, const char *prefix, const struct walk *w, int depth,
                                    int *stop) {
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT || errno == ENOTDIR ? BLOB_OK : BLOB_ERROR;
  DIR *dir = fdopendir(fd);
  if (dir == NULL) {
    close(fd);
    return BLOB_ERROR;
  }
  enum blob_result result = BLOB_OK;
  struct dirent *e;
  while (result == BLOB_OK && !*stop && (e = readdir(dir)) != NULL) {
    struct stat st;
    char key[201 + 256];
    if (e->d_name[0] == '.' || strlen(prefix) + strlen(e->d_name) > 200 ||
        fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    snprintf(key, sizeof key, "%s%s%s", prefix, e->d_name, S_ISDIR(st.st_mode) ? "/" : "");
    if (S_ISDIR(st.st_mode) && depth < 8)
      result = walk_folder(dirfd(dir), e->d_name, key, w, depth + 1, stop);
    else if (S_ISREG(st.st_mode))
      *stop = w->each(w->arg, key, (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000);
  }
  closedir(dir);
  return result;
}

static enum blob_result local_list(struct blob *b, const char *prefix, int (*each)(void *, const char *, int64_t),
                                   void *arg) {
  const struct local *l = (const struct local *)b;
  const struct walk w = {each, arg};
  char name[201];
  int stop = 0;
  size_t n = strlen(prefix);
  if (n > 200 || (n > 0 && prefix[n - 1] != '/'))
    return BLOB_ERROR;
  snprintf(name, sizeof name, "%.*s", n == 0 ? 1 : (int)n - 1, n == 0 ? "." : prefix);
  return walk_folder(l->folder, name, prefix, &w, 0, &stop);
}

static int64_t local_free_bytes(struct blob *b) {
  struct statvfs v;
  if (fstatvfs(((struct local *)b)->folder, &v) != 0)
    return -1;
  return (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}

static const struct blob_driver local_driver = {local_close,  local_spool, local_put,       local_open,
                                                local_remove, local_list,  local_free_bytes};

struct blob *blob_open_local(const char *folder, char *error, size_t error_size) {
  struct local *l = calloc(1, sizeof *l);
  if (l == NULL || strlen(folder) >= sizeof l->path) {
    snprintf(error, error_size, "the blob folder's name is too long");
    free(l);
    return NULL;
  }
  l->blob.driver = &local_driver;
  memcpy(l->path, folder, strlen(folder) + 1);
  if ((mkdir(folder, 0700) != 0 && errno != EEXIST) ||
      (l->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
    snprintf(error, error_size, "%s: %s", folder, strerror(errno));
    free(l);
    return NULL;
  }
  return &l->blob;
}
