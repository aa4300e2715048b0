/* postgres.c - the dialect for many machines, by libpq. A lost connection shows as DB_BUSY and is made anew at the next
 * begin or statement; the operations above are written so that a transaction whose commit got no answer may run again.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/db/db.h"

enum { INT8_OID = 20, ROOM = 32 };

struct postgres {
  struct db db;
  PGconn *connection;
  int in_transaction;
};

/* Class of an SQLSTATE (PostgreSQL manual, appendix A). */
static enum db_result state_result(const char *state) {
  if (strncmp(state, "23", 2) == 0)
    return DB_CONFLICT;
  if (strncmp(state, "53100", 5) == 0)
    return DB_FULL;
  if (strncmp(state, "40", 2) == 0 || strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0 ||
      strncmp(state, "55P03", 5) == 0 || strncmp(state, "53", 2) == 0)
    return DB_BUSY;
  return DB_ERROR;
}

/* Only the primary message: DETAIL would hold values. */
static enum db_result failed(struct postgres *p, const PGresult *r) {
  const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE), *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
  if (PQstatus(p->connection) == CONNECTION_BAD || state == NULL) {
    snprintf(p->db.error, sizeof p->db.error, "the connection to the database was lost");
    return DB_BUSY;
  }
  snprintf(p->db.error, sizeof p->db.error, "%s (%s)", text == NULL ? "" : text, state);
  return state_result(state);
}

static enum db_result connected(struct postgres *p) {
  if (PQstatus(p->connection) == CONNECTION_OK)
    return DB_OK;
  PQreset(p->connection);
  if (PQstatus(p->connection) == CONNECTION_OK)
    return DB_OK;
  snprintf(p->db.error, sizeof p->db.error, "the database does not answer");
  return DB_BUSY;
}

static void postgres_close(struct db *db) {
  struct postgres *p = (struct postgres *)db;
  PQfinish(p->connection);
  free(p);
}

static enum db_result postgres_script(struct db *db, const char *sql) {
  struct postgres *p = (struct postgres *)db;
  if (!p->in_transaction && connected(p) != DB_OK)
    return DB_BUSY;
  PGresult *r = PQexec(p->connection, sql);
  ExecStatusType status = PQresultStatus(r);
  enum db_result result = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? DB_OK : failed(p, r);
  PQclear(r);
  return result;
}

static enum db_result postgres_begin(struct db *db) {
  enum db_result result = postgres_script(db, "BEGIN");
  ((struct postgres *)db)->in_transaction = result == DB_OK;
  return result;
}

static enum db_result postgres_lock_table(struct db *db, const char *table) {
  char sql[100];
  snprintf(sql, sizeof sql, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", table);
  return postgres_script(db, sql);
}

static enum db_result postgres_commit(struct db *db) {
  struct postgres *p = (struct postgres *)db;
  /* COMMIT of a failed transaction answers "ROLLBACK" with success. */
  PGresult *r = PQexec(p->connection, "COMMIT");
  enum db_result result = PQresultStatus(r) != PGRES_COMMAND_OK   ? failed(p, r)
                          : strcmp(PQcmdStatus(r), "COMMIT") == 0 ? DB_OK
                                                                  : DB_ERROR;
  PQclear(r);
  p->in_transaction = 0;
  return result;
}

static void postgres_rollback(struct db *db) {
  struct postgres *p = (struct postgres *)db;
  if (PQtransactionStatus(p->connection) != PQTRANS_IDLE && PQstatus(p->connection) == CONNECTION_OK)
    PQclear(PQexec(p->connection, "ROLLBACK"));
  p->in_transaction = 0;
}

static enum db_result rows_take(const PGresult *r, struct arena *arena, struct db_rows *rows) {
  rows->n_rows = (size_t)PQntuples(r);
  rows->n_columns = (size_t)PQnfields(r);
  const char *changed = PQcmdTuples((PGresult *)r);
  for (; *changed >= '0' && *changed <= '9'; changed++)
    rows->changed = rows->changed * 10 + (*changed - '0');
  size_t n = rows->n_rows * rows->n_columns;
  if (n == 0)
    return DB_OK;
  rows->values = arena_alloc(arena, n * sizeof *rows->values);
  for (size_t i = 0; rows->values != NULL && i < n; i++) {
    int row = (int)(i / rows->n_columns), column = (int)(i % rows->n_columns);
    if (PQgetisnull(r, row, column))
      continue;
    rows->values[i] = arena_strndup(arena, PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column));
    if (rows->values[i] == NULL)
      return DB_ERROR;
  }
  return rows->values == NULL ? DB_ERROR : DB_OK;
}

static enum db_result postgres_query(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql,
                                     struct db_params params) {
  struct postgres *p = (struct postgres *)db;
  const char *values[ROOM];
  char numbers[ROOM][24];
  Oid types[ROOM];
  if (params.n > ROOM)
    return DB_ERROR;
  for (size_t i = 0; i < params.n; i++) {
    values[i] = params.list[i].is_text ? params.list[i].text : numbers[i];
    types[i] = params.list[i].is_text ? 0 : INT8_OID;
    if (!params.list[i].is_text)
      snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)params.list[i].number);
  }
  /* Inside a transaction a new connection must not slip in: its statements would run alone. */
  if (p->in_transaction ? PQstatus(p->connection) != CONNECTION_OK : connected(p) != DB_OK)
    return DB_BUSY;
  PGresult *r = PQexecParams(p->connection, sql, (int)params.n, types, values, NULL, NULL, 0);
  ExecStatusType status = PQresultStatus(r);
  enum db_result result =
      status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? rows_take(r, arena, rows) : failed(p, r);
  PQclear(r);
  return result;
}

static const struct db_driver postgres_driver = {.dialect = "postgresql",
                                                 .lock_rows = " FOR UPDATE",
                                                 .skip_locked = " FOR UPDATE SKIP LOCKED",
                                                 .close = postgres_close,
                                                 .begin = postgres_begin,
                                                 .lock_table = postgres_lock_table,
                                                 .commit = postgres_commit,
                                                 .rollback = postgres_rollback,
                                                 .script = postgres_script,
                                                 .query = postgres_query};

static void notice_ignore(void *arg, const char *message) {
  (void)arg;
  (void)message;
}

struct db *db_open_postgres(const char *url, char *error, size_t error_size) {
  struct postgres *p = calloc(1, sizeof *p);
  if (p == NULL)
    return NULL;
  p->db.driver = &postgres_driver;
  p->connection = PQconnectdb(url);
  if (PQstatus(p->connection) == CONNECTION_OK) {
    PQsetNoticeProcessor(p->connection, notice_ignore, NULL);
    return &p->db;
  }
  /* The message may quote the URL's password; only its first line without the address is of use. */
  snprintf(error, error_size, "PostgreSQL does not answer at the configured address");
  postgres_close(&p->db);
  return NULL;
}
