#include "genotype-convert/report/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <htslib/hts.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns -1 where something failed, with errno as it is. */
static int finish(hts_md5_context *md5, int failed, int fd, char hex[DIGEST_BYTES]) {
  unsigned char digest[16];
  int saved = errno;
  if (!failed) {
    hts_md5_final(digest, md5);
    hts_md5_hex(hex, digest);
  }
  if (md5)
    hts_md5_destroy(md5);
  if (fd >= 0)
    close(fd);
  errno = saved;
  return failed ? -1 : 0;
}

/* Adds up to `length` bytes from `at` on; returns how many, -1 on failure. */
static ssize_t add(hts_md5_context *md5, int fd, off_t at, size_t length) {
  char piece[DIGEST_PIECE_BYTES];
  ssize_t n = pread(fd, piece, length < sizeof piece ? length : sizeof piece, at);
  if (n > 0)
    hts_md5_update(md5, piece, (unsigned long)n);
  return n;
}

int digest_file(const char *path, char hex[DIGEST_BYTES]) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  hts_md5_context *md5 = fd >= 0 ? hts_md5_init() : NULL;
  off_t at = 0;
  ssize_t n = -1;
  hex[0] = '\0';
  while (md5 && (n = add(md5, fd, at, DIGEST_PIECE_BYTES)) > 0)
    at += n;
  return finish(md5, n < 0, fd, hex);
}

/* The file's length, 0 where there is nothing to read pieces of. */
static uint64_t length_of(int fd) {
  struct stat about;
  return fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
}

int digest_sample(const char *path, uint64_t *bytes, char hex[DIGEST_BYTES]) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  uint64_t length = length_of(fd);
  hts_md5_context *md5 = length ? hts_md5_init() : NULL;
  int failed = fd < 0 || (length && !md5);
  hex[0] = '\0';
  *bytes = length;
  if (!length && fd >= 0) {
    close(fd);
    return 0;
  }
  if (!failed) {
    unsigned char head[8];
    for (int i = 0; i < 8; i++)
      head[i] = (unsigned char)(length >> 8 * i);
    hts_md5_update(md5, head, sizeof head);
    uint64_t last = length > DIGEST_PIECE_BYTES ? length - DIGEST_PIECE_BYTES : 0;
    for (uint64_t i = 0; i < DIGEST_PIECES && !failed; i++)
      failed =
          add(md5, fd, (off_t)(last / (DIGEST_PIECES - 1) * i + last % (DIGEST_PIECES - 1) * i / (DIGEST_PIECES - 1)),
              DIGEST_PIECE_BYTES) <= 0;
  }
  if (failed)
    *bytes = 0;
  return finish(md5, failed, fd, hex);
}
