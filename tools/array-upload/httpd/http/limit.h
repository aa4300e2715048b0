/* limit.h - rate limits: token buckets in one fixed table. A bucket is named by a kind and a text (key id, address);
 * when the table is crowded the bucket that was idle longest is reused, so a flood of addresses costs memory nothing.
 * Thread-safe. */
#ifndef ARRAY_UPLOAD_HTTPD_HTTP_LIMIT_H
#define ARRAY_UPLOAD_HTTPD_HTTP_LIMIT_H

#include <pthread.h>
#include <stdint.h>

enum { LIMIT_BUCKETS = 4096, LIMIT_WAYS = 8 };

struct limit {
  pthread_mutex_t lock;
  unsigned char salt[16];
  struct bucket {
    uint64_t name; /* keyed hash; 0 = free */
    int64_t at;    /* clock_steady of the last use */
    double tokens;
  } buckets[LIMIT_BUCKETS];
};

int limit_start(struct limit *l);
/* Takes one token of `per_minute`; the burst is as large. 0, or the seconds until there is one. */
int64_t limit_take(struct limit *l, char kind, const char *who, int64_t per_minute);

#endif
