#include "array-upload/seal/keystore.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "array-upload/db/db.h"
#include "array-upload/util/config.h"
#include "array-upload/util/encode.h"

enum { TRIES = 5, PAGE = 500 };

struct keystore {
  struct db *db;
  struct kek_ring *ring;
};

struct transaction {
  struct keystore *keystore;
  enum store_result (*body)(struct keystore *k, struct arena *a, void *arg);
  void *arg;
};

static enum store_result transaction_body(void *arg) {
  const struct transaction *t = arg;
  struct arena a = {0};
  enum store_result result = t->body(t->keystore, &a, t->arg);
  arena_free(&a);
  return result;
}

/* One write transaction; `body` may run several times. */
static enum store_result transact(struct keystore *k,
                                  enum store_result (*body)(struct keystore *, struct arena *, void *), void *arg) {
  return db_transact(k->db, transaction_body, &(struct transaction){k, body, arg});
}

/* ---- opening
 * -------------------------------------------------------------------------------------------------------
 */
static const char tables[] = "CREATE TABLE IF NOT EXISTS object_keys (name TEXT PRIMARY KEY, sample "
                             "TEXT NOT NULL, kek TEXT NOT NULL,"
                             " wrapped TEXT NOT NULL, created BIGINT NOT NULL);"
                             "CREATE INDEX IF NOT EXISTS object_keys_sample ON object_keys(sample);"
                             "CREATE INDEX IF NOT EXISTS object_keys_kek ON object_keys(kek);"
                             "CREATE TABLE IF NOT EXISTS destroyed_samples (sample TEXT PRIMARY KEY, "
                             "destroyed BIGINT NOT NULL);"
                             "CREATE TABLE IF NOT EXISTS current_kek (one INTEGER PRIMARY KEY, kek TEXT "
                             "NOT NULL);";
/* Stores of the time before have no name yet. */
static const char name_table[] = "CREATE TABLE IF NOT EXISTS store_name (one INTEGER PRIMARY KEY, id TEXT "
                                 "NOT NULL);";

static enum store_result start_body(struct keystore *k, struct arena *a, void *arg) {
  TRY(k->db->driver->script(k->db, tables));
  return store_result_of(db_run(k->db, a, NULL,
                                "INSERT INTO current_kek (one, kek) VALUES (1, $1) "
                                "ON CONFLICT (one) DO NOTHING",
                                PARAMS((const char *)arg)));
}

static int is_sqlite(const struct keystore *k) { return strcmp(k->db->driver->dialect, "sqlite") == 0; }

static struct db *database_open(const char *url, char *error, size_t error_size) {
  if (strncmp(url, "sqlite:", 7) == 0)
    return db_open_sqlite(url + 7, error, error_size);
#ifdef HAVE_POSTGRESQL
  if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0)
    return db_open_postgres(url, error, error_size);
#endif
  snprintf(error, error_size,
           "[keys] store must be sqlite:PATH or, where it is built in, "
           "postgresql://...");
  return NULL;
}

static int ready(struct keystore *k, char *error, size_t error_size) {
  char first[KEK_ID_SIZE], current[KEK_ID_SIZE];
  if ((is_sqlite(k) && k->db->driver->script(k->db, "PRAGMA secure_delete=ON") != DB_OK) ||
      kek_first(k->ring, first) != 0) {
    snprintf(error, error_size, "the key store cannot be opened: %s", k->db->error);
    return -1;
  }
  enum store_result result = keystore_current(k, current);
  if (result != STORE_OK) {
    result = transact(k, start_body, first);
    /* Two duties that start at once may both make the tables; the loser finds
     * them made. */
    if (result == STORE_OK || result == STORE_CONFLICT)
      result = keystore_current(k, current);
  }
  if (result != STORE_OK) {
    snprintf(error, error_size, "the key store cannot be opened: %s", k->db->error);
    return -1;
  }
  if (!kek_known(k->ring, current)) {
    snprintf(error, error_size,
             "the key-encryption key %s is not among those that [keys] file "
             "and command give",
             current);
    return -1;
  }
  return 0;
}

