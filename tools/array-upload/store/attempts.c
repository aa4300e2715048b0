/* attempts.c - rows 5 to 10: one file on its way in. An attempt is receiving, checking, then accepted, rejected, lost
 * or aborted for ever. */
#include <string.h>

#include "array-upload/store/internal.h"

enum { IN_FLIGHT_MAX = 2 };

/* ---- row 5 ---------------------------------------------------------------------------------------------------------
 */
struct begin {
  const char *page, *attempt, *server;
  int64_t max_rejected, size, now;
  enum attempt_outcome *outcome;
};

static enum store_result begin_in(struct store *s, struct arena *a, const struct begin *b) {
  struct db_rows r;
  struct sample sample;
  int64_t rejected, deleted, locked;
  TRY(db_run(s->db, a, &r, "SELECT sample, deadline FROM page_sessions WHERE id = $1", PARAMS(b->page)));
  if (r.n_rows == 0)
    return STORE_NONE;
  const char *id = db_text(&r, 0, 0);
  int64_t deadline = db_number(&r, 0, 1);
  TRY_STORE(sample_lock(s, a, id, &sample, &rejected, &deleted, &locked));
  TRY(db_run(s->db, a, &r, "SELECT count(*) FROM attempts WHERE sample = $1 AND state IN ('receiving', 'checking')",
             PARAMS(id)));
  if (deleted || sample.revoked || (locked && !sample.accepted))
    *b->outcome = ATTEMPT_REVOKED;
  else if (sample.accepted)
    *b->outcome = ATTEMPT_ALREADY;
  else if (sample.state != SAMPLE_AWAITING || b->now >= deadline)
    *b->outcome = ATTEMPT_EXPIRED;
  else if (rejected >= b->max_rejected)
    *b->outcome = ATTEMPT_TOO_MANY;
  else if (db_number(&r, 0, 0) >= IN_FLIGHT_MAX)
    *b->outcome = ATTEMPT_BUSY;
  else
    *b->outcome = ATTEMPT_BEGUN;
  if (*b->outcome != ATTEMPT_BEGUN)
    return STORE_OK;
  int left;
  TRY_STORE(quota_left(s, a, sample.project, b->attempt, b->size, b->now, &left));
  if (!left) {
    *b->outcome = ATTEMPT_QUOTA;
    return STORE_OK;
  }
  return store_result_of(db_run(s->db, a, NULL,
                                "INSERT INTO attempts (id, sample, page_session, server, state, created, size)"
                                " VALUES ($1, $2, $3, $4, 'receiving', $5, $6)",
                                PARAMS(b->attempt, id, b->page, b->server, b->now, b->size)));
}

static enum store_result begin_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = begin_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_attempt_begin(struct store *s, const char *page_session, const char *attempt,
                                      int64_t max_rejected, const char *server, int64_t size, int64_t now,
                                      enum attempt_outcome *outcome) {
  struct begin b = {page_session, attempt, server, max_rejected, size, now, outcome};
  return store_transact(s, begin_body, &b);
}

/* ---- rows 6, 7, 8 --------------------------------------------------------------------------------------------------
 */
enum store_result store_attempt_abort(struct store *s, const char *attempt, const char *reason, int64_t now) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r,
                   "UPDATE attempts SET state = 'aborted', reason = $2, ended = $3 WHERE id = $1"
                   " AND state IN ('receiving', 'checking')",
                   PARAMS(attempt, reason, now)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

struct checking {
  const char *attempt;
  const struct attempt_body *body;
  int64_t now;
};

static enum store_result checking_in(struct store *s, struct arena *a, const struct checking *x) {
  struct db_rows r;
  int left = 1;
  TRY(db_run(s->db, a, &r, "SELECT p.project FROM attempts t JOIN samples p ON p.id = t.sample WHERE t.id = $1",
             PARAMS(x->attempt)));
  if (r.n_rows > 0)
    TRY_STORE(quota_left(s, a, db_text(&r, 0, 0), x->attempt, x->body->size, x->now, &left));
  if (!left)
    return STORE_FULL;
  TRY(db_run(s->db, a, &r,
             "UPDATE attempts SET state = 'checking', size = $2, sha256 = $3, rezipped = $4 WHERE id = $1"
             " AND state = 'receiving'",
             PARAMS(x->attempt, x->body->size, x->body->sha256, x->body->rezipped)));
  return r.changed == 1 ? consents_write(s, a, x->attempt, x->body->consents, x->body->n_consents) : STORE_NONE;
}

