#include "array-upload/store/store.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "array-upload/seal/keystore.h"
#include "array-upload/store/internal.h"
#include "array-upload/store/migrations.h"
#include "array-upload/util/config.h"

struct store *store_open(const struct config *config, struct kek_ring *keks, char *error, size_t error_size) {
  const char *url = config->database_url;
  struct store *s = calloc(1, sizeof *s);
  if (s == NULL) {
    snprintf(error, error_size, "out of memory");
    return NULL;
  }
  s->grace_s = config->grace_s;
  s->check_s = config->check_s;
  if (strncmp(url, "sqlite:", 7) == 0)
    s->db = db_open_sqlite(url + 7, error, error_size);
#ifdef HAVE_POSTGRESQL
  else if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0)
    s->db = db_open_postgres(url, error, error_size);
#endif
  else
    snprintf(error, error_size, "[database] url must be sqlite:PATH or, where it is built in, postgresql://...");
  if (s->db == NULL || (s->keys = keystore_open(config, keks, error, error_size)) == NULL) {
    store_close(s);
    return NULL;
  }
  return s;
}

void store_close(struct store *s) {
  if (s != NULL && s->db != NULL)
    s->db->driver->close(s->db);
  if (s != NULL)
    keystore_close(s->keys);
  free(s);
}

struct keystore *store_keys(struct store *s) {
  return s->keys;
}

const char *store_error(const struct store *s) { return s->db->error; }

struct transaction {
  struct store *store;
  enum store_result (*body)(struct store *s, void *arg);
  void *arg;
};

static enum store_result transaction_body(void *arg) {
  const struct transaction *t = arg;
  return t->body(t->store, t->arg);
}

enum store_result store_transact(struct store *s, enum store_result (*body)(struct store *, void *), void *arg) {
  return db_transact(s->db, transaction_body, &(struct transaction){s, body, arg});
}

const char *store_pattern(struct arena *a, const char *search) {
  if (search == NULL)
    return NULL;
  char *out = arena_alloc(a, strlen(search) * 2 + 3), *p = out;
  if (out == NULL)
    return NULL;
  *p++ = '%';
  for (; *search != '\0'; search++) {
    if (*search == '%' || *search == '_' || *search == '\\')
      *p++ = '\\';
    *p++ = (char)tolower((unsigned char)*search);
  }
  *p = '%';
  return out;
}

/* ---- migrations ----------------------------------------------------------------------------------------------------
 */
static enum store_result version_read(struct store *s, int64_t *have) {
  struct arena a = {0};
  struct db_rows rows;
  *have = 0;
  enum db_result r = db_run(s->db, &a, &rows, "SELECT version FROM schema_version", NO_PARAMS);
  if (r == DB_OK && rows.n_rows == 1)
    *have = db_number(&rows, 0, 0);
  arena_free(&a);
  return store_result_of(r);
}

static enum store_result migrate_body(struct store *s, void *arg) {
  (void)arg;
  int postgres = strcmp(s->db->driver->dialect, "postgresql") == 0;
  const char *const *files = postgres ? migrations_postgres : migrations_sqlite;
  if (postgres)
    TRY(s->db->driver->script(s->db, "LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE"));
  int64_t have;
  TRY_STORE(version_read(s, &have));
  if (have > migrations_count) {
    snprintf(
        s->db->error, sizeof s->db->error,
        "it is newer, version %lld, and this program knows %u. Start the newer program, or restore the backup from "
        "before its first start",
        (long long)have, migrations_count);
    return STORE_ERROR;
  }
  struct arena a = {0};
  enum store_result result = STORE_OK;
  for (unsigned i = (unsigned)have; i < migrations_count && result == STORE_OK; i++)
    result = store_result_of(s->db->driver->script(s->db, files[i]));
  if (result == STORE_OK)
    result = store_result_of(
        db_run(s->db, &a, NULL, "UPDATE schema_version SET version = $1", PARAMS((int64_t)migrations_count)));
  arena_free(&a);
  return result;
}

static enum store_result version_table_body(struct store *s, void *arg) {
  (void)arg;
  /* PostgreSQL makes the table's type as well, where IF NOT EXISTS does not look: two first starts would collide. Any
   * number will do that nobody else locks. */
  if (strcmp(s->db->driver->dialect, "postgresql") == 0)
    TRY(s->db->driver->script(s->db, "SELECT pg_advisory_xact_lock(7310579616)"));
  TRY(s->db->driver->script(
      s->db, "CREATE TABLE IF NOT EXISTS schema_version (one INTEGER PRIMARY KEY, version BIGINT NOT NULL)"));
  TRY(s->db->driver->script(s->db,
                            "INSERT INTO schema_version (one, version) VALUES (1, 0) ON CONFLICT (one) DO NOTHING"));
  return STORE_OK;
}

enum store_result store_migrate(struct store *s) {
  int64_t have = 0;
  if (version_read(s, &have) == STORE_OK && have == migrations_count)
    return STORE_OK;
  TRY_STORE(store_transact(s, version_table_body, NULL));
  return store_transact(s, migrate_body, NULL);
}

enum store_result store_version(struct store *s, int64_t *have, int64_t *want) {
  *want = migrations_count;
  return version_read(s, have);
}
