/* fuzz_archive - any bytes as an upload: the walker, libzip behind it, inflate, gzip. Memory and descriptor must agree.
 */
#include "archive/archive.h"

#include "fuzz.h"

typedef struct seen {
  uint64_t bytes, digest;
} seen;

static dtc_status take(void *opaque, const void *bytes, size_t n) {
  seen *s = opaque;
  s->bytes += n;
  s->digest = fuzz_digest(s->digest, bytes, n);
  return DTC_OK;
}

static dtc_status pump(const uint8_t *data, size_t size, dtc_container container, seen *s) {
  dtc_options options;
  archive_facts facts = {0};
  dtc_diag diag = {0};
  dtc_options_init(&options, DTC_POLICY_REFUSE);
  options.container = container;
  options.limits.unpacked_bytes = 1 << 22;
  dtc_status status = archive_pump_memory(data, size, &options, take, s, &facts, &diag);
  if (status != DTC_OK)
    FUZZ_CHECK(diag.status == status);
  else
    FUZZ_CHECK(facts.unpacked_bytes == s->bytes && s->bytes <= options.limits.unpacked_bytes);
  return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  seen any = {0, 0}, zip = {0, 0}, fd = {0, 0};
  pump(data, size, DTC_CONTAINER_ANY, &any);
  dtc_status status = pump(data, size, DTC_CONTAINER_ZIP, &zip);

  int file = fuzz_file(data, size);
  dtc_options options;
  archive_facts facts = {0};
  dtc_diag diag = {0};
  dtc_options_init(&options, DTC_POLICY_REFUSE);
  options.limits.unpacked_bytes = 1 << 22;
  dtc_status by_fd = archive_pump_fd(file, &options, take, &fd, &facts, &diag);
  close(file);
  FUZZ_CHECK(by_fd == status);
  if (status == DTC_OK)
    FUZZ_CHECK(fd.digest == zip.digest);
  return 0;
}
