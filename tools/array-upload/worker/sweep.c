#include <config.h>

#include "array-upload/worker/sweep.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/child/fault.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"
#include "array-upload/worker/mark.h"

enum {
  RETENTION_S = 60,
  MARK_S = 60,
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

/* ---- orphans: objects that no row knows ---------------------------------------------------------------------------
 */
struct collection {
  const struct service *s;
  int64_t now;
  char (*keys)[ORPHAN_KEY_SIZE];
  int64_t found, room;
  int broken; /* the database is away: better leave all than remove one too much */
};

static int collect_one(void *arg, const char *key, int64_t modified) {
  struct collection *c = arg;
  int known = 1;
  if (c->now - modified < SECONDS(ORPHAN_AGE_S))
    return service_stopping();
  if (store_key_known(c->s->store, key, &known) != STORE_OK) {
    c->broken = 1;
    return 1;
  }
  if (known)
    return service_stopping();
  if (c->found < c->room)
    snprintf(c->keys[c->found], ORPHAN_KEY_SIZE, "%s", key);
  c->found++;
  return service_stopping();
}

int orphans_find(const struct service *s, int64_t now, char (*keys)[ORPHAN_KEY_SIZE], int64_t room, int64_t *found) {
  struct collection c = {s, now, keys, 0, room, 0};
  int listed = blob_list(s->blob, OBJECTS_SEALED, collect_one, &c) == BLOB_OK &&
               blob_list(s->blob, OBJECTS_CLEAR, collect_one, &c) == BLOB_OK;
  *found = c.found;
  return listed && !c.broken ? 0 : -1;
}

int64_t orphans_remove(const struct service *s, char (*keys)[ORPHAN_KEY_SIZE], int64_t n) {
  int64_t removed = 0;
  int known;
  for (int64_t i = 0; i < n; i++) /* asked once more: a row may have come meanwhile */
    if (store_key_known(s->store, keys[i], &known) == STORE_OK && !known &&
        object_remove(s->blob, store_keys(s->store), keys[i]) == BLOB_OK)
      removed++;
  return removed;
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

/* More than a few at once is no left-over of a crash: then nothing is removed before somebody has looked. */
static void collect(const struct service *s, int64_t now) {
  int64_t most = s->config.orphans_max, found = INT64_MAX, again = 0;
  char(*keys)[ORPHAN_KEY_SIZE] = calloc((size_t)most + 1, sizeof *keys);
  int looked = keys != NULL && orphans_find(s, now, keys, most, &found) == 0;
  if (!looked) {
    log_event("orphans.not_looked", "");
  } else if (found > most) {
    log_event("orphans.too_many", "objects=I most=I help=s", (json_int_t)found, (json_int_t)most,
              "nothing was removed: array-upload admin orphans shows them");
  } else if (found > 0) {
    log_event("orphans.removed", "objects=I", (json_int_t)orphans_remove(s, keys, found));
  }
  int few = looked && found <= most; /* keys go by the same rule: without its key an object is noise */
  free(keys);
  int64_t destroyed = few ? collect_keys(s, now) : 0;
  if (destroyed > 0)
    log_event("orphans.keys_removed", "keys=I", (json_int_t)destroyed);
  if (store_samples_redelete(s->store, now, &again) == STORE_OK && again > 0)
    log_event("deleted.again", "samples=I", (json_int_t)again);
}

/* 1: this store is ours, so that things may be removed from it. */
static int store_is_ours(struct sweeper *w, const struct service *s, int64_t now) {
  if (!due(&w->marked, now, MARK_S))
    return w->ours;
  enum mark mark = mark_look(s);
  w->ours = mark == MARK_OURS || (mark == MARK_NEW && mark_renew(s) == 0);
  if (mark == MARK_OTHER)
    log_event("store.not_ours", "help=s",
              "the blob store has another deployment's mark, or a later one than this database: nothing is removed from"
              " it. A copy needs a store of its own; after a restore: array-upload admin store adopt");
  return w->ours;
}

void sweep_tick(struct sweeper *w, const struct service *s) {
  int64_t now = clock_now(), n = 0;
  if (due(&w->swept, now, s->config.sweep_s)) {
    if (store_sweep(s->store, now, &n) != STORE_OK)
      log_event("sweep.failed", "");
    else if (n > 0)
      log_event("sweep", "changed=I", (json_int_t)n);
    if (store_duty_alive(s->store, "worker", s->server, now) != STORE_OK)
      log_event("sweep.failed", "");
    if (store_is_ours(w, s, now))
      purge(s, now);
  }
  if (!w->ours)
    return;
  if (due(&w->retained, now, RETENTION_S))
    retain(s, now);
  if (due(&w->collected, now, COLLECT_S)) {
    collect(s, now);
    w->adoption.ended = 0; /* a restored database, or an older httpd, may have brought clear ones */
    if (mark_renew(s) != 0)
      log_event("mark.not_renewed", "");
  }
  adopt_some(&w->adoption, s, now);
}
