/* The archive layer from inside: limits on both sides, every way in alike, both inflaters alike, every allocation
 * failing. Hostile structure stands in tests/hostile, where archives are made by a script. */
#include "archive/kind.h"
#include "archive/pump.h"
#include "base/alloc.h"
#include "unit/packing.h"

#include "suite.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* ---- a consumer */

typedef struct eater {
  uint32_t crc;
  uint64_t total;
  size_t largest;
  dtc_status answer; /* given from the first byte on */
} eater;

static dtc_status eat(void *opaque, const void *at, size_t length_bytes) {
  eater *e = opaque;
  ck_assert_uint_gt(length_bytes, 0);
  e->crc = (uint32_t)crc32(e->crc, at, (uInt)length_bytes);
  e->total += length_bytes;
  if (length_bytes > e->largest)
    e->largest = length_bytes;
  return e->answer;
}

static dtc_options options_of(dtc_container container) {
  dtc_options o;
  memset(&o, 0, sizeof o);
  o.container = container;
  o.limits = (dtc_limits){26214400, 268435456, 50, 67108864, 5000000, 1, 8, 65536, 512, 1024, 1000, 100, {0}};
  return o;
}

static dtc_status pump_bytes(const bytes *b, const dtc_options *options, eater *e, dtc_diag *diag) {
  archive_facts facts;
  *e = (eater){.answer = e->answer};
  *diag = (dtc_diag){0};
  dtc_status status = archive_pump_memory(b->at, b->length, options, eat, e, &facts, diag);
  ck_assert_uint_eq(facts.file_bytes, b->length);
  if (status != DTC_OK && status != e->answer)
    ck_assert_int_eq(diag->status, status);
  if (status == DTC_OK)
    ck_assert_uint_eq(facts.unpacked_bytes, e->total);
  return status;
}

#define ck_status(got, want) \
  ck_assert_msg((got) == (want), "%s, wanted %s", dtc_status_slug(got), dtc_status_slug(want))

static void expect(const bytes *b, const dtc_options *options, dtc_status want) {
  eater e = {0};
  dtc_diag diag;
  dtc_status got = pump_bytes(b, options, &e, &diag);
  ck_status(got, want);
}

/* ---- tests */

START_TEST(every_way_in_gives_the_same) {
  dtc_options options = options_of(DTC_CONTAINER_ANY);
  bytes text = text_of(400000);
  bytes files[] = {good_zip(400000, 6), gzip_of(&text), text_of(400000),
                   good_zip(1, 9),      text_of(65536), text_of(65537)};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    eater from_memory = {0}, from_file = {0}, from_pipe = {0};
    dtc_diag diag = {0};
    archive_facts facts;
    ck_status(pump_bytes(&files[i], &options, &from_memory, &diag), DTC_OK);
    ck_assert_uint_le(from_memory.largest, 65536);
    FILE *file = tmpfile();
    ck_assert_uint_eq(fwrite(files[i].at, 1, files[i].length, file), files[i].length);
    ck_assert_int_eq(fflush(file), 0);
    ck_status(archive_pump_fd(fileno(file), &options, eat, &from_file, &facts, &diag), DTC_OK);
    ck_assert_int_eq(ftell(file), (long)files[i].length); /* the offset was not moved */
    rewind(file);
    char command[64];
    snprintf(command, sizeof command, "cat <&%d", fileno(file));
    FILE *pipe = popen(command, "r");
    ck_status(archive_pump_fd(fileno(pipe), &options, eat, &from_pipe, &facts, &diag), DTC_OK);
    ck_assert_uint_eq(facts.file_bytes, files[i].length);
    ck_assert_int_eq(pclose(pipe), 0);
    fclose(file);
    ck_assert_uint_eq(from_file.crc, from_memory.crc);
    ck_assert_uint_eq(from_pipe.crc, from_memory.crc);
    ck_assert_uint_eq(from_pipe.total, from_memory.total);
    free(files[i].at);
  }
  free(text.at);
}
END_TEST

