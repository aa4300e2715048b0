/* fuzz_inflate - our inflater against zlib's: the same verdict, the same bytes, the same end, however input and room
 * are cut.
 *
 * The first three bytes choose the cuts, the rest is the stream. Each piece of input and each room is a block of its
 * own size, so that a sanitizer sees what lies outside. */
#include "base/crc32.h"
#include "archive/inflate/inflate.h"
#include "base/alloc.h"

#include <zlib.h>

#include "fuzz.h"

enum { OUT_MAX = 1 << 18, SMALL_MAX = 200 };

typedef struct outcome {
  inflate_result result;
  size_t length, taken;
} outcome;

/* Sizes of pieces: the first one, and small ones behind it; after SMALL_MAX of those the rest, for the sake of time. */
typedef struct cuts {
  size_t first, step, turn;
} cuts;

static size_t next_cut(cuts *c) {
  size_t n = c->turn == 0 ? c->first : c->turn < SMALL_MAX ? c->step : OUT_MAX;
  c->turn++;
  return n ? n : 1;
}

/* The whole stream, cut; checks the books of each step. */
static outcome inflate_all(const inflate_engine *engine, void *state, const uint8_t *data, size_t size, cuts in,
                           cuts room, uint8_t *out) {
  outcome o = {INFLATE_MORE, 0, 0};
  FUZZ_CHECK(engine->restart(state) == INFLATE_MORE);
  while (o.result == INFLATE_MORE && o.length < OUT_MAX) {
    size_t give = next_cut(&in), space = next_cut(&room);
    if (give > size - o.taken)
      give = size - o.taken;
    if (space > OUT_MAX - o.length)
      space = OUT_MAX - o.length;
    size_t behind = o.length < INFLATE_HISTORY_BYTES ? o.length : INFLATE_HISTORY_BYTES;
    uint8_t *piece = malloc(give ? give : 1), *block = malloc(behind + space);
    FUZZ_CHECK(piece && block);
    memcpy(piece, data + o.taken, give);
    memcpy(block, out + o.length - behind, behind);
    inflate_span span = {piece, give, block + behind, space, behind};
    o.result = engine->step(state, &span);
    size_t made = (size_t)(span.out - block) - behind, took = (size_t)(span.in - piece);
    FUZZ_CHECK(made + span.room_bytes == space && took + span.in_bytes == give && span.behind_bytes == behind + made);
    FUZZ_CHECK(memcmp(block, out + o.length - behind, behind) == 0);
    memcpy(out + o.length, block + behind, made);
    free(piece);
    free(block);
    o.length += made;
    o.taken += took;
    if (o.result == INFLATE_MORE && made == 0 && took == 0) {
      if (o.taken == size)
        break; /* cut off */
      FUZZ_CHECK(0);
    }
  }
  return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t ours[OUT_MAX], theirs[OUT_MAX];
  static void *native, *zlib;
  if (!native) {
    dtc_allocator allocator = alloc_or_default(NULL);
    native = inflate_with_native()->new_state(&allocator);
    zlib = inflate_with_zlib()->new_state(&allocator);
    FUZZ_CHECK(native && zlib);
  }
  if (size < 3)
    return 0;
  const uint8_t how = data[0];
  cuts in = {how & 1 ? size : (size_t)data[1] * 5, how & 2 ? size : (size_t)data[1] % 67, 0};
  cuts room = {how & 4 ? OUT_MAX : (size_t)data[2] * 259, how & 8 ? 65536 : (size_t)data[2], 0};
  cuts whole = {size, size, 0}, wide = {OUT_MAX, OUT_MAX, 0};
  data += 3;
  size -= 3;
  outcome a = inflate_all(inflate_with_native(), native, data, size, in, room, ours);
  outcome b = inflate_all(inflate_with_zlib(), zlib, data, size, whole, wide, theirs);
  FUZZ_CHECK(a.length == b.length && memcmp(ours, theirs, a.length) == 0);
  /* where the room of the test ends, damage right behind may have been seen or not */
  FUZZ_CHECK(a.result == b.result || a.length == OUT_MAX);
  if (a.result == INFLATE_END && b.result == INFLATE_END)
    FUZZ_CHECK(a.taken == b.taken);
  size_t skip = how >> 4 < a.length ? how >> 4 : a.length;
  FUZZ_CHECK(crc32_of(how, ours + skip, a.length - skip) == crc32(how, ours + skip, (uInt)(a.length - skip)));
  return 0;
}