struct keystore *keystore_open(const struct config *config, struct kek_ring *ring, char *error, size_t error_size) {
  struct keystore *k = calloc(1, sizeof *k);
  if (k == NULL) {
    snprintf(error, error_size, "out of memory");
    return NULL;
  }
  k->ring = ring;
  k->db = database_open(config->keys_store, error, error_size);
  if (k->db == NULL || ready(k, error, error_size) != 0) {
    keystore_close(k);
    return NULL;
  }
  return k;
}

void keystore_close(struct keystore *k) {
  if (k != NULL && k->db != NULL)
    k->db->driver->close(k->db);
  free(k);
}

/* ---- keys
 * ----------------------------------------------------------------------------------------------------------
 */
struct addition {
  const char *sample;
  const char *const *names;
  const unsigned char *keys;
  size_t n;
  int64_t now;
};

/* The current KEK is read, and on PostgreSQL locked, in the transaction that
 * uses it: a rotation that has turned to the next one never meets a key that
 * was added under the old one afterwards. */
static enum store_result current_locked(struct keystore *k, struct arena *a, const char **id) {
  struct db_rows r;
  const char *sql = arena_printf(a, "SELECT kek FROM current_kek WHERE one = 1%s", k->db->driver->lock_rows);
  if (sql == NULL)
    return STORE_ERROR;
  TRY(db_run(k->db, a, &r, sql, NO_PARAMS));
  *id = r.n_rows == 1 ? db_text(&r, 0, 0) : "";
  return r.n_rows == 1 ? STORE_OK : STORE_ERROR;
}

static enum store_result sample_gone(struct keystore *k, struct arena *a, const char *sample, int *gone) {
  struct db_rows r;
  TRY(db_run(k->db, a, &r, "SELECT sample FROM destroyed_samples WHERE sample = $1", PARAMS(sample)));
  *gone = r.n_rows > 0;
  return STORE_OK;
}

static enum store_result entry_insert(struct keystore *k, struct arena *a, const struct key_entry *e) {
  return store_result_of(db_run(k->db, a, NULL,
                                "INSERT INTO object_keys (name, sample, kek, "
                                "wrapped, created) VALUES ($1, $2, $3, $4, $5)",
                                PARAMS(e->name, e->sample, e->kek, e->wrapped, e->created)));
}

static enum store_result add_body(struct keystore *k, struct arena *a, void *arg) {
  const struct addition *x = arg;
  const char *id = "";
  int gone = 0;
  enum store_result result = current_locked(k, a, &id);
  if (result == STORE_OK)
    result = sample_gone(k, a, x->sample, &gone);
  if (result == STORE_OK && gone)
    return STORE_NONE;
  for (size_t i = 0; result == STORE_OK && i < x->n; i++) {
    char *wrapped = kek_wrap(k->ring, id, x->names[i], x->keys + i * KEK_SIZE);
    const struct key_entry e = {x->names[i], x->sample, id, wrapped, x->now};
    result = wrapped == NULL ? STORE_ERROR : entry_insert(k, a, &e);
    free(wrapped);
  }
  return result;
}

enum store_result keystore_add(struct keystore *k, const char *sample, const char *const *names,
                               const unsigned char *keys, size_t n, int64_t now) {
  struct addition x = {sample, names, keys, n, now};
  return transact(k, add_body, &x);
}

static enum store_result unwrap(struct keystore *k, const char *name, const char *kek, const char *wrapped,
                                unsigned char key[KEK_SIZE]) {
  return kek_unwrap(k->ring, kek, name, wrapped, key) == 0 ? STORE_OK : STORE_ERROR;
}

