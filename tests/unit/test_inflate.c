/* Each rule of RFC 1951, and each refusal of zlib's, in streams made by hand; however the stream is cut. */
#include "suite.h"
#include "unit/inflating.h"

/* The stream, in every cut and with and without bytes behind it, which is where the fast loop is at work. Ends the pen.
 */
static void expect(pen *p, inflate_result wanted, const char *text) {
  static const size_t steps[] = {1, 2, 3, 7, 258, 4096, INFLATING_MAX};
  const size_t length = p->to.length, bound = text ? strlen(text) : 0;
  for (int padded = 0; padded < 2; padded++) {
    for (size_t in = 0; in < sizeof steps / sizeof *steps; in++)
      for (size_t out = 0; out < sizeof steps / sizeof *steps; out++) {
        if (p->to.length > 9999 && (in < 3 || out < 3))
          continue;
        outcome o = ck_same(&p->to, steps[in], steps[out]);
        int is_right = o.result == wanted && (wanted != INFLATE_END || o.left == p->to.length - length) &&
                       (!text || (o.length == bound && o.crc == crc32(0, (const Bytef *)text, (uInt)bound)));
        if (!is_right)
          ck_abort_msg("result %d, wanted %d, after %zu bytes, %zu left", o.result, wanted, o.length, o.left);
      }
    if (wanted == INFLATE_MORE)
      break; /* bytes behind it would be taken for more of it */
    for (int k = 0; k < 48; k++)
      put_number(&p->to, 0xa5, 1);
  }
  free(p->to.at);
  *p = (pen){{0}, 0};
}

START_TEST(blocks) {
  pen p = {{0}, 0};
  pen_bits(&p, 7, 3); /* type 3 */
  expect(&p, INFLATE_BAD, "");
  pen_bits(&p, 6, 3); /* the same of a block that is not the last */
  expect(&p, INFLATE_BAD, "");
  expect(&p, INFLATE_MORE, "");
  pen_bits(&p, 2, 3); /* not the last, and empty */
  pen_fixed(&p, 256);
  expect(&p, INFLATE_MORE, "");
  for (unsigned k = 0; k < 3; k++) {
    pen_bits(&p, 2, 3);
    pen_fixed(&p, 'a' + k);
    pen_fixed(&p, 256);
  }
  pen_bits(&p, 3, 3);
  pen_fixed(&p, 256);
  expect(&p, INFLATE_END, "abc");
}
END_TEST

START_TEST(stored) {
  pen p = {{0}, 0};
  static const struct {
    const char *bytes;
    size_t length;
    inflate_result result;
    const char *text;
  } cases[] = {{"\1\0\0\377\377", 5, INFLATE_END, ""},
               {"\1\3\0\374\377abc", 8, INFLATE_END, "abc"},
               {"\0\3\0\374\377abc\1\1\0\376\377d", 14, INFLATE_END, "abcd"},
               {"\371\3\0\374\377abc", 8, INFLATE_END, "abc"}, /* what stands before the length does not matter */
               {"\1\3\0\374\377ab", 7, INFLATE_MORE, "ab"},
               {"\1\3\0\374", 4, INFLATE_MORE, ""},
               {"\1\3\0\375\377abc", 8, INFLATE_BAD, ""},
               {"\1\3\0\374\376abc", 8, INFLATE_BAD, ""},
               {"\1\0\0\0\0", 5, INFLATE_BAD, ""}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    put(&p.to, cases[k].bytes, cases[k].length);
    expect(&p, cases[k].result, cases[k].text);
  }
  bytes text = text_of(65535);
  put(&p.to, "\1\377\377\0\0", 5);
  put(&p.to, text.at, text.length);
  expect(&p, INFLATE_END, NULL);
  free(text.at);
}
END_TEST

START_TEST(counts) {
  for (unsigned litlens = 257; litlens <= 288; litlens++)
    for (unsigned distances = 1; distances <= 32; distances += litlens == 286 || litlens == 257 ? 1 : 31) {
      unsigned char lengths[320] = {0};
      pen p = {{0}, 0};
      lengths[256] = lengths[0] = lengths[litlens] = 1;
      pen_head(&p, litlens, distances);
      pen_lengths(&p, lengths, litlens + distances);
      pen_code(&p, 0, 1);
      pen_code(&p, 1, 1);
      expect(&p, litlens <= 286 && distances <= 30 ? INFLATE_END : INFLATE_BAD, NULL);
    }
}
END_TEST

/* A dynamic block of 257 literals and lengths and so many distances, whose precode has these lengths, in the order in
 * which they are written; then these bits. */
static void expect_precode_of(unsigned distances, const char *lengths, const char *bits, inflate_result wanted) {
  pen p = {{0}, 0};
  pen_bits(&p, 5, 3);
  pen_bits(&p, 0, 5);
  pen_bits(&p, distances - 1, 5);
  pen_bits(&p, (unsigned)strlen(lengths) - 4, 4);
  for (; *lengths; lengths++)
    pen_bits(&p, (unsigned)(*lengths - '0'), 3);
  pen_word(&p, bits);
  expect(&p, wanted, "");
}

