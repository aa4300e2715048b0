#include "vcf/fast/block_writer.h"

#include "vcf/writer/layout.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A sleeping worker is woken for as many blocks as this: waking costs, and blocks may wait. */
enum { WAKE_AT = 3 };

/* A block on its way: filled by the caller, compressed by whoever takes it, written by the caller. */
typedef struct slot {
  size_t text_bytes, n_marks, packed_bytes;
  int packed; /* guarded by the lock while blocks are under way */
  char text[BGZF_INPUT_MAX];
  unsigned char bytes[BGZF_OUTPUT_MAX];
  line_mark marks[BLOCK_MARKS_MAX];
} slot;

struct block_writer {
  /* the caller's alone */
  block_front front; /* its text is that of slot number % n_slots */
  block_sink sink;
  void *opaque;
  int failed;
  uint64_t bytes;
  uint64_t *offsets; /* of each block written so far */
  size_t offsets_capacity;
  bgzf_block *own;
  slot *slots;
  size_t n_slots;
  uint64_t written; /* blocks */
  /* shared */
  pthread_mutex_t lock;
  pthread_cond_t work, done;
  uint64_t submitted, taken; /* blocks [taken, submitted) wait for a thread */
  int stop, level;
  pthread_t *workers;
  size_t n_workers;
};

static slot *slot_of(const block_writer *w, uint64_t number) { return w->slots + number % w->n_slots; }

static void fill(block_writer *w, uint64_t number) {
  slot *s = slot_of(w, number);
  w->front = (block_front){s->text, 0, number, s->marks, 0};
}

static void slot_pack(slot *s, int level, bgzf_block *compressor) {
  s->packed_bytes = bgzf_block_compress(compressor, level, s->text, s->text_bytes, s->marks, s->n_marks, s->bytes);
}

static void *worker_run(void *argument) {
  block_writer *w = argument;
  bgzf_block *compressor = bgzf_block_new();
  if (!compressor) /* the blocks are left to the caller, who has one */
    return NULL;
  pthread_mutex_lock(&w->lock);
  while (!w->stop) {
    if (w->taken == w->submitted) {
      pthread_cond_wait(&w->work, &w->lock);
      continue;
    }
    int level = w->level;
    slot *s = slot_of(w, w->taken++);
    pthread_mutex_unlock(&w->lock);
    slot_pack(s, level, compressor);
    pthread_mutex_lock(&w->lock);
    s->packed = 1;
    pthread_cond_signal(&w->done);
  }
  pthread_mutex_unlock(&w->lock);
  bgzf_block_free(compressor);
  return NULL;
}

block_writer *block_writer_new(int threads) {
  block_writer *w = calloc(1, sizeof *w);
  if (!w)
    return NULL;
  size_t n_workers = threads > 1 ? (size_t)threads - 1 : 0;
  w->n_slots = n_workers ? 4 + 6 * n_workers : 1;
  w->slots = malloc(w->n_slots * sizeof *w->slots);
  w->workers = calloc(n_workers + 1, sizeof *w->workers);
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->work, NULL);
  pthread_cond_init(&w->done, NULL);
  w->own = bgzf_block_new();
  if (!w->slots || !w->workers || !w->own) {
    block_writer_free(w);
    return NULL;
  }
  while (w->n_workers < n_workers) {
    if (pthread_create(&w->workers[w->n_workers], NULL, worker_run, w) != 0) {
      block_writer_free(w);
      return NULL;
    }
    w->n_workers++;
  }
  return w;
}

void block_writer_free(block_writer *w) {
  if (!w)
    return;
  pthread_mutex_lock(&w->lock);
  w->stop = 1;
  pthread_cond_broadcast(&w->work);
  pthread_mutex_unlock(&w->lock);
  for (size_t i = 0; i < w->n_workers; i++)
    pthread_join(w->workers[i], NULL);
  pthread_cond_destroy(&w->done);
  pthread_cond_destroy(&w->work);
  pthread_mutex_destroy(&w->lock);
  bgzf_block_free(w->own);
  free(w->offsets);
  free(w->workers);
  free(w->slots);
  free(w);
}

