#include "array-upload/httpd/http/memory_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array-upload/util/clock.h"

enum { STEP = 1 << 20, KEPT_BYTES = 16 << 20, WIPE_S = 1, KEEP_S = 60 };

static struct memory_file *memory_file_new(size_t limit) {
  struct memory_file *p = malloc(sizeof *p);
  if (p == NULL)
    return NULL;
  *p = (struct memory_file){.fd = memfd_create("upload", MFD_CLOEXEC), .limit = limit};
  p->bytes = p->fd < 0 ? MAP_FAILED : mmap(NULL, limit, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd, 0);
  if (p->bytes != MAP_FAILED)
    return p;
  if (p->fd >= 0)
    close(p->fd);
  free(p);
  return NULL;
}

struct memory_file *memory_file_take(struct memory_pool *pool, size_t limit) {
  struct memory_file *p = NULL;
  pthread_mutex_lock(&pool->lock);
  if (pool->n > 0) /* the one given last: its pages are in the processor's caches, if any are */
    p = pool->kept[--pool->n];
  pthread_mutex_unlock(&pool->lock);
  if (p == NULL)
    return memory_file_new(limit);
  p->size = 0;
  return p;
}

/* By fallocate(): where there is no memory it says so, and a mapping does not. */
int memory_file_add(struct memory_file *p, const void *bytes, size_t n) {
  if (n > p->limit - p->size)
    return -1;
  size_t wanted = p->size + n;
  if (wanted > p->length) {
    size_t length = (wanted + STEP - 1) / STEP * STEP;
    length = length < p->limit ? length : p->limit;
    if (posix_fallocate(p->fd, (off_t)p->length, (off_t)(length - p->length)) != 0)
      return -1;
    p->length = length;
  }
  memcpy(p->bytes + p->size, bytes, n);
  p->size = wanted;
  return 0;
}

int memory_file_finish(struct memory_file *p) {
  if (ftruncate(p->fd, (off_t)p->size) != 0)
    return -1;
  p->length = p->size;
  return 0;
}

void memory_file_drop(struct memory_file *p) {
  if (p == NULL)
    return;
  munmap(p->bytes, p->limit);
  close(p->fd);
  free(p);
}

static void keep(struct memory_pool *pool, struct memory_file *p) {
  pthread_mutex_lock(&pool->lock);
  int room = pool->n < MEMORY_FILES_KEPT;
  if (room)
    pool->kept[pool->n++] = p;
  pthread_mutex_unlock(&pool->lock);
  if (!room)
    memory_file_drop(p);
}

void memory_file_give(struct memory_pool *pool, struct memory_file *p) {
  if (p->length > KEPT_BYTES) {
    if (ftruncate(p->fd, KEPT_BYTES) != 0) {
      memory_file_drop(p);
      return;
    }
    p->length = KEPT_BYTES;
  }
  p->given = clock_steady();
  p->wiped = 0;
  keep(pool, p);
}

/* One that is due, out of the pool; NULL: there is none. */
static struct memory_file *due_take(struct memory_pool *pool, int64_t now, int all) {
  struct memory_file *p = NULL;
  pthread_mutex_lock(&pool->lock);
  for (size_t k = 0; k < pool->n && p == NULL; k++) {
    int64_t idle = now - pool->kept[k]->given;
    if (all || idle >= SECONDS(KEEP_S) || (idle >= SECONDS(WIPE_S) && pool->kept[k]->wiped == 0)) {
      p = pool->kept[k];
      pool->kept[k] = pool->kept[--pool->n];
    }
  }
  pthread_mutex_unlock(&pool->lock);
  return p;
}

void memory_file_sweep(struct memory_pool *pool, int all) {
  int64_t now = clock_steady();
  for (struct memory_file *p; (p = due_take(pool, now, all)) != NULL;) {
    explicit_bzero(p->bytes, p->length);
    if (all || now - p->given >= SECONDS(KEEP_S)) {
      memory_file_drop(p);
      continue;
    }
    p->wiped = 1;
    keep(pool, p);
  }
}
