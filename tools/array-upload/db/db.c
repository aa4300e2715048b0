#include "array-upload/db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "array-upload/util/encode.h"

enum { TRIES = 5 };

enum store_result store_result_of(enum db_result r) {
  switch (r) {
  case DB_OK:
    return STORE_OK;
  case DB_CONFLICT:
    return STORE_CONFLICT;
  case DB_BUSY:
    return STORE_BUSY;
  case DB_FULL:
    return STORE_FULL;
  case DB_ERROR:
    break;
  }
  return STORE_ERROR;
}

/* The highest $n. No statement of ours has a dollar elsewhere. */
static size_t params_named(const char *sql) {
  unsigned long highest = 0;
  for (const char *p = strchr(sql, '$'); p != NULL; p = strchr(p + 1, '$')) {
    unsigned long number = strtoul(p + 1, NULL, 10);
    highest = number > highest ? number : highest;
  }
  return highest;
}

enum db_result db_run(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql,
                      struct db_params params) {
  struct db_rows unused = {0};
  rows = rows != NULL ? rows : &unused;
  memset(rows, 0, sizeof *rows);
  if (params_named(sql) != params.n) {
    snprintf(db->error, sizeof db->error, "a statement with %zu parameters", params.n);
    return DB_ERROR;
  }
  return db->driver->query(db, arena, rows, sql, params);
}

static void wait_a_little(int try) {
  if (try > 0)
    nanosleep(&(struct timespec){.tv_nsec = 20000000L << try}, NULL);
}

enum store_result db_ask(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql,
                         struct db_params params) {
  enum db_result result = DB_BUSY;
  for (int try = 0; try < TRIES && result == DB_BUSY; try++) {
    wait_a_little(try);
    result = db_run(db, arena, rows, sql, params);
  }
  return store_result_of(result);
}

enum store_result db_transact(struct db *db, enum store_result (*body)(void *arg), void *arg) {
  enum store_result result = STORE_BUSY;
  for (int try = 0; try < TRIES && result == STORE_BUSY; try++) {
    wait_a_little(try);
    result = store_result_of(db->driver->begin(db));
    if (result != STORE_OK)
      continue;
    result = body(arg);
    if (result == STORE_OK)
      result = store_result_of(db->driver->commit(db));
    if (result != STORE_OK)
      db->driver->rollback(db);
  }
  return result;
}

const char *db_text_or_null(const struct db_rows *rows, size_t row, size_t column) {
  return rows->values[row * rows->n_columns + column];
}

const char *db_text(const struct db_rows *rows, size_t row, size_t column) {
  const char *text = db_text_or_null(rows, row, column);
  return text == NULL ? "" : text;
}

int64_t db_number(const struct db_rows *rows, size_t row, size_t column) {
  int64_t number = 0;
  const char *text = db_text_or_null(rows, row, column);
  return text != NULL && number_parse(&number, text, INT64_MIN, INT64_MAX) == 0 ? number : 0;
}
