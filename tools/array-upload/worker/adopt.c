#include <config.h>

#include "array-upload/worker/adopt.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/child/fault.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"

enum { OBJECTS_AT_ONCE = 20, REPORT_EVERY = 100 };

/* A name that no other attempt to seal this object ever had: two workers never
 * meet in the store. */
static const char *sealed_name(struct arena *a, const struct sample_file *f) {
  char id[UUID_SIZE];
  const char *base = strrchr(f->key, '/');
  return uuid_new(id) != 0 || base == NULL ? NULL : arena_printf(a, OBJECTS_SEALED "%s/%s-%s", f->sample, id, base + 1);
}

/* What lies there must be what was stored: a damaged object is not given a
 * seal. */
static int is_what_was_put(int fd, const struct sample_file *f) {
  char sha256[SHA256_HEX_SIZE];
  int64_t size;
  return sha256_fd(fd, sha256, &size) == 0 && size == f->size && strcmp(sha256, f->sha256) == 0;
}

static int object_adopt(const struct service *s, struct arena *a, const struct sample_file *f, int64_t now) {
  struct keystore *keys = store_keys(s->store);
  const char *name = sealed_name(a, f);
  int fd;
  int64_t size;
  if (name == NULL || blob_open(s->blob, f->key, &fd, &size) != BLOB_OK)
    return -1;
  int put = is_what_was_put(fd, f) && object_put(s->blob, keys, f->sample, name, fd, now) == BLOB_OK;
  close(fd);
  if (!put)
    return -1;
  fault_point("adopt-after-put");
  enum store_result swapped = store_object_sealed(s->store, f, name, now);
  fault_point("adopt-after-swap");
  if (swapped == STORE_NONE) /* another worker was faster, or the file is gone */
    object_remove(s->blob, keys, name);
  return swapped == STORE_OK || swapped == STORE_NONE ? 0 : -1;
}

static void progress_tell(const struct adoption *x, const struct service *s) {
  int64_t clear = 0, sealed = 0;
  if (store_objects_count(s->store, &clear, &sealed) == STORE_OK)
    log_event("seal.progress", "sealed_now=I clear=I sealed=I", (json_int_t)x->sealed, (json_int_t)clear,
              (json_int_t)sealed);
}

/* 1: there may be more. */
static int objects_adopt(struct adoption *x, const struct service *s, int64_t now) {
  struct arena a = {0};
  int more = 1;
  for (int k = 0; more && k < OBJECTS_AT_ONCE && !service_stopping(); k++) {
    struct sample_file f;
    more = store_object_clear_next(s->store, &a, x->after, &f) == STORE_OK;
    if (!more)
      break;
    snprintf(x->after, sizeof x->after, "%s", f.id);
    if (object_adopt(s, &a, &f, now) == 0)
      x->sealed++;
    else
      log_event("seal.failed", "sample=s file=s", f.sample, f.id);
    if (x->sealed % REPORT_EVERY == 0)
      progress_tell(x, s);
  }
  arena_free(&a);
  return more;
}

void adopt_some(struct adoption *x, const struct service *s, int64_t now) {
  int64_t n = 0;
  if (x->ended)
    return;
  if (objects_adopt(x, s, now))
    return;
  if (store_records_seal(s->store, now, &n) != STORE_OK) {
    log_event("seal.failed", "");
    return;
  }
  x->ended = n == 0;
  if (x->ended && x->sealed > 0)
    progress_tell(x, s);
  if (x->ended)
    *x = (struct adoption){.ended = 1};
}
