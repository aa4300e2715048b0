#include <config.h>

#include "array-upload/worker/mark.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

enum mark mark_look(const struct service *s) {
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

/* In steps that each may be the last one: the word is in the database before it is in the store, and the old one leaves
 * the store after it left the database. Several workers at once end the same change. */
int mark_renew(const struct service *s) {
  struct arena a = {0};
  struct blob_mark known;
  char word[UUID_SIZE];
  int result = -1;
  if (uuid_new(word) == 0 && store_blob_mark_begin(s->store, word) == STORE_OK &&
      store_blob_mark(s->store, &a, &known) == STORE_OK) {
    result =
        *known.next == '\0' || (mark_put(s, known.next) == 0 && store_blob_mark_end(s->store, known.next) == STORE_OK &&
                                mark_remove(s, known.current) == 0)
            ? 0
            : -1;
  }
  arena_free(&a);
  return result;
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
