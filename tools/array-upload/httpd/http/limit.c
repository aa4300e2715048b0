#include "array-upload/httpd/http/limit.h"

#include <stdio.h>
#include <string.h>

#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"

int limit_start(struct limit *l) {
  memset(l, 0, sizeof *l);
  return pthread_mutex_init(&l->lock, NULL) == 0 && random_bytes(l->salt, sizeof l->salt) == 0 ? 0 : -1;
}

/* Keyed, so that nobody can choose addresses that collide with another's. */
static uint64_t name_hash(const struct limit *l, char kind, const char *who) {
  char text[160];
  unsigned char digest[SHA256_SIZE];
  uint64_t name;
  int n = snprintf(text, sizeof text, "%c%s", kind, who);
  size_t length = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
  if (hmac_sha256(digest, l->salt, sizeof l->salt, text, length) != 0)
    return 1;
  memcpy(&name, digest, sizeof name);
  return name | 1;
}

int64_t limit_take(struct limit *l, char kind, const char *who, int64_t per_minute) {
  uint64_t name = name_hash(l, kind, who);
  int64_t now = clock_steady(), wait = 0;
  struct bucket *found = NULL;
  pthread_mutex_lock(&l->lock);
  struct bucket *set = &l->buckets[name % (LIMIT_BUCKETS / LIMIT_WAYS) * LIMIT_WAYS], *oldest = set;
  for (int i = 0; i < LIMIT_WAYS && found == NULL; i++) {
    if (set[i].name == name)
      found = &set[i];
    else if (set[i].name == 0 || set[i].at < oldest->at)
      oldest = &set[i];
  }
  if (found == NULL) {
    found = oldest;
    *found = (struct bucket){name, now, (double)per_minute};
  }
  found->tokens += (double)(now - found->at) / 60e6 * (double)per_minute;
  if (found->tokens > (double)per_minute)
    found->tokens = (double)per_minute;
  found->at = now;
  if (found->tokens >= 1)
    found->tokens -= 1;
  else
    wait = (int64_t)((1 - found->tokens) * 60 / (double)per_minute) + 1;
  pthread_mutex_unlock(&l->lock);
  return wait;
}
