/* reference_ahead.c - see reference_ahead.h. */
#include "reference_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct read_ahead {
  int fd;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t begun, done;
  /* behind the lock */
  enum { NOTHING, WANTED, UNDER_WAY, THERE, FAILED } state;
  int stop;
  uint64_t from;
  size_t length;
  uint8_t *buffer; /* the thread's while UNDER_WAY */
};

int read_piece(int fd, uint64_t from, uint8_t *buffer, size_t length_bytes) {
  size_t got = 0;
  while (got < length_bytes) {
    ssize_t n = pread(fd, buffer + got, length_bytes - got, (off_t)(from + got));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return 0;
    got += (size_t)n;
  }
  return 1;
}

static void *run(void *argument) {
  read_ahead *a = argument;
  pthread_mutex_lock(&a->lock);
  while (!a->stop) {
    if (a->state != WANTED) {
      pthread_cond_wait(&a->begun, &a->lock);
      continue;
    }
    a->state = UNDER_WAY;
    uint64_t from = a->from;
    size_t length = a->length;
    pthread_mutex_unlock(&a->lock);
    int ok = read_piece(a->fd, from, a->buffer, length);
    pthread_mutex_lock(&a->lock);
    a->state = ok ? THERE : FAILED;
    pthread_cond_signal(&a->done);
  }
  pthread_mutex_unlock(&a->lock);
  return NULL;
}

read_ahead *read_ahead_new(int fd, size_t piece_bytes) {
  read_ahead *a = calloc(1, sizeof *a);
  if (!a)
    return NULL;
  a->fd = fd;
  a->buffer = malloc(piece_bytes);
  pthread_mutex_init(&a->lock, NULL);
  pthread_cond_init(&a->begun, NULL);
  pthread_cond_init(&a->done, NULL);
  if (a->buffer && pthread_create(&a->thread, NULL, run, a) == 0)
    return a;
  pthread_cond_destroy(&a->done);
  pthread_cond_destroy(&a->begun);
  pthread_mutex_destroy(&a->lock);
  free(a->buffer);
  free(a);
  return NULL;
}

void read_ahead_free(read_ahead *a) {
  if (!a)
    return;
  pthread_mutex_lock(&a->lock);
  a->stop = 1;
  pthread_cond_signal(&a->begun);
  pthread_mutex_unlock(&a->lock);
  pthread_join(a->thread, NULL);
  pthread_cond_destroy(&a->done);
  pthread_cond_destroy(&a->begun);
  pthread_mutex_destroy(&a->lock);
  free(a->buffer);
  free(a);
}

/* The thread has let go of the buffer. */
static void settle(read_ahead *a) {
  while (a->state == UNDER_WAY)
    pthread_cond_wait(&a->done, &a->lock);
}

void read_ahead_begin(read_ahead *a, uint64_t from, size_t length_bytes) {
  pthread_mutex_lock(&a->lock);
  settle(a);
  a->from = from;
  a->length = length_bytes;
  a->state = length_bytes ? WANTED : NOTHING;
  pthread_cond_signal(&a->begun);
  pthread_mutex_unlock(&a->lock);
}

size_t read_ahead_take(read_ahead *a, uint64_t offset, uint8_t **buffer, uint64_t *from) {
  size_t length = 0;
  pthread_mutex_lock(&a->lock);
  if (a->state != NOTHING && offset >= a->from && offset - a->from < a->length) {
    while (a->state == WANTED || a->state == UNDER_WAY)
      pthread_cond_wait(&a->done, &a->lock);
    if (a->state == THERE) {
      uint8_t *swap = a->buffer;
      a->buffer = *buffer;
      *buffer = swap;
      *from = a->from;
      length = a->length;
    }
    a->state = NOTHING;
  }
  pthread_mutex_unlock(&a->lock);
  return length;
}