START_TEST(the_size_of_a_file_has_a_limit) {
  bytes zip = good_zip(5000, 6), text = text_of(5000), gzip = gzip_of(&text);
  dtc_options options = options_of(DTC_CONTAINER_ANY);
  options.limits.file_bytes = zip.length;
  expect(&zip, &options, DTC_OK);
  options.limits.file_bytes--;
  expect(&zip, &options, DTC_FILE_TOO_LARGE);
  options.limits.file_bytes = gzip.length;
  expect(&gzip, &options, DTC_OK);
  options.limits.file_bytes--;
  expect(&gzip, &options, DTC_FILE_TOO_LARGE);
  options.limits.unpacked_bytes = text.length;
  expect(&text, &options, DTC_OK);
  options.limits.unpacked_bytes--;
  expect(&text, &options, DTC_FILE_TOO_LARGE);
  int ends[2];
  ck_assert_int_eq(pipe(ends), 0);
  ck_assert_int_eq(write(ends[1], zip.at, zip.length), (ssize_t)zip.length);
  close(ends[1]);
  options = options_of(DTC_CONTAINER_ZIP);
  options.limits.file_bytes = zip.length - 1;
  eater e = {0};
  dtc_diag diag = {0};
  ck_status(archive_pump_fd(ends[0], &options, eat, &e, NULL, &diag), DTC_FILE_TOO_LARGE);
  close(ends[0]);
  free(zip.at);
  free(text.at);
  free(gzip.at);
}
END_TEST

START_TEST(unpacked_size_and_ratio_have_limits) {
  bytes zip = good_zip(5000, 6), text = text_of(5000), gzip = gzip_of(&text);
  dtc_options options = options_of(DTC_CONTAINER_ANY);
  options.limits.unpacked_bytes = 5000;
  expect(&zip, &options, DTC_OK);
  expect(&gzip, &options, DTC_OK);
  options.limits.unpacked_bytes = 4999;
  expect(&zip, &options, DTC_ZIP_BOMB_SIZE);
  expect(&gzip, &options, DTC_ZIP_BOMB_SIZE);

  bytes same = {0};
  for (size_t i = 0; i < 1000; i++)
    put(&same, "aaaaaaaaaa", 10);
  bytes packed = deflated(&same, 9);
  uint32_t crc = (uint32_t)crc32(0, same.at, (uInt)same.length);
  bytes dense = zip_of(&packed, 8, crc, same.length, 5, 0);
  options = options_of(DTC_CONTAINER_ZIP);
  options.limits.ratio_from_bytes = same.length;
  options.limits.ratio = 1;
  expect(&dense, &options, DTC_OK); /* not beyond the size from which the ratio counts */
  options.limits.ratio_from_bytes = same.length - 1;
  expect(&dense, &options, DTC_ZIP_BOMB_RATIO);
  options.limits.ratio = (same.length + packed.length - 1) / packed.length;
  expect(&dense, &options, DTC_OK);
  options.limits.ratio--;
  expect(&dense, &options, DTC_ZIP_BOMB_RATIO);
  /* a size that is only claimed hides nothing */
  bytes liar = zip_of(&packed, 8, crc, 10, 5, 0);
  expect(&liar, &options, DTC_ZIP_BOMB_RATIO);
  options = options_of(DTC_CONTAINER_ZIP);
  expect(&liar, &options, DTC_ZIP_SIZE_MISMATCH);
  free(zip.at), free(text.at), free(gzip.at), free(same.at), free(packed.at), free(dense.at), free(liar.at);
}
END_TEST

START_TEST(names_comments_and_directory_have_limits) {
  bytes text = text_of(300), packed = deflated(&text, 6);
  uint32_t crc = (uint32_t)crc32(0, text.at, (uInt)text.length);
  dtc_options options = options_of(DTC_CONTAINER_ZIP);
  bytes fits = zip_of(&packed, 8, crc, text.length, 512, 1024);
  bytes long_name = zip_of(&packed, 8, crc, text.length, 513, 0);
  bytes long_comment = zip_of(&packed, 8, crc, text.length, 512, 1025);
  expect(&fits, &options, DTC_OK);
  expect(&long_name, &options, DTC_ZIP_NAME_TOO_LONG);
  expect(&long_comment, &options, DTC_ZIP_COMMENT_TOO_LARGE);
  options.limits.directory_bytes = 46 + 512;
  expect(&fits, &options, DTC_OK);
  options.limits.directory_bytes--;
  expect(&fits, &options, DTC_ZIP_DIRECTORY_TOO_LARGE);
  memset(fits.at + fits.length - 1024 - 10, 0xff, 4); /* the mark of a zip64 record that is not there */
  expect(&fits, &options, DTC_ZIP_DIRECTORY_TOO_LARGE);
  options.limits.directory_bytes = UINT32_MAX;
  expect(&fits, &options, DTC_ZIP_ZIP64);
  options.limits.directory_bytes = 65536;
  options.limits.entries = 0;
  expect(&fits, &options, DTC_ZIP_TOO_MANY_ENTRIES);
  free(text.at), free(packed.at), free(fits.at), free(long_name.at), free(long_comment.at);
}
END_TEST

