/* inflate.h - raw deflate (RFC 1951) and CRC-32 behind one small table, so that every library that can do it gives the
 * same verdicts: zlib always, ISA-L where configure found it. */
#ifndef DTC_ARCHIVE_INFLATE_H
#define DTC_ARCHIVE_INFLATE_H

#include <dtcgeno.h>

#define INFLATE_AHEAD_BYTES 8 /* no library reads further ahead than this */

typedef enum inflate_result {
  INFLATE_MORE,  /* the output is full, or the input used up */
  INFLATE_END,   /* the stream's last block is complete; what is left of the input lies behind it */
  INFLATE_BAD,   /* not a deflate stream */
  INFLATE_MEMORY /* the library could not allocate */
} inflate_result;

/* Input that is left, and room that is left. */
typedef struct inflate_span {
  const unsigned char *in;
  size_t in_bytes;
  unsigned char *out;
  size_t room_bytes;
} inflate_span;

typedef struct inflate_engine {
  const char *name;
  /* NULL when memory runs out; begins a stream. */
  void *(*new_state)(const dtc_allocator *allocator);
  void (*free_state)(void *state, const dtc_allocator *allocator); /* takes NULL */
  /* Begins another stream. */
  inflate_result (*restart)(void *state);
  /* Goes on until the input or the room is used up, or the stream ends, and moves the span's pointers on. */
  inflate_result (*step)(void *state, inflate_span *span);
  /* After INFLATE_END: the bytes behind the stream that the library took from the input before it knew; the rest of the
   * input follows them. Writes them to bytes and returns how many. */
  size_t (*taken_too_far)(const void *state, unsigned char bytes[INFLATE_AHEAD_BYTES]);
  /* CRC-32 of gzip and zip; begins with 0. */
  uint32_t (*crc)(uint32_t crc, const unsigned char *bytes, size_t length_bytes);
} inflate_engine;

const inflate_engine *inflate_with_zlib(void);
const inflate_engine *inflate_with_isal(void); /* NULL where it is not built in */
/* The fastest there is. */
const inflate_engine *inflate_default(void);

#endif
