/* options.h - the caller's options, of whatever size its header knew, as this library's. */
#ifndef DTC_QUALITY_OPTIONS_H
#define DTC_QUALITY_OPTIONS_H

#include <dtcgeno.h>

/* given: NULL for the defaults of that policy. DTC_OK, or DTC_INVALID_ARGUMENT where its size is none that a release
 * had, or where it asks for what this library does not know. */
dtc_status options_take(const dtc_options *given, dtc_policy policy, dtc_options *own);

#endif