START_TEST(a_zip_cut_anywhere_is_refused) {
  bytes zip = good_zip(2000, 6);
  dtc_options options = options_of(DTC_CONTAINER_ZIP);
  size_t whole = zip.length;
  for (zip.length = 1; zip.length < whole; zip.length++) {
    eater e = {0};
    dtc_diag diag;
    dtc_status status = pump_bytes(&zip, &options, &e, &diag);
    dtc_status want = zip.length == 1 ? DTC_NOT_A_ZIP : DTC_ZIP_TRUNCATED;
    ck_assert_msg(status == want, "cut to %zu: %s", zip.length, dtc_status_slug(status));
    ck_assert_uint_eq(e.total, 0);
  }
  zip.length = 0;
  expect(&zip, &options, DTC_FILE_EMPTY);
  free(zip.at);
}
END_TEST

START_TEST(gzip_is_whole_or_refused) {
  bytes text = text_of(3000), gzip = gzip_of(&text), twice = {0};
  dtc_options options = options_of(DTC_CONTAINER_ANY);
  put(&twice, gzip.at, gzip.length);
  put(&twice, gzip.at, gzip.length);
  eater e = {0};
  dtc_diag diag;
  ck_status(pump_bytes(&twice, &options, &e, &diag), DTC_OK);
  ck_assert_uint_eq(e.total, 6000);
  put(&twice, "\0", 1);
  expect(&twice, &options, DTC_GZIP_TRUNCATED); /* the head of a third member, cut */
  put(&twice, "trailing", 9);
  expect(&twice, &options, DTC_GZIP_DATA);
  bytes other = {0};
  put(&other, gzip.at, gzip.length);
  put(&other, "\x1f\x8c and so on", 12);
  expect(&other, &options, DTC_GZIP_DATA);
  static const char extra[] = "\x1f\x8b\10\4\0\0\0\0\0\3\4\0abcd";
  for (size_t n = 2; n < sizeof extra; n++) {
    bytes cut = {(unsigned char *)extra, n, 0};
    expect(&cut, &options, DTC_GZIP_TRUNCATED);
  }
  size_t whole = gzip.length;
  for (gzip.length = 2; gzip.length < whole; gzip.length++)
    expect(&gzip, &options, DTC_GZIP_TRUNCATED);
  for (size_t back = 1; back <= 8; back++) {
    gzip.at[whole - back] ^= 1;
    expect(&gzip, &options, DTC_GZIP_DATA);
    gzip.at[whole - back] ^= 1;
  }
  gzip.at[2] = 7;
  expect(&gzip, &options, DTC_GZIP_HEADER);
  options.container = DTC_CONTAINER_ZIP;
  expect(&gzip, &options, DTC_NOT_A_ZIP);
  free(text.at), free(gzip.at), free(twice.at), free(other.at);
}
END_TEST

START_TEST(damage_comes_before_what_the_consumer_says) {
  bytes zip = good_zip(200000, 6);
  dtc_options options = options_of(DTC_CONTAINER_ZIP);
  eater e = {.answer = DTC_ROW_COLUMNS};
  dtc_diag diag;
  ck_status(pump_bytes(&zip, &options, &e, &diag), DTC_ROW_COLUMNS);
  ck_assert_uint_le(e.total, 65536); /* asked once */
  e.answer = DTC_STOPPED;
  ck_status(pump_bytes(&zip, &options, &e, &diag), DTC_STOPPED);
  size_t crc_at = 14;
  const unsigned char *end = zip.at + zip.length - 6;
  size_t directory_at = (size_t)end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;
  zip.at[crc_at] ^= 1;
  zip.at[directory_at + 16] ^= 1;
  e.answer = DTC_ROW_COLUMNS;
  ck_status(pump_bytes(&zip, &options, &e, &diag), DTC_ZIP_CRC_MISMATCH);
  free(zip.at);
}
END_TEST

