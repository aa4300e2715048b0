#include "archive/inflate/inflate.h"
#include "base/alloc.h"

#include <string.h>
#include <zlib.h>

typedef struct zlib_state {
  z_stream stream;
  dtc_allocator allocator;
} zlib_state;

static voidpf zlib_alloc(voidpf opaque, uInt count, uInt size) {
  return alloc_array(&((zlib_state *)opaque)->allocator, count, size);
}

static void zlib_free(voidpf opaque, voidpf block) { alloc_release(&((zlib_state *)opaque)->allocator, block); }

static void *zlib_new_state(const dtc_allocator *allocator) {
  zlib_state *s = alloc_zeroed(allocator, sizeof *s);
  if (!s)
    return NULL;
  s->allocator = *allocator;
  s->stream.zalloc = zlib_alloc;
  s->stream.zfree = zlib_free;
  s->stream.opaque = s;
  if (inflateInit2(&s->stream, -MAX_WBITS) == Z_OK)
    return s;
  alloc_release(allocator, s);
  return NULL;
}

static void zlib_free_state(void *state, const dtc_allocator *allocator) {
  if (!state)
    return;
  inflateEnd(&((zlib_state *)state)->stream);
  alloc_release(allocator, state);
}

static inflate_result zlib_restart(void *state) {
  return inflateReset(&((zlib_state *)state)->stream) == Z_OK ? INFLATE_MORE : INFLATE_BAD;
}

static inflate_result zlib_step(void *state, inflate_span *span) {
  z_stream *stream = &((zlib_state *)state)->stream;
  stream->next_in = (Bytef *)span->in;
  stream->avail_in = (uInt)span->in_bytes;
  stream->next_out = span->out;
  stream->avail_out = (uInt)span->room_bytes;
  int code = inflate(stream, Z_NO_FLUSH);
  span->in = stream->next_in;
  span->in_bytes = stream->avail_in;
  span->behind_bytes += (size_t)(stream->next_out - span->out);
  span->out = stream->next_out;
  span->room_bytes = stream->avail_out;
  if (code == Z_STREAM_END)
    return INFLATE_END;
  if (code == Z_OK || code == Z_BUF_ERROR)
    return INFLATE_MORE;
  return code == Z_MEM_ERROR ? INFLATE_MEMORY : INFLATE_BAD;
}

const inflate_engine *inflate_with_zlib(void) {
  static const inflate_engine engine = {"zlib", zlib_new_state, zlib_free_state, zlib_restart, zlib_step};
  return &engine;
}

const inflate_engine *inflate_engine_of(dtc_engine engine) {
  switch (engine) {
  case DTC_ENGINE_FAST:
    return inflate_with_native();
  case DTC_ENGINE_ZLIB:
    break;
  }
  return inflate_with_zlib();
}
