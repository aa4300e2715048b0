/* Our inflater beside zlib's over thousands of streams: those of every level and strategy, whole, cut and damaged;
 * codes of every shape; and the CRC beside zlib's. The numbers are the same on every machine. */
#include "suite.h"
#include <config.h>

#include "base/crc32.h"
#include "unit/inflating.h"

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

static uint64_t random_state = 88172645463325252u;

static unsigned random_below(unsigned n) {
  random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
  return (unsigned)((random_state >> 20) % n);
}

static const size_t steps[] = {1, 2, 3, 7, 31, 32, 33, 258, 300, 4096, INFLATING_MAX};

static outcome ck_same_somehow(const bytes *packed) {
  const size_t last = sizeof steps / sizeof *steps;
  size_t in = steps[random_below(last)], out = steps[random_below(last)];
  return ck_same(packed, in, out);
}

/* Text, runs, noise, or few letters. */
static bytes some_text(unsigned length) {
  unsigned kind = random_below(4);
  if (kind == 0)
    return text_of(length);
  bytes b = {0};
  while (b.length < length) {
    unsigned char c = (unsigned char)random_below(kind == 1 ? 256 : 7);
    for (unsigned n = kind == 2 ? 1 : random_below(kind == 1 ? 2 : 90) + 1; n && b.length < length; n--)
      put(&b, &c, 1);
  }
  return b;
}

static bytes deflated_somehow(const bytes *text) {
  bytes b = {0};
  z_stream z = {0};
  static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};
  int window = 9 + (int)random_below(7), memory = 1 + (int)random_below(9);
  ck_assert_int_eq(deflateInit2(&z, (int)random_below(10), Z_DEFLATED, -window, memory, strategies[random_below(5)]),
                   Z_OK);
  b.capacity = deflateBound(&z, text->length) * 2 + 4096;
  b.at = malloc(b.capacity);
  z.next_in = text->at;
  z.next_out = b.at;
  z.avail_out = (uInt)b.capacity;
  size_t first = random_below((unsigned)text->length + 1);
  z.avail_in = (uInt)first;
  ck_assert_int_eq(deflate(&z, (int)random_below(4)), Z_OK); /* none, partial, sync, full flush */
  z.avail_in += (uInt)(text->length - first);
  ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
  b.length = z.total_out;
  deflateEnd(&z);
  return b;
}

/* libdeflate takes the stream as well, and gives the same bytes. */
static void ck_libdeflate(const bytes *packed, const outcome *o) {
#ifdef HAVE_LIBDEFLATE
  static struct libdeflate_decompressor *d;
  static unsigned char out[INFLATING_MAX];
  size_t took, made;
  if (!d)
    d = libdeflate_alloc_decompressor();
  if (libdeflate_deflate_decompress_ex(d, packed->at, packed->length, out, sizeof out, &took, &made) !=
          LIBDEFLATE_SUCCESS ||
      made != o->length || took != packed->length - o->left || crc32(0, out, (uInt)made) != o->crc)
    ck_abort_msg("libdeflate says otherwise");
#else
  (void)packed, (void)o;
#endif
}

static void damage(bytes *b) {
  for (unsigned n = 1 + random_below(3); n && b->length; n--) {
    /* mostly the head, where the code lengths are */
    unsigned at = random_below(random_below(3) && b->length > 120 ? 120 : (unsigned)b->length);
    switch (random_below(5)) {
    case 0:
    case 1:
      b->at[at] ^= (unsigned char)(1u << random_below(8));
      break;
    case 2:
      b->at[at] = (unsigned char)random_below(256);
      break;
    case 3:
      memmove(b->at + at, b->at + at + 1, b->length - at - 1);
      b->length--;
      break;
    default:
      b->length = random_below(4) ? b->length : at;
    }
  }
}

START_TEST(sound_and_damaged_streams) {
  unsigned sound = 0, bad = 0, more = 0;
  for (int round = 0; round < 600; round++) {
    bytes text = some_text(1 + random_below(round % 20 ? 6000 : 150000));
    bytes packed = deflated_somehow(&text);
    for (unsigned extra = random_below(3) ? 0 : random_below(40); extra; extra--)
      put_number(&packed, random_below(256), 1);
    outcome o = ck_same_somehow(&packed);
    ck_assert(o.result == INFLATE_END && o.crc == crc32(0, text.at, (uInt)text.length));
    ck_libdeflate(&packed, &o);
    bytes copy = {malloc(packed.length), 0, packed.length};
    for (int k = 0; k < 12; k++) {
      memcpy(copy.at, packed.at, copy.length = packed.length);
      damage(&copy);
      o = ck_same_somehow(&copy);
      sound += o.result == INFLATE_END;
      bad += o.result == INFLATE_BAD;
      more += o.result == INFLATE_MORE;
      if (o.result == INFLATE_END)
        ck_libdeflate(&copy, &o);
    }
    free(text.at), free(packed.at), free(copy.at);
  }
  ck_assert(sound > 400 && bad > 2000 && more > 400); /* each kind was tried */
}
END_TEST

