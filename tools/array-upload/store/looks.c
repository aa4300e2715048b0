/* looks.c - who looked at which sample. A row a day for each way of looking keeps it short: a program that asks every
 * second is one line of the day. */
#include "array-upload/store/internal.h"

static const int64_t day = INT64_C(86400) * 1000000;

enum store_result store_look(struct store *s, const char *sample, const char *actor, const char *what, int64_t now,
                             int *first) {
  struct arena a = {0};
  struct db_rows r;
  *first = 0;
  /* Read before it is written: the second look of a day costs no transaction. */
  enum store_result result =
      db_ask(s->db, &a, &r, "SELECT 1 FROM looks WHERE sample = $1 AND actor = $2 AND what = $3 AND day = $4",
             PARAMS(sample, actor, what, now / day));
  if (result == STORE_OK && r.n_rows == 0) {
    result = db_ask(s->db, NULL, &r,
                    "INSERT INTO looks (sample, actor, what, day, created) SELECT id, $2, $3, $4, $5 FROM samples"
                    " WHERE id = $1 ON CONFLICT (sample, actor, what, day) DO NOTHING",
                    PARAMS(sample, actor, what, now / day, now));
    *first = result == STORE_OK && r.changed == 1;
  }
  arena_free(&a);
  return result;
}

static void look_read(const struct db_rows *r, size_t i, struct look *out) {
  *out = (struct look){.actor = db_text(r, i, 0), .what = db_text(r, i, 1), .created = db_number(r, i, 2)};
}

enum store_result store_looks(struct store *s, struct arena *a, const char *sample, struct look **out, size_t *n) {
  struct db_rows r;
  TRY_STORE(
      db_ask(s->db, a, &r,
             "SELECT actor, what, created FROM looks WHERE sample = $1 ORDER BY created DESC, actor, what LIMIT 1000",
             PARAMS(sample)));
  ROWS_TAKE(a, r, out, n, look_read);
  return STORE_OK;
}
