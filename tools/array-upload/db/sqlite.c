/* sqlite.c - the embedded dialect: one file, WAL, every commit on the disk (synchronous=FULL). */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/db/db.h"

enum { CACHE = 64, BUSY_MS = 10000 };

struct sqlite {
  struct db db;
  sqlite3 *handle;
  struct cached {
    char *sql;
    sqlite3_stmt *statement;
  } cache[CACHE]; /* statements by the hash of their text; the last one of a slot stays */
};

static enum db_result failed(struct sqlite *s, int code) {
  snprintf(s->db.error, sizeof s->db.error, "%s", sqlite3_errstr(code));
  switch (code & 0xff) {
  case SQLITE_CONSTRAINT:
    return DB_CONFLICT;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return DB_BUSY;
  case SQLITE_FULL:
    return DB_FULL;
  }
  /* The text of a programming error names tables, never values. */
  if ((code & 0xff) == SQLITE_ERROR)
    snprintf(s->db.error, sizeof s->db.error, "%s", sqlite3_errmsg(s->handle));
  return DB_ERROR;
}

static void sqlite_close(struct db *db) {
  struct sqlite *s = (struct sqlite *)db;
  for (size_t i = 0; i < CACHE; i++) {
    sqlite3_finalize(s->cache[i].statement);
    free(s->cache[i].sql);
  }
  sqlite3_close(s->handle);
  free(s);
}

static enum db_result sqlite_script(struct db *db, const char *sql) {
  struct sqlite *s = (struct sqlite *)db;
  int code = sqlite3_exec(s->handle, sql, NULL, NULL, NULL);
  return code == SQLITE_OK ? DB_OK : failed(s, sqlite3_extended_errcode(s->handle));
}

static enum db_result sqlite_begin(struct db *db) { return sqlite_script(db, "BEGIN IMMEDIATE"); }

static enum db_result sqlite_commit(struct db *db) { return sqlite_script(db, "COMMIT"); }

static void sqlite_rollback(struct db *db) {
  struct sqlite *s = (struct sqlite *)db;
  if (!sqlite3_get_autocommit(s->handle))
    sqlite_script(db, "ROLLBACK");
}

/* The prepared statement of a text. A slot's older statement is dropped: the texts are few. */
static int statement_get(struct sqlite *s, const char *sql, sqlite3_stmt **statement) {
  size_t hash = 5381;
  for (const char *p = sql; *p != '\0'; p++)
    hash = hash * 33 + (unsigned char)*p;
  struct cached *c = &s->cache[hash % CACHE];
  if (c->sql != NULL && strcmp(c->sql, sql) == 0) {
    *statement = c->statement;
    return SQLITE_OK;
  }
  char *copy = strdup(sql);
  int code =
      copy == NULL ? SQLITE_NOMEM : sqlite3_prepare_v3(s->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
  if (code != SQLITE_OK) {
    free(copy);
    return code;
  }
  sqlite3_finalize(c->statement);
  free(c->sql);
  *c = (struct cached){copy, *statement};
  return SQLITE_OK;
}

/* "$3" is parameter 3, wherever and however often it stands. */
static int statement_bind(sqlite3_stmt *statement, struct db_params params) {
  for (size_t i = 0; i < params.n; i++) {
    char name[24];
    snprintf(name, sizeof name, "$%zu", i + 1);
    int at = sqlite3_bind_parameter_index(statement, name);
    int code = SQLITE_OK;
    if (at > 0 && params.list[i].is_text)
      code = sqlite3_bind_text(statement, at, params.list[i].text, -1, SQLITE_STATIC);
    else if (at > 0)
      code = sqlite3_bind_int64(statement, at, params.list[i].number);
    if (code != SQLITE_OK)
      return code;
  }
  return SQLITE_OK;
}

/* Appends the current row; the table doubles. */
static int row_take(sqlite3_stmt *statement, struct arena *arena, struct db_rows *rows, size_t *room) {
  if (rows->n_columns == 0)
    return 0;
  if (rows->n_rows == *room) {
    size_t more = *room == 0 ? 8 : *room * 2;
    char **values = arena_alloc(arena, more * rows->n_columns * sizeof *values);
    if (values == NULL)
      return -1;
    if (*room > 0)
      memcpy(values, rows->values, *room * rows->n_columns * sizeof *values);
    rows->values = values;
    *room = more;
  }
  for (size_t i = 0; i < rows->n_columns; i++) {
    const char *text = (const char *)sqlite3_column_text(statement, (int)i);
    char **value = &rows->values[rows->n_rows * rows->n_columns + i];
    *value = arena_strdup(arena, text);
    if (text != NULL && *value == NULL)
      return -1;
  }
  rows->n_rows++;
  return 0;
}

static enum db_result sqlite_query(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql,
                                   struct db_params params) {
  struct sqlite *s = (struct sqlite *)db;
  sqlite3_stmt *statement;
  size_t room = 0;
  int code = statement_get(s, sql, &statement);
  if (code != SQLITE_OK)
    return failed(s, code);
  code = statement_bind(statement, params);
  if (code == SQLITE_OK) {
    rows->n_columns = (size_t)sqlite3_column_count(statement);
    int changes = sqlite3_total_changes(s->handle);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
      if (row_take(statement, arena, rows, &room) != 0) {
        code = SQLITE_NOMEM;
        break;
      }
    rows->changed = sqlite3_total_changes(s->handle) - changes;
  }
  enum db_result result =
      code == SQLITE_DONE ? DB_OK : failed(s, code == SQLITE_NOMEM ? code : sqlite3_extended_errcode(s->handle));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

/* A write transaction has the whole database. */
static enum db_result sqlite_lock_table(struct db *db, const char *table) {
  (void)db;
  (void)table;
  return DB_OK;
}

static const struct db_driver sqlite_driver = {.dialect = "sqlite",
                                               .lock_rows = "",
                                               .skip_locked = "",
                                               .close = sqlite_close,
                                               .begin = sqlite_begin,
                                               .lock_table = sqlite_lock_table,
                                               .commit = sqlite_commit,
                                               .rollback = sqlite_rollback,
                                               .script = sqlite_script,
                                               .query = sqlite_query};

/* SQLite does not wait for the lock under which a new file becomes WAL: programs that meet on one ask again. */
static enum db_result become_wal(struct sqlite *s) {
  enum { STEP_MS = 10 };
  enum db_result result = sqlite_script(&s->db, "PRAGMA journal_mode=WAL");
  for (int waited = 0; result == DB_BUSY && waited < BUSY_MS; waited += STEP_MS) {
    sqlite3_sleep(STEP_MS);
    result = sqlite_script(&s->db, "PRAGMA journal_mode=WAL");
  }
  return result;
}

struct db *db_open_sqlite(const char *path, char *error, size_t error_size) {
  struct sqlite *s = calloc(1, sizeof *s);
  if (s == NULL)
    return NULL;
  s->db.driver = &sqlite_driver;
  /* A network file system was refused before (serve/options.c): WAL shares memory between processes. */
  if (sqlite3_open_v2(path, &s->handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      NULL) == SQLITE_OK &&
      sqlite3_busy_timeout(s->handle, BUSY_MS) == SQLITE_OK && become_wal(s) == DB_OK &&
      sqlite_script(&s->db, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                            "PRAGMA trusted_schema=OFF; PRAGMA journal_size_limit=67108864") == DB_OK) {
    return &s->db;
  } else {
    snprintf(error, error_size, "%s: %s", path, s->handle != NULL ? sqlite3_errmsg(s->handle) : "out of memory");
  }
  sqlite_close(&s->db);
  return NULL;
}
