/* access.c - how users come in: second factors, log-ins that were tried, and log-ins that last. */
#include "array-upload/store/internal.h"

static const int64_t day = INT64_C(86400) * 1000000;

/* ---- second factors ------------------------------------------------------------------------------------------------
 */
enum store_result store_factor_get(struct store *s, struct arena *a, const char *user, struct factor *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT totp, totp_pending, totp_step, (SELECT count(*) FROM recovery_codes c WHERE c.user_id = u.id"
                   " AND c.used = 0) FROM users u WHERE id = $1",
                   PARAMS(user)));
  if (r.n_rows == 0)
    return STORE_NONE;
  *out = (struct factor){.sealed = db_text_or_null(&r, 0, 0),
                         .pending = db_text_or_null(&r, 0, 1),
                         .step = db_number(&r, 0, 2),
                         .codes_left = db_number(&r, 0, 3)};
  return STORE_OK;
}

enum store_result store_factor_begin(struct store *s, const char *user, const char *sealed) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r, "UPDATE users SET totp_pending = $2 WHERE id = $1 AND totp IS NULL",
                   PARAMS(user, sealed)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

struct factor_on {
  const char *user, *sealed;
  const char *const *hashes;
  size_t n;
  int64_t step;
};

static enum store_result factor_on_body(struct store *s, void *arg) {
  const struct factor_on *x = arg;
  struct db_rows r;
  TRY(db_run(s->db, NULL, &r,
             "UPDATE users SET totp = $2, totp_pending = NULL, totp_step = $3 WHERE id = $1 AND totp_pending = $2",
             PARAMS(x->user, x->sealed, x->step)));
  if (r.changed != 1)
    return STORE_NONE;
  TRY(db_run(s->db, NULL, NULL, "DELETE FROM recovery_codes WHERE user_id = $1", PARAMS(x->user)));
  for (size_t i = 0; i < x->n; i++)
    TRY(db_run(s->db, NULL, NULL, "INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)",
               PARAMS(x->user, x->hashes[i])));
  return STORE_OK;
}

enum store_result store_factor_on(struct store *s, const char *user, const char *sealed, int64_t step,
                                  const char *const *hashes, size_t n) {
  struct factor_on x = {user, sealed, hashes, n, step};
  return store_transact(s, factor_on_body, &x);
}

static enum store_result factor_off_body(struct store *s, void *arg) {
  const char *user = arg;
  TRY(db_run(s->db, NULL, NULL, "UPDATE users SET totp = NULL, totp_pending = NULL, totp_step = 0 WHERE id = $1",
             PARAMS(user)));
  return store_result_of(db_run(s->db, NULL, NULL, "DELETE FROM recovery_codes WHERE user_id = $1", PARAMS(user)));
}

enum store_result store_factor_off(struct store *s, const char *user) {
  return store_transact(s, factor_off_body, (void *)user);
}

enum store_result store_factor_step(struct store *s, const char *user, int64_t step) {
  struct db_rows r;
  TRY_STORE(
      db_ask(s->db, NULL, &r, "UPDATE users SET totp_step = $2 WHERE id = $1 AND totp_step < $2", PARAMS(user, step)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

enum store_result store_recovery_use(struct store *s, const char *user, const char *hash, int64_t now) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r, "UPDATE recovery_codes SET used = $3 WHERE user_id = $1 AND hash = $2 AND used = 0",
                   PARAMS(user, hash, now)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

/* ---- log-ins that were tried
 * -------------------------------------------------------------------------------------------------
 */
struct tries {
  const char *account, *device;
  int64_t window, now, *tries;
};

static enum store_result tries_in(struct store *s, struct arena *a, const struct tries *f) {
  struct db_rows r;
  TRY(db_run(s->db, a, NULL, "DELETE FROM login_tries WHERE since < $1", PARAMS(f->now - f->window)));
  TRY(db_run(s->db, a, &r,
             "INSERT INTO login_tries (account, device, tries, since) VALUES ($1, $2, 1, $3)"
             " ON CONFLICT (account, device) DO UPDATE SET tries = login_tries.tries + 1 RETURNING tries",
             PARAMS(f->account, f->device, f->now)));
  *f->tries = db_number(&r, 0, 0);
  return STORE_OK;
}

static enum store_result tries_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = tries_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_login_count(struct store *s, const char *account, const char *device, int64_t window,
                                    int64_t now, int64_t *count) {
  struct tries f = {account, device, window, now, count};
  return store_transact(s, tries_body, &f);
}

enum store_result store_login_good(struct store *s, const char *account, const char *device) {
  return db_ask(s->db, NULL, NULL, "DELETE FROM login_tries WHERE account = $1 AND device = $2",
                PARAMS(account, device));
}

/* ---- sessions ------------------------------------------------------------------------------------------------------
 */
enum store_result store_user_session_add(struct store *s, const struct user_session *session) {
  TRY_STORE(db_ask(s->db, NULL, NULL, "DELETE FROM user_sessions WHERE expires < $1", PARAMS(session->created)));
  return db_ask(
      s->db, NULL, NULL,
      "INSERT INTO user_sessions (id, user_id, created, expires, seen, client, address)"
      " VALUES ($1, $2, $3, $4, $3, $5, $6)",
      PARAMS(session->id, session->user, session->created, session->expires, session->client, session->address));
}

static void session_read(const struct db_rows *r, size_t i, struct user_session *out) {
  *out = (struct user_session){.id = db_text(r, i, 0),
                               .user = db_text(r, i, 1),
                               .created = db_number(r, i, 2),
                               .expires = db_number(r, i, 3),
                               .seen = db_number(r, i, 4),
                               .client = db_text(r, i, 5),
                               .address = db_text(r, i, 6)};
}

enum store_result store_user_sessions(struct store *s, struct arena *a, const char *user, int64_t now,
                                      struct user_session **out, size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT x.id, x.user_id, x.created, x.expires, x.seen, x.client, x.address FROM user_sessions x"
                   " JOIN users u ON u.id = x.user_id WHERE x.user_id = $1 AND x.expires > $2"
                   " AND x.created >= u.tokens_after AND u.active = 1"
                   " AND NOT EXISTS (SELECT 1 FROM blocked_tokens b WHERE b.jti = x.id)"
                   " ORDER BY x.created DESC, x.id LIMIT 200",
                   PARAMS(user, now)));
  ROWS_TAKE(a, r, out, n, session_read);
  return STORE_OK;
}

enum store_result store_user_session_seen(struct store *s, const char *id, int64_t now) {
  return db_ask(s->db, NULL, NULL, "UPDATE user_sessions SET seen = $2 WHERE id = $1 AND seen < $3",
                PARAMS(id, now, now - day / 288)); /* five minutes */
}