START_TEST(what_is_no_zip_is_named) {
  static const struct {
    const char *head, *words;
    size_t length;
  } files[] = {{"7z\xbc\xaf\x27\x1c\0\4", "7z", 8},
               {"%PDF-1.7\n", "PDF", 9},
               {"BZh91AY&SY", "bzip2", 10},
               {"\xfd"
                "7zXZ\0\0\4",
                "xz", 8},
               {"Rar!\x1a\7\1\0", "RAR", 8},
               {"\x1f\x8b\10\0", "gzip", 4},
               {"  <!DOCTYPE html>", "HTML", 17},
               {"# rsid\t", "text", 7},
               {"##fileformat=VCFv4.2\n", "VCF", 21}};
  dtc_options options = options_of(DTC_CONTAINER_ZIP);
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    bytes b = {(unsigned char *)files[i].head, files[i].length, 0};
    eater e = {0};
    dtc_diag diag;
    ck_status(pump_bytes(&b, &options, &e, &diag), DTC_NOT_A_ZIP);
    ck_assert_msg(strstr(diag.expected, files[i].words) != NULL, "%s", diag.expected);
  }
}
END_TEST

static size_t allocations_left;
static size_t live_blocks;

static void *scarce_resize(void *opaque, void *block, size_t size_bytes) {
  (void)opaque;
  if (allocations_left == 0)
    return NULL;
  allocations_left--;
  live_blocks += block == NULL;
  return realloc(block, size_bytes);
}

static void scarce_release(void *opaque, void *block) {
  (void)opaque;
  live_blocks -= block != NULL;
  free(block);
}

START_TEST(every_failed_allocation_is_survived) {
  bytes text = text_of(200000);
  bytes files[] = {good_zip(200000, 6), gzip_of(&text), text_of(200000)};
  dtc_options options = options_of(DTC_CONTAINER_ANY);
  options.allocator = (dtc_allocator){scarce_resize, scarce_release, NULL};
  const inflate_engine *engines[] = {inflate_with_zlib(), inflate_with_native()};
  for (size_t i = 0; i < 6; i++) {
    const bytes *b = &files[i / 2];
    dtc_status status = DTC_INTERNAL;
    for (size_t n = 0; status != DTC_OK; n++) {
      ck_assert_uint_lt(n, 100);
      FILE *file = tmpfile(); /* through a pipe, so that holding it fails too */
      fwrite(b->at, 1, b->length, file);
      fflush(file);
      rewind(file);
      char command[64];
      snprintf(command, sizeof command, "cat <&%d 2>&-", fileno(file));
      FILE *pipe = popen(command, "r");
      allocations_left = n;
      eater e = {0};
      dtc_diag diag = {0};
      source s;
      status = source_from_fd(&s, fileno(pipe), &options.allocator, &diag);
      if (status == DTC_OK) {
        status = archive_pump_source(&s, &options, engines[i % 2], eat, &e, NULL, &diag);
        source_close(&s);
      }
      pclose(pipe);
      fclose(file);
      ck_assert_uint_eq(live_blocks, 0);
      if (status != DTC_OK)
        ck_status(status, DTC_OUT_OF_MEMORY);
      ck_assert_int_eq(diag.status, status);
    }
  }
  for (size_t i = 0; i < 3; i++)
    free(files[i].at);
  free(text.at);
}
END_TEST

START_TEST(a_file_that_changes_is_noticed) {
  bytes zip = good_zip(3000, 6);
  FILE *file = tmpfile();
  fwrite(zip.at, 1, zip.length, file);
  fflush(file);
  dtc_allocator a = alloc_or_default(NULL);
  dtc_options options = options_of(DTC_CONTAINER_ZIP);
  source s;
  dtc_diag diag = {0};
  eater e = {0};
  ck_status(source_from_fd(&s, fileno(file), &a, &diag), DTC_OK);
  ck_assert_int_eq(ftruncate(fileno(file), (off_t)zip.length - 5), 0);
  ck_status(archive_pump_source(&s, &options, inflate_engine_of(options.engine), eat, &e, NULL, &diag), DTC_IO_CHANGED);
  ck_status(archive_pump_source(&s, &options, inflate_engine_of(options.engine), eat, &e, NULL, NULL), DTC_IO_CHANGED);
  source_close(&s);
  diag = (dtc_diag){0};
  ck_status(archive_pump_path("/nowhere/at all", &options, eat, &e, NULL, &diag), DTC_IO_OPEN);
  ck_assert_int_ne(diag.system_errno, 0);
  diag = (dtc_diag){0};
  ck_status(archive_pump_path("/", &options, eat, &e, NULL, &diag), DTC_IO_READ);
  fclose(file);
  free(zip.at);
}
END_TEST

