/* sessions.c - rows 1 to 4, 11, 12, 13, 18 and 19 of the state table: everything before a file came, and ends by hand.
 */
#include <string.h>

#include "array-upload/store/internal.h"
#include "array-upload/util/crypto.h"

#define DAY INT64_C(86400000000)

/* ---- row 1 ---------------------------------------------------------------------------------------------------------
 */
struct create {
  struct arena *a;
  const struct session_new *in;
  int64_t now;
  struct sample *out;
};

static enum store_result create_body(struct store *s, void *arg) {
  const struct create *c = arg;
  const struct session_new *in = c->in;
  char status[UUID_SIZE];
  struct db_rows r;
  int64_t unused;
  if (in->idempotency != NULL) {
    TRY(db_run(s->db, c->a, NULL, "DELETE FROM idempotency WHERE created < $1", PARAMS(c->now - DAY)));
    TRY(db_run(s->db, c->a, &r,
               "INSERT INTO idempotency (user_id, key, sample, created) VALUES ($1, $2, $3, $4)"
               " ON CONFLICT (user_id, key) DO NOTHING",
               PARAMS(in->user, in->idempotency, in->sample, c->now)));
    if (r.changed == 0) {
      TRY(db_run(s->db, c->a, &r, "SELECT sample FROM idempotency WHERE user_id = $1 AND key = $2",
                 PARAMS(in->user, in->idempotency)));
      return r.n_rows == 0 ? STORE_BUSY : sample_lock(s, c->a, db_text(&r, 0, 0), c->out, &unused, &unused, &unused);
    }
  }
  if (uuid_new(status) != 0)
    return STORE_ERROR;
  TRY(db_run(s->db, c->a, NULL,
             "INSERT INTO samples (id, project, client_id, metadata, redirect_on_success, redirect_on_failure, jti, "
             "state, created,"
             " modified, link_exp, status_id, status_note, status_created, created_by)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9, $10, '', $8, $11)",
             PARAMS(in->sample, in->project, in->client_id, in->metadata, in->redirect_on_success,
                    in->redirect_on_failure, in->jti, c->now, in->link_exp, status, in->user)));
  TRY(db_run(s->db, c->a, NULL,
             "INSERT INTO sample_statuses (id, sample, n, status, note, created) VALUES ($1, $2, 1, $3, '', $4)",
             PARAMS(status, in->sample, sample_state_text(SAMPLE_AWAITING), c->now)));
  return sample_lock(s, c->a, in->sample, c->out, &unused, &unused, &unused);
}

enum store_result store_session_create(struct store *s, struct arena *a, const struct session_new *new_session,
                                       int64_t now, struct sample *out) {
  struct session_new in = *new_session;
  struct create c = {a, &in, now, out};
  const char *values[] = {in.client_id, in.metadata, in.redirect_on_success, in.redirect_on_failure};
  unsigned char digest[SHA256_SIZE];
  char hex[SHA256_HEX_SIZE];
  if (in.idempotency != NULL) { /* the client's own text: only whether it comes again counts */
    if (sha256(digest, in.idempotency, strlen(in.idempotency)) != 0)
      return STORE_ERROR;
    hex_encode(hex, digest, sizeof digest);
    in.idempotency = hex;
  }
  enum store_result result = record_seal(s, a, in.sample, values, now);
  in.client_id = values[0];
  in.metadata = values[1];
  in.redirect_on_success = values[2];
  in.redirect_on_failure = values[3];
  if (result == STORE_OK)
    result = store_transact(s, create_body, &c);
  return result == STORE_OK ? sample_unseal(s, a, out, 1) : result; /* a key that is left without a row is collected */
}

/* ---- rows 2, 3, 4 --------------------------------------------------------------------------------------------------
 */
#define PAGE_FIELDS(T, N, I)    \
  T(id, "g.id")                 \
  T(sample, "g.sample")         \
  I(opened, "g.opened")         \
  I(deadline, "g.deadline")     \
  I(extensions, "g.extensions") \
  I(rejected, "s.rejected")     \
  N(shown, "g.shown")