/* Cut after every byte, and fed in two pieces. */
START_TEST(every_cut) {
  for (int round = 0; round < 40; round++) {
    bytes text = some_text(200 + random_below(300));
    bytes packed = deflated_somehow(&text);
    for (size_t cut = 0; cut <= packed.length; cut++) {
      bytes begin = {packed.at, cut, cut};
      ck_same(&begin, INFLATING_MAX, INFLATING_MAX);
      ck_same(&packed, cut + 1, steps[cut % 11]);
    }
    free(text.at), free(packed.at);
  }
}
END_TEST

/* Lengths of a complete code of `count` symbols: a tree whose leaves are split until there are enough; the deeper ones
 * more often with a high `depth`. */
static void some_code(unsigned char *lengths, unsigned count, unsigned longest, unsigned depth) {
  lengths[0] = lengths[1] = 1;
  for (unsigned have = 2; have < count;) {
    unsigned k = random_below(4) < depth ? have - 1 : random_below(have);
    if (lengths[k] >= longest)
      k = random_below(have);
    if (lengths[k] < longest)
      lengths[have++] = ++lengths[k];
  }
  for (unsigned k = count; k > 1; k--) { /* to any symbol */
    unsigned other = random_below(k);
    unsigned char swapped = lengths[k - 1];
    lengths[k - 1] = lengths[other];
    lengths[other] = swapped;
  }
}

/* A block in a code of any shape, whose lengths are changed a little now and then. */
static void write_block(pen *p, unsigned changes) {
  unsigned char lengths[320] = {0};
  const unsigned litlens = 257 + random_below(30), distances = 2 + random_below(29);
  some_code(lengths, litlens, 15, random_below(5));
  if (random_below(8))
    some_code(lengths + litlens, distances, 15, random_below(5));
  for (; changes; changes--) {
    unsigned k = random_below(litlens + distances);
    lengths[k] = (unsigned char)(lengths[k] + (lengths[k] == 15 || (lengths[k] && random_below(2)) ? -1 : 1));
  }
  const book codes = book_of(lengths, litlens), far = book_of(lengths + litlens, distances);
  pen_head(p, litlens, distances);
  pen_lengths(p, lengths, litlens + distances);
  for (unsigned n = random_below(400); n; n--) {
    unsigned symbol = random_below(random_below(3) ? 256 : litlens);
    if (symbol == 256 || !codes.length[symbol])
      continue;
    pen_symbol(p, &codes, symbol);
    if (symbol < 256)
      continue;
    pen_bits(p, random_below(32), symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4);
    unsigned d = random_below(random_below(2) ? distances : 8 < distances ? 8 : distances);
    pen_symbol(p, &far, d);
    pen_bits(p, random_below(8192), d < 4 ? 0 : d / 2 - 1);
  }
  pen_symbol(p, &codes, 256);
}

START_TEST(codes_of_any_shape) {
  unsigned sound = 0, bad = 0;
  for (int round = 0; round < 3000; round++) {
    pen p = {{0}, 0};
    for (unsigned n = random_below(3); n; n--)
      pen_stored(&p, 1 + random_below(20000));
    write_block(&p, random_below(3) ? 0 : 1 + random_below(3));
    for (unsigned k = random_below(2) ? 40 : 0; k; k--)
      put_number(&p.to, random_below(256), 1);
    outcome o = ck_same_somehow(&p.to);
    sound += o.result == INFLATE_END;
    bad += o.result == INFLATE_BAD;
    free(p.to.at);
  }
  ck_assert(sound > 500 && bad > 500);
}
END_TEST

START_TEST(crc_is_zlibs) {
  bytes noise = {0};
  for (unsigned k = 0; k < 70000; k++)
    put_number(&noise, random_below(256), 1);
  for (size_t length = 0; length <= 700; length++)
    for (size_t at = 0; at < 17; at++) {
      uint32_t from = length % 3 ? (uint32_t)(random_state >> 9) : 0;
      if (crc32_of(from, noise.at + at, length) != crc32(from, noise.at + at, (uInt)length))
        ck_abort_msg("%zu bytes from byte %zu", length, at);
    }
  for (int round = 0; round < 200; round++) {
    size_t cut = random_below((unsigned)noise.length + 1);
    ck_assert_uint_eq(crc32_of(crc32_of(0, noise.at, cut), noise.at + cut, noise.length - cut),
                      crc32(0, noise.at, (uInt)noise.length));
  }
  ck_assert_uint_eq(crc32_of(0, (const unsigned char *)"123456789", 9), 0xcbf43926);
  free(noise.at);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("inflate beside zlib");
  TCase *tcase = tcase_create("inflate beside zlib");
  tcase_add_test(tcase, sound_and_damaged_streams);
  tcase_add_test(tcase, every_cut);
  tcase_add_test(tcase, codes_of_any_shape);
  tcase_add_test(tcase, crc_is_zlibs);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
