/* test_window.c - bytes of a large file are the same whichever way they are looked at, and a file that shrinks
 * meanwhile is an error, not the end of the process. */
#include "vcf/reference/window.h"

#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_BYTES = 11 * (1 << 20) + 321, MANY = 256 };

static char path[64];
static uint8_t *truth;

static uint32_t any(uint32_t *seed) { return (*seed = *seed * 1664525u + 1013904223u) >> 8; }

static void make_file(void) {
  uint32_t seed = 7;
  truth = malloc(FILE_BYTES);
  ck_assert_ptr_nonnull(truth);
  for (size_t i = 0; i < FILE_BYTES; i++)
    truth[i] = (uint8_t)any(&seed);
  snprintf(path, sizeof path, "/tmp/test_window.XXXXXX");
  int fd = mkstemp(path);
  ck_assert_int_ge(fd, 0);
  for (size_t done = 0; done < FILE_BYTES;) {
    ssize_t n = write(fd, truth + done, FILE_BYTES - done);
    ck_assert_int_gt(n, 0);
    done += (size_t)n;
  }
  ck_assert_int_eq(close(fd), 0);
}

static void remove_file(void) {
  unlink(path);
  free(truth);
}

/* Steps of 0 to 2 * mean: dense, sparse, and in between. */
START_TEST(test_gathered_is_what_stands_there) {
  static const uint32_t mean[] = {1, 40, 1000, 5000, 8200, 16384, 100000, 1500000};
  file_window w, other;
  ck_assert(file_window_open(&w, path));
  ck_assert(file_window_clone(&w, &other));
  uint32_t seed = 3;
  for (unsigned round = 0; round < 400; round++) {
    uint64_t offset[MANY];
    uint8_t byte[MANY];
    size_t n = 0, wanted = 1 + any(&seed) % MANY;
    uint64_t at = any(&seed) % FILE_BYTES;
    for (; n < wanted && at < FILE_BYTES; n++) {
      offset[n] = at;
      at += any(&seed) % (2 * mean[round % 8] + 1);
    }
    if (round % 5 == 0)
      offset[n - 1] = FILE_BYTES - 1;
    file_window *asked = round % 3 ? &w : &other;
    ck_assert(file_window_gather(asked, offset, n, byte));
    for (size_t i = 0; i < n; i++)
      ck_assert_uint_eq(byte[i], truth[offset[i]]);
    size_t length = 1 + any(&seed) % 70;
    if (offset[0] + length <= FILE_BYTES) {
      const uint8_t *text = file_window_at(asked, offset[0], length);
      ck_assert_ptr_nonnull(text);
      ck_assert_mem_eq(text, truth + offset[0], length);
    }
  }
  ck_assert(!w.failed && !other.failed);
  file_window_close(&other);
  file_window_close(&w);
}
END_TEST

START_TEST(test_behind_the_end) {
  file_window w;
  uint64_t offset[2] = {5, FILE_BYTES};
  uint8_t byte[2];
  ck_assert(file_window_open(&w, path));
  ck_assert(!file_window_gather(&w, offset, 2, byte));
  ck_assert_ptr_null(file_window_at(&w, FILE_BYTES - 3, 4));
  ck_assert_ptr_null(file_window_at(&w, UINT64_MAX, 1));
  ck_assert_ptr_nonnull(file_window_at(&w, FILE_BYTES - 4, 4));
  ck_assert(!w.failed); /* nothing was read in vain */
  file_window_close(&w);
}
END_TEST

START_TEST(test_shrinks) {
  file_window w, sparse;
  uint64_t offset[MANY];
  uint8_t byte[MANY];
  for (size_t i = 0; i < MANY; i++)
    offset[i] = 3 * (1 << 20) + i * 500;
  ck_assert(file_window_open(&w, path));
  ck_assert(file_window_clone(&w, &sparse));
  ck_assert(file_window_gather(&w, offset, MANY, byte));
  ck_assert_int_eq(truncate(path, 1 << 20), 0);
  for (size_t i = 0; i < MANY; i++)
    offset[i] += 1 << 20; /* behind what was read already */
  ck_assert(!file_window_gather(&w, offset, MANY, byte));
  ck_assert(w.failed);
  ck_assert(!file_window_gather(&w, offset, MANY, byte)); /* and again */
  for (size_t i = 0; i < MANY; i++)
    offset[i] = (1 << 20) + 100 + i * 40000;
  ck_assert(!file_window_gather(&sparse, offset, MANY, byte));
  ck_assert(sparse.failed);
  for (size_t i = 0; i < MANY; i++)
    offset[i] = i * 2000;
  ck_assert(file_window_gather(&sparse, offset, MANY, byte));
  for (size_t i = 0; i < MANY; i++)
    ck_assert_uint_eq(byte[i], truth[offset[i]]);
  file_window_close(&sparse);
  file_window_close(&w);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("window");
  TCase *tests = tcase_create("window");
  tcase_add_checked_fixture(tests, make_file, remove_file);
  tcase_add_test(tests, test_gathered_is_what_stands_there);
  tcase_add_test(tests, test_behind_the_end);
  tcase_add_test(tests, test_shrinks);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
