#include "common/output.h"

#include "base/writeback.h"
#include "common/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 32768, WRITEBACK_BYTES = 1 << 20 };

struct output {
  char *given;          /* its name on the command line; NULL: standard output */
  char *path;           /* as it will be called, behind links; "standard output" for messages */
  char *folder;         /* ends in '/', or empty */
  temporary *temporary; /* NULL: written in place */
  int fd, error, published;
  uint64_t bytes, on_their_way; /* written; of them told to the disk */
  size_t buffered;
  char buffer[BUFFER_BYTES];
};

void output_setup(void) { temporary_setup(); }

static int same_file(const char *a, const char *b) {
  struct stat sa, sb;
  if (strcmp(a, b) == 0)
    return strcmp(a, "-") == 0 || stat(a, &sa) != 0 || S_ISREG(sa.st_mode);
  return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISREG(sa.st_mode) && sa.st_dev == sb.st_dev &&
         sa.st_ino == sb.st_ino;
}

static int is_one_of(const char *name, file_names inputs) {
  for (size_t k = 0; k < inputs.count; k++)
    if (inputs.list[k] && strcmp(inputs.list[k], "-") != 0 && same_file(name, inputs.list[k]))
      return 1;
  return 0;
}

int output_check_inputs(file_names outputs, const file_names *inputs, size_t n, fault *f) {
  for (size_t i = 0; i < outputs.count; i++)
    for (size_t k = 0; outputs.list[i] && k < n; k++)
      if (is_one_of(outputs.list[i], inputs[k]))
        return fault_set(f, EXIT_USAGE, "%s: an output must not be one of the inputs", outputs.list[i]);
  return 0;
}

int output_check_names(file_names outputs, fault *f) {
  for (size_t i = 0; i < outputs.count; i++)
    for (size_t k = 0; outputs.list[i] && k < i; k++)
      if (outputs.list[k] && same_file(outputs.list[i], outputs.list[k]))
        return fault_set(f, EXIT_USAGE, "%s: two outputs have this name", outputs.list[i]);
  return 0;
}

static char *join_text(const char *a, size_t a_length, const char *b) {
  size_t b_length = strlen(b);
  char *text = malloc(a_length + b_length + 1);
  if (text) {
    memcpy(text, a, a_length);
    memcpy(text + a_length, b, b_length + 1);
  }
  return text;
}

/* Where a link of a folder leads: beside it, or an absolute path. malloc'd; NULL: errno. */
static char *behind_link(const char *path) {
  char target[PATH_MAX];
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0)
    return NULL;
  target[length] = '\0';
  const char *slash = strrchr(path, '/');
  return join_text(path, target[0] != '/' && slash ? (size_t)(slash + 1 - path) : 0, target);
}

char *output_real_name(const char *path) {
  enum { LINKS_MAX = 40 }; /* as Linux has it */
  char *name = realpath(path, NULL), *next;
  if (name)
    return name;
  if (!(name = strdup(path)))
    return NULL;
  for (int i = 0; i < LINKS_MAX; i++) {
    next = behind_link(name);
    if (!next && errno != ENOMEM)
      return name;
    free(name);
    if (!next)
      return NULL;
    name = next;
  }
  free(name);
  errno = ELOOP;
  return NULL;
}

int output_check_file(const char *path, fault *f) {
  struct stat st;
  if (!path)
    return 0;
  if (strcmp(path, "-") == 0)
    return fault_set(f, EXIT_USAGE, "-o -: the name of a file is needed, this is not written to standard output");
  if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
    return fault_set(f, EXIT_USAGE, S_ISDIR(st.st_mode) ? "%s: is a folder" : "%s: is no regular file", path);
  return 0;
}

static int open_in_place(output *o, const char *path, fault *f) {
  o->path = strdup(path ? path : "standard output");
  o->fd = path ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY) : STDOUT_FILENO;
  if (!o->path)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  return o->fd >= 0 ? 0 : fault_system(f, path, "cannot open for writing");
}

static int open_temporary(output *o, const char *path, fault *f) {
  o->given = strdup(path);
  o->path = output_real_name(path);
  if (!o->given || !o->path)
    return fault_system(f, path, "cannot tell where it leads");
  const char *slash = strrchr(o->path, '/');
  o->folder = join_text(o->path, slash ? (size_t)(slash + 1 - o->path) : 0, "");
  if (!o->folder)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  if (o->path[0] == '\0' || (slash && slash[1] == '\0'))
    return fault_set(f, EXIT_USAGE, "%s: the name of an output is empty or that of a folder", path);
  o->temporary = temporary_new(o->folder, &o->fd);
  if (!o->temporary && errno == ENOENT)
    return fault_set(f, EXIT_TROUBLE, "%s: there is no folder %s", path, o->folder);
  return o->temporary ? 0 : fault_system(f, path, "cannot create a file beside it");
}

