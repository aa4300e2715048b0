/* memory_file.h - an upload in clear: in memory, with a descriptor for who checks it, and on no disk. Some of that
 * memory is kept from one upload to the next, for getting it from the kernel costs more than sealing what comes to lie
 * there. What is kept is wiped a second after its upload ended, unless the next one is there already and takes its
 * place byte by byte; a descriptor is exactly as long as its own upload. The pool is thread-safe. */
#ifndef ARRAY_UPLOAD_HTTPD_HTTP_MEMORY_FILE_H
#define ARRAY_UPLOAD_HTTPD_HTTP_MEMORY_FILE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct memory_file {
  int fd;
  unsigned char *bytes;
  size_t size;          /* bytes of this upload */
  size_t length, limit; /* private: of the file, of the mapping */
  int64_t given;        /* private: clock_steady, when it became idle */
  int wiped;            /* private: since then */
};

enum { MEMORY_FILES_KEPT = 4 };
struct memory_pool {
  pthread_mutex_t lock;
  struct memory_file *kept[MEMORY_FILES_KEPT];
  size_t n;
};

/* Room for at most `limit` bytes, empty. NULL: no memory. */
struct memory_file *memory_file_take(struct memory_pool *pool, size_t limit);
/* 0, or -1: no memory, or beyond the limit. `bytes` stays where it is. */
int memory_file_add(struct memory_file *p, const void *bytes, size_t n);
/* The file behind `fd` has these bytes and no more. 0 or -1. */
int memory_file_finish(struct memory_file *p);
/* Nobody else has the descriptor any more. */
void memory_file_give(struct memory_pool *pool, struct memory_file *p);
/* Somebody may: it is not used again. NULL is fine. */
void memory_file_drop(struct memory_file *p);
/* Wipes what is idle, and lets go what is idle for long. About once a second; at the end with `all`. */
void memory_file_sweep(struct memory_pool *pool, int all);

#endif
