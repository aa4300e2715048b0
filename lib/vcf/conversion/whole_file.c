/* whole_file.c - a conversion as one file and its index, whole under their names or not there. */
#include <dtcgeno-vcf.h>

#include "base/diag.h"
#include "vcf/conversion/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file under another name beside the one it will have. */
typedef struct part {
  char *name, *temporary; /* malloc'd; NULL: none */
  int fd;                 /* -1: closed */
  int is_there;           /* under the temporary name */
} part;

static dtc_status system_failed(dtc_diag *diag, const char *what) {
  return errno == ENOMEM ? diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for names of files")
                         : diag_system(diag, DTC_IO_WRITE, what);
}

/* With the permissions that the process gives new files, which mkstemp() does not. */
static int create(part *p) {
  enum { TRIES = 100 };
  for (int i = 0; i < TRIES; i++) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    free(p->temporary);
    if (asprintf(&p->temporary, "%s.%lx%lx.part", p->name, (unsigned long)getpid(), (unsigned long)now.tv_nsec) < 0) {
      p->temporary = NULL;
      errno = ENOMEM;
      return -1;
    }
    p->fd = open(p->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    p->is_there = p->fd >= 0;
    if (p->fd >= 0 || errno != EEXIST)
      break;
  }
  return p->fd >= 0 ? 0 : -1;
}

static dtc_status part_open(part *p, const char *path, const char *suffix, dtc_diag *diag) {
  *p = (part){.fd = -1};
  if (asprintf(&p->name, "%s%s", path, suffix) < 0) {
    p->name = NULL;
    errno = ENOMEM;
  } else if (create(p) == 0) {
    return DTC_OK;
  }
  return system_failed(diag, "creating a file beside it");
}

static int part_sync(part *p) {
  int failed = fsync(p->fd) != 0;
  int saved = errno;
  failed |= close(p->fd) != 0 && !failed ? (saved = errno, 1) : 0;
  p->fd = -1;
  errno = saved;
  return failed ? -1 : 0;
}

static int part_publish(part *p) {
  if (rename(p->temporary, p->name) != 0)
    return -1;
  p->is_there = 0;
  return 0;
}

static void part_free(part *p) {
  if (p->fd >= 0)
    close(p->fd);
  if (p->is_there)
    unlink(p->temporary);
  free(p->temporary);
  free(p->name);
}

static int remove_beside(const char *path, const char *suffix) {
  char *name;
  if (asprintf(&name, "%s%s", path, suffix) < 0) {
    errno = ENOMEM;
    return -1;
  }
  int failed = unlink(name) != 0 && errno != ENOENT;
  int saved = errno;
  free(name);
  errno = saved;
  return failed ? -1 : 0;
}

/* The names themselves are on the disk only when their folder is. A file system that cannot do this for folders says
 * EINVAL. */
static int sync_folder(const char *path) {
  const char *slash = strrchr(path, '/');
  char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
  int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  int failed = fd < 0 ? errno != EACCES /* one may write and not list */ : fsync(fd) != 0 && errno != EINVAL;
  int saved = errno;
  if (fd >= 0)
    close(fd);
  free(folder);
  errno = saved;
  return failed ? -1 : 0;
}

/* An index that is there belongs to the data that is there, at every moment. */
static dtc_status publish(part *data, part *index, const char *path, dtc_diag *diag) {
  if (part_sync(data) != 0 || (index->name && part_sync(index) != 0))
    return system_failed(diag, "writing to the disk");
  if (remove_beside(path, ".tbi") != 0 || remove_beside(path, ".csi") != 0)
    return system_failed(diag, "removing an older index");
  if (part_publish(data) != 0)
    return system_failed(diag, "renaming");
  if ((!index->name || part_publish(index) == 0) && sync_folder(path) == 0)
    return DTC_OK;
  int saved = errno;
  unlink(path);
  errno = saved;
  return system_failed(diag, "renaming");
}

static int on_record(void *opaque, const dtc_record *record) { return dtc_writer_add(opaque, record); }

static dtc_status fill(dtc_conversion *conversion, dtc_writer *writer, const part *data, const part *index,
                       uint64_t *bytes, dtc_diag *diag) {
  const dtc_target target = {.fd = data->fd, .path = data->temporary, .index_path = index->temporary};
  dtc_status status = dtc_writer_begin(writer, conversion, &target, diag);
  if (status != DTC_OK)
    return status;
  dtc_diag why = {0};
  status = dtc_conversion_run(conversion, on_record, writer, &why);
  if (status == DTC_OK)
    return dtc_writer_end(writer, bytes, diag);
  /* stopped: by a reject of the caller's, or because the writer failed, and then its end says why */
  dtc_diag ending = {0};
  if (status == DTC_STOPPED && dtc_writer_end(writer, NULL, &ending) != DTC_OK)
    return diag_pass(diag, &ending);
  return diag_pass(diag, &why);
}

dtc_status dtc_conversion_write(dtc_conversion *conversion, const char *path, const dtc_writer_options *options,
                                uint64_t *bytes, dtc_diag *diag) {
  dtc_writer_options o;
  dtc_writer *writer = NULL;
  part data = {.fd = -1}, index = {.fd = -1};
  struct stat about;
  dtc_status status = writer_options_take(options, dtc_file_type_of_name(path), &o, diag);
  if (!options && (o.type == DTC_FILE_VCF_BGZF || o.type == DTC_FILE_BCF))
    o.index = DTC_INDEX_CSI;
  if (status == DTC_OK && stat(path, &about) == 0 && !S_ISREG(about.st_mode))
    status = diag_set(diag, DTC_IO_WRITE, (place){0, 0, 0}, "a regular file, or none yet");
  if (status == DTC_OK)
    status = dtc_writer_new(&o, &writer, diag);
  if (status == DTC_OK)
    status = part_open(&data, path, "", diag);
  if (status == DTC_OK && o.index != DTC_INDEX_NONE)
    status = part_open(&index, path, o.index == DTC_INDEX_TBI ? ".tbi" : ".csi", diag);
  if (status == DTC_OK)
    status = fill(conversion, writer, &data, &index, bytes, diag);
  dtc_writer_free(writer);
  if (status == DTC_OK)
    status = publish(&data, &index, path, diag);
  part_free(&data);
  part_free(&index);
  return status;
}