static void expect_precode(const char *lengths, const char *bits, inflate_result wanted) {
  expect_precode_of(1, lengths, bits, wanted);
}

/* 18 gives 11 zeros and as many more as the seven bits behind it say, the lowest first: 1111111 is 138. */
START_TEST(precode) {
  /* written order: 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15 */
  static const char one[] = "001000000000000001"; /* 1 is written 0, 18 is 1 */
  expect_precode(one, "0", INFLATE_MORE);
  expect_precode(one, "1 1111111 1 1101011 00 0", INFLATE_END); /* 256 zeros, two lengths of 1; the end */
  expect_precode(one, "1 1111111 1 1011011", INFLATE_BAD);      /* 258 zeros: no end of block */
  expect_precode(one, "1 1111111 1 0111011", INFLATE_BAD);      /* one more than there may be */
  expect_precode("0010", "0", INFLATE_BAD);                     /* a single code */
  expect_precode("0020000000000000020", "0", INFLATE_BAD);      /* half of the codes */
  expect_precode("0071000000000000077", "0", INFLATE_BAD);
  expect_precode("1110", "0", INFLATE_BAD); /* more than there are */
  expect_precode("0000", "", INFLATE_MORE); /* none: zlib reads a 0 from each bit, and finds no end of block */
  char many[300] = "";
  memset(many, '1', 250);
  expect_precode("0000", many, INFLATE_MORE);
  memset(many, '1', 258);
  expect_precode("0000", many, INFLATE_BAD);
  static const char before[] = "202000000000000001";                   /* 1 is 0, 16 is 10, 18 is 11 */
  expect_precode(before, "1000", INFLATE_BAD);                         /* the length before the first */
  expect_precode(before, "11 1111111 11 1101011 0 1000", INFLATE_BAD); /* beyond the end */
  expect_precode(before, "11 1111111 11 1001011 0 1000", INFLATE_BAD); /* up to it, but too many codes of 1 */
  static const char zeros[] = "022000000000000001";                    /* 1 is 0, 17 is 10, 18 is 11 */
  expect_precode(zeros, "11 1111111 11 0001011 10000 00 0", INFLATE_END);
  expect_precode(zeros, "11 1111111 11 1101011 10000", INFLATE_BAD);
  /* the end of block, then 3 zeros for the distances */
  expect_precode_of(2, zeros, "11 1111111 11 1101011 0 10000 0", INFLATE_BAD);
  expect_precode_of(3, zeros, "11 1111111 11 1101011 0 10000 0", INFLATE_END);
  expect_precode_of(4, zeros, "11 1111111 11 1101011 0 10000 0 0", INFLATE_END);
}
END_TEST

/* A dynamic block with these lengths, then the bits; those of literals are from 'A' on. */
static void expect_lengths(const char *litlens, const char *distances, const char *bits, inflate_result wanted,
                           const char *text) {
  unsigned char lengths[320] = {0};
  pen p = {{0}, 0};
  /* the last three are the end of block, 257 (a length of 3) and 258 (of 4) */
  for (unsigned k = 0; k < strlen(litlens); k++)
    lengths[k + 3 < strlen(litlens) ? 'A' + k : 256 + k + 3 - (unsigned)strlen(litlens)] =
        (unsigned char)(litlens[k] - '0');
  for (unsigned k = 0; k < strlen(distances); k++)
    lengths[259 + k] = (unsigned char)(distances[k] - '0');
  pen_head(&p, 259, (unsigned)strlen(distances));
  pen_lengths(&p, lengths, 259 + (unsigned)strlen(distances));
  pen_word(&p, bits);
  expect(&p, wanted, text);
}

START_TEST(codes) {
  expect_lengths("2220", "0", "1110", INFLATE_BAD, ""); /* three of four */
  expect_lengths("122100", "0", "0", INFLATE_BAD, "");  /* one and a half */
  expect_lengths("122000", "0", "0", INFLATE_BAD, "");  /* no end of block */
  expect_lengths("100", "0", "0", INFLATE_END, "");     /* the end of block alone may have one bit */
  expect_lengths("100", "0", "1", INFLATE_BAD, "");
  expect_lengths("200", "0", "00", INFLATE_BAD, "");
  expect_lengths("1100", "0", "001", INFLATE_END, "AA");
  expect_lengths("22220", "0", "000110", INFLATE_END, "AB");       /* A 00, B 01, end 10, length 11 */
  expect_lengths("22220", "0", "000111 0", INFLATE_BAD, "AB");     /* no distance code: one bit decides */
  expect_lengths("22220", "1", "00 11 0 10", INFLATE_END, "AAAA"); /* a single distance code */
  expect_lengths("22220", "1", "00 11 1 10", INFLATE_BAD, "A");
  expect_lengths("22220", "01", "0001 11 0 10", INFLATE_END, "ABABA");
  expect_lengths("22220", "2", "00 11 00 10", INFLATE_BAD, "");
  expect_lengths("22220", "22", "0010", INFLATE_BAD, "");
  expect_lengths("22220", "111", "0010", INFLATE_BAD, "");
  expect_lengths("22220", "1022", "0001 0001 11 10 10", INFLATE_END, "ABABBAB"); /* a distance of 3 */
  expect_lengths("22220", "1022", "0001 11 10 10", INFLATE_BAD, "AB");           /* too far back */
  expect_lengths("22220", "11", "11 0 10", INFLATE_BAD, "");
}
END_TEST

