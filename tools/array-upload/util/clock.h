/* clock.h - the wall clock of every duty. Tests move it: when ARRAY_UPLOAD_TEST_CLOCK names a file, the whole seconds
 * in it (signed) are added; the file is read at every call, so one write moves all processes at once. */
#ifndef ARRAY_UPLOAD_UTIL_CLOCK_H
#define ARRAY_UPLOAD_UTIL_CLOCK_H

#include <stdint.h>

#define SECONDS(n) ((int64_t)(n)*1000000)

/* Micros since 1970, UTC. */
int64_t clock_now(void);
/* Micros of a clock that never goes back and is never moved; for timeouts inside one process. */
int64_t clock_steady(void);

#endif
