#include "text/fields.h"
#include "text/lines.h"
#include "text/marks.h"
#include "text/numbers.h"

#include "base/alloc.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

/* What lines_next() and line_check() made of a text: the lines joined by '|', then the first status and its place. */
typedef struct seen {
  char text[4096];
  size_t used;
  dtc_status status;
  dtc_diag diag;
  uint64_t last_number, last_byte;
  int rest;
} seen;

static seen read_in_pieces(const char *bytes, size_t length, uint32_t limit, size_t chunk) {
  seen s;
  memset(&s, 0, sizeof s);
  lines l;
  dtc_allocator a = alloc_or_default(NULL);
  lines_init(&l, &a, limit);
  for (size_t at = 0; at < length && !s.status; at += chunk) {
    size_t n = length - at < chunk ? length - at : chunk;
    char *copy = malloc(n);
    memcpy(copy, bytes + at, n);
    view piece = {copy, n};
    while (piece.length && !s.status) {
      line out;
      int got;
      s.status = lines_next(&l, &piece, &out, &got, &s.diag);
      if (s.status || !got)
        continue;
      line_take_bom(&out);
      s.status = line_check(&out, LINE_ANY_ENCODING, &s.diag);
      ck_assert_uint_lt(s.used + out.text.length + 1, sizeof s.text);
      if (out.text.length)
        memcpy(s.text + s.used, out.text.at, out.text.length);
      s.used += out.text.length;
      s.text[s.used++] = '|';
      s.last_number = out.number;
      s.last_byte = out.byte;
    }
    free(copy);
  }
  line rest;
  lines_finish(&l, &rest, &s.rest);
  lines_free(&l);
  return s;
}

static void expect(const char *bytes, size_t length, uint32_t limit, const char *lines_seen, dtc_status status,
                   uint64_t number, uint64_t column) {
  static const size_t chunks[] = {1, 2, 3, 7, 4096};
  for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++) {
    seen s = read_in_pieces(bytes, length, limit, chunks[c]);
    ck_assert_msg(s.status == status, "%s, chunk %zu: %s", lines_seen, chunks[c], dtc_status_slug(s.status));
    ck_assert_str_eq(s.text, lines_seen);
    if (!status)
      continue;
    ck_assert_uint_eq(s.diag.line, number);
    ck_assert_uint_eq(s.diag.column, column);
    ck_assert_uint_eq(s.diag.byte, s.diag.byte < length ? s.diag.byte : length);
  }
}

#define EXPECT(text, limit, ...) expect(text, sizeof text - 1, limit, __VA_ARGS__)

START_TEST(lines_come_whole_however_they_are_cut) {
  EXPECT("ab\ncde\n\nf\n", 10, "ab|cde||f|", DTC_OK, 0, 0);
  EXPECT("ab\r\ncde\r\n\r\nf\r\n", 10, "ab|cde||f|", DTC_OK, 0, 0);
  EXPECT("ab", 10, "", DTC_OK, 0, 0);
  EXPECT("#\tb\xc3\xa9\n", 10, "#\tb\xc3\xa9|", DTC_OK, 0, 0);
}
END_TEST

START_TEST(places_are_counted) {
  for (size_t chunk = 1; chunk < 9; chunk++) {
    seen s = read_in_pieces("ab\r\ncde\r\nf\r\ng", 13, 10, chunk);
    ck_assert_uint_eq(s.last_number, 3);
    ck_assert_uint_eq(s.last_byte, 9);
    ck_assert_int_eq(s.rest, 1);
    s = read_in_pieces("ab\r\ncde\r\n", 9, 10, chunk);
    ck_assert_int_eq(s.rest, 0);
  }
}
END_TEST

START_TEST(bad_bytes_have_a_place) {
  EXPECT("#a\nb\x01\n", 10, "#a|b\x01|", DTC_TEXT_CONTROL, 2, 2);
  EXPECT("#a\nb\x7f\n", 10, "#a|b\x7f|", DTC_TEXT_CONTROL, 2, 2);
  EXPECT("#a\nb\r\nc\n", 10, "#a|", DTC_LINE_END_MIXED, 2, 2);
  EXPECT("#a\r\nb\n", 10, "#a|", DTC_LINE_END_MIXED, 2, 2);
  EXPECT("#a\nb\rc\n", 10, "#a|b\rc|", DTC_LINE_END_MIXED, 2, 2);
  EXPECT("#a\r\r\n", 10, "#a\r|", DTC_LINE_END_MIXED, 1, 3);
  EXPECT("\xef\xbb\xbf#a\n\xef\xbb\xbf#b\n", 10, "#a|\xef\xbb\xbf#b|", DTC_OK, 0, 0);
  EXPECT("\xff\xfe#\n", 10, "\xff\xfe#|", DTC_TEXT_UTF16, 1, 1);
  EXPECT("\xfe\xff#\n", 10, "\xfe\xff#|", DTC_TEXT_UTF16, 1, 1);
  EXPECT("\xff#\n", 10, "\xff#|", DTC_TEXT_BINARY, 1, 1);
  EXPECT("\xfe#\n", 10, "\xfe#|", DTC_TEXT_BINARY, 1, 1);
  EXPECT("\xef#a\n", 10, "\xef#a|", DTC_TEXT_BINARY, 1, 1);
  EXPECT("\xef\xbb#\n", 10, "\xef\xbb#|", DTC_TEXT_BINARY, 1, 1);
  EXPECT("\xef\n", 10, "\xef|", DTC_TEXT_BINARY, 1, 1);
  EXPECT("a\tb\n", 10, "a\tb|", DTC_OK, 0, 0);
  EXPECT("\n#a\n", 10, "|#a|", DTC_OK, 0, 0);
  EXPECT("PK\x03\x04\n", 10, "PK\x03\x04|", DTC_TEXT_IS_ARCHIVE, 1, 1);
  EXPECT("PK\x05\x06\n", 10, "PK\x05\x06|", DTC_TEXT_IS_ARCHIVE, 1, 1);
  EXPECT("PK\x03\x05\n", 10, "PK\x03\x05|", DTC_TEXT_BINARY, 1, 3);
  EXPECT("\x1f\x8b\x08\n", 10, "\x1f\x8b\x08|", DTC_TEXT_IS_ARCHIVE, 1, 1);
}
END_TEST