START_TEST(fixed_symbols_that_do_not_exist) {
  pen p = {{0}, 0};
  for (unsigned symbol = 286; symbol < 288; symbol++) {
    pen_bits(&p, 3, 3);
    pen_fixed(&p, 'x');
    pen_fixed(&p, symbol);
    pen_bits(&p, 0, 5);
    pen_fixed(&p, 256);
    expect(&p, INFLATE_BAD, "x");
  }
  for (unsigned distance = 0; distance < 32; distance++) {
    pen_bits(&p, 3, 3);
    pen_fixed(&p, 'x');
    pen_fixed(&p, 257);
    pen_code(&p, distance, 5);
    if (distance == 0)
      pen_fixed(&p, 256);
    expect(&p,
           distance == 0                   ? INFLATE_END
           : distance < 6 || distance > 29 ? INFLATE_BAD
                                           : INFLATE_MORE,
           distance ? "x" : "xxxx");
  }
}
END_TEST

/* Every length and every distance, with the least and the most that its extra bits say. */
START_TEST(lengths_and_distances) {
  pen p = {{0}, 0};
  pen_stored(&p, 40000);
  pen_bits(&p, 3, 3);
  for (unsigned symbol = 257; symbol < 286; symbol++)
    for (unsigned d = 0; d < 30; d++)
      for (unsigned most = 0; most < 4; most++) {
        unsigned bits = d < 4 ? 0 : d / 2 - 1, first = d < 4 ? d + 1 : ((2 + (d & 1)) << bits) + 1;
        pen_match(&p, symbol, most & 1 ? ~0u : 0, first + (most & 2 ? (1u << bits) - 1 : 0));
        pen_fixed(&p, (symbol + d) & 255);
      }
  pen_fixed(&p, 256);
  expect(&p, INFLATE_END, NULL);
}
END_TEST

/* Back to the very first byte, and one further; where the 32 KiB of history begin, and where the stream does. */
START_TEST(too_far_back) {
  for (unsigned length = 32766; length <= 32770; length++)
    for (unsigned distance = 32766; distance <= 32768; distance++) {
      pen p = {{0}, 0};
      pen_stored(&p, length);
      pen_bits(&p, 3, 3);
      pen_match(&p, 257, 0, distance);
      pen_fixed(&p, 256);
      expect(&p, distance <= length ? INFLATE_END : INFLATE_BAD, NULL);
    }
  for (unsigned length = 0; length < 40; length++)
    for (unsigned more = 0; more < 2; more++) {
      pen p = {{0}, 0};
      pen_bits(&p, 3, 3);
      for (unsigned k = 0; k < length; k++)
        pen_fixed(&p, 'a');
      pen_match(&p, 257, 0, length + more ? length + more : 1);
      pen_fixed(&p, 256);
      expect(&p, more || length == 0 ? INFLATE_BAD : INFLATE_END, NULL);
    }
}
END_TEST

START_TEST(matches_that_overlap_themselves) {
  for (unsigned distance = 1; distance <= 40; distance++) {
    pen p = {{0}, 0};
    pen_bits(&p, 3, 3);
    for (unsigned k = 0; k < 40; k++)
      pen_fixed(&p, 'A' + k);
    for (unsigned symbol = 257; symbol < 286; symbol++) {
      pen_match(&p, symbol, 1, distance);
      pen_fixed(&p, symbol & 127);
    }
    pen_fixed(&p, 256);
    expect(&p, INFLATE_END, NULL);
  }
}
END_TEST

START_TEST(a_stream_begins_anew) {
  dtc_allocator a = alloc_or_default(NULL);
  void *state = inflate_with_native()->new_state(&a);
  static const unsigned char far[] = {0x4b, 0x04, 0x12};
  unsigned char out[400];
  for (int round = 0; round < 3; round++) {
    inflate_span span = {far, sizeof far, out, sizeof out, 0};
    ck_assert_int_eq(inflate_with_native()->restart(state), INFLATE_MORE);
    ck_assert_int_eq(inflate_with_native()->step(state, &span), INFLATE_BAD);
    ck_assert_int_eq(inflate_with_native()->step(state, &span), INFLATE_BAD);
  }
  inflate_with_native()->free_state(state, &a);
  inflate_with_native()->free_state(NULL, &a);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("inflate");
  TCase *tcase = tcase_create("inflate");
  tcase_add_test(tcase, blocks);
  tcase_add_test(tcase, stored);
  tcase_add_test(tcase, counts);
  tcase_add_test(tcase, precode);
  tcase_add_test(tcase, codes);
  tcase_add_test(tcase, fixed_symbols_that_do_not_exist);
  tcase_add_test(tcase, lengths_and_distances);
  tcase_add_test(tcase, too_far_back);
  tcase_add_test(tcase, matches_that_overlap_themselves);
  tcase_add_test(tcase, a_stream_begins_anew);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