output *output_open(const char *path, fault *f) {
  output *o = calloc(1, sizeof *o);
  if (!o) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  o->fd = -1;
  struct stat st;
  int failed;
  if (!path || strcmp(path, "-") == 0)
    failed = open_in_place(o, NULL, f);
  else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
    failed = fault_set(f, EXIT_USAGE, "%s: is a folder", path);
  else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
    failed = open_in_place(o, path, f);
  else
    failed = open_temporary(o, path, f);
  if (!failed)
    return o;
  output_free(o);
  return NULL;
}

output *output_open_file(const char *path, fault *f) {
  return output_check_file(path, f) == 0 ? output_open(path, f) : NULL;
}

output *output_open_beside(const char *path, const char *suffix, fault *f) {
  char *name = join_text(path, strlen(path), suffix);
  if (!name) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  output *o = output_open(name, f);
  free(name);
  return o;
}

int output_open_indexed(const char *path, const char *suffix, output **data, output **index, fault *f) {
  *data = output_open_file(path, f);
  *index = *data ? output_open_beside(path, suffix, f) : NULL;
  if (*index && output_path(*index))
    return 0;
  if (*index)
    fault_set(f, EXIT_USAGE, "%s: the place of its index is no regular file", path);
  output_free(*index);
  output_free(*data);
  *data = *index = NULL;
  return -1;
}

static void begin_writeback(output *o) {
  if (!o->temporary || o->bytes - o->on_their_way < WRITEBACK_BYTES)
    return;
  writeback_begin(o->fd, o->on_their_way, o->bytes - o->on_their_way);
  o->on_their_way = o->bytes;
}

static int write_all(output *o, const char *bytes, size_t length) {
  while (length && !o->error) {
    ssize_t n = write(o->fd, bytes, length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      o->error = n < 0 ? errno : ENOSPC;
      break;
    }
    bytes += n;
    length -= (size_t)n;
    o->bytes += (uint64_t)n;
  }
  begin_writeback(o);
  return o->error ? -1 : 0;
}

static int flush_buffer(output *o) {
  size_t n = o->buffered;
  o->buffered = 0;
  return write_all(o, o->buffer, n);
}

int output_write(output *o, const void *bytes, size_t length) {
  if (length >= BUFFER_BYTES / 2)
    return flush_buffer(o) == 0 ? write_all(o, bytes, length) : -1;
  if (o->buffered + length > BUFFER_BYTES && flush_buffer(o) != 0)
    return -1;
  memcpy(o->buffer + o->buffered, bytes, length);
  o->buffered += length;
  return o->error ? -1 : 0;
}

int output_print(output *o, const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (n < 0 || (size_t)n >= sizeof line) {
    o->error = EOVERFLOW;
    return -1;
  }
  return output_write(o, line, (size_t)n);
}

int output_fd(const output *o) { return o->fd; }
const char *output_path(const output *o) { return o->temporary ? temporary_path(o->temporary) : NULL; }

int output_adopt(output *o, uint64_t bytes, fault *f) {
  struct stat st;
  if (bytes == OUTPUT_ANY_LENGTH && fstat(o->fd, &st) != 0)
    return fault_system(f, o->path, "cannot check what was written");
  o->bytes = bytes == OUTPUT_ANY_LENGTH ? (uint64_t)st.st_size : bytes;
  if (o->temporary && futimens(o->fd, NULL) != 0)
    return fault_system(f, o->path, "cannot set the time");
  return 0;
}

/* Takes errno. Who reads from a pipe may have seen enough: that is no trouble of the system's. */
int output_fail(const output *o, fault *f) {
  if (errno == EPIPE)
    return fault_set(f, EXIT_TROUBLE, "%s: its reader closed it before all was written", o->path);
  return fault_system(f, o->path, "cannot write");
}
int output_fail_words(const output *o, const char *words, fault *f) {
  return fault_set(f, EXIT_TROUBLE, "%s: %s", o->path, words);
}

/* Looks at what is on the disk, not at what we believe to have written. */
static int check_written(output *o, const void *tail, size_t tail_length, fault *f) {
  struct stat st;
  char last[64];
  if (fstat(o->fd, &st) != 0)
    return fault_system(f, o->path, "cannot check what was written");
  if (st.st_size < 0 || (uint64_t)st.st_size != o->bytes)
    return fault_set(f, EXIT_TROUBLE, "%s: the file is not as long as what was written", o->path);
  if (!tail)
    return 0;
  if (tail_length > sizeof last || o->bytes < tail_length)
    return fault_set(f, EXIT_TROUBLE, "%s: the file is too short", o->path);
  ssize_t n = pread(o->fd, last, tail_length, (off_t)(o->bytes - tail_length));
  if (n < 0)
    return fault_system(f, o->path, "cannot read back what was written");
  if ((size_t)n != tail_length || memcmp(last, tail, tail_length) != 0)
    return fault_set(f, EXIT_TROUBLE, "%s: the end of the file is not what was written", o->path);
  return 0;
}

