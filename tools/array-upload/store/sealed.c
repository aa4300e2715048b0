/* sealed.c - what names people does not stand in the tables in clear.
 *
 * client_id, metadata and the redirects of a sample, and the webhook bodies
 * that name it, are sealed under a key of the sample's own, its record key,
 * which stands in the key store as sealed/<sample>/record: it goes with the
 * sample's other keys when the sample is deleted. A client_id that is the
 * sample's own id names nobody and stays readable. There is no index and no
 * hash of what is sealed: a search opens a project's rows in memory. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/seal/keystore.h"
#include "array-upload/store/internal.h"
#include "array-upload/util/crypto.h"

#define MARK                                                                   \
  "s1:" /* no clear value begins so: ids have no colon, metadata is an object, \
           redirects begin with http */

enum { RECORD_NAME = 64, LABEL = 96, COLUMNS = 4, ROWS_A_TURN = 100 };

static int is_sealed(const char *text) { return text != NULL && strncmp(text, MARK, sizeof MARK - 1) == 0; }

static void record_name(char out[RECORD_NAME], const char *sample) {
  snprintf(out, RECORD_NAME, "sealed/%s/record", sample);
}

static char *value_seal(struct arena *a, const unsigned char key[KEK_SIZE], const char *column, const char *sample,
                        const char *text) {
  char label[LABEL];
  snprintf(label, sizeof label, "%s:%s", column, sample);
  char *hex = seal_text(key, label, text), *out = hex == NULL ? NULL : arena_printf(a, MARK "%s", hex);
  free(hex);
  return out;
}

static char *value_open(struct arena *a, const unsigned char key[KEK_SIZE], const char *column, const char *sample,
                        const char *text) {
  char label[LABEL];
  snprintf(label, sizeof label, "%s:%s", column, sample);
  char *plain = unseal_text(key, label, text + sizeof MARK - 1), *out = arena_strdup(a, plain);
  if (plain != NULL)
    OPENSSL_cleanse(plain, strlen(plain));
  free(plain);
  return out;
}

/* The sample's record key, made where it has none. */
static enum store_result record_key(struct store *s, const char *sample, int64_t now, unsigned char key[KEK_SIZE]) {
  char text[RECORD_NAME];
  const char *name = text;
  record_name(text, sample);
  enum store_result result = keystore_get(s->keys, name, key);
  if (result != STORE_NONE)
    return result;
  if (random_bytes(key, KEK_SIZE) != 0)
    return STORE_ERROR;
  result = keystore_add(s->keys, sample, &name, key, 1, now);
  return result == STORE_CONFLICT ? keystore_get(s->keys, name, key) : result;
}

/* ---- a sample's columns
 * --------------------------------------------------------------------------------------------
 */
static const char *const columns[COLUMNS] = {"client_id", "metadata", "redirect_on_success", "redirect_on_failure"};

/* What has to be sealed of them; client_id only when it is not the sample's own
 * id. */
static int names_people(const char *sample, size_t column, const char *text) {
  return text != NULL && *text != '\0' && !is_sealed(text) && (column != 0 || strcmp(text, sample) != 0);
}

enum store_result record_seal(struct store *s, struct arena *a, const char *sample, const char *values[COLUMNS],
                              int64_t now) {
  unsigned char key[KEK_SIZE];
  int any = 0;
  for (size_t i = 0; i < COLUMNS; i++)
    any |= names_people(sample, i, values[i]);
  if (!any)
    return STORE_OK;
  enum store_result result = record_key(s, sample, now, key);
  for (size_t i = 0; result == STORE_OK && i < COLUMNS; i++)
    if (names_people(sample, i, values[i]) && (values[i] = value_seal(a, key, columns[i], sample, values[i])) == NULL)
      result = STORE_ERROR;
  OPENSSL_cleanse(key, sizeof key);
  return result;
}

static int sample_is_sealed(const struct sample *x) {
  return is_sealed(x->client_id) || is_sealed(x->metadata) || is_sealed(x->redirect_on_success) ||
         is_sealed(x->redirect_on_failure);
}

/* A sample whose key was destroyed is on its way out: nothing of it is known
 * any more. */
static int sample_open(struct arena *a, struct sample *x, const unsigned char *key) {
  const char **const fields[COLUMNS] = {&x->client_id, &x->metadata, &x->redirect_on_success, &x->redirect_on_failure};
  const char *const gone[COLUMNS] = {x->id, NULL, "", ""};
  for (size_t i = 0; i < COLUMNS; i++) {
    if (!is_sealed(*fields[i]))
      continue;
    *fields[i] = key == NULL ? gone[i] : value_open(a, key, columns[i], x->id, *fields[i]);
    if (key != NULL && *fields[i] == NULL)
      return -1;
  }
  return 0;
}

