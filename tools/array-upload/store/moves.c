/* moves.c - what every transition of the state table shares: the compare-and-swap with its history row, expiry,
 * deletion. */
#include <string.h>

#include "array-upload/store/internal.h"

enum store_result sample_lock(struct store *s, struct arena *a, const char *id, struct sample *out, int64_t *rejected,
                              int64_t *deleted, int64_t *project_locked) {
  struct db_rows r;
  const char *sql = arena_printf(a,
                                 "SELECT " SAMPLE_COLUMNS "s.rejected, s.deleted + p.deleted, p.locked FROM samples s"
                                 " JOIN projects p ON p.id = s.project WHERE s.id = $1%s%s",
                                 s->db->driver->lock_rows, *s->db->driver->lock_rows ? " OF s" : "");
  if (sql == NULL)
    return STORE_ERROR;
  TRY(db_run(s->db, a, &r, sql, PARAMS(id)));
  if (r.n_rows == 0)
    return STORE_NONE;
  sample_read(&r, 0, out);
  *rejected = db_number(&r, 0, SAMPLE_N);
  *deleted = db_number(&r, 0, SAMPLE_N + 1);
  *project_locked = db_number(&r, 0, SAMPLE_N + 2);
  return STORE_OK;
}

enum store_result sample_move(struct store *s, struct arena *a, const struct sample *from, enum sample_state to,
                              const char *note, int64_t now) {
  char id[UUID_SIZE];
  struct db_rows r;
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  TRY(db_run(s->db, a, &r,
             "UPDATE samples SET state = $4, version = version + 1, modified = $5, status_id = $6, status_note = $7,"
             " status_created = $5 WHERE id = $1 AND state = $2 AND version = $3 AND deleted = 0",
             PARAMS(from->id, from->state, from->version, to, now, id, note)));
  if (r.changed != 1)
    return STORE_NONE;
  return store_result_of(
      db_run(s->db, a, NULL,
             "INSERT INTO sample_statuses (id, sample, n, status, note, created) VALUES ($1, $2, $3, $4, $5, $6)",
             PARAMS(id, from->id, from->version + 1, sample_state_text(to), note, now)));
}

/* Row 12's guard: an attempt that is being checked, or received within the grace, may still end well. */
static enum store_result attempt_pending(struct store *s, struct arena *a, const char *sample, int64_t now,
                                         int64_t *pending) {
  struct db_rows r;
  TRY(db_run(s->db, a, &r,
             "SELECT count(*) FROM attempts t JOIN page_sessions g ON g.id = t.page_session WHERE t.sample = $1 AND"
             " (t.state = 'checking' OR (t.state = 'receiving' AND g.deadline > $2))",
             PARAMS(sample, now - s->grace_s * 1000000)));
  *pending = db_number(&r, 0, 0);
  return STORE_OK;
}

enum store_result sample_expire(struct store *s, struct arena *a, struct sample *from, int64_t now) {
  int64_t pending = 0;
  if (from->state != SAMPLE_AWAITING || now < from->link_exp || now < from->window_end)
    return STORE_NONE;
  TRY_STORE(attempt_pending(s, a, from->id, now, &pending));
  if (pending > 0)
    return STORE_NONE;
  TRY_STORE(sample_move(s, a, from, SAMPLE_EXPIRED, "", now));
  TRY(db_run(s->db, a, NULL,
             "UPDATE attempts SET state = 'aborted', reason = 'session_expired', ended = $2 WHERE sample = $1 AND "
             "state = 'receiving'",
             PARAMS(from->id, now)));
  struct db_rows r;
  TRY(db_run(s->db, a, &r, "SELECT status_id FROM samples WHERE id = $1", PARAMS(from->id)));
  from->status_id = db_text(&r, 0, 0);
  from->status_note = "";
  from->status_created = from->modified = now;
  from->state = SAMPLE_EXPIRED;
  from->version++;
  return STORE_OK;
}

struct expiry {
  struct arena *a;
  struct sample *sample;
  int64_t now;
};

static enum store_result expiry_body(struct store *s, void *arg) {
  const struct expiry *e = arg;
  return sample_expire(s, e->a, e->sample, e->now);
}

enum store_result sample_expire_now(struct store *s, struct arena *a, struct sample *sample, int64_t now) {
  return store_transact(s, expiry_body, &(struct expiry){a, sample, now});
}

enum store_result sample_delete(struct store *s, struct arena *a, const char *id, int64_t now) {
  static const char *const wipes[] = {
      "DELETE FROM quality_controls WHERE sample = $1", "DELETE FROM jobs WHERE sample = $1",
      "DELETE FROM stages WHERE sample = $1",
      "UPDATE outbox SET body = '[]', state = CASE WHEN state = 'pending' THEN 'dead' ELSE state END WHERE sample = $1",
      /* No hash of a genotype file stays either. */
      "UPDATE attempts SET sha256 = '' WHERE sample = $1", "UPDATE files SET sha256 = '' WHERE sample = $1",
      "UPDATE sample_statuses SET note = '' WHERE sample = $1", "DELETE FROM idempotency WHERE sample = $1"};
  TRY(db_run(s->db, a, NULL,
             "UPDATE samples SET deleted = 1, version = version + 1, modified = $2, metadata = NULL, client_id = '',"
             " redirect_on_success = '', redirect_on_failure = '', status_note = '' WHERE id = $1",
             PARAMS(id, now)));
  for (size_t i = 0; i < sizeof wipes / sizeof *wipes; i++)
    TRY(db_run(s->db, a, NULL, wipes[i], PARAMS(id)));
  TRY_STORE(merges_delete_sample(s, a, id, now));
  TRY(db_run(s->db, a, NULL,
             "UPDATE attempts SET state = 'aborted', reason = 'session_revoked', ended = $2 WHERE sample = $1"
             " AND state IN ('receiving', 'checking')",
             PARAMS(id, now)));
  struct db_rows r;
  /* "keys/" comes before the objects' names in purges' order: the keys first. */
  TRY(db_run(s->db, a, NULL,
             "INSERT INTO purges (blob_key, created) VALUES ('keys/' || $1, $2) ON CONFLICT (blob_key) DO NOTHING",
             PARAMS(id, now)));
  TRY(db_run(s->db, a, &r, "SELECT blob_key FROM files WHERE sample = $1 AND purged = 0", PARAMS(id)));
  for (size_t i = 0; i < r.n_rows; i++)
    TRY(db_run(s->db, a, NULL,
               "INSERT INTO purges (blob_key, created) VALUES ($1, $2) ON CONFLICT (blob_key) DO NOTHING",
               PARAMS(db_text(&r, i, 0), now)));
  return store_result_of(db_run(s->db, a, NULL, "UPDATE files SET purged = 1 WHERE sample = $1", PARAMS(id)));
}
