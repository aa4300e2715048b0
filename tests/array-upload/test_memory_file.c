/* test_memory_file.c - memory of uploads: a descriptor shows its own upload and nothing of the one before; what is idle
 * is wiped. */
#include <config.h>

#include "../unit/suite.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/httpd/http/memory_file.h"

enum { LIMIT = 5 << 20 };
static struct memory_pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void teardown(void) {
  memory_file_sweep(&pool, 1);
  ck_assert_uint_eq(pool.n, 0);
}

/* An upload of n bytes `fill`, in uneven pieces. */
static struct memory_file *upload(size_t n, int fill) {
  char piece[30001];
  struct memory_file *p = memory_file_take(&pool, LIMIT);
  ck_assert_ptr_nonnull(p);
  memset(piece, fill, sizeof piece);
  for (size_t left = n; left > 0;) {
    size_t take = left < sizeof piece ? left : sizeof piece;
    ck_assert_int_eq(memory_file_add(p, piece, take), 0);
    left -= take;
  }
  ck_assert_uint_eq(p->size, n);
  return p;
}

/* The whole file has n bytes, all of them `fill`. */
static void shows(const struct memory_file *p, size_t n, int fill) {
  char *bytes = malloc(LIMIT + 1);
  ck_assert_int_eq(pread(p->fd, bytes, LIMIT + 1, 0), (ssize_t)n);
  size_t others = 0;
  for (size_t k = 0; k < n; k++)
    others += bytes[k] != fill;
  ck_assert_uint_eq(others, 0);
  free(bytes);
}

START_TEST(nothing_of_the_one_before) {
  static const size_t sizes[] = {3 << 20, 1, 1048576, 70000, LIMIT, 0, 65536};
  struct memory_file *first = NULL;
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    struct memory_file *p = upload(sizes[k], 'a' + (int)k);
    ck_assert_int_eq(memory_file_finish(p), 0);
    shows(p, sizes[k], 'a' + (int)k);
    first = first ? first : p;
    ck_assert_ptr_eq(p, first); /* it is the same memory, each time */
    memory_file_give(&pool, p);
  }
}
END_TEST

START_TEST(one_that_was_cut_off) {
  struct memory_file *p = upload(2 << 20, 'x');
  memory_file_give(&pool, p); /* not finished */
  p = upload(10, 'y');
  ck_assert_int_eq(memory_file_finish(p), 0);
  shows(p, 10, 'y');
  memory_file_give(&pool, p);
}
END_TEST

START_TEST(no_more_than_the_limit) {
  struct memory_file *p = upload(LIMIT - 1, 'x');
  ck_assert_int_eq(memory_file_add(p, "ab", 2), -1);
  ck_assert_int_eq(memory_file_add(p, "a", 1), 0);
  ck_assert_int_eq(memory_file_add(p, "a", 1), -1);
  ck_assert_int_eq(memory_file_finish(p), 0);
  memory_file_give(&pool, p);
}
END_TEST

START_TEST(idle_is_wiped) {
  struct memory_file *p = upload(100000, 'x');
  ck_assert_int_eq(memory_file_finish(p), 0);
  int fd = dup(p->fd);
  memory_file_give(&pool, p);
  memory_file_sweep(&pool, 0); /* not yet a second ago */
  shows(&(struct memory_file){.fd = fd}, 100000, 'x');
  p->given -= INT64_C(1000000);
  memory_file_sweep(&pool, 0);
  shows(&(struct memory_file){.fd = fd}, 100000, '\0');
  ck_assert_uint_eq(pool.n, 1);
  p->given -= INT64_C(60000000);
  memory_file_sweep(&pool, 0);
  ck_assert_uint_eq(pool.n, 0);
  close(fd);
}
END_TEST

START_TEST(few_are_kept) {
  struct memory_file *p[MEMORY_FILES_KEPT + 2];
  for (int k = 0; k < MEMORY_FILES_KEPT + 2; k++)
    p[k] = upload(1000, 'a' + k);
  for (int k = 0; k < MEMORY_FILES_KEPT + 2; k++)
    memory_file_give(&pool, p[k]);
  ck_assert_uint_eq(pool.n, MEMORY_FILES_KEPT);
  p[0] = upload(10, 'z');
  memory_file_drop(p[0]);
  ck_assert_uint_eq(pool.n, MEMORY_FILES_KEPT - 1);
  memory_file_drop(NULL);
}
END_TEST

int main(void) {
  Suite *s = suite_create("memory files");
  TCase *t = tcase_create("memory files");
  tcase_add_checked_fixture(t, NULL, teardown);
  tcase_add_test(t, nothing_of_the_one_before);
  tcase_add_test(t, one_that_was_cut_off);
  tcase_add_test(t, no_more_than_the_limit);
  tcase_add_test(t, idle_is_wiped);
  tcase_add_test(t, few_are_kept);
  suite_add_tcase(s, t);
  return suite_run(s);
}