static enum store_result some_unseal(struct store *s, struct arena *a, struct sample **samples, size_t n) {
  char names[KEYS_AT_ONCE][RECORD_NAME];
  const char *wanted[KEYS_AT_ONCE] = {NULL};
  unsigned char keys[KEYS_AT_ONCE * KEK_SIZE], found[KEYS_AT_ONCE];
  for (size_t i = 0; i < n; i++) {
    record_name(names[i], samples[i]->id);
    wanted[i] = names[i];
  }
  enum store_result result = keystore_get_many(s->keys, wanted, n, keys, found);
  for (size_t i = 0; result == STORE_OK && i < n; i++)
    if (sample_open(a, samples[i], found[i] ? keys + i * KEK_SIZE : NULL) != 0)
      result = STORE_ERROR;
  OPENSSL_cleanse(keys, sizeof keys);
  return result;
}

enum store_result sample_unseal(struct store *s, struct arena *a, struct sample *samples, size_t n) {
  struct sample *some[KEYS_AT_ONCE];
  size_t have = 0;
  for (size_t i = 0; i < n; i++) {
    if (sample_is_sealed(&samples[i]))
      some[have++] = &samples[i];
    if (have == KEYS_AT_ONCE || (i + 1 == n && have > 0)) {
      TRY_STORE(some_unseal(s, a, some, have));
      have = 0;
    }
  }
  return STORE_OK;
}

/* ---- webhook bodies
 * ------------------------------------------------------------------------------------------------
 */
enum store_result body_seal(struct store *s, struct arena *a, const char *sample, const char **body, int64_t now) {
  unsigned char key[KEK_SIZE];
  TRY_STORE(record_key(s, sample, now, key));
  *body = value_seal(a, key, "outbox", sample, *body);
  OPENSSL_cleanse(key, sizeof key);
  return *body == NULL ? STORE_ERROR : STORE_OK;
}

enum store_result body_unseal(struct store *s, struct arena *a, const char *sample, const char **body) {
  unsigned char key[KEK_SIZE];
  char name[RECORD_NAME];
  if (!is_sealed(*body) || sample == NULL)
    return STORE_OK;
  record_name(name, sample);
  enum store_result result = keystore_get(s->keys, name, key);
  *body = result == STORE_OK ? value_open(a, key, "outbox", sample, *body) : "[]";
  OPENSSL_cleanse(key, sizeof key);
  return result == STORE_NONE ? STORE_OK : *body == NULL ? STORE_ERROR : result;
}

/* ---- rows of the time before
 * ---------------------------------------------------------------------------------------
 */
static enum store_result sample_row_seal(struct store *s, struct arena *a, const struct db_rows *r, size_t i,
                                         int64_t now, int64_t *n) {
  const char *id = db_text(r, i, 0), *values[COLUMNS];
  struct db_rows done;
  for (size_t k = 0; k < COLUMNS; k++)
    values[k] = db_text_or_null(r, i, k + 1);
  enum store_result result = record_seal(s, a, id, values, now);
  if (result == STORE_NONE) /* its keys are destroyed: store_samples_redelete()
                               takes it away */
    return STORE_OK;
  if (result == STORE_OK)
    result = db_ask(s->db, a, &done,
                    "UPDATE samples SET client_id = $2, metadata = $3, "
                    "redirect_on_success = $4, redirect_on_failure = $5"
                    " WHERE id = $1 AND deleted = 0 AND client_id = $6 AND "
                    "coalesce(metadata, '') = $7",
                    PARAMS(id, values[0], values[1], values[2], values[3], db_text(r, i, 1), db_text(r, i, 2)));
  *n += result == STORE_OK ? done.changed : 0;
  return result;
}

static enum store_result outbox_row_seal(struct store *s, struct arena *a, const struct db_rows *r, size_t i,
                                         int64_t now, int64_t *n) {
  const char *body = db_text(r, i, 2);
  struct db_rows done;
  enum store_result result = body_seal(s, a, db_text(r, i, 1), &body, now);
  if (result == STORE_NONE)
    return STORE_OK;
  if (result == STORE_OK)
    result = db_ask(s->db, a, &done, "UPDATE outbox SET body = $2 WHERE id = $1 AND body = $3",
                    PARAMS(db_text(r, i, 0), body, db_text(r, i, 2)));
  *n += result == STORE_OK ? done.changed : 0;
  return result;
}

/* What was overwritten must not stay in pages that are free now, nor in the
 * log. PostgreSQL's vacuum comes by itself. */
static enum store_result scrub(struct store *s) {
  if (strcmp(s->db->driver->dialect, "sqlite") != 0)
    return STORE_OK;
  TRY(s->db->driver->script(s->db, "VACUUM"));
  return store_result_of(s->db->driver->script(s->db, "PRAGMA wal_checkpoint(TRUNCATE)"));
}