static enum store_result checking_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = checking_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_attempt_checking(struct store *s, const char *attempt, const struct attempt_body *body,
                                         int64_t now) {
  struct checking x = {attempt, body, now};
  return store_transact(s, checking_body, &x);
}

struct reject {
  const char *attempt, *reason, *code;
  int64_t now;
};

static enum store_result reject_in(struct store *s, struct arena *a, const struct reject *x) {
  struct db_rows r;
  /* 'receiving' too: an empty or too large file is refused before it is checked, and counts. */
  TRY(db_run(s->db, a, &r,
             "UPDATE attempts SET state = 'rejected', reason = $2, code = $3, ended = $4 WHERE id = $1"
             " AND state IN ('receiving', 'checking') RETURNING sample",
             PARAMS(x->attempt, x->reason, x->code, x->now)));
  if (r.n_rows == 0)
    return STORE_NONE;
  return store_result_of(
      db_run(s->db, a, NULL, "UPDATE samples SET rejected = rejected + 1 WHERE id = $1", PARAMS(db_text(&r, 0, 0))));
}

static enum store_result reject_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = reject_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_attempt_reject(struct store *s, const char *attempt, const char *reason, const char *code,
                                       int64_t now) {
  struct reject x = {attempt, reason, code, now};
  return store_transact(s, reject_body, &x);
}

/* ---- rows 9 and 10 -------------------------------------------------------------------------------------------------
 */
struct accept {
  const char *attempt;
  const struct sample_file *original;
  const struct quality_control *qc;
  size_t n_qc;
  int64_t now;
  enum attempt_outcome *outcome;
};

enum store_result quality_controls_write(struct store *s, struct arena *a, const char *sample,
                                         const struct quality_control *qc, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const char *expected = qc[i].has_expected ? arena_printf(a, "%.15g", qc[i].expected) : NULL;
    const char *measured = qc[i].has_measured ? arena_printf(a, "%.15g", qc[i].measured) : NULL;
    TRY(db_run(
        s->db, a, NULL,
        "INSERT INTO quality_controls (sample, key, n, value_text, status, expected, measured)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sample, key) DO UPDATE SET value_text = excluded.value_text,"
        " status = excluded.status, expected = excluded.expected, measured = excluded.measured",
        PARAMS(sample, qc[i].key, (int64_t)i, qc[i].text, qc[i].status, expected, measured)));
  }
  return STORE_OK;
}

enum store_result file_write(struct store *s, struct arena *a, const char *sample, const struct sample_file *f,
                             int64_t now) {
  return store_result_of(db_run(s->db, a, NULL,
                                "INSERT INTO files (id, sample, type, blob_key, name, sha256, size, created)"
                                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                                PARAMS(f->id, sample, f->type, f->key, f->name, f->sha256, f->size, now)));
}

static enum store_result attempt_end(struct store *s, struct arena *a, const char *attempt, const char *state,
                                     const char *reason, int64_t now) {
  return store_result_of(db_run(s->db, a, NULL, "UPDATE attempts SET state = $2, reason = $3, ended = $4 WHERE id = $1",
                                PARAMS(attempt, state, reason, now)));
}

static enum store_result accept_in(struct store *s, struct arena *a, const struct accept *x) {
  struct db_rows r;
  struct sample sample;
  int64_t rejected, deleted, locked;
  TRY(db_run(s->db, a, &r, "SELECT sample, state, reason FROM attempts WHERE id = $1", PARAMS(x->attempt)));
  if (r.n_rows == 0)
    return STORE_NONE;
  int checking = strcmp(db_text(&r, 0, 1), "checking") == 0;
  if (strcmp(db_text(&r, 0, 1), "accepted") == 0) { /* the commit's answer was lost on the way */
    *x->outcome = ATTEMPT_ACCEPTED;
    return STORE_OK;
  }
  TRY_STORE(sample_lock(s, a, db_text(&r, 0, 0), &sample, &rejected, &deleted, &locked));
  if (deleted || sample.revoked || (locked && !sample.accepted)) {
    *x->outcome = ATTEMPT_REVOKED;
    return attempt_end(s, a, x->attempt, "aborted", "session_revoked", x->now);
  }
  if (sample.accepted) {
    *x->outcome = ATTEMPT_ALREADY;
    return attempt_end(s, a, x->attempt, "lost", "already_uploaded", x->now);
  }
  if (!checking || sample.state != SAMPLE_AWAITING) {
    *x->outcome = ATTEMPT_EXPIRED;
    return checking ? attempt_end(s, a, x->attempt, "aborted", "session_expired", x->now) : STORE_OK;
  }
  TRY_STORE(sample_move(s, a, &sample, SAMPLE_SCHEDULED, "", x->now));
  TRY(db_run(s->db, a, NULL, "UPDATE samples SET accepted = 1 WHERE id = $1", PARAMS(sample.id)));
  TRY_STORE(file_write(s, a, sample.id, x->original, x->now));
  TRY_STORE(quality_controls_write(s, a, sample.id, x->qc, x->n_qc));
  TRY(db_run(s->db, a, NULL, "INSERT INTO jobs (sample, available, created) VALUES ($1, $2, $2)",
             PARAMS(sample.id, x->now)));
  *x->outcome = ATTEMPT_ACCEPTED;
  return attempt_end(s, a, x->attempt, "accepted", "", x->now);
}

