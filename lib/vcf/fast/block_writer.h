/* block_writer.h - a stream of bytes cut into blocks, compressed by several threads and written in order.
 * The caller's thread fills blocks and writes them out; workers compress, and the caller helps where they cannot keep
 * up. The bytes are the same for any number of threads. */
#ifndef VCF_BLOCK_WRITER_H
#define VCF_BLOCK_WRITER_H

#include "vcf/fast/bgzf_block.h"

/* Where finished bytes go. Called by the thread that calls the block_writer, in order. Not 0: failed. */
typedef int (*block_sink)(void *opaque, const void *bytes, size_t length);

enum { BLOCK_MARKS_MAX = BGZF_INPUT_MAX / LINE_BYTES_MIN };

typedef struct block_writer block_writer;

/* What a block_writer begins with: the block being filled. Only for the functions below, which are called once a
 * record. */
typedef struct block_front {
  char *text;
  size_t text_bytes;
  uint64_t number; /* of the block */
  line_mark *marks;
  size_t n_marks;
} block_front;

/* threads: in all, the caller's among them, at least 1. Memory: 144 KiB for each of about 6 blocks a thread. One writer
 * serves many files, one after another. NULL when memory or threads run out. */
block_writer *block_writer_new(int threads);
void block_writer_free(block_writer *w);

/* Begins a file. level: of the blocks without marks, as for bgzf_block_compress. */
void block_writer_begin(block_writer *w, int level, block_sink sink, void *opaque);
/* Room for `length` (at most BGZF_INPUT_MAX) bytes that will not be torn between blocks. Never NULL: after a failed
 * sink the bytes go nowhere and block_writer_end tells. */
static inline char *block_writer_room(block_writer *w, size_t length);
/* Takes the first `length` bytes of the room into the stream. */
static inline void block_writer_take(block_writer *w, size_t length);
/* Tells the encoder of lines about the line that begins where the room does; before the take. id, tail: as in
 * line_mark. */
static inline void block_writer_mark(block_writer *w, unsigned shape, size_t id, size_t tail);
/* Any number of bytes, torn where a block is full. */
void block_writer_put(block_writer *w, const void *bytes, size_t length);
/* Ends the block, so that what follows begins with the next one: behind a header. */
void block_writer_cut(block_writer *w);
/* Where the next byte will stand: number of the block << 16 | offset in its text. See block_writer_offset. */
static inline uint64_t block_writer_tell(const block_writer *w);
/* Writes all that is left and the empty block that marks the end. Returns 0, or -1 when a sink call
 * failed. To give up a file, call it too and ignore what it returns. */
int block_writer_end(block_writer *w);

/* After block_writer_end and until the next begin: the BGZF virtual offset of a place that block_writer_tell gave. */
uint64_t block_writer_offset(const block_writer *w, uint64_t place);
/* Bytes handed to the sink. */
uint64_t block_writer_bytes(const block_writer *w);

static inline char *block_writer_room(block_writer *w, size_t length) {
  block_front *front = (block_front *)w;
  if (front->text_bytes + length > BGZF_INPUT_MAX)
    block_writer_cut(w);
  return front->text + front->text_bytes;
}

static inline void block_writer_take(block_writer *w, size_t length) { ((block_front *)w)->text_bytes += length; }

static inline void block_writer_mark(block_writer *w, unsigned shape, size_t id, size_t tail) {
  block_front *front = (block_front *)w;
  if (tail <= UINT8_MAX && front->n_marks < BLOCK_MARKS_MAX)
    front->marks[front->n_marks++] =
        (line_mark){(uint16_t)front->text_bytes, (uint16_t)shape, (uint8_t)id, (uint8_t)tail};
}

static inline uint64_t block_writer_tell(const block_writer *w) {
  const block_front *front = (const block_front *)w;
  return front->number << 16 | (uint64_t)front->text_bytes;
}

#endif
