/* admin orphans, store and audit: what lies in the blob store, whose it is, and what was done. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/admin/admin.h"
#include "array-upload/util/encode.h"
#include "array-upload/worker/mark.h"
#include "array-upload/worker/sweep.h"

enum { ORPHANS_MOST = 100000, AUDIT_PAGE = 500 };

/* `orphans` alone shows and removes nothing. */
int admin_orphans(struct admin *a) {
  int remove = strcmp(a->verb, "remove") == 0;
  int64_t found = 0, shown;
  if (remove && mark_look(&a->service) != MARK_OURS)
    return admin_refused("the blob store does not have this database's mark: see admin store");
  char(*keys)[ORPHAN_KEY_SIZE] = calloc(ORPHANS_MOST, sizeof *keys);
  int result = keys != NULL && orphans_find(&a->service, a->now, keys, ORPHANS_MOST, &found) == 0 ? 0 : 3;
  shown = found < ORPHANS_MOST ? found : ORPHANS_MOST;
  if (result == 0 && remove) {
    int64_t removed = orphans_remove(&a->service, keys, shown);
    struct deed d = admin_deed(a, NULL);
    deed_audit(&d, "orphans.removed", "");
    result = admin_print(json_pack("{s:I, s:I}", "found", (json_int_t)found, "removed", (json_int_t)removed));
  } else {
    for (int64_t i = 0; i < shown && result == 0; i++)
      result = admin_print(json_pack("{s:s}", "key", keys[i]));
  }
  free(keys);
  return result;
}

static const char *mark_word(enum mark mark) {
  switch (mark) {
  case MARK_OURS:
    return "ours";
  case MARK_NEW:
    return "none yet";
  case MARK_OTHER:
    return "another deployment's, or a later one than this database";
  case MARK_AWAY:
    break;
  }
  return "not known: the database or the blob store does not answer";
}

/* Rows whose object is not there, of all samples. */
static int missing_count(struct admin *a, int64_t *rows, int64_t *missing) {
  *rows = *missing = 0;
  for (const char *after = "";;) {
    char **keys;
    size_t n;
    if (store_file_keys(a->service.store, &a->arena, after, AUDIT_PAGE, &keys, &n) != STORE_OK)
      return -1;
    for (size_t i = 0; i < n; i++) {
      int fd;
      int64_t size;
      enum blob_result opened = blob_open(a->service.blob, keys[i], &fd, &size);
      if (opened == BLOB_OK)
        close(fd);
      else if (opened != BLOB_NONE)
        return -1;
      *missing += opened == BLOB_NONE;
    }
    *rows += (int64_t)n;
    if (n == 0)
      return 0;
    after = keys[n - 1];
  }
}

int admin_blob_store(struct admin *a) {
  int64_t rows, missing, orphans;
  if (strcmp(a->verb, "adopt") == 0) {
    if (mark_adopt(&a->service) != 0)
      return admin_refused("the mark cannot be written");
    struct deed d = admin_deed(a, NULL);
    deed_audit(&d, "store.adopted", "");
  }
  if (missing_count(a, &rows, &missing) != 0 || orphans_find(&a->service, a->now, NULL, 0, &orphans) != 0)
    return admin_refused("the database or the blob store does not answer");
  return admin_print(json_pack("{s:s, s:I, s:I, s:I}", "mark", mark_word(mark_look(&a->service)), "files",
                               (json_int_t)rows, "files_missing", (json_int_t)missing, "orphans", (json_int_t)orphans));
}

int admin_audit_show(struct admin *a) {
  struct audit_row *rows;
  size_t n = 1;
  struct audit_query q = {.organization = a->organization, .limit = AUDIT_PAGE};
  int64_t all = 0, broken = 0;
  if (strcmp(a->verb, "verify") == 0) {
    int result = admin_store(a, store_audit_verify(a->service.store, &all, &broken));
    if (result == 0)
      result = admin_print(
          json_pack("{s:I, s:b, s:I}", "rows", (json_int_t)all, "whole", broken == 0, "broken_at", (json_int_t)broken));
    return result != 0 ? result : broken != 0;
  }
  while (n > 0) {
    enum store_result got = store_audit_list(a->service.store, &a->arena, &q, &rows, &n);
    if (got != STORE_OK)
      return admin_store(a, got);
    for (size_t i = 0; i < n; i++) {
      char when[TIME_SIZE];
      json_t *detail = *rows[i].detail == '\0' ? NULL : json_loads(rows[i].detail, 0, NULL);
      time_format(when, rows[i].created);
      int result =
          admin_print(json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o}", "n", (json_int_t)rows[i].n, "time", when,
                                "organization", rows[i].organization, "actor", rows[i].actor, "event", rows[i].event,
                                "object", rows[i].object, "detail", detail != NULL ? detail : json_null()));
      if (result != 0)
        return result;
      q.before = rows[i].n;
    }
  }
  return 0;
}
