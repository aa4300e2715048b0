/* suite.h - how every Check suite of the tree ends. */
#ifndef DTC_TESTS_UNIT_SUITE_H
#define DTC_TESTS_UNIT_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs the suite (as loudly as CK_VERBOSITY says) and frees it. The exit status of its program. */
static inline int suite_run(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
