/* quota.c - what a project may take in on one day (UTC): uploads, and bytes of them. Files that were refused do not
 * count; a file that was accepted and deleted since does. */
#include "array-upload/store/internal.h"

static const int64_t day = INT64_C(86400) * 1000000;

enum store_result quota_left(struct store *s, struct arena *a, const char *project, const char *attempt, int64_t size,
                             int64_t now, int *left) {
  struct db_rows r;
  /* Locked, so that two uploads at once do not both take the last place. */
  const char *sql = arena_printf(a, "SELECT uploads_a_day, bytes_a_day FROM projects WHERE id = $1%s",
                                 attempt != NULL ? s->db->driver->lock_rows : "");
  if (sql == NULL)
    return STORE_ERROR;
  *left = 1;
  TRY(db_run(s->db, a, &r, sql, PARAMS(project)));
  int64_t uploads = db_number(&r, 0, 0), bytes = db_number(&r, 0, 1);
  if (r.n_rows == 0 || (uploads == 0 && bytes == 0))
    return STORE_OK;
  TRY(db_run(s->db, a, &r,
             "SELECT count(*), coalesce(sum(t.size), 0) FROM attempts t JOIN samples p ON p.id = t.sample"
             " WHERE p.project = $1 AND t.id <> $2 AND t.created >= $3"
             " AND t.state IN ('receiving', 'checking', 'accepted')",
             PARAMS(project, attempt != NULL ? attempt : "", now - now % day)));
  *left = (uploads == 0 || db_number(&r, 0, 0) < uploads) && (bytes == 0 || db_number(&r, 0, 1) + size <= bytes);
  return STORE_OK;
}

enum store_result store_quota_wait(struct store *s, const char *project, int64_t now, int64_t *seconds) {
  struct arena a = {0};
  int left = 1;
  enum store_result result = quota_left(s, &a, project, NULL, 1, now, &left);
  *seconds = left ? 0 : (day - now % day) / 1000000 + 1;
  arena_free(&a);
  return result;
}