enum store_result keystore_get_many(struct keystore *k, const char *const *names, size_t n, unsigned char *keys,
                                    unsigned char *found) {
  static const char sql[] = "SELECT name, kek, wrapped FROM object_keys WHERE "
                            "name IN ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
                            " $10, $11, $12, $13, $14, $15, $16, $17, $18, "
                            "$19, $20, $21, $22, $23, $24, $25, $26, $27, $28,"
                            " $29, $30)";
  struct db_param params[KEYS_AT_ONCE];
  struct arena a = {0};
  struct db_rows r;
  if (n > KEYS_AT_ONCE)
    return STORE_ERROR;
  for (size_t i = 0; i < KEYS_AT_ONCE; i++)
    params[i] = db_param_text(i < n ? names[i] : "");
  memset(found, 0, n);
  enum store_result result = db_ask(k->db, &a, &r, sql, (struct db_params){params, KEYS_AT_ONCE});
  for (size_t row = 0; result == STORE_OK && row < r.n_rows; row++)
    for (size_t i = 0; result == STORE_OK && i < n; i++)
      if (!found[i] && strcmp(names[i], db_text(&r, row, 0)) == 0) {
        result = unwrap(k, names[i], db_text(&r, row, 1), db_text(&r, row, 2), keys + i * KEK_SIZE);
        found[i] = result == STORE_OK;
      }
  arena_free(&a);
  return result;
}

enum store_result keystore_get(struct keystore *k, const char *name, unsigned char key[KEK_SIZE]) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result =
      db_ask(k->db, &a, &r, "SELECT kek, wrapped FROM object_keys WHERE name = $1", PARAMS(name));
  if (result == STORE_OK)
    result = r.n_rows == 0 ? STORE_NONE : unwrap(k, name, db_text(&r, 0, 0), db_text(&r, 0, 1), key);
  arena_free(&a);
  return result;
}

/* ---- destroying
 * ----------------------------------------------------------------------------------------------------
 */
enum store_result keystore_destroy(struct keystore *k, const char *name) {
  return db_ask(k->db, NULL, NULL, "DELETE FROM object_keys WHERE name = $1", PARAMS(name));
}

struct destruction {
  const char *sample;
  int64_t now;
};

static enum store_result destroy_body(struct keystore *k, struct arena *a, void *arg) {
  const struct destruction *d = arg;
  TRY(db_run(k->db, a, NULL,
             "INSERT INTO destroyed_samples (sample, destroyed) VALUES ($1, "
             "$2) ON CONFLICT (sample) DO NOTHING",
             PARAMS(d->sample, d->now)));
  return store_result_of(db_run(k->db, a, NULL, "DELETE FROM object_keys WHERE sample = $1", PARAMS(d->sample)));
}

enum store_result keystore_destroy_sample(struct keystore *k, const char *sample, int64_t now) {
  struct destruction d = {sample, now};
  return transact(k, destroy_body, &d);
}

enum store_result keystore_settle(struct keystore *k) {
  if (!is_sqlite(k))
    return STORE_OK;
  return store_result_of(k->db->driver->script(k->db, "PRAGMA wal_checkpoint(TRUNCATE)"));
}

/* ---- lists
 * ---------------------------------------------------------------------------------------------------------
 */
static enum store_result texts(struct keystore *k, struct arena *a, const char *sql, struct db_params params,
                               char ***out, size_t *n) {
  struct db_rows r;
  enum store_result result = db_ask(k->db, a, &r, sql, params);
  *n = result == STORE_OK ? r.n_rows : 0;
  *out = r.values; /* one column */
  return result;
}

enum store_result keystore_destroyed(struct keystore *k, struct arena *a, const char *after, char ***samples,
                                     size_t *n) {
  return texts(k, a,
               "SELECT sample FROM destroyed_samples WHERE sample > $1 ORDER "
               "BY sample LIMIT $2",
               PARAMS(after, PAGE), samples, n);
}

