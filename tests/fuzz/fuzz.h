/* fuzz.h - what the fuzz targets share. A broken promise ends the process, which is what a fuzzer looks for. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FUZZ_CHECK(promise)                                                 \
  do {                                                                      \
    if (!(promise)) {                                                       \
      fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise); \
      abort();                                                              \
    }                                                                       \
  } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* FNV-1a (Fowler, Noll, Vo), going on from `digest`. */
static inline uint64_t fuzz_digest(uint64_t digest, const void *bytes, size_t n) {
  const uint8_t *at = bytes;
  digest ^= 0xcbf29ce484222325u;
  for (size_t i = 0; i < n; i++)
    digest = (digest ^ at[i]) * 0x100000001b3u;
  return digest ^ 0xcbf29ce484222325u;
}

/* A file in memory that holds the bytes; close it. */
static inline int fuzz_file(const void *bytes, size_t n) {
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  FUZZ_CHECK(fd >= 0);
  FUZZ_CHECK(write(fd, bytes, n) == (ssize_t)n);
  FUZZ_CHECK(lseek(fd, 0, SEEK_SET) == 0);
  return fd;
}

#endif
