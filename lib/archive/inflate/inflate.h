/* inflate.h - raw deflate (RFC 1951) and CRC-32 behind one small table: zlib's decoder, which is the default, and our
 * own, which is held against it. Both accept the same streams and give the same bytes. */
#ifndef DTC_ARCHIVE_INFLATE_H
#define DTC_ARCHIVE_INFLATE_H

#include <dtcgeno.h>

#define INFLATE_HISTORY_BYTES 32768u /* how far a match reaches back */

typedef enum inflate_result {
  INFLATE_MORE,  /* the output is full, or the input used up */
  INFLATE_END,   /* the stream's last block is complete; what is left of the input lies behind it */
  INFLATE_BAD,   /* not a deflate stream; only restart helps */
  INFLATE_MEMORY /* the library could not allocate */
} inflate_result;

/* Input that is left, room that is left, and what stands before the room. */
typedef struct inflate_span {
  const unsigned char *in;
  size_t in_bytes;
  unsigned char *out;
  size_t room_bytes;
  /* So many bytes right before `out` are this stream's, unchanged: all of them so far, or at least the last
   * INFLATE_HISTORY_BYTES. 0 where a stream begins. Matches are copied from there. */
  size_t behind_bytes;
} inflate_span;

typedef struct inflate_engine {
  const char *name;
  /* NULL when memory runs out; begins a stream. */
  void *(*new_state)(const dtc_allocator *allocator);
  void (*free_state)(void *state, const dtc_allocator *allocator); /* takes NULL */
  /* Begins another stream. */
  inflate_result (*restart)(void *state);
  /* Goes on until the input or the room is used up, or the stream ends, and moves the span on. Bytes of the room that
   * are still left afterwards may have been written over; nothing outside the room is. After INFLATE_END nothing
   * behind the stream has been taken from the input of this call. */
  inflate_result (*step)(void *state, inflate_span *span);
} inflate_engine;

const inflate_engine *inflate_with_native(void);
const inflate_engine *inflate_with_zlib(void);
const inflate_engine *inflate_engine_of(dtc_engine engine);

#endif