enum store_result keystore_names(struct keystore *k, struct arena *a, const char *after, int64_t before, char ***names,
                                 size_t *n) {
  return texts(k, a,
               "SELECT name FROM object_keys WHERE name > $1 AND created < $2 "
               "ORDER BY name LIMIT $3",
               PARAMS(after, before, PAGE), names, n);
}

static enum store_result number_of(struct keystore *k, const char *sql, struct db_params params, int64_t *number) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result = db_ask(k->db, &a, &r, sql, params);
  if (result == STORE_OK)
    *number = db_number(&r, 0, 0);
  arena_free(&a);
  return result;
}

enum store_result keystore_is_empty(struct keystore *k, int *empty) {
  int64_t n = 0;
  enum store_result result = number_of(k,
                                       "SELECT (SELECT count(*) FROM (SELECT 1 FROM object_keys LIMIT 1) x)"
                                       " + (SELECT count(*) FROM (SELECT 1 FROM destroyed_samples LIMIT 1) y)",
                                       NO_PARAMS, &n);
  *empty = n == 0;
  return result;
}

enum store_result keystore_count(struct keystore *k, const char *id, int64_t *n) {
  return number_of(k, "SELECT count(*) FROM object_keys WHERE kek = $1", PARAMS(id), n);
}

enum store_result keystore_destroyed_at(struct keystore *k, const char *sample, int64_t *when) {
  *when = 0;
  enum store_result result = number_of(k,
                                       "SELECT coalesce(max(destroyed), 0) FROM destroyed_samples "
                                       "WHERE sample = $1",
                                       PARAMS(sample), when);
  return result == STORE_OK && *when == 0 ? STORE_NONE : result;
}

/* ---- rotation
 * ------------------------------------------------------------------------------------------------------
 */
enum store_result keystore_current(struct keystore *k, char id[KEK_ID_SIZE]) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result = db_ask(k->db, &a, &r, "SELECT kek FROM current_kek WHERE one = 1", NO_PARAMS);
  if (result == STORE_OK && r.n_rows == 1 && strlen(db_text(&r, 0, 0)) == KEK_ID_SIZE - 1)
    memcpy(id, db_text(&r, 0, 0), KEK_ID_SIZE);
  else if (result == STORE_OK)
    result = STORE_NONE;
  arena_free(&a);
  return result;
}

enum store_result keystore_turn(struct keystore *k, const char *id) {
  return kek_known(k->ring, id) ? db_ask(k->db, NULL, NULL, "UPDATE current_kek SET kek = $1 WHERE one = 1", PARAMS(id))
                                : STORE_ERROR;
}

static enum store_result rewrap_one(struct keystore *k, struct arena *a, const struct db_rows *r, size_t row,
                                    const char *id) {
  unsigned char key[KEK_SIZE];
  const char *name = db_text(r, row, 0);
  enum store_result result = unwrap(k, name, db_text(r, row, 1), db_text(r, row, 2), key);
  char *wrapped = result == STORE_OK ? kek_wrap(k->ring, id, name, key) : NULL;
  OPENSSL_cleanse(key, sizeof key);
  if (wrapped == NULL)
    return STORE_ERROR;
  result = store_result_of(db_run(k->db, a, NULL, "UPDATE object_keys SET kek = $2, wrapped = $3 WHERE name = $1",
                                  PARAMS(name, id, wrapped)));
  free(wrapped);
  return result;
}

static enum store_result rewrap_body(struct keystore *k, struct arena *a, void *arg) {
  struct db_rows r;
  const char *id = "";
  (void)arg;
  enum store_result result = current_locked(k, a, &id);
  if (result != STORE_OK)
    return result;
  const char *sql = arena_printf(a, "SELECT name, kek, wrapped FROM object_keys WHERE kek <> $1 LIMIT $2%s",
                                 k->db->driver->lock_rows);
  if (sql == NULL)
    return STORE_ERROR;
  TRY(db_run(k->db, a, &r, sql, PARAMS(id, PAGE)));
  for (size_t i = 0; result == STORE_OK && i < r.n_rows; i++)
    result = rewrap_one(k, a, &r, i, id);
  return result;
}