static enum store_result records_in(struct store *s, struct arena *a, int64_t now, int64_t *n) {
  struct db_rows r;
  enum store_result result = STORE_OK;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT id, client_id, metadata, redirect_on_success, "
                   "redirect_on_failure FROM samples"
                   " WHERE deleted = 0 AND ((client_id <> id AND client_id NOT LIKE '" MARK "%')"
                   " OR (metadata IS NOT NULL AND metadata NOT LIKE '" MARK "%')"
                   " OR (redirect_on_success <> '' AND redirect_on_success NOT LIKE '" MARK "%')"
                   " OR (redirect_on_failure <> '' AND redirect_on_failure NOT LIKE '" MARK "%')) LIMIT $1",
                   PARAMS((int64_t)ROWS_A_TURN)));
  for (size_t i = 0; result == STORE_OK && i < r.n_rows; i++)
    result = sample_row_seal(s, a, &r, i, now, n);
  if (result != STORE_OK || r.n_rows > 0)
    return result;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT id, sample, body FROM outbox WHERE sample IS NOT NULL AND body "
                   "<> '[]' AND body NOT LIKE '" MARK
                   "%' AND body NOT LIKE '%\"client_id\":\"' || sample || '\"%' LIMIT $1",
                   PARAMS((int64_t)ROWS_A_TURN)));
  for (size_t i = 0; result == STORE_OK && i < r.n_rows; i++)
    result = outbox_row_seal(s, a, &r, i, now, n);
  return result;
}

enum store_result store_records_seal(struct store *s, int64_t now, int64_t *n) {
  struct arena a = {0};
  *n = 0;
  enum store_result result = records_in(s, &a, now, n);
  arena_free(&a);
  if (result == STORE_OK && *n > 0)
    s->scrub_due = 1;
  if (result == STORE_OK && *n == 0 && s->scrub_due && (result = scrub(s)) == STORE_OK)
    s->scrub_due = 0;
  return result;
}

/* ---- deletion
 * ------------------------------------------------------------------------------------------------------
 */
enum store_result store_sample_forget(struct store *s, const char *sample, int64_t now) {
  struct arena a = {0};
  char **merges;
  size_t n = 0;
  enum store_result result = merges_of_sample(s, &a, sample, &merges, &n);
  for (size_t i = 0; i < n && result == STORE_OK; i++)
    result = keystore_destroy_sample(s->keys, merges[i], now);
  arena_free(&a);
  return result == STORE_OK ? keystore_destroy_sample(s->keys, sample, now) : result;
}

enum store_result store_deletion_get(struct store *s, struct arena *a, const char *sample, struct deletion *out) {
  struct db_rows r;
  *out = (struct deletion){.sample = NULL};
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT modified, deleted, (SELECT count(*) FROM purges "
                   "WHERE blob_key = 'keys/' || id"
                   " OR blob_key LIKE 'sealed/' || id || '/%' OR blob_key "
                   "LIKE 'samples/' || id || '/%' OR EXISTS (SELECT 1 FROM merge_samples x WHERE"
                   " x.sample = samples.id AND (blob_key = 'keys/' || x.merge OR blob_key LIKE"
                   " 'sealed/' || x.merge || '/%')))"
                   " FROM samples WHERE id = $1",
                   PARAMS(sample)));
  if (r.n_rows == 0)
    return STORE_NONE;
  *out = (struct deletion){.sample = sample, .deleted = db_number(&r, 0, 0)};
  if (db_number(&r, 0, 1) == 0 || db_number(&r, 0, 2) > 0)
    return STORE_CONFLICT;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT type FROM files WHERE sample = $1 ORDER BY created, type", PARAMS(sample)));
  out->n_types = r.n_rows;
  out->types = (const char **)r.values; /* one column */
  return STORE_OK;
}

struct again {
  const char *sample;
  int64_t now, *n;
};

static enum store_result again_body(struct store *s, void *arg) {
  const struct again *x = arg;
  struct arena a = {0};
  struct db_rows r;
  enum store_result result =
      store_result_of(db_run(s->db, &a, &r, "SELECT id FROM samples WHERE id = $1 AND deleted = 0", PARAMS(x->sample)));
  if (result == STORE_OK && r.n_rows > 0) {
    result = sample_delete(s, &a, x->sample, x->now);
    *x->n += result == STORE_OK;
  }
  arena_free(&a);
  return result;
}

enum store_result store_samples_redelete(struct store *s, int64_t now, int64_t *n) {
  struct arena a = {0};
  const char *after = "";
  size_t page = 1;
  enum store_result result = STORE_OK;
  for (*n = 0; result == STORE_OK && page > 0;) {
    char **samples;
    result = keystore_destroyed(s->keys, &a, after, &samples, &page);
    for (size_t i = 0; result == STORE_OK && i < page; i++) {
      int known = 0;
      char name[RECORD_NAME];
      record_name(name, samples[i]);
      result = store_key_known(s, name, &known);
      if (result == STORE_OK && known)
        result = store_transact(s, again_body, &(struct again){samples[i], now, n});
      after = samples[i];
    }
  }
  arena_free(&a);
  return result;
}
