#include "base/alloc.h"
#include "base/counts.h"
#include "base/diag.h"
#include "base/json.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

START_TEST(every_status_has_its_words) {
  for (int s = 0; s < STATUS_COUNT; s++) {
    ck_assert_uint_gt(strlen(dtc_status_slug((dtc_status)s)), 0);
    ck_assert_uint_gt(strlen(dtc_status_text((dtc_status)s)), 0);
    for (int t = 0; t < s; t++)
      ck_assert_str_ne(dtc_status_slug((dtc_status)s), dtc_status_slug((dtc_status)t));
    if (s != DTC_OK)
      ck_assert_str_ne(dtc_reason_slug(dtc_status_reason((dtc_status)s)), "");
  }
  ck_assert_str_eq(dtc_status_slug((dtc_status)100000), "internal");
}
END_TEST

START_TEST(a_diagnostic_is_filled_once) {
  dtc_diag diag = {0};
  diag_set(&diag, DTC_ROW_COLUMNS, (place){7, 3, 90}, "%d columns, found %d", 4, 3);
  diag_set(&diag, DTC_INTERNAL, (place){1, 1, 1}, "later");
  ck_assert_int_eq(diag.status, DTC_ROW_COLUMNS);
  ck_assert_uint_eq(diag.line, 7);
  ck_assert_str_eq(diag.expected, "4 columns, found 3");
}
END_TEST

START_TEST(json_is_escaped_and_cut_like_snprintf) {
  char text[200];
  json j;
  json_begin(&j, text, sizeof text);
  json_object(&j);
  json_key(&j, "a\"b");
  json_string(&j, "x\n\x80y\xc3\xa9");
  json_key(&j, "n");
  json_array(&j);
  json_number(&j, UINT64_MAX);
  json_real(&j, 0.98249, 3);
  json_real(&j, 1.0, 3);
  json_real(&j, -0.0004, 3);
  json_bool(&j, 0);
  json_null(&j);
  json_array_end(&j);
  json_object_end(&j);
  size_t n = json_end(&j);
  const char *want =
      "{\"a\\\"b\":\"x\\u000a\xef\xbf\xbdy\xc3\xa9\",\"n\":[18446744073709551615,0.982,1.0,0.0,false,null]}";
  ck_assert_str_eq(text, want);
  ck_assert_uint_eq(n, strlen(want));

  char small[8];
  json_begin(&j, small, sizeof small);
  json_string(&j, "longer than that");
  ck_assert_uint_eq(json_end(&j), 18);
  ck_assert_str_eq(small, "\"longer");
}
END_TEST

START_TEST(growing_overflows_to_failure) {
  dtc_allocator a = alloc_or_default(NULL);
  void *block = NULL;
  size_t capacity = 0;
  ck_assert_int_eq(alloc_grow(&a, &block, &capacity, SIZE_MAX / 2, 8), 0);
  ck_assert_ptr_null(block);
  ck_assert_int_eq(alloc_grow(&a, &block, &capacity, 3, 8), 1);
  ck_assert_uint_ge(capacity, 3);
  alloc_release(&a, block);
  ck_assert_ptr_null(alloc_array(&a, SIZE_MAX, 2));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("base");
  TCase *tcase = tcase_create("base");
  tcase_add_test(tcase, every_status_has_its_words);
  tcase_add_test(tcase, a_diagnostic_is_filled_once);
  tcase_add_test(tcase, json_is_escaped_and_cut_like_snprintf);
  tcase_add_test(tcase, growing_overflows_to_failure);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