START_TEST(nul_is_seen) {
  seen s = read_in_pieces("#abc\nde\0f\n", 10, 10, 3);
  ck_assert_int_eq(s.status, DTC_TEXT_NUL);
  ck_assert_uint_eq(s.diag.line, 2);
  ck_assert_uint_eq(s.diag.column, 3);
  ck_assert_uint_eq(s.diag.byte, 7);
  s = read_in_pieces("#\0a\0\n\0", 6, 10, 4);
  ck_assert_int_eq(s.status, DTC_TEXT_UTF16);
}
END_TEST

START_TEST(long_lines_are_refused_at_the_limit) {
  EXPECT("#234567890\n", 10, "#234567890|", DTC_OK, 0, 0);
  EXPECT("#234567890\r\n", 10, "#234567890|", DTC_OK, 0, 0);
  EXPECT("#2345678901\n", 10, "", DTC_LINE_TOO_LONG, 1, 11);
  EXPECT("#2345678901\r\n", 10, "", DTC_LINE_TOO_LONG, 1, 11);
  EXPECT("#a\n123456789012345", 10, "#a|", DTC_LINE_TOO_LONG, 2, 11);
  EXPECT("#23\r567890123\r56", 10, "", DTC_LINE_END_MIXED, 1, 4);
}
END_TEST

START_TEST(nothing_gives_no_line) {
  lines l;
  dtc_allocator a = alloc_or_default(NULL);
  lines_init(&l, &a, 10);
  view piece = {NULL, 0};
  line out;
  int got = 1;
  dtc_diag diag = {0};
  ck_assert_int_eq(lines_next(&l, &piece, &out, &got, &diag), DTC_OK);
  ck_assert_int_eq(got, 0);
  lines_free(&l);
}
END_TEST

START_TEST(rows_are_ascii) {
  line l = {{"ab\xc3\xa9", 4}, 7, 100};
  dtc_diag diag = {0};
  ck_assert_int_eq(line_check(&l, LINE_ANY_ENCODING, &diag), DTC_OK);
  ck_assert_int_eq(line_check(&l, LINE_ASCII, &diag), DTC_TEXT_NOT_ASCII);
  ck_assert_uint_eq(diag.line, 7);
  ck_assert_uint_eq(diag.column, 3);
  ck_assert_uint_eq(diag.byte, 102);
}
END_TEST

static void *fails(void *opaque, void *block, size_t size_bytes) {
  (void)opaque, (void)block, (void)size_bytes;
  return NULL;
}
static void releases(void *opaque, void *block) { (void)opaque, free(block); }

START_TEST(no_memory_for_a_line) {
  lines l;
  dtc_allocator a = {fails, releases, NULL};
  lines_init(&l, &a, 10);
  view piece = view_of("abc");
  line out;
  int got;
  dtc_diag diag = {0};
  ck_assert_int_eq(lines_next(&l, &piece, &out, &got, &diag), DTC_OUT_OF_MEMORY);
  ck_assert_int_eq(diag.status, DTC_OUT_OF_MEMORY);
  lines_free(&l);
}
END_TEST

START_TEST(fields_are_cut) {
  fields f;
  fields_split(view_of("a\t\tbc\t"), '\t', &f);
  ck_assert_uint_eq(f.count, 4);
  ck_assert(view_is(f.at[0], "a") && view_is(f.at[1], "") && view_is(f.at[2], "bc") && view_is(f.at[3], ""));
  fields_split(view_of(""), '\t', &f);
  ck_assert_uint_eq(f.count, 1);
  fields_split(view_of(",,,,,,,,,,,"), ',', &f);
  ck_assert_uint_eq(f.count, 12);
  ck_assert_uint_eq(fields_count_loosely(view_of("a\t\t b \t c"), '\t'), 3);
  ck_assert_uint_eq(fields_count_loosely(view_of(",a,,b,"), ','), 2);
  ck_assert_uint_eq(fields_count_loosely(view_of("a,\tb c"), ','), 3);
}
END_TEST

