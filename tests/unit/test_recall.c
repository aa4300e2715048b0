/* test_recall.c - what is remembered of the reference between the exports of a batch: never a wrong answer, whatever
 * order the exports come in, and all answers for an export of the array before. */
#include "suite.h"
#include <stdlib.h>

#include "vcf/reference/recall.h"

enum { PLACES_MAX = 20000 };

static uint8_t truth(unsigned contig, uint32_t position) {
  return (uint8_t)((position * 2654435761u >> 7) + contig) % 66;
}

/* An array's places: those that its number divides, or nearly. */
static size_t places_of(unsigned array, uint32_t *position) {
  size_t n = 0;
  for (uint32_t p = 1; p < 60000 && n < PLACES_MAX; p++)
    if (p % array == 0 || p % 17 == 3)
      position[n++] = p;
  return n;
}

/* One export's way: the strand's look at every 50th place, then all of them. Returns how many had no answer. */
static size_t ask(recall *r, unsigned array) {
  static uint32_t position[PLACES_MAX];
  size_t n = places_of(array, position), answered = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    recall_begin(r, c);
  for (unsigned c = 1; c < 4; c++)
    for (size_t i = 0; i < n; i += 50) {
      int known = recall_kind(r, c, position[i]);
      ck_assert(known < 0 || known == truth(c, position[i]));
    }
  for (unsigned c = 1; c < 4; c++)
    for (size_t i = 0; i < n; i++) {
      int known = recall_kind(r, c, position[i]);
      if (known < 0) {
        recall_learn(r, c, position[i], truth(c, position[i]));
        continue;
      }
      ck_assert_int_eq(known, truth(c, position[i]));
      answered++;
    }
  return 3 * n - answered;
}

START_TEST(test_same_array_is_answered) {
  recall *r = recall_new();
  ck_assert_ptr_nonnull(r);
  ck_assert_uint_gt(ask(r, 5), 0);
  for (int i = 0; i < 3; i++)
    ck_assert_uint_eq(ask(r, 5), 0);
  recall_free(r);
}
END_TEST

START_TEST(test_arrays_in_turns) {
  recall *r = recall_new();
  static const unsigned arrays[] = {5, 7, 5, 7, 7, 7, 3, 5, 5, 5};
  size_t left = 0;
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    left = ask(r, arrays[i]);
  ck_assert_uint_eq(left, 0); /* the last array was learnt anew */
  recall_free(r);
}
END_TEST

/* Many at once: the answers of one by one, or none. */
START_TEST(test_many_at_once) {
  static uint32_t position[PLACES_MAX];
  static uint8_t kind[PLACES_MAX];
  recall *r = recall_new();
  ck_assert_uint_gt(ask(r, 5), 0);
  size_t n = places_of(5, position), answered = 0;
  recall_begin(r, 2);
  for (size_t from = 0, some = 1; from < n; from += some, some = some * 7 % 257) {
    some = some < n - from ? some : n - from;
    if (!recall_kinds(r, 2, position + from, some, kind))
      continue;
    for (size_t i = 0; i < some; i++)
      ck_assert_int_eq(kind[i], truth(2, position[from + i]));
    answered += some;
  }
  ck_assert_uint_eq(answered, n);
  ck_assert(recall_kinds(r, 2, position + 4, 9, kind)); /* back again */
  ck_assert_int_eq(kind[8], truth(2, position[12]));
  ck_assert(recall_kinds(r, 2, position + n - 3, 3, kind));
  position[n] = position[n - 1] + 1;
  ck_assert(!recall_kinds(r, 2, position + n - 3, 4, kind));
  ck_assert(!recall_kinds(r, 2, position + n, 1, kind));
  position[7]++;
  ck_assert(!recall_kinds(r, 2, position + 2, 30, kind));
  ck_assert(!recall_kinds(r, 4, position, 1, kind)); /* never begun */
  recall_free(r);
}
END_TEST

START_TEST(test_any_order) {
  recall *r = recall_new();
  recall_begin(r, 1);
  for (uint32_t p = 10; p < 5000; p += 3)
    recall_learn(r, 1, p, truth(1, p));
  srand(7);
  for (int i = 0; i < 20000; i++) {
    uint32_t p = (uint32_t)rand() % 5100;
    int known = recall_kind(r, 1, p), there = p >= 10 && p < 5000 && (p - 10) % 3 == 0;
    ck_assert_int_eq(known, there ? truth(1, p) : -1);
  }
  recall_free(r);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("recall");
  TCase *tests = tcase_create("recall");
  tcase_add_test(tests, test_same_array_is_answered);
  tcase_add_test(tests, test_arrays_in_turns);
  tcase_add_test(tests, test_many_at_once);
  tcase_add_test(tests, test_any_order);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