static enum store_result accept_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = accept_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_attempt_accept(struct store *s, const char *attempt, const struct sample_file *original,
                                       const struct quality_control *qc, size_t n_qc, int64_t now,
                                       enum attempt_outcome *outcome) {
  struct accept x = {attempt, original, qc, n_qc, now, outcome};
  return store_transact(s, accept_body, &x);
}

/* ---- reading, restart ----------------------------------------------------------------------------------------------
 */
#define ATTEMPT_FIELDS(T, N, I)   \
  T(id, "id")                     \
  T(sample, "sample")             \
  T(page_session, "page_session") \
  T(state, "state")               \
  T(reason, "reason")             \
  T(code, "code")                 \
  I(created, "created")           \
  I(size, "size")                 \
  T(sha256, "sha256")
#define ATTEMPT_COLUMNS ATTEMPT_FIELDS(FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)

FIELDS_READER(attempt_read, struct attempt, ATTEMPT_FIELDS)

static enum store_result attempt_one(struct store *s, struct arena *a, const char *sql, const char *value,
                                     struct attempt *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, sql, PARAMS(value)));
  if (r.n_rows == 0)
    return STORE_NONE;
  attempt_read(&r, 0, out);
  return STORE_OK;
}

enum store_result store_attempt_get(struct store *s, struct arena *a, const char *attempt, struct attempt *out) {
  return attempt_one(s, a, "SELECT " ATTEMPT_COLUMNS "1 FROM attempts WHERE id = $1", attempt, out);
}

enum store_result store_attempt_newest(struct store *s, struct arena *a, const char *page_session,
                                       struct attempt *out) {
  return attempt_one(
      s, a, "SELECT " ATTEMPT_COLUMNS "1 FROM attempts WHERE page_session = $1 ORDER BY created DESC, id LIMIT 1",
      page_session, out);
}

enum store_result store_attempts_checking(struct store *s, struct arena *a, const char *server, struct attempt **out,
                                          size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT " ATTEMPT_COLUMNS "1 FROM attempts WHERE server = $1 AND state = 'checking'",
                   PARAMS(server)));
  ROWS_TAKE(a, r, out, n, attempt_read);
  return STORE_OK;
}

struct recover {
  const char *server;
  int64_t now;
};

static enum store_result recover_in(struct store *s, struct arena *a, const struct recover *x) {
  struct db_rows r;
  int64_t until = x->now + (int64_t)GRACE_AFTER_CRASH_S * 1000000;
  TRY(db_run(s->db, a, &r,
             "UPDATE attempts SET state = 'aborted', reason = 'upload_interrupted', ended = $2 WHERE server = $1"
             " AND state = 'receiving' RETURNING sample, page_session",
             PARAMS(x->server, x->now)));
  for (size_t i = 0; i < r.n_rows; i++) {
    TRY(db_run(s->db, a, NULL,
               "UPDATE samples SET window_end = $2 WHERE id = $1 AND window_end < $2 AND state = " AWAITING
               " AND deleted = 0",
               PARAMS(db_text(&r, i, 0), until)));
    TRY(db_run(s->db, a, NULL, "UPDATE page_sessions SET deadline = $2 WHERE id = $1 AND deadline < $2",
               PARAMS(db_text(&r, i, 1), until)));
  }
  return STORE_OK;
}

static enum store_result recover_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = recover_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_recover(struct store *s, const char *server, int64_t now) {
  struct recover x = {server, now};
  return store_transact(s, recover_body, &x);
}