#define PAGE_COLUMNS PAGE_FIELDS(FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)
enum { PAGE_N = PAGE_FIELDS(FIELD_COUNT, FIELD_COUNT, FIELD_COUNT) };

/* c: the first of its columns. */
static void page_read(const struct db_rows *r, size_t i, size_t c, struct page_session *out) {
  PAGE_FIELDS(FIELD_TEXT, FIELD_TEXT_OR_NULL, FIELD_NUMBER)
}

struct open {
  struct arena *a;
  const char *sample, *jti;
  int link_expired, peek;
  int64_t window_s, now;
  enum link_outcome *outcome;
  struct page_session *page;
  struct sample *out;
};

static enum store_result open_new(struct store *s, const struct open *o, int64_t rejected) {
  char id[UUID_SIZE];
  int64_t deadline = o->now + o->window_s * 1000000;
  *o->outcome = LINK_OPENED;
  *o->page = (struct page_session){
      .id = "", .sample = o->out->id, .opened = o->now, .deadline = deadline, .rejected = rejected};
  if (o->peek)
    return STORE_OK;
  if (uuid_new(id) != 0 || (o->page->id = arena_strdup(o->a, id)) == NULL)
    return STORE_ERROR;
  TRY(db_run(s->db, o->a, NULL, "INSERT INTO page_sessions (id, sample, opened, deadline) VALUES ($1, $2, $3, $4)",
             PARAMS(id, o->out->id, o->now, deadline)));
  TRY(db_run(s->db, o->a, NULL, "UPDATE samples SET window_end = $2 WHERE id = $1 AND window_end < $2",
             PARAMS(o->out->id, deadline)));
  if (o->out->window_end < deadline)
    o->out->window_end = deadline;
  return STORE_OK;
}

static enum store_result open_late(struct store *s, const struct open *o) {
  struct db_rows r;
  TRY(db_run(s->db, o->a, &r,
             "SELECT " PAGE_COLUMNS
             "1 FROM page_sessions g JOIN samples s ON s.id = g.sample WHERE g.sample = $1 AND g.deadline > $2"
             " ORDER BY g.deadline DESC LIMIT 1",
             PARAMS(o->out->id, o->now)));
  if (r.n_rows == 1) {
    page_read(&r, 0, 0, o->page);
    *o->outcome = LINK_RESUMED;
    return STORE_OK;
  }
  *o->outcome = o->out->window_end > 0 ? LINK_OVER : LINK_EXPIRED;
  if (o->peek)
    return STORE_OK;
  enum store_result result = sample_expire(s, o->a, o->out, o->now);
  return result == STORE_NONE ? STORE_OK : result;
}

static enum store_result open_body(struct store *s, void *arg) {
  const struct open *o = arg;
  int64_t rejected, deleted, locked;
  TRY_STORE(sample_lock(s, o->a, o->sample, o->out, &rejected, &deleted, &locked));
  if (strcmp(o->out->jti, o->jti) != 0)
    return STORE_NONE;
  if (deleted || o->out->revoked || (locked && !o->out->accepted))
    *o->outcome = LINK_REVOKED;
  else if (o->out->accepted)
    *o->outcome = LINK_USED;
  else if (o->out->state != SAMPLE_AWAITING)
    *o->outcome = o->out->window_end > 0 ? LINK_OVER : LINK_EXPIRED;
  else
    return o->link_expired ? open_late(s, o) : open_new(s, o, rejected);
  return STORE_OK;
}

enum store_result store_link_open(struct store *s, struct arena *a, const char *sample, const char *jti,
                                  int link_expired, int peek, int64_t window_s, int64_t now, enum link_outcome *outcome,
                                  struct page_session *page, struct sample *out) {
  struct open o = {a, sample, jti, link_expired, peek, window_s, now, outcome, page, out};
  memset(page, 0, sizeof *page);
  TRY_STORE(store_transact(s, open_body, &o));
  return sample_unseal(s, a, out, 1);
}