/* Closes the descriptor under the pump after the first bytes. */
static dtc_status close_it(void *opaque, const void *at, size_t length_bytes) {
  (void)at;
  (void)length_bytes;
  int *fd = opaque;
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
  return DTC_OK;
}

START_TEST(a_read_that_fails_is_told) {
  bytes text = text_of(3000000);
  bytes files[] = {good_zip(3000000, 1), gzip_of(&text), text_of(3000000), zip_of(&text, 0, 0, text.length, 5, 0)};
  dtc_options options = options_of(DTC_CONTAINER_ANY);
  for (size_t i = 0; i < 4; i++) {
    FILE *file = tmpfile();
    fwrite(files[i].at, 1, files[i].length, file);
    fflush(file);
    int fd = dup(fileno(file));
    dtc_diag diag = {0};
    archive_facts facts;
    int given = fd;
    ck_status(archive_pump_fd(fd, &options, close_it, &given, &facts, &diag), DTC_IO_READ);
    ck_assert_int_eq(diag.system_errno, EBADF);
    ck_status(archive_pump_fd(fd, &options, close_it, &given, &facts, NULL), DTC_IO_READ); /* closed from the start */
    fclose(file);
    free(files[i].at);
  }
  free(text.at);
  eater e = {0};
  dtc_diag diag = {0};
  ck_status(archive_pump_memory(NULL, 1, &options, eat, &e, NULL, &diag), DTC_INVALID_ARGUMENT);
}
END_TEST

START_TEST(a_stream_is_held_to_the_limits_too) {
  bytes zip = good_zip(1000000, 1), text = text_of(1000000), gzip = gzip_of(&text);
  const bytes *files[] = {&zip, &gzip, &text};
  for (size_t i = 0; i < 3; i++)
    for (size_t over = 0; over < 2; over++) {
      dtc_options options = options_of(DTC_CONTAINER_ANY);
      options.limits.file_bytes = files[i]->length - over;
      if (i == 2)
        options.limits.unpacked_bytes = files[i]->length - over;
      FILE *file = tmpfile();
      fwrite(files[i]->at, 1, files[i]->length, file);
      fflush(file);
      rewind(file);
      char command[64];
      snprintf(command, sizeof command, "cat <&%d 2>&-", fileno(file));
      FILE *pipe = popen(command, "r");
      eater e = {0};
      dtc_diag diag = {0};
      ck_status(archive_pump_fd(fileno(pipe), &options, eat, &e, NULL, &diag), over ? DTC_FILE_TOO_LARGE : DTC_OK);
      pclose(pipe);
      fclose(file);
    }
  free(zip.at), free(text.at), free(gzip.at);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("archive");
  TCase *tcase = tcase_create("archive");
  tcase_add_test(tcase, every_way_in_gives_the_same);
  tcase_add_test(tcase, the_size_of_a_file_has_a_limit);
  tcase_add_test(tcase, unpacked_size_and_ratio_have_limits);
  tcase_add_test(tcase, names_comments_and_directory_have_limits);
  tcase_add_test(tcase, a_zip_cut_anywhere_is_refused);
  tcase_add_test(tcase, gzip_is_whole_or_refused);
  tcase_add_test(tcase, damage_comes_before_what_the_consumer_says);
  tcase_add_test(tcase, what_is_no_zip_is_named);
  tcase_add_test(tcase, every_failed_allocation_is_survived);
  tcase_add_test(tcase, a_file_that_changes_is_noticed);
  tcase_add_test(tcase, a_read_that_fails_is_told);
  tcase_add_test(tcase, a_stream_is_held_to_the_limits_too);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