int output_finish(output *o, const void *tail, size_t tail_length, fault *f) {
  flush_buffer(o);
  if (o->error) {
    errno = o->error;
    return output_fail(o, f);
  }
  if (!o->temporary) {
    /* what only close tells (a full disk behind NFS) must not be missed; a pipe or terminal cannot be synced */
    if (fsync(o->fd) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
      return fault_system(f, o->path, "cannot write");
    int fd = o->fd;
    o->fd = -1;
    return close(fd) == 0 ? 0 : fault_system(f, o->path, "cannot write");
  }
  if (check_written(o, tail, tail_length, f) != 0)
    return -1;
  if (fchmod(o->fd, temporary_mode()) != 0)
    return fault_system(f, o->path, "cannot set the permissions");
  if (fsync(o->fd) != 0)
    return fault_system(f, o->path, "cannot write to the disk");
  int fd = o->fd;
  o->fd = -1;
  return close(fd) == 0 ? 0 : fault_system(f, o->path, "cannot write");
}

static int sync_folder(const output *o, fault *f) {
  int fd = open(o->folder[0] ? o->folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return errno == EACCES ? 0 : fault_system(f, o->folder, "cannot open the folder"); /* one may write and not list */
  int failed = fsync(fd) != 0 && errno != EINVAL && errno != EROFS;
  int saved = errno;
  if (close(fd) != 0 && !failed) {
    failed = 1;
    saved = errno;
  }
  errno = saved;
  return failed ? fault_system(f, o->folder[0] ? o->folder : ".", "cannot write the folder to the disk") : 0;
}

int output_publish(output *o, fault *f) {
  if (!o->temporary)
    return 0;
  if (temporary_rename(o->temporary, o->path) != 0)
    return fault_system(f, o->path, "cannot give the finished file its name");
  o->published = 1;
  return 0;
}

static int has_folder(const output *o, const char *folder) {
  return o && o->temporary && strcmp(o->folder, folder) == 0;
}

int output_settle(const output *const *outputs, size_t n, fault *f) {
  for (size_t i = 0; i < n; i++) {
    if (!outputs[i] || !outputs[i]->temporary)
      continue;
    size_t k = 0;
    while (k < i && !has_folder(outputs[k], outputs[i]->folder))
      k++;
    if (k == i && sync_folder(outputs[i], f) != 0)
      return -1;
  }
  return 0;
}

/* Where the name has no room for the suffix there is no such file. */
static int remove_index(const char *path, const char *suffix, fault *f) {
  char *name = join_text(path, strlen(path), suffix);
  if (!name)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  int failed = unlink(name) != 0 && errno != ENOENT && errno != ENAMETOOLONG
                   ? fault_system(f, name, "cannot remove the old index")
                   : 0;
  free(name);
  return failed;
}

int output_remove_indexes(const output *o, fault *f) {
  static const char *const suffixes[] = {".tbi", ".csi"};
  if (!o->temporary)
    return 0;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
    if (remove_index(o->path, suffixes[i], f) != 0 || remove_index(o->given, suffixes[i], f) != 0)
      return -1;
  return 0;
}

int output_publish_indexed(output *data, output *index, fault *f) {
  int older = access(data->path, F_OK) == 0;
  output *first = older ? data : index, *second = older ? index : data;
  if (output_remove_indexes(data, f) != 0 || output_publish(first, f) != 0)
    return -1;
  if (output_publish(second, f) == 0)
    return 0;
  if (!older)
    output_retract(index);
  return -1;
}

int output_complete(output *o, fault *f) {
  const output *const one[] = {o};
  return output_adopt(o, OUTPUT_ANY_LENGTH, f) != 0 || output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0 ||
                 output_settle(one, 1, f) != 0
             ? -1
             : 0;
}

int output_complete_indexed(output *data, output *index, fault *f) {
  const output *const both[] = {index, data};
  return output_adopt(data, OUTPUT_ANY_LENGTH, f) != 0 || output_adopt(index, OUTPUT_ANY_LENGTH, f) != 0 ||
                 output_finish(data, NULL, 0, f) != 0 || output_finish(index, NULL, 0, f) != 0 ||
                 output_publish_indexed(data, index, f) != 0 || output_settle(both, 2, f) != 0
             ? -1
             : 0;
}

void output_retract(output *o) {
  if (o && o->published)
    unlink(o->path);
}

void output_free(output *o) {
  if (!o)
    return;
  if (o->fd > STDERR_FILENO)
    close(o->fd);
  temporary_free(o->temporary);
  free(o->given);
  free(o->path);
  free(o->folder);
  free(o);
}

uint64_t output_bytes(const output *o) { return o->bytes; }
int output_is_regular(const output *o) { return o->temporary != NULL; }
