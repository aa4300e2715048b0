#include "array-upload/db/db.h"

#include <stdarg.h>
#include <string.h>

#include "array-upload/util/encode.h"

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

int db_params(struct db_param params[DB_PARAMS_MAX], const char *types, va_list args) {
  size_t n = strlen(types);
  if (n > DB_PARAMS_MAX)
    return -1;
  for (size_t i = 0; i < n; i++) {
    params[i] = (struct db_param){.is_text = types[i] == 's'};
    if (types[i] == 's')
      params[i].text = va_arg(args, const char *);
    else
      params[i].number = va_arg(args, int64_t);
  }
  return (int)n;
}

enum db_result db_run(struct db *db, struct arena *arena, struct db_rows *rows, const char *sql, const char *types,
                      ...) {
  struct db_param params[DB_PARAMS_MAX];
  struct db_rows unused = {0};
  va_list args;
  va_start(args, types);
  int n = db_params(params, types, args);
  va_end(args);
  if (n < 0)
    return DB_ERROR;
  rows = rows != NULL ? rows : &unused;
  memset(rows, 0, sizeof *rows);
  return db->driver->query(db, arena, rows, sql, params, (size_t)n);
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
