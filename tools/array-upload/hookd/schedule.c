#include <config.h>

#include "array-upload/hookd/schedule.h"

/* standard-webhooks' example schedule: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
static const int64_t waits_s[SCHEDULE_ATTEMPTS] = {0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
enum { RETRY_AFTER_MAX_S = 86400 };

enum delivery_outcome schedule_next(const struct delivery *d, int64_t http_status, int64_t retry_after_s, uint32_t dice,
                                    int64_t now, int64_t *retry_at) {
  *retry_at = 0;
  if (http_status >= 200 && http_status < 300)
    return DELIVERY_DONE;
  if (http_status == 410 || !d->retry || d->attempt + 1 >= SCHEDULE_ATTEMPTS)
    return DELIVERY_DEAD;
  int64_t wait = waits_s[d->attempt < 0 ? 1 : d->attempt + 1] * 1000000;
  wait += wait / 10 * (int64_t)(dice % 1000) / 1000;
  int64_t asked = (retry_after_s > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : retry_after_s) * 1000000;
  *retry_at = now + (asked > wait ? asked : wait);
  return DELIVERY_RETRY;
}