enum store_result store_page_get(struct store *s, struct arena *a, const char *page_session, int64_t now,
                                 struct page_session *page, struct sample *out) {
  struct db_rows r;
  (void)now;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " SAMPLE_COLUMNS PAGE_COLUMNS "s.deleted + p.deleted FROM page_sessions g"
                   " JOIN samples s ON s.id = g.sample JOIN projects p ON p.id = s.project WHERE g.id = $1",
                   PARAMS(page_session)));
  if (r.n_rows == 0)
    return STORE_NONE;
  sample_read(&r, 0, out);
  page_read(&r, 0, SAMPLE_N, page);
  if (db_number(&r, 0, SAMPLE_N + PAGE_N) > 0)
    out->revoked = 1;
  return sample_unseal(s, a, out, 1);
}

/* ---- row 11 --------------------------------------------------------------------------------------------------------
 */
struct extend {
  const char *page;
  int64_t seconds, max, now, *deadline;
};

static enum store_result extend_body(struct store *s, void *arg) {
  const struct extend *e = arg;
  struct arena a = {0};
  struct db_rows r;
  enum db_result result = db_run(
      s->db, &a, &r,
      "UPDATE page_sessions SET deadline = deadline + $2, extensions = extensions + 1 WHERE id = $1 AND deadline > $3"
      " AND extensions < $4 AND EXISTS (SELECT 1 FROM samples s WHERE s.id = sample AND s.state = " AWAITING
      " AND s.deleted = 0"
      " AND s.revoked = 0) RETURNING deadline, sample",
      PARAMS(e->page, e->seconds * 1000000, e->now, e->max));
  enum store_result done = store_result_of(result);
  if (result == DB_OK && r.n_rows == 0)
    done = STORE_NONE;
  if (done == STORE_OK) {
    *e->deadline = db_number(&r, 0, 0);
    done =
        store_result_of(db_run(s->db, &a, NULL, "UPDATE samples SET window_end = $2 WHERE id = $1 AND window_end < $2",
                               PARAMS(db_text(&r, 0, 1), *e->deadline)));
  }
  arena_free(&a);
  return done;
}

enum store_result store_page_extend(struct store *s, const char *page_session, int64_t seconds, int64_t max_extensions,
                                    int64_t now, int64_t *deadline) {
  struct extend e = {page_session, seconds, max_extensions, now, deadline};
  return store_transact(s, extend_body, &e);
}

/* ---- row 12, by the sweeper ----------------------------------------------------------------------------------------
 */
static enum store_result abandoned_abort(struct store *s, int64_t now) {
  /* Receiving ends at the page's deadline and grace, checking after its limit; two minutes more belong to slow disks.
   */
  int64_t slack = INT64_C(120000000);
  TRY_STORE(db_ask(
      s->db, NULL, NULL,
      "UPDATE attempts SET state = 'aborted', reason = 'upload_interrupted', ended = $1 WHERE state = 'receiving'"
      " AND (SELECT g.deadline FROM page_sessions g WHERE g.id = page_session) < $2",
      PARAMS(now, now - s->grace_s * 1000000 - slack)));
  return db_ask(s->db, NULL, NULL,
                "UPDATE attempts SET state = 'aborted', reason = 'upload_failed', ended = $1 WHERE state = 'checking'"
                " AND (SELECT g.deadline FROM page_sessions g WHERE g.id = page_session) < $2",
                PARAMS(now, now - (s->grace_s + s->check_s) * 1000000 - slack));
}

