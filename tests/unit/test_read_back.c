/* What was written is read back while it is written, and what is not as meant is told; and the way of the bytes to the
 * thread that writes them. */
#include "writing.h"

#include "vcf/writer/handover.h"
#include "vcf/writer/hts_header.h"
#include "vcf/writer/read_back.h"

#include <errno.h>
#include <fcntl.h>
#include <htslib/bgzf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_back_whole(content_sum *meant, const char *path, const char **trouble) {
  int fd = open(path, O_RDONLY);
  read_back r;
  ck_assert_int_ge(fd, 0);
  read_back_begin(&r, fd, path);
  int result = read_back_end(&r, meant, trouble);
  close(fd);
  return result;
}

/* A byte of the text that is not what was meant is found, whatever it is. */
START_TEST(test_read_back_finds_a_byte) {
  static const dtc_file_type types[] = {DTC_FILE_VCF, DTC_FILE_VCF_BGZF, DTC_FILE_BCF};
  for (int t = 0; t < 3; t++) {
    vcf_layout format = format_of(types[t], DTC_INDEX_NONE, 4);
    char *path = path_of("out");
    write_file(path, &format, 0, 1, 40);
    bcf_hdr_t *h = hts_header_new(header, header_bytes);
    content_sum right = {0}, wrong;
    ck_assert_int_eq(content_begin(&right, &format, h), 0);
    BGZF *in = bgzf_open(path, "r");
    static char text[1 << 20];
    ssize_t length = bgzf_read(in, text, sizeof text);
    bgzf_close(in);
    ck_assert_int_gt(length, (ssize_t)right.bytes);
    content_add(&right, text + right.bytes, (size_t)length - right.bytes);
    const char *trouble = NULL;
    ck_assert_int_eq(read_back_whole(&right, path, &trouble), 0);
    for (size_t at = 0; at < (size_t)length; at += 997) {
      text[at] ^= 1;
      wrong = (content_sum){0};
      content_add(&wrong, text, (size_t)length);
      ck_assert_int_eq(read_back_whole(&wrong, path, &trouble), -1);
      ck_assert_ptr_nonnull(trouble);
      text[at] ^= 1;
    }
    bcf_hdr_destroy(h);
  }
}
END_TEST

/* Reads a file back that grows by pieces of any size, as far as it goes; before, `stale` bytes stood in it. Returns
 * what the end says. */
static int read_growing(const char *bytes, size_t length, content_sum meant, size_t stale, size_t *early,
                        const char **trouble) {
  char *path = path_of("growing");
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  read_back r;
  ck_assert_int_eq(ftruncate(fd, (off_t)stale), 0);
  read_back_begin(&r, fd, path);
  *early = 0;
  for (size_t at = 0, n; at < length; at += n) {
    n = 1 + at % 7919;
    n = n < length - at ? n : length - at;
    ck_assert_int_eq(write(fd, bytes + at, n), (ssize_t)n);
    while (read_back_step(&r))
      ++*early;
  }
  int result = read_back_end(&r, &meant, trouble);
  close(fd);
  return result;
}

/* While a file is written, what is read of it is whole blocks only; at the end all of it was read, and what is wrong
 * in it is told, where it was read early too. */
START_TEST(test_read_back_while_written) {
  static const dtc_file_type types[] = {DTC_FILE_VCF, DTC_FILE_VCF_BGZF, DTC_FILE_BCF_PLAIN, DTC_FILE_BCF};
  for (int t = 0; t < 4; t++) {
    vcf_layout format = format_of(types[t], DTC_INDEX_NONE, 1);
    char *path = path_of("out");
    write_file(path, &format, 0, 1, 5000);
    size_t length, early;
    char *bytes = read_file(path, &length);
    content_sum meant = {0};
    BGZF *in = bgzf_open(path, "r");
    static char piece[4096];
    for (ssize_t n; (n = bgzf_read(in, piece, sizeof piece)) > 0;)
      content_add(&meant, piece, (size_t)n);
    bgzf_close(in);
    const char *trouble = NULL;
    ck_assert_int_eq(read_growing(bytes, length, meant, 0, &early, &trouble), 0);
    ck_assert_uint_gt(early, 1);
    ck_assert_int_eq(read_growing(bytes, length, meant, length - 1, &early, &trouble), 0);
    ck_assert_uint_eq(early, 0);
    for (size_t at = 20; at < length - 40; at += length / 40) {
      trouble = NULL;
      bytes[at] ^= 1;
      ck_assert_int_eq(read_growing(bytes, length, meant, 0, &early, &trouble), -1);
      bytes[at] ^= 1;
    }
    free(bytes);
  }
}
END_TEST

/* What could not be opened early is told at the end, and nothing is read of it. */
START_TEST(test_read_back_tells_a_failure) {
  static const char zeros[1 << 17];
  char *path = path_of("out"), *gone = path_of("gone");
  int fd = open(path, O_RDWR | O_CREAT, 0600);
  const char *trouble = NULL;
  content_sum meant = {0};
  read_back r;
  ck_assert_int_eq(write(fd, zeros, sizeof zeros), (ssize_t)sizeof zeros);
  read_back_begin(&r, fd, gone);
  ck_assert_int_eq(read_back_step(&r), 0);
  ck_assert_int_eq(read_back_step(&r), 0);
  ck_assert_int_eq(read_back_end(&r, &meant, &trouble), -1);
  ck_assert_int_eq(errno, ENOENT);
  ck_assert_ptr_null(trouble);
  close(fd);
}
END_TEST

static int count_letters(void *opaque, const char *bytes, size_t length) {
  uint64_t *sum = opaque;
  for (size_t i = 0; i < length; i++)
    *sum = *sum * 31 + (unsigned char)bytes[i];
  return length > 300000 ? 7 : 0;
}

/* Has something to do now and then. */
static int idle_at_times(void *opaque) {
  (void)opaque;
  static int turn;
  return ++turn % 3;
}

/* Entries of all sizes arrive whole and in order, with a thread and without, whether the caller idles or waits; a
 * failure is told and nothing waits. */
START_TEST(test_handover) {
  uint64_t sums[3] = {0};
  for (int way = 0; way < 3; way++) {
    const int threaded = way > 0;
    const handover_idler idler = way == 2 ? idle_at_times : NULL;
    handover *h = handover_new(threaded, count_letters, idler, &sums[way]);
    for (unsigned i = 0; i < 20000; i++) {
      size_t length = i == 777 ? 200000 : i % 300;
      char *room = handover_room(h, length + 9);
      memset(room, 'a' + (int)(i % 26), length);
      handover_take(h, length);
    }
    ck_assert_int_eq(handover_finish(h), 0);
    handover_free(h);
    h = handover_new(threaded, count_letters, idler, &sums[way]);
    for (unsigned i = 0; i < 50; i++) {
      memset(handover_room(h, 300001), 'x', 300001);
      handover_take(h, 300001);
    }
    ck_assert_int_eq(handover_finish(h), 7);
    handover_free(h);
    handover_free(handover_new(threaded, count_letters, idler, &sums[way]));
  }
  ck_assert_uint_eq(sums[0], sums[1]);
  ck_assert_uint_eq(sums[0], sums[2]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("read_back");
  TCase *reading = tcase_create("reading");
  tcase_add_checked_fixture(reading, setup, teardown);
  tcase_add_test(reading, test_read_back_finds_a_byte);
  tcase_add_test(reading, test_read_back_while_written);
  tcase_add_test(reading, test_read_back_tells_a_failure);
  tcase_add_test(reading, test_handover);
  suite_add_tcase(suite, reading);
  return suite_run(suite);
}
