/* schedule.h - when a delivery is tried again, and when nobody tries any more (row 20). */
#ifndef ARRAY_UPLOAD_HOOKD_SCHEDULE_H
#define ARRAY_UPLOAD_HOOKD_SCHEDULE_H

#include "array-upload/store/types.h"

enum { SCHEDULE_ATTEMPTS = 10 };

/* What follows from the answer to the delivery's attempt (0 = first). http_status 0: no answer. retry_after_s: the
 * answer's, 0 = none. `dice`: any random number; a tenth of the wait is added at random. *retry_at is set with
 * DELIVERY_RETRY. */
enum delivery_outcome schedule_next(const struct delivery *d, int64_t http_status, int64_t retry_after_s, uint32_t dice,
                                    int64_t now, int64_t *retry_at);

#endif