START_TEST(quoted_fields_are_cut) {
  fields f;
  ck_assert_uint_eq(fields_split_quoted(view_of("\"a\",\"\",\"bc\""), ',', &f), 0);
  ck_assert_uint_eq(f.count, 3);
  ck_assert(view_is(f.at[0], "a") && view_is(f.at[1], "") && view_is(f.at[2], "bc"));
  ck_assert_uint_eq(fields_split_quoted(view_of(""), ',', &f), 1);
  ck_assert_uint_eq(fields_split_quoted(view_of("a"), ',', &f), 1);
  ck_assert_uint_eq(fields_split_quoted(view_of("\"a"), ',', &f), 3);
  ck_assert_uint_eq(fields_split_quoted(view_of("\"a\","), ',', &f), 5);
  ck_assert_uint_eq(fields_split_quoted(view_of("\"a\"b"), ',', &f), 4);
  ck_assert_uint_eq(fields_split_quoted(view_of("\"a,b\""), ',', &f), 3);
}
END_TEST

/* ---- marks and numbers */

/* A linear congruence (Knuth, MMIX): the same bytes everywhere. */
static uint32_t next(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*state >> 33);
}

/* What one instruction does for sixteen bytes is what a plain loop does. */
START_TEST(marks_are_where_the_bytes_are) {
  uint64_t random = 11;
  static const char some[] = "\t\n\r,\",,0123456789rsiAG -\x1f\x20\x7f+.;";
  for (int round = 0; round < 20000; round++) {
    char text[48];
    uint64_t low = 0, comma = 0, low_by_word = 0, comma_by_word = 0;
    for (unsigned i = 0; i < sizeof text; i++) {
      text[i] = some[next(&random) % (sizeof some - 1)];
      low |= i < 32 && (unsigned char)text[i] < ' ' ? UINT64_C(1) << i : 0;
      comma |= text[i] == ',' ? UINT64_C(1) << i : 0;
    }
    for (unsigned i = 0; i < sizeof text; i += 8) {
      low_by_word |= i < 32 ? marks_low_by_word(load_64(text + i)) << i : 0;
      comma_by_word |= marks_comma_by_word(load_64(text + i)) << i;
    }
    ck_assert(marks_low(text) == low && low_by_word == low);
    ck_assert(marks_comma(text) == comma && comma_by_word == comma);
  }
}
END_TEST

/* Every byte, since one beyond ASCII must not change its neighbour. */
START_TEST(a_byte_beyond_ascii_spoils_no_other_mark) {
  for (unsigned byte = 128; byte < 256; byte++) {
    char text[48];
    memset(text, (int)byte, sizeof text);
    text[5] = '\t', text[17] = ',';
    ck_assert((marks_low(text) >> 5 & 1) == 1);
    ck_assert(marks_low_by_word(load_64(text)) >> 5 & 1);
    ck_assert(marks_comma(text) == UINT64_C(1) << 17);
    ck_assert(marks_comma_by_word(load_64(text + 16)) == 2);
  }
}
END_TEST

START_TEST(two_numbers_are_those_of_one_by_one) {
  uint64_t random = 12;
  for (int round = 0; round < 200000; round++) {
    char text[64];
    size_t n = 1 + next(&random) % NUMBERS_DIGITS, m = 1 + next(&random) % NUMBERS_DIGITS;
    for (unsigned i = 0; i < sizeof text; i++)
      text[i] = (char)('0' + next(&random) % 10);
    if (round % 4 == 0)
      text[next(&random) % sizeof text] = (char)next(&random);
    uint32_t a = 0, b = 0, c = 0, d = 0;
    int plain = numbers_two_by_digit(text + 32, n, text + 64, m, &a, &b);
    ck_assert_int_eq(!!numbers_two(text + 32, n, text + 64, m, &c, &d), plain);
    ck_assert(!plain || (a == c && b == d));
  }
  static const char edge[] = "0000000000000000004294967295......4294967296";
  uint32_t a, b;
  ck_assert(numbers_two(edge + 28, 10, edge + 28, 9, &a, &b) && a == UINT32_MAX && b == 294967295);
  ck_assert(!numbers_two(edge + 44, 10, edge + 28, 9, &a, &b));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("text");
  TCase *tests = tcase_create("text");
  tcase_add_test(tests, lines_come_whole_however_they_are_cut);
  tcase_add_test(tests, places_are_counted);
  tcase_add_test(tests, bad_bytes_have_a_place);
  tcase_add_test(tests, nul_is_seen);
  tcase_add_test(tests, long_lines_are_refused_at_the_limit);
  tcase_add_test(tests, nothing_gives_no_line);
  tcase_add_test(tests, rows_are_ascii);
  tcase_add_test(tests, no_memory_for_a_line);
  tcase_add_test(tests, fields_are_cut);
  tcase_add_test(tests, quoted_fields_are_cut);
  tcase_add_test(tests, marks_are_where_the_bytes_are);
  tcase_add_test(tests, a_byte_beyond_ascii_spoils_no_other_mark);
  tcase_add_test(tests, two_numbers_are_those_of_one_by_one);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
