/* seal - what encryption at rest costs an upload: processor time of receiving a file and handing it to the check, in
 * clear on the disk and as httpd does it (sealed on the disk, in clear in memory). By hand: make
 * bench/array-upload/seal && bench/array-upload/seal [FOLDER]; of several runs the lowest counts. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "array-upload/httpd/http/memory_file.h"
#include "array-upload/seal/object.h"

enum { FILE_SIZE = 6300000, PIECE = 16384, RUNS = 100, LIMIT = 26214400 }; /* a 23andMe v5 export, as httpd gets it */

static unsigned char piece[PIECE];

static double cpu_ms(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
         (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void must(int good, const char *what) {
  if (good)
    return;
  perror(what);
  exit(1);
}

static size_t piece_at(size_t at) { return FILE_SIZE - at < PIECE ? FILE_SIZE - at : PIECE; }

/* The check reads it once. */
static void checked(int fd) {
  static unsigned char block[65536];
  ssize_t n;
  for (off_t at = 0; (n = pread(fd, block, sizeof block, at)) > 0; at += n)
    ;
  must(n == 0, "read");
}

static void in_clear(int fd) {
  for (size_t at = 0; at < FILE_SIZE; at += PIECE)
    must(write(fd, piece, piece_at(at)) == (ssize_t)piece_at(at), "write");
  checked(fd);
}

/* As httpd/page/upload.c does it. */
static void sealed(int fd, struct memory_pool *pool) {
  unsigned char key[OBJECT_KEY_SIZE];
  int64_t size;
  size_t done = 0;
  struct memory_file *f = memory_file_take(pool, LIMIT);
  struct object_writer *w = object_writer_new(fd, "sealed/sample/original");
  must(f && w, "memory");
  for (size_t at = 0; at < FILE_SIZE; at += PIECE) {
    must(memory_file_add(f, piece, piece_at(at)) == 0, "memory");
    for (; f->size - done > SEGMENT_SIZE; done += SEGMENT_SIZE)
      must(object_write_segment(w, f->bytes + done) == 0, "write");
  }
  must(object_write(w, f->bytes + done, f->size - done) == 0 && object_finish(w, key, &size) == 0 &&
           memory_file_finish(f) == 0,
       "write");
  object_writer_free(w);
  checked(f->fd);
  memory_file_give(pool, f);
}

int main(int argc, char **argv) {
  static struct memory_pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER};
  double clear_ms = 0, sealed_ms = 0;
  for (size_t k = 0; k < PIECE; k++)
    piece[k] = (unsigned char)(k * 2654435761u >> 11);
  for (int run = 0; run < RUNS; run++)
    for (int how = 0; how < 2; how++) {
      int fd = open(argc > 1 ? argv[1] : ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      must(fd >= 0, "spool");
      double begun = cpu_ms();
      if (how)
        sealed(fd, &pool);
      else
        in_clear(fd);
      *(how ? &sealed_ms : &clear_ms) += cpu_ms() - begun;
      close(fd);
    }
  memory_file_sweep(&pool, 1);
  printf("in clear %.2f ms, sealed %.2f ms: %.2f ms more an upload\n", clear_ms / RUNS, sealed_ms / RUNS,
         (sealed_ms - clear_ms) / RUNS);
  return 0;
}
