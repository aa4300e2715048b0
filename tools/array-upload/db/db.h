/* db.h - the database behind a struct of functions: one driver a dialect (sqlite.c, postgres.c).
 *
 * store.h's operations are written once, in SQL that both dialects read alike ($1 parameters, RETURNING, ON CONFLICT);
 * so the state table exists once and the two backends cannot drift apart. What differs stands in the driver: locking,
 * types, errors. */
#ifndef ARRAY_UPLOAD_DB_DB_H
#define ARRAY_UPLOAD_DB_DB_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/db/params.h"
#include "array-upload/db/result.h"
#include "array-upload/util/arena.h"

enum db_result {
  DB_OK,
  DB_CONFLICT, /* a unique or foreign key said no; inside a transaction only rollback is left */
  DB_BUSY,     /* locked too long, serialisation failure or connection lost: the whole transaction may be tried again */
  DB_FULL,     /* no space */
  DB_ERROR
};

/* The same for callers of operations. */
enum store_result store_result_of(enum db_result r);

/* Rows as text; value(row, column) is NULL for NULL. All memory is the arena's. */
struct db_rows {
  char **values;
  size_t n_rows, n_columns;
  int64_t changed; /* rows an INSERT, UPDATE or DELETE touched */
};

struct db;
struct db_driver {
  const char *dialect;     /* "sqlite", "postgresql" */
  const char *lock_rows;   /* " FOR UPDATE" or "" : behind a SELECT in a write transaction */
  const char *skip_locked; /* " FOR UPDATE SKIP LOCKED" or "" */
  void (*close)(struct db *db);
  /* A write transaction: nobody else writes what it read before it ends (SQLite: BEGIN IMMEDIATE). */
  enum db_result (*begin)(struct db *db);
  /* Inside one: nobody else begins to write that table before it ends. */
  enum db_result (*lock_table)(struct db *db, const char *table);
  enum db_result (*commit)(struct db *db);
  void (*rollback)(struct db *db);
  enum db_result (*script)(struct db *db, const char *sql); /* several statements, no parameters */
  enum db_result (*query)(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql,
                          struct db_params params);
};

/* Drivers embed this as their first member. One thread at a time. */
struct db {
  const struct db_driver *driver;
  char error[256]; /* of the last call that failed; SQL text and values are never in it */
};

struct db *db_open_sqlite(const char *path, char *error, size_t error_size);
struct db *db_open_postgres(const char *url, char *error, size_t error_size);

/* rows may be NULL. DB_ERROR where the statement has more parameters, or fewer. */
enum db_result db_run(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql,
                      struct db_params params);
/* One statement by itself, tried again while the database is busy. */
enum store_result db_ask(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql,
                         struct db_params params);
/* One write transaction; STORE_OK of `body` commits, anything else rolls back. It may run several times, from its
 * beginning. */
enum store_result db_transact(struct db *db, enum store_result (*body)(void *arg), void *arg);

/* Leaves the calling function with the result when a statement failed. */
#define TRY(call)                         \
  do {                                    \
    enum db_result try_result = (call);   \
    if (try_result != DB_OK)              \
      return store_result_of(try_result); \
  } while (0)

const char *db_text(const struct db_rows *rows, size_t row, size_t column); /* "" for NULL */
const char *db_text_or_null(const struct db_rows *rows, size_t row, size_t column);
int64_t db_number(const struct db_rows *rows, size_t row, size_t column); /* 0 for NULL */

#endif
