/* fast_writer.c - --fast: VCF in BGZF by encoders of our own. The lines are put straight into blocks, whose encoder is
 * told where lines repeat each other; the index is built while they are written. */
#include "vcf/fast/block_writer.h"
#include "vcf/fast/index.h"
#include "vcf/writer/header.h"
#include "vcf/writer/vcf_text.h"
#include "vcf/writer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  HEADER_LEVEL = 6,
  INDEX_LEVEL =
      1, /* any other one makes an index hardly smaller: 427 KB at 5, for five times the time, beside 430 KB */
  STREAM_BYTES = 1 << 15
};

/* Records in a row that the index need not tell apart: of one base each, in one of its windows. */
typedef struct index_run {
  uint64_t records, from;
  uint32_t position; /* of the first */
  unsigned contig;
} index_run;

/* Bytes on their way to a descriptor, in pieces worth a call. */
typedef struct stream {
  int fd, error;
  size_t buffered;
  char buffer[STREAM_BYTES];
} stream;

typedef struct fast_writer {
  vcf_writer base;
  block_writer *blocks;
  const vcf_layout *layout;
  vcf_target target;
  vcf_lines *lines;
  index_builder *index; /* NULL: none */
  index_run run;
  int open; /* blocks hold a file of ours */
  stream stream;
} fast_writer;

static int stream_flush(stream *s) {
  for (size_t done = 0; done < s->buffered && !s->error;) {
    ssize_t n = write(s->fd, s->buffer + done, s->buffered - done);
    if (n < 0 && errno != EINTR)
      s->error = errno;
    else if (n == 0)
      s->error = ENOSPC;
    done += n > 0 ? (size_t)n : 0;
  }
  s->buffered = 0;
  return s->error ? -1 : 0;
}

static int stream_write(void *opaque, const void *bytes, size_t length) {
  stream *s = opaque;
  for (const char *at = bytes; length;) {
    size_t n = STREAM_BYTES - s->buffered < length ? STREAM_BYTES - s->buffered : length;
    memcpy(s->buffer + s->buffered, at, n);
    s->buffered += n;
    at += n;
    length -= n;
    if (s->buffered == STREAM_BYTES && stream_flush(s) != 0)
      return -1;
  }
  return s->error ? -1 : 0;
}

static void let_go(fast_writer *w) {
  if (w->open)
    block_writer_end(w->blocks); /* no worker may hold on to a block of ours */
  w->open = 0;
  index_free(w->index);
  w->index = NULL;
  vcf_lines_free(w->lines);
  w->lines = NULL;
}

static void fast_writer_give_up(vcf_writer *base) {
  fast_writer *w = (fast_writer *)base;
  w->stream.error = w->stream.error ? w->stream.error : ECANCELED; /* what is left needs no writing */
  let_go(w);
}

static void fast_writer_free(vcf_writer *base) {
  fast_writer *w = (fast_writer *)base;
  if (w->open)
    fast_writer_give_up(base);
  block_writer_free(w->blocks);
  free(w);
}

static vcf_writer *fast_writer_open(int threads) {
  fast_writer *w = calloc(1, sizeof *w);
  if (!w)
    return NULL;
  w->blocks = block_writer_new(threads);
  if (w->blocks)
    return &w->base;
  free(w);
  return NULL;
}

static int fast_writer_begin(vcf_writer *base, const vcf_layout *layout, const vcf_target *target) {
  fast_writer *w = (fast_writer *)base;
  w->layout = layout;
  w->target = *target;
  w->run = (index_run){0};
  w->lines = vcf_lines_new(layout->chr_prefix);
  if (w->lines && layout->index != DTC_INDEX_NONE)
    w->index = index_new(layout->index, layout->assembly, layout->chr_prefix);
  if (!w->lines || (layout->index != DTC_INDEX_NONE && !w->index)) {
    let_go(w);
    errno = ENOMEM;
    return -1;
  }
  w->stream.fd = target->fd;
  w->stream.error = 0;
  w->stream.buffered = 0;
  block_writer_begin(w->blocks, HEADER_LEVEL, stream_write, &w->stream);
  w->open = 1;
  block_writer_put(w->blocks, layout->header, layout->header_bytes);
  block_writer_cut(w->blocks);
  return 0;
}

