#include <config.h>

#include "array-upload/worker/sweep.h"

#include <jansson.h>

#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

enum {
  RETENTION_S = 60,
  COLLECT_S = 3600,
  ORPHAN_AGE_S = 3600, /* older than any put that still waits for its transaction */
  PURGES_A_TICK = 1000
};

static const int64_t day = INT64_C(86400) * 1000000;

static int due(int64_t *last, int64_t now, int64_t every_s) {
  if (*last && now >= *last && now - *last < SECONDS(every_s))
    return 0;
  *last = now;
  return 1;
}

/* The row is a tombstone already; the object goes, then the note that it has to. Tried again for ever. */
static void purge(const struct service *s) {
  struct arena arena = {0};
  char *key;
  for (int k = 0; k < PURGES_A_TICK && store_purge_next(s->store, &arena, &key) == STORE_OK; k++) {
    if (blob_remove(s->blob, key) != BLOB_OK || store_purge_done(s->store, key) != STORE_OK) {
      log_event("purge.failed", "");
      break;
    }
  }
  arena_free(&arena);
}

static int64_t before(int64_t now, int64_t days) { return days < 0 ? -1 : now - days * day; }

static void retain(const struct service *s, int64_t now) {
  int64_t n = 0;
  if (store_retention(s->store, before(now, s->config.retention_original_days),
                      before(now, s->config.retention_deliverables_days), now, &n) == STORE_OK &&
      n > 0)
    log_event("retention", "files=I", (json_int_t)n);
}

struct collection {
  const struct service *s;
  int64_t now, removed;
};

static int collect_one(void *arg, const char *key, int64_t modified) {
  struct collection *c = arg;
  int known = 1;
  if (c->now - modified < SECONDS(ORPHAN_AGE_S))
    return service_stopping();
  if (store_key_known(c->s->store, key, &known) != STORE_OK)
    return 1; /* the database is away: better leave all than remove one too much */
  if (!known && blob_remove(c->s->blob, key) == BLOB_OK)
    c->removed++;
  return service_stopping();
}

static void collect(const struct service *s, int64_t now) {
  struct collection c = {s, now, 0};
  blob_list(s->blob, "samples/", collect_one, &c);
  if (c.removed)
    log_event("orphans.removed", "objects=I", (json_int_t)c.removed);
}

void sweep_tick(struct sweeper *w, const struct service *s) {
  int64_t now = clock_now(), n = 0;
  if (due(&w->swept, now, s->config.sweep_s)) {
    if (store_sweep(s->store, now, &n) != STORE_OK)
      log_event("sweep.failed", "");
    else if (n > 0)
      log_event("sweep", "changed=I", (json_int_t)n);
    purge(s);
  }
  if (due(&w->retained, now, RETENTION_S))
    retain(s, now);
  if (due(&w->collected, now, COLLECT_S))
    collect(s, now);
}
