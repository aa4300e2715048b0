/* counts.h - how many of each list there are. Not in dtcgeno.h: a program that sized an array by them would be written
 * past its end by a library that knows one more. */
#ifndef DTC_BASE_COUNTS_H
#define DTC_BASE_COUNTS_H

#include <dtcgeno.h>

enum {
#define DTC_X(...) +1
  STATUS_COUNT = 0 DTC_STATUS_LIST(DTC_X),
  REASON_COUNT = 0 DTC_REASON_LIST(DTC_X),
  WARNING_COUNT = 0 DTC_WARNING_LIST(DTC_X),
  BUILD_COUNT = 0 DTC_BUILD_LIST(DTC_X)
#undef DTC_X
};

#endif