/* A record larger than a block, with alleles of tens of thousands of letters. */
static int add_large(fast_writer *w, const record *r, size_t bound) {
  vcf_columns columns;
  char *text = malloc(bound);
  if (!text)
    return -1;
  block_writer_put(w->blocks, text, (size_t)(vcf_lines_write(w->lines, text, r, &columns) - text));
  free(text);
  return 0;
}

/* *from: where the line begins. */
static int write_line(fast_writer *w, const record *r, uint64_t *from) {
  size_t bound = vcf_lines_bound(w->lines, r);
  if (bound > BGZF_INPUT_MAX) {
    block_writer_cut(w->blocks);
    *from = block_writer_tell(w->blocks);
    return add_large(w, r, bound);
  }
  char *at = block_writer_room(w->blocks, bound);
  *from = block_writer_tell(w->blocks);
  vcf_columns columns;
  char *end = vcf_lines_write(w->lines, at, r, &columns);
  block_writer_mark(w->blocks, r->shape, columns.id, columns.tail);
  block_writer_take(w->blocks, (size_t)(end - at));
  return 0;
}

/* Tells the index the records that were held back; the stream stands right behind them. */
static void end_run(fast_writer *w) {
  if (w->run.records)
    index_add(w->index, w->run.contig, w->run.position, 1, w->run.from, block_writer_tell(w->blocks), w->run.records);
  w->run.records = 0;
}

static inline int joins_run(const index_run *run, const record *r) {
  return run->records && r->contig == run->contig && r->allele_bytes[0] == 1 &&
         (r->position - 1) >> INDEX_WINDOW_SHIFT == (run->position - 1) >> INDEX_WINDOW_SHIFT;
}

static int fast_writer_add(vcf_writer *base, const record *r) {
  fast_writer *w = (fast_writer *)base;
  uint64_t from;
  int joins = joins_run(&w->run, r);
  if (!joins)
    end_run(w);
  if (write_line(w, r, &from) != 0)
    return -1;
  if (joins)
    w->run.records++;
  else if (w->index && r->allele_bytes[0] == 1)
    w->run = (index_run){1, from, r->position, r->contig};
  else if (w->index)
    index_add(w->index, r->contig, r->position, r->allele_bytes[0], from, block_writer_tell(w->blocks), 1);
  return 0;
}

/* Returns 0, or -1 with errno. */
static int write_index(fast_writer *w) {
  size_t length;
  char *bytes = index_finish(w->index, w->blocks, &length);
  if (!bytes) {
    errno = ENOMEM;
    return -1;
  }
  w->stream.fd = open(w->target.index_path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (w->stream.fd < 0) {
    free(bytes);
    return -1;
  }
  block_writer_begin(w->blocks, INDEX_LEVEL, stream_write, &w->stream);
  block_writer_put(w->blocks, bytes, length);
  free(bytes);
  int failed = block_writer_end(w->blocks) != 0 || stream_flush(&w->stream) != 0;
  int error = w->stream.error ? w->stream.error : ENOMEM;
  if (close(w->stream.fd) != 0 && !failed)
    return -1;
  errno = error;
  return failed ? -1 : 0;
}

static int fast_writer_end(vcf_writer *base, uint64_t *bytes) {
  fast_writer *w = (fast_writer *)base;
  end_run(w);
  int failed = block_writer_end(w->blocks) != 0 || stream_flush(&w->stream) != 0;
  w->open = 0;
  *bytes = block_writer_bytes(w->blocks);
  errno = w->stream.error ? w->stream.error : ENOMEM; /* no failed write: it was the list of blocks */
  if (!failed && w->index)
    failed = write_index(w);
  int saved = errno;
  let_go(w);
  errno = saved;
  return failed ? -1 : 0;
}

const vcf_engine vcf_engine_fast = {.name = "fast",
                                    .open = fast_writer_open,
                                    .free = fast_writer_free,
                                    .begin = fast_writer_begin,
                                    .add = fast_writer_add,
                                    .end = fast_writer_end,
                                    .give_up = fast_writer_give_up};
