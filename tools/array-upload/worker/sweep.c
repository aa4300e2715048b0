#include <config.h>

#include "array-upload/worker/sweep.h"

#include <jansson.h>
#include <string.h>

#include "array-upload/child/fault.h"
#include "array-upload/seal/object.h"
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

/* "keys/<sample>" are the keys of a deleted sample, which come before its objects. */
static int purge_one(const struct service *s, const char *key, int64_t now) {
  static const char keys[] = "keys/";
  if (strncmp(key, keys, sizeof keys - 1) == 0)
    return store_sample_forget(s->store, key + sizeof keys - 1, now) == STORE_OK;
  return object_remove(s->blob, store_keys(s->store), key) == BLOB_OK;
}

/* The row is a tombstone already; the keys go, the objects, then the note that they have to. Tried again for ever. */
static void purge(const struct service *s, int64_t now) {
  struct arena arena = {0};
  char *key;
  int k = 0;
  for (; k < PURGES_A_TICK && store_purge_next(s->store, &arena, &key) == STORE_OK; k++) {
    fault_point("purge-before");
    int gone = purge_one(s, key, now);
    fault_point("purge-gone");
    if (!gone || store_purge_done(s->store, key) != STORE_OK) {
      log_event("purge.failed", "");
      break;
    }
  }
  if (k > 0 && keystore_settle(store_keys(s->store)) != STORE_OK)
    log_event("keys.not_settled", ""); /* the next purge does it */
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
  if (!known && object_remove(c->s->blob, store_keys(c->s->store), key) == BLOB_OK)
    c->removed++;
  return service_stopping();
}

/* Keys that were added for an object or a row that never came. */
static int64_t collect_keys(const struct service *s, int64_t now) {
  struct arena a = {0};
  const char *after = "";
  size_t n = 1;
  int64_t removed = 0;
  while (n > 0 && !service_stopping()) {
    char **names;
    if (keystore_names(store_keys(s->store), &a, after, now - SECONDS(ORPHAN_AGE_S), &names, &n) != STORE_OK)
      break;
    for (size_t i = 0; i < n; i++) {
      int known = 1;
      after = names[i];
      if (store_key_known(s->store, names[i], &known) == STORE_OK && !known)
        removed += keystore_destroy(store_keys(s->store), names[i]) == STORE_OK;
    }
  }
  arena_free(&a);
  return removed;
}

static void collect(const struct service *s, int64_t now) {
  struct collection c = {s, now, 0};
  int64_t again = 0;
  blob_list(s->blob, OBJECTS_SEALED, collect_one, &c);
  blob_list(s->blob, OBJECTS_CLEAR, collect_one, &c);
  int64_t keys = collect_keys(s, now);
  if (c.removed || keys)
    log_event("orphans.removed", "objects=I keys=I", (json_int_t)c.removed, (json_int_t)keys);
  if (store_samples_redelete(s->store, now, &again) == STORE_OK && again > 0)
    log_event("deleted.again", "samples=I", (json_int_t)again);
}

void sweep_tick(struct sweeper *w, const struct service *s) {
  int64_t now = clock_now(), n = 0;
  if (due(&w->swept, now, s->config.sweep_s)) {
    if (store_sweep(s->store, now, &n) != STORE_OK)
      log_event("sweep.failed", "");
    else if (n > 0)
      log_event("sweep", "changed=I", (json_int_t)n);
    purge(s, now);
  }
  if (due(&w->retained, now, RETENTION_S))
    retain(s, now);
  if (due(&w->collected, now, COLLECT_S)) {
    collect(s, now);
    w->adoption.ended = 0; /* a restored database, or an older httpd, may have brought clear ones */
  }
  adopt_some(&w->adoption, s, now);
}
