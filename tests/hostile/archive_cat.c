/* archive_cat - what lib/archive makes of files, for the tests: the bytes of the export, or one line a file. */
#include "archive/pump.h"
#include "base/alloc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static dtc_status write_out(void *opaque, const void *bytes, size_t length_bytes) {
  return fwrite(bytes, 1, length_bytes, opaque) == length_bytes ? DTC_OK : DTC_INTERNAL;
}

static dtc_status ignore(void *opaque, const void *bytes, size_t length_bytes) {
  (void)opaque;
  (void)bytes;
  (void)length_bytes;
  return DTC_OK;
}

/* One file through the engine; prints "slug<TAB>reason<TAB>byte<TAB>expected<TAB>rezipped<TAB>folder<TAB>path" with
 * --list. */
static dtc_status pump_one(const char *path, const dtc_options *options, const inflate_engine *engine, int list) {
  dtc_diag diag = {0};
  archive_facts facts = {0};
  dtc_allocator allocator = alloc_or_default(NULL);
  int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    perror(path);
    return DTC_IO_OPEN;
  }
  source s;
  dtc_status status = source_from_fd(&s, fd, &allocator, &diag);
  if (status == DTC_OK) {
    status = archive_pump_source(&s, options, engine, list ? ignore : write_out, stdout, &facts, &diag);
    source_close(&s);
  }
  if (fd != STDIN_FILENO)
    close(fd);
  if (list)
    printf("%s\t%s\t%llu\t%s\t%d\t%d\t%s\n", dtc_status_slug(status), dtc_reason_slug(dtc_status_reason(status)),
           (unsigned long long)diag.byte, status == DTC_OK ? "" : diag.expected, facts.rezipped, facts.in_folder, path);
  else if (status != DTC_OK)
    fprintf(stderr, "%s: %s\n", path, dtc_status_slug(status));
  return status;
}

int main(int argc, char **argv) {
  dtc_options options;
  memset(&options, 0, sizeof options);
  options.limits = (dtc_limits){26214400, 268435456, 50, 67108864, 5000000, 1, 8, 65536, 512, 1024, 1000, 100, {0}};
  const inflate_engine *engine = inflate_with_zlib();
  int list = 0, failed = 0;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--any") == 0)
      options.container = DTC_CONTAINER_ANY;
    else if (strcmp(argv[i], "--list") == 0)
      list = 1;
    else if (strcmp(argv[i], "--zlib") == 0)
      engine = inflate_with_zlib();
    else if (strcmp(argv[i], "--native") == 0)
      engine = inflate_with_native();
    else if (pump_one(argv[i], &options, engine, list) != DTC_OK)
      failed = 1;
  }
  return fflush(stdout) != 0 || failed;
}
