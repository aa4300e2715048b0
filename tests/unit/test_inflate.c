/* Every library that inflates gives the same bytes, the same ends and the same left-over input, in steps of any size.
 */
#include "archive/inflate.h"
#include "base/alloc.h"
#include "unit/packing.h"

typedef struct outcome {
  inflate_result result;
  size_t length, left;
  uint32_t crc;
} outcome;

/* In steps of in_step bytes of input and out_step of room, into memory that ends with the last room. */
static outcome inflate_in_steps(const inflate_engine *engine, const bytes *packed, size_t in_step, size_t out_step) {
  static unsigned char out[1 << 20];
  dtc_allocator a = alloc_or_default(NULL);
  void *state = engine->new_state(&a);
  ck_assert_ptr_nonnull(state);
  outcome o = {INFLATE_MORE, 0, 0, 0};
  inflate_span span = {packed->at, 0, out, 0, 0};
  size_t fed = 0;
  for (size_t before = (size_t)-1; o.result == INFLATE_MORE;) {
    if (span.in_bytes == 0) {
      if (fed == packed->length && before == o.length)
        break;
      before = o.length;
      span.in = packed->at + fed;
      span.in_bytes = packed->length - fed < in_step ? packed->length - fed : in_step;
      fed += span.in_bytes;
    }
    span.room_bytes = out_step;
    ck_assert(span.out + out_step <= out + sizeof out);
    unsigned char *begins = span.out;
    o.result = engine->step(state, &span);
    ck_assert_ptr_eq(span.out + span.room_bytes, begins + out_step);
    o.length += (size_t)(span.out - begins);
    ck_assert_uint_eq(span.behind_bytes, o.length);
  }
  o.crc = engine->crc(0, out, o.length);
  o.left = span.in_bytes + packed->length - fed;
  engine->free_state(state, &a);
  return o;
}

START_TEST(both_inflaters_agree) {
  const inflate_engine *other = inflate_with_native();
  srand(7);
  for (int round = 0; round < 600; round++) {
    bytes text = text_of((size_t)(1 + rand() % 60000));
    bytes packed = deflated(&text, rand() % 10);
    for (int extra = rand() % 3 ? 0 : rand() % 12; extra > 0; extra--)
      put_number(&packed, (uint64_t)rand(), 1);
    if (rand() % 3 == 0)
      packed.length = (size_t)rand() % packed.length;
    size_t in_step = rand() % 2 ? 65536 : (size_t)(1 + rand() % 40),
           out_step = rand() % 2 ? 65536 : (size_t)(1 + rand() % 300);
    outcome a = inflate_in_steps(inflate_with_zlib(), &packed, in_step, out_step);
    outcome b = inflate_in_steps(other, &packed, in_step, out_step);
    ck_assert_int_eq(a.result, b.result);
    if (a.result == INFLATE_END) {
      ck_assert_uint_eq(a.left, b.left);
      ck_assert_uint_eq(a.length, b.length);
      ck_assert_uint_eq(a.crc, b.crc);
    }
    free(text.at), free(packed.at);
  }
}
END_TEST

START_TEST(damage_is_noticed_by_both) {
  const inflate_engine *engines[] = {inflate_with_zlib(), inflate_with_native()};
  static const unsigned char reserved_block[] = {7}, far_distance[] = {0x4b, 0x04, 0x12},
                             length_wrong[] = {1, 1, 0, 0, 0};
  const bytes damaged[] = {{(unsigned char *)reserved_block, sizeof reserved_block, 0},
                           {(unsigned char *)far_distance, sizeof far_distance, 0},
                           {(unsigned char *)length_wrong, sizeof length_wrong, 0}};
  for (size_t i = 0; i < 6; i++)
    ck_assert_int_eq(inflate_in_steps(engines[i % 2], &damaged[i / 2], 65536, 65536).result, INFLATE_BAD);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("inflate");
  TCase *tcase = tcase_create("inflate");
  tcase_set_timeout(tcase, 120);
  tcase_add_test(tcase, both_inflaters_agree);
  tcase_add_test(tcase, damage_is_noticed_by_both);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
