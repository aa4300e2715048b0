#include <config.h>

#include "array-upload/worker/mark.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/child/fault.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/encode.h"

#define FOLDER "deployment/"

struct marks {
  const struct blob_mark *known;
  int ours, others;
};

static int mark_seen(void *arg, const char *key, int64_t modified) {
  struct marks *m = arg;
  const char *word = key + strlen(FOLDER);
  (void)modified;
  if (*word != '\0' && (strcmp(word, m->known->current) == 0 || strcmp(word, m->known->next) == 0))
    m->ours++;
  else
    m->others++;
  return 0;
}

static enum mark look_once(const struct service *s) {
  struct arena a = {0};
  struct blob_mark known;
  struct marks m = {.known = &known};
  enum mark result = MARK_AWAY;
  if (store_blob_mark(s->store, &a, &known) == STORE_OK && blob_list(s->blob, FOLDER, mark_seen, &m) == BLOB_OK) {
    int first = *known.current == '\0' && *known.next == '\0';
    result = m.others == 0 && m.ours > 0 ? MARK_OURS : m.others == 0 && first ? MARK_NEW : MARK_OTHER;
  }
  arena_free(&a);
  return result;
}

/* While another worker renews the mark the two that are read one after the other differ: only what stays so counts. */
enum mark mark_look(const struct service *s) {
  enum { LOOKS = 3 };
  enum mark result = MARK_OTHER;
  for (int k = 0; k < LOOKS && result == MARK_OTHER; k++)
    result = look_once(s);
  return result;
}

static int mark_put(const struct service *s, const char *word) {
  static const char text[] = "The mark of the deployment whose objects these are: array-upload(8).\n";
  char key[64], hex[SHA256_HEX_SIZE];
  int fd = -1;
  int64_t size;
  if (blob_spool(s->blob, &fd) != BLOB_OK)
    return -1;
  snprintf(key, sizeof key, FOLDER "%s", word);
  enum blob_result put = BLOB_ERROR;
  if (write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1 && sha256_fd(fd, hex, &size) == 0)
    put = blob_put(s->blob, key, fd, size, hex);
  close(fd);
  return put == BLOB_OK || put == BLOB_EXISTS ? 0 : -1;
}

static int mark_remove(const struct service *s, const char *word) {
  char key[64];
  snprintf(key, sizeof key, FOLDER "%s", word);
  return *word == '\0' || blob_remove(s->blob, key) == BLOB_OK ? 0 : -1;
}

/* Ends the change of marks that the database has begun, from where it was left. 0 or -1. */
static int change_end(const struct service *s, const struct blob_mark *known) {
  if (mark_put(s, known->next) != 0)
    return -1;
  fault_point("mark-put");
  if (mark_remove(s, known->current) != 0)
    return -1;
  fault_point("mark-removed");
  return store_blob_mark_end(s->store, known->next) == STORE_OK ? 0 : -1;
}

/* In steps that each may be the last one: whatever lies in the store is a word that the database knows, and one of them
 * is always there. The new word is in the database before it is in the store, and the old one leaves the store before
 * it leaves the database. Several workers at once end the same change; one that comes late takes back what it put. */
int mark_renew(const struct service *s) {
  struct arena a = {0};
  struct blob_mark known;
  char word[UUID_SIZE], put[UUID_SIZE] = "";
  int result = uuid_new(word) == 0 && store_blob_mark_begin(s->store, word) == STORE_OK ? 0 : -1;
  fault_point("mark-begun");
  while (result == 0 && store_blob_mark(s->store, &a, &known) == STORE_OK) {
    if (*known.next == '\0') {
      result = strcmp(put, known.current) == 0 ? 0 : mark_remove(s, put);
      arena_free(&a);
      return result;
    }
    snprintf(put, sizeof put, "%s", known.next);
    result = change_end(s, &known);
    fault_point("mark-ended");
  }
  arena_free(&a);
  return -1;
}

struct others {
  const struct service *s;
  const struct blob_mark *known;
  int failed;
};

static int other_remove(void *arg, const char *key, int64_t modified) {
  struct others *o = arg;
  (void)modified;
  if (strcmp(key + strlen(FOLDER), o->known->current) != 0)
    o->failed |= blob_remove(o->s->blob, key) != BLOB_OK;
  return 0;
}

int mark_adopt(const struct service *s) {
  struct arena a = {0};
  struct blob_mark known;
  struct others o = {s, &known, 0};
  int result = mark_renew(s);
  if (result == 0)
    result = store_blob_mark(s->store, &a, &known) == STORE_OK &&
                     blob_list(s->blob, FOLDER, other_remove, &o) == BLOB_OK && !o.failed
                 ? 0
                 : -1;
  arena_free(&a);
  return result;
}