enum store_result store_sweep(struct store *s, int64_t now, int64_t *n) {
  struct arena a = {0};
  struct db_rows r;
  *n = 0;
  enum store_result result = abandoned_abort(s, now);
  if (result == STORE_OK)
    result = db_ask(s->db, &a, &r,
                    "SELECT " SAMPLE_COLUMNS
                    "1 FROM samples s JOIN projects p ON p.id = s.project WHERE s.state = " AWAITING " AND"
                    " s.deleted = 0 AND s.link_exp <= $1 AND s.window_end <= $1 ORDER BY s.modified LIMIT 1000",
                    PARAMS(now));
  for (size_t i = 0; result == STORE_OK && i < r.n_rows; i++) {
    struct sample sample;
    sample_read(&r, i, &sample);
    result = sample_expire_now(s, &a, &sample, now);
    *n += result == STORE_OK;
    if (result == STORE_NONE)
      result = STORE_OK;
  }
  arena_free(&a);
  return result;
}

/* ---- rows 13, 18, 19 by API ----------------------------------------------------------------------------------------
 */
struct end {
  struct arena *a;
  const char *project;
  const char *const *ids;
  size_t n;
  int64_t now, *canceled;
  const char **bad;
};

static enum store_result of_project(struct store *s, const struct end *e, size_t i, struct sample *sample) {
  int64_t rejected, deleted, locked;
  enum store_result result = sample_lock(s, e->a, e->ids[i], sample, &rejected, &deleted, &locked);
  if (result == STORE_NONE || (result == STORE_OK && (deleted || strcmp(sample->project, e->project) != 0))) {
    if (e->bad != NULL)
      *e->bad = e->ids[i];
    return STORE_NONE;
  }
  return result;
}

static enum store_result delete_body(struct store *s, void *arg) {
  const struct end *e = arg;
  for (size_t i = 0; i < e->n; i++) {
    struct sample sample;
    TRY_STORE(of_project(s, e, i, &sample));
    TRY_STORE(sample_delete(s, e->a, e->ids[i], e->now));
  }
  return STORE_OK;
}

enum store_result store_samples_delete(struct store *s, const char *project, const char *const *ids, size_t n,
                                       int64_t now) {
  struct arena a = {0};
  struct end e = {&a, project, ids, n, now, NULL, NULL};
  enum store_result result = store_transact(s, delete_body, &e);
  /* At once; where the key store is away, the worker's purges do it. */
  for (size_t i = 0; result == STORE_OK && i < n; i++)
    store_sample_forget(s, ids[i], now);
  arena_free(&a);
  return result;
}

static enum store_result cancel_body(struct store *s, void *arg) {
  const struct end *e = arg;
  *e->canceled = 0;
  for (size_t i = 0; i < e->n; i++) {
    struct sample sample;
    TRY_STORE(of_project(s, e, i, &sample));
    if (sample.state != SAMPLE_AWAITING && sample.state != SAMPLE_SCHEDULED && sample.state != SAMPLE_RUNNING)
      continue;
    TRY_STORE(sample_move(s, e->a, &sample, SAMPLE_FAILED, "canceled", e->now));
    if (sample.state == SAMPLE_AWAITING)
      TRY(db_run(s->db, e->a, NULL, "UPDATE samples SET revoked = 1 WHERE id = $1", PARAMS(sample.id)));
    TRY(db_run(s->db, e->a, NULL, "DELETE FROM jobs WHERE sample = $1", PARAMS(sample.id)));
    TRY_STORE(stages_cancel(s, e->a, sample.id, e->now));
    TRY(db_run(s->db, e->a, NULL,
               "UPDATE attempts SET state = 'aborted', reason = 'session_revoked', ended = $2 WHERE sample = $1"
               " AND state IN ('receiving', 'checking')",
               PARAMS(sample.id, e->now)));
    (*e->canceled)++;
  }
  return STORE_OK;
}

enum store_result store_samples_cancel(struct store *s, struct arena *a, const char *project, const char *const *ids,
                                       size_t n, int64_t now, int64_t *canceled, const char **bad) {
  struct end e = {a, project, ids, n, now, canceled, bad};
  return store_transact(s, cancel_body, &e);
}
