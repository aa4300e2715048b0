#include "vcf/writer/handover.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

/* A caller that waits is woken when so few blocks are left: waking costs, and the consumer has enough to do. */
enum { BLOCK_BYTES = 1 << 15, BLOCKS = 4, WAKE_AT = 1 };

typedef struct block {
  char *bytes;
  size_t length, capacity;
} block;

struct handover {
  handover_consumer consumer;
  handover_idler idler;
  void *opaque;
  int threaded, n_blocks;
  block blocks[BLOCKS];
  uint64_t filling; /* number of the block that the caller fills; its place is the number modulo n_blocks */
  pthread_t thread;
  int running;
  /* guarded by the lock where threaded */
  pthread_mutex_t lock;
  pthread_cond_t filled, emptied;
  uint64_t submitted, consumed; /* blocks */
  int stop, failed;
};

static void *consumer_run(void *argument) {
  handover *h = argument;
  pthread_mutex_lock(&h->lock);
  for (;;) {
    while (h->consumed == h->submitted && !h->stop)
      pthread_cond_wait(&h->filled, &h->lock);
    if (h->consumed == h->submitted)
      break;
    block *b = &h->blocks[h->consumed % (uint64_t)h->n_blocks];
    int failed = h->failed;
    pthread_mutex_unlock(&h->lock);
    if (!failed) /* after a failure the blocks only pass by, so that the caller never waits in vain */
      failed = h->consumer(h->opaque, b->bytes, b->length);
    pthread_mutex_lock(&h->lock);
    b->length = 0;
    h->failed = failed;
    h->consumed++;
    if (h->submitted - h->consumed <= WAKE_AT)
      pthread_cond_signal(&h->emptied);
  }
  pthread_mutex_unlock(&h->lock);
  return NULL;
}

handover *handover_new(int threaded, handover_consumer consumer, handover_idler idler, void *opaque) {
  handover *h = calloc(1, sizeof *h);
  if (!h)
    return NULL;
  h->consumer = consumer;
  h->idler = idler;
  h->opaque = opaque;
  h->threaded = threaded;
  h->n_blocks = threaded ? BLOCKS : 1;
  pthread_mutex_init(&h->lock, NULL);
  pthread_cond_init(&h->filled, NULL);
  pthread_cond_init(&h->emptied, NULL);
  int failed = 0;
  for (int i = 0; i < h->n_blocks && !failed; i++) {
    h->blocks[i] = (block){malloc(BLOCK_BYTES), 0, BLOCK_BYTES};
    failed = !h->blocks[i].bytes;
  }
  if (!failed && threaded)
    h->running = pthread_create(&h->thread, NULL, consumer_run, h) == 0;
  if (!failed && (h->running || !threaded))
    return h;
  handover_free(h);
  return NULL;
}

static block *current(handover *h) { return &h->blocks[h->filling % (uint64_t)h->n_blocks]; }

/* Behind the lock, which is let go of meanwhile. Idles as long as there is no empty block and something to do, then
 * waits until the consumer has nearly caught up. */
static void wait_for_empty(handover *h) {
  int idles = h->idler != NULL;
  while (idles && h->submitted - h->consumed == (uint64_t)h->n_blocks) {
    pthread_mutex_unlock(&h->lock);
    idles = h->idler(h->opaque);
    pthread_mutex_lock(&h->lock);
  }
  if (h->submitted - h->consumed < (uint64_t)h->n_blocks)
    return;
  while (h->submitted - h->consumed > WAKE_AT)
    pthread_cond_wait(&h->emptied, &h->lock);
}

/* Gives the block that is being filled away; the next one is empty. */
static void submit(handover *h) {
  block *b = current(h);
  if (b->length == 0)
    return;
  if (!h->threaded) {
    if (!h->failed)
      h->failed = h->consumer(h->opaque, b->bytes, b->length);
    b->length = 0;
    return;
  }
  pthread_mutex_lock(&h->lock);
  h->submitted++;
  pthread_cond_signal(&h->filled);
  wait_for_empty(h);
  pthread_mutex_unlock(&h->lock);
  h->filling++;
}

char *handover_room(handover *h, size_t length) {
  block *b = current(h);
  if (b->length + length > b->capacity) {
    submit(h);
    b = current(h);
  }
  if (length > b->capacity) {
    char *grown = realloc(b->bytes, length);
    if (!grown)
      return NULL;
    b->bytes = grown;
    b->capacity = length;
  }
  return b->bytes + b->length;
}

void handover_take(handover *h, size_t length) { current(h)->length += length; }

static void end_thread(handover *h) {
  if (!h->running)
    return;
  pthread_mutex_lock(&h->lock);
  h->stop = 1;
  pthread_cond_signal(&h->filled);
  pthread_mutex_unlock(&h->lock);
  pthread_join(h->thread, NULL);
  h->running = 0;
}

int handover_finish(handover *h) {
  submit(h);
  end_thread(h);
  return h->failed;
}

void handover_free(handover *h) {
  if (!h)
    return;
  if (h->running) {
    pthread_mutex_lock(&h->lock);
    h->failed = h->failed ? h->failed : -1;
    pthread_mutex_unlock(&h->lock);
    end_thread(h);
  }
  for (int i = 0; i < h->n_blocks; i++)
    free(h->blocks[i].bytes);
  pthread_cond_destroy(&h->emptied);
  pthread_cond_destroy(&h->filled);
  pthread_mutex_destroy(&h->lock);
  free(h);
}