void block_writer_begin(block_writer *w, int level, block_sink sink, void *opaque) {
  w->sink = sink;
  w->opaque = opaque;
  w->failed = 0;
  w->bytes = 0;
  w->written = 0;
  pthread_mutex_lock(&w->lock);
  w->submitted = w->taken = 0;
  w->level = level;
  pthread_mutex_unlock(&w->lock);
  fill(w, 0);
}

static void emit(block_writer *w, const void *bytes, size_t length) {
  if (!w->failed && w->sink(w->opaque, bytes, length) != 0)
    w->failed = 1;
  w->bytes += length;
}

static void note_offset(block_writer *w) {
  if (w->failed) /* the blocks go on being counted: a later one must not be noted behind the room */
    return;
  if (w->written == w->offsets_capacity) {
    size_t capacity = w->offsets_capacity ? w->offsets_capacity * 2 : 1024;
    uint64_t *grown = realloc(w->offsets, capacity * sizeof *grown);
    if (!grown) {
      w->failed = 1;
      return;
    }
    w->offsets = grown;
    w->offsets_capacity = capacity;
  }
  w->offsets[w->written] = w->bytes;
}

static void write_block(block_writer *w, slot *s) {
  note_offset(w);
  if (s->packed_bytes == 0)
    w->failed = 1;
  emit(w, s->bytes, s->packed_bytes);
  w->written++;
}

/* Writes blocks in order until at least one of `slots_needed` slots is free, compressing itself where no worker does.
 */
static void drain(block_writer *w, uint64_t until) {
  pthread_mutex_lock(&w->lock);
  if (w->taken < w->submitted)
    pthread_cond_broadcast(&w->work);
  while (w->written < until) {
    slot *s = slot_of(w, w->written);
    if (s->packed) {
      pthread_mutex_unlock(&w->lock);
      write_block(w, s);
      pthread_mutex_lock(&w->lock);
    } else if (w->taken < w->submitted) {
      slot *mine = slot_of(w, w->taken++);
      pthread_mutex_unlock(&w->lock);
      slot_pack(mine, w->level, w->own);
      pthread_mutex_lock(&w->lock);
      mine->packed = 1;
    } else {
      pthread_cond_wait(&w->done, &w->lock);
    }
  }
  pthread_mutex_unlock(&w->lock);
}

void block_writer_cut(block_writer *w) {
  slot *s = slot_of(w, w->front.number);
  s->text_bytes = w->front.text_bytes;
  s->n_marks = w->front.n_marks;
  if (s->text_bytes == 0)
    return;
  uint64_t next = w->front.number + 1;
  if (w->n_workers == 0) {
    slot_pack(s, w->level, w->own);
    write_block(w, s);
  } else {
    pthread_mutex_lock(&w->lock);
    s->packed = 0;
    w->submitted++;
    if (w->submitted - w->taken >= WAKE_AT)
      pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    if (next - w->written == w->n_slots)
      drain(w, next - w->n_slots / 2);
  }
  fill(w, next);
}

void block_writer_put(block_writer *w, const void *bytes, size_t length) {
  const char *from = bytes;
  while (length) {
    size_t room = BGZF_INPUT_MAX - w->front.text_bytes;
    if (room == 0) {
      block_writer_cut(w);
      continue;
    }
    size_t n = length < room ? length : room;
    memcpy(block_writer_room(w, n), from, n);
    block_writer_take(w, n);
    from += n;
    length -= n;
  }
}

int block_writer_end(block_writer *w) {
  block_writer_cut(w);
  if (w->n_workers)
    drain(w, w->front.number);
  note_offset(w);
  emit(w, bgzf_eof, sizeof bgzf_eof);
  return w->failed ? -1 : 0;
}

uint64_t block_writer_offset(const block_writer *w, uint64_t place) {
  /* the end marker's block follows the last one, so a place right behind the last byte has an offset too */
  return w->offsets[place >> 16] << 16 | (place & 0xffff);
}

uint64_t block_writer_bytes(const block_writer *w) { return w->bytes; }