enum store_result keystore_rewrap(struct keystore *k, int64_t *left) {
  enum store_result result = transact(k, rewrap_body, NULL);
  return result == STORE_OK ? number_of(k,
                                        "SELECT count(*) FROM object_keys WHERE kek <> "
                                        "(SELECT kek FROM current_kek WHERE"
                                        " one = 1)",
                                        NO_PARAMS, left)
                            : result;
}

static enum store_result name_body(struct keystore *k, struct arena *a, void *arg) {
  TRY(k->db->driver->script(k->db, name_table));
  return store_result_of(db_run(k->db, a, NULL,
                                "INSERT INTO store_name (one, id) VALUES (1, $1) ON "
                                "CONFLICT (one) DO NOTHING",
                                PARAMS((const char *)arg)));
}

enum store_result keystore_id(struct keystore *k, char id[UUID_SIZE]) {
  struct arena a = {0};
  struct db_rows r = {0};
  char fresh[UUID_SIZE];
  enum store_result result = uuid_new(fresh) != 0 ? STORE_ERROR : STORE_CONFLICT;
  /* Two that make the table at once: the loser finds it made. */
  for (int try = 0; try < TRIES && result == STORE_CONFLICT; try++)
    result = transact(k, name_body, fresh);
  if (result == STORE_OK)
    result = store_result_of(db_run(k->db, &a, &r, "SELECT id FROM store_name WHERE one = 1", NO_PARAMS));
  if (result == STORE_OK)
    snprintf(id, UUID_SIZE, "%s", db_text(&r, 0, 0));
  arena_free(&a);
  return result;
}

/* ---- moving
 * --------------------------------------------------------------------------------------------------------
 */
enum store_result keystore_entries(struct keystore *k, struct arena *a, const char *after, struct key_entry **out,
                                   size_t *n) {
  struct db_rows r;
  *n = 0;
  enum store_result result = db_ask(k->db, a, &r,
                                    "SELECT name, sample, kek, wrapped, created FROM object_keys WHERE "
                                    "name > $1 ORDER BY name LIMIT $2",
                                    PARAMS(after, PAGE));
  if (result != STORE_OK)
    return result;
  *out = arena_alloc(a, (r.n_rows + 1) * sizeof **out);
  if (*out == NULL)
    return STORE_ERROR;
  for (; *n < r.n_rows; ++*n)
    (*out)[*n] = (struct key_entry){db_text(&r, *n, 0), db_text(&r, *n, 1), db_text(&r, *n, 2), db_text(&r, *n, 3),
                                    db_number(&r, *n, 4)};
  return STORE_OK;
}

static enum store_result import_body(struct keystore *k, struct arena *a, void *arg) {
  const struct key_entry *e = arg;
  unsigned char key[KEK_SIZE];
  const char *id = "";
  int gone = 0;
  enum store_result result = current_locked(k, a, &id);
  if (result == STORE_OK)
    result = sample_gone(k, a, e->sample, &gone);
  if (result == STORE_OK && gone)
    return STORE_NONE;
  if (result == STORE_OK)
    result = unwrap(k, e->name, e->kek, e->wrapped, key);
  if (result != STORE_OK)
    return result;
  char *wrapped = kek_wrap(k->ring, id, e->name, key);
  OPENSSL_cleanse(key, sizeof key);
  const struct key_entry ours = {e->name, e->sample, id, wrapped, e->created};
  result = wrapped == NULL ? STORE_ERROR : entry_insert(k, a, &ours);
  free(wrapped);
  return result;
}

enum store_result keystore_import(struct keystore *k, const struct key_entry *entry) {
  return transact(k, import_body, (void *)entry);
}
