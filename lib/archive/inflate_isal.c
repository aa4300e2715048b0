#include <config.h>

#include "archive/inflate.h"

#ifdef HAVE_ISAL
#include "base/alloc.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

/* One difference to zlib is known (ISA-L 2.30): a block whose code lengths leave codes unused is refused by zlib at
 * once, by ISA-L only when such a code occurs. No compressor writes one, and the CRC is checked either way. */

static inflate_result isal_restart(void *state) {
  isal_inflate_init(state); /* sets crc_flag to raw deflate */
  return INFLATE_MORE;
}

static void *isal_new_state(const dtc_allocator *allocator) {
  struct inflate_state *s = alloc_array(allocator, 1, sizeof *s);
  if (s)
    isal_restart(s);
  return s;
}

static void isal_free_state(void *state, const dtc_allocator *allocator) { alloc_release(allocator, state); }

static inflate_result isal_step(void *state, inflate_span *span) {
  struct inflate_state *s = state;
  s->next_in = (uint8_t *)span->in;
  s->avail_in = (uint32_t)span->in_bytes;
  s->next_out = span->out;
  s->avail_out = (uint32_t)span->room_bytes;
  int code = isal_inflate(s);
  span->in = s->next_in;
  span->in_bytes = s->avail_in;
  span->out = s->next_out;
  span->room_bytes = s->avail_out;
  if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT)
    return INFLATE_BAD;
  return s->block_state == ISAL_BLOCK_FINISH ? INFLATE_END : INFLATE_MORE;
}

/* ISA-L's bit buffer: whole bytes in it stand behind the last block, whose own bits were padded to a byte. */
static size_t isal_taken_too_far(const void *state, unsigned char bytes[INFLATE_AHEAD_BYTES]) {
  const struct inflate_state *s = state;
  size_t count = s->read_in_length > 0 ? (size_t)s->read_in_length / 8 : 0;
  uint64_t bits = s->read_in >> (count ? s->read_in_length % 8 : 0);
  if (count > INFLATE_AHEAD_BYTES)
    count = INFLATE_AHEAD_BYTES;
  for (size_t i = 0; i < count; i++)
    bytes[i] = (unsigned char)(bits >> 8 * i);
  return count;
}

static uint32_t isal_crc(uint32_t crc, const unsigned char *bytes, size_t length_bytes) {
  return crc32_gzip_refl(crc, bytes, length_bytes);
}

const inflate_engine *inflate_with_isal(void) {
  static const inflate_engine engine = {"isa-l",   isal_new_state,     isal_free_state, isal_restart,
                                        isal_step, isal_taken_too_far, isal_crc};
  return &engine;
}
#else
const inflate_engine *inflate_with_isal(void) { return NULL; }
#endif
