/* ledger.c - signing keys, blocked tokens, the hash-chained audit log, and the figures of /metrics. */
#include <string.h>

#include "array-upload/store/internal.h"
#include "array-upload/util/crypto.h"

static void signing_key_read(const struct db_rows *r, size_t i, struct signing_key *out) {
  *out = (struct signing_key){.kid = db_text(r, i, 0),
                              .purpose = db_text(r, i, 1),
                              .sealed = db_text(r, i, 2),
                              .created = db_number(r, i, 3),
                              .retired = db_number(r, i, 4)};
}

enum store_result store_signing_keys(struct store *s, struct arena *a, const char *purpose, struct signing_key **out,
                                     size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT kid, purpose, sealed, created, retired FROM signing_keys WHERE purpose = $1 AND retired = 0"
                   " ORDER BY created DESC, kid",
                   PARAMS(purpose)));
  ROWS_TAKE(a, r, out, n, signing_key_read);
  return STORE_OK;
}

enum store_result store_signing_key_add(struct store *s, const struct signing_key *k) {
  return db_ask(s->db, NULL, NULL, "INSERT INTO signing_keys (kid, purpose, sealed, created) VALUES ($1, $2, $3, $4)",
                PARAMS(k->kid, k->purpose, k->sealed, k->created));
}

enum store_result store_signing_key_retire(struct store *s, const char *kid, int64_t now) {
  struct db_rows r;
  TRY_STORE(
      db_ask(s->db, NULL, &r, "UPDATE signing_keys SET retired = $2 WHERE kid = $1 AND retired = 0", PARAMS(kid, now)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

enum store_result store_token_block(struct store *s, const char *jti, int64_t until) {
  return db_ask(s->db, NULL, NULL, "INSERT INTO blocked_tokens (jti, until) VALUES ($1, $2)", PARAMS(jti, until));
}

enum store_result store_token_blocked(struct store *s, const char *jti, int *blocked) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result = db_ask(s->db, &a, &r, "SELECT count(*) FROM blocked_tokens WHERE jti = $1", PARAMS(jti));
  if (result == STORE_OK)
    *blocked = db_number(&r, 0, 0) > 0;
  arena_free(&a);
  return result;
}

/* ---- audit ---------------------------------------------------------------------------------------------------------
 */
struct entry {
  const char *organization, *actor, *event, *object, *detail;
  int64_t now;
};

/* Each field with its length before it, so that no two rows look the same. */
static int entry_hash(struct arena *a, char hex[SHA256_HEX_SIZE], const char *before, int64_t n,
                      const struct entry *e) {
  unsigned char digest[SHA256_SIZE];
  const char *text =
      arena_printf(a, "%s|%lld|%lld|%zu:%s|%zu:%s|%zu:%s|%zu:%s|%zu:%s", before, (long long)n, (long long)e->now,
                   strlen(e->organization), e->organization, strlen(e->actor), e->actor, strlen(e->event), e->event,
                   strlen(e->object), e->object, strlen(e->detail), e->detail);
  if (text == NULL || sha256(digest, text, strlen(text)) != 0)
    return -1;
  hex_encode(hex, digest, sizeof digest);
  return 0;
}

static enum store_result audit_in(struct store *s, struct arena *a, const struct entry *e) {
  struct db_rows r;
  char hex[SHA256_HEX_SIZE];
  TRY(s->db->driver->lock_table(s->db, "audit")); /* or two rows would chain to the same one */
  TRY(db_run(s->db, a, &r, "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", NO_PARAMS));
  int64_t n = r.n_rows == 0 ? 1 : db_number(&r, 0, 0) + 1;
  if (entry_hash(a, hex, r.n_rows == 0 ? "" : db_text(&r, 0, 1), n, e) != 0)
    return STORE_ERROR;
  return store_result_of(db_run(s->db, a, NULL,
                                "INSERT INTO audit (n, organization, actor, event, object, detail, created, hash)"
                                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                                PARAMS(n, e->organization, e->actor, e->event, e->object, e->detail, e->now, hex)));
}

static enum store_result audit_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = audit_in(s, &a, arg);
  arena_free(&a);
  return result;
}

static const char *or_empty(const char *text) { return text == NULL ? "" : text; }

enum store_result store_audit(struct store *s, const char *organization, const char *actor, const char *event,
                              const char *object, const char *detail, int64_t now) {
  struct entry e = {or_empty(organization), or_empty(actor), event, or_empty(object), or_empty(detail), now};
  return store_transact(s, audit_body, &e);
}

enum store_result store_audit_verify(struct store *s, int64_t *rows, int64_t *broken_at) {
  char before[SHA256_HEX_SIZE] = "";
  *rows = *broken_at = 0;
  for (;;) {
    struct arena a = {0};
    struct db_rows r;
    enum store_result result = db_ask(s->db, &a, &r,
                                      "SELECT n, organization, actor, event, object, detail, created, hash FROM audit"
                                      " WHERE n > $1 ORDER BY n LIMIT 500",
                                      PARAMS(*rows));
    for (size_t i = 0; result == STORE_OK && i < r.n_rows && *broken_at == 0; i++) {
      struct entry e = {db_text(&r, i, 1), db_text(&r, i, 2), db_text(&r, i, 3),
                        db_text(&r, i, 4), db_text(&r, i, 5), db_number(&r, i, 6)};
      char hex[SHA256_HEX_SIZE];
      int64_t n = db_number(&r, i, 0);
      if (n != *rows + 1 || entry_hash(&a, hex, before, n, &e) != 0 || strcmp(hex, db_text(&r, i, 7)) != 0)
        *broken_at = n;
      else
        memcpy(before, hex, sizeof before);
      *rows = n;
    }
    size_t got = result == STORE_OK ? r.n_rows : 0;
    arena_free(&a);
    if (result != STORE_OK || got == 0 || *broken_at != 0)
      return result;
  }
}

static void audit_read(const struct db_rows *r, size_t i, struct audit_row *out) {
  *out = (struct audit_row){.n = db_number(r, i, 0),
                            .created = db_number(r, i, 1),
                            .organization = db_text(r, i, 2),
                            .actor = db_text(r, i, 3),
                            .event = db_text(r, i, 4),
                            .object = db_text(r, i, 5),
                            .detail = db_text(r, i, 6)};
}

enum store_result store_audit_list(struct store *s, struct arena *a, const struct audit_query *q,
                                   struct audit_row **out, size_t *n) {
  struct db_rows r;
  const char *search = q->search != NULL && *q->search != '\0' ? q->search : NULL;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT n, created, organization, actor, event, object, detail FROM audit"
                   " WHERE ($1 = 0 OR n < $1) AND (CAST($2 AS TEXT) IS NULL OR organization = $2)"
                   " AND (CAST($3 AS TEXT) IS NULL OR event LIKE $4 ESCAPE '\\' OR object = $3 OR actor = $3"
                   " OR actor = $5) ORDER BY n DESC LIMIT $6",
                   PARAMS(q->before, q->organization, search, store_pattern(a, search), q->who, q->limit)));
  ROWS_TAKE(a, r, out, n, audit_read);
  return STORE_OK;
}

/* ---- signs of life -------------------------------------------------------------------------------------------------
 */
enum store_result store_duty_alive(struct store *s, const char *name, const char *server, int64_t now) {
  return db_ask(s->db, NULL, NULL,
                "INSERT INTO duties (name, server, seen) VALUES ($1, $2, $3)"
                " ON CONFLICT (name, server) DO UPDATE SET seen = excluded.seen",
                PARAMS(name, server, now));
}

enum store_result store_duty_age(struct store *s, const char *name, int64_t now, int64_t *age_s) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result =
      db_ask(s->db, &a, &r, "SELECT coalesce(max(seen), -1) FROM duties WHERE name = $1", PARAMS(name));
  if (result == STORE_OK) {
    int64_t seen = db_number(&r, 0, 0);
    *age_s = seen < 0 ? -1 : seen > now ? 0 : (now - seen) / 1000000;
  }
  arena_free(&a);
  return result;
}

/* ---- figures -------------------------------------------------------------------------------------------------------
 */
static const struct {
  const char *name, *sql;
} gauges[] = {
    {"array_upload_samples",
     "SELECT CASE state WHEN " AWAITING " THEN 'awaiting' WHEN " EXPIRED " THEN 'expired' WHEN " SCHEDULED
     " THEN 'scheduled' WHEN " RUNNING " THEN 'running' WHEN " SUCCEEDED " THEN 'succeeded' WHEN " FAILED_QC
     " THEN 'failed_qc' ELSE 'failed' END, count(*) FROM samples"
     " WHERE deleted = 0 AND $1 > 0 GROUP BY 1 ORDER BY 1"},
    {"array_upload_attempts_in_flight",
     "SELECT state, count(*) FROM attempts WHERE state IN ('receiving', 'checking') AND $1 > 0"
     " GROUP BY 1 ORDER BY 1"},
    {"array_upload_oldest_scheduled_seconds",
     "SELECT NULL, ($1 - coalesce(min(created), $1)) / 1000000 FROM jobs WHERE owner IS NULL"},
    {"array_upload_deliveries_pending", "SELECT NULL, count(*) FROM outbox WHERE state = 'pending' AND $1 > 0"},
    {"array_upload_deliveries_dead", "SELECT NULL, count(*) FROM outbox WHERE state = 'dead' AND $1 > 0"},
    {"array_upload_subscriptions_stopped",
     "SELECT NULL, count(*) FROM subscriptions WHERE flagged > 0 AND deleted = 0 AND $1 > 0"},
    {"array_upload_runs_ended_last_hour",
     "SELECT status, count(*) FROM sample_statuses WHERE status IN ('succeeded', 'failed', 'failed qc')"
     " AND created > $1 - 3600000000 GROUP BY 1 ORDER BY 1"},
    {"array_upload_run_seconds_mean_last_hour",
     "SELECT NULL, coalesce(sum(e.created - b.created) / 1000000 / count(*), 0) FROM sample_statuses e"
     " JOIN sample_statuses b ON b.sample = e.sample AND b.n = e.n - 1 AND b.status = 'running'"
     " WHERE e.status IN ('succeeded', 'failed qc') AND e.created > $1 - 3600000000"},
    {"array_upload_format_refusals_last_day", /* drift: a vendor has changed its export */
     "SELECT reason, count(*) FROM attempts WHERE state = 'rejected' AND reason IN ('provider_not_supported',"
     " 'format_version_not_supported', 'file_modified') AND ended > $1 - 86400000000 GROUP BY 1 ORDER BY 1"},
    {"array_upload_purges_pending", "SELECT NULL, count(*) FROM purges WHERE $1 > 0"},
};

enum store_result store_gauges(struct store *s, struct arena *a, int64_t now, struct gauge **out, size_t *n) {
  enum { GAUGES_MAX = 64 };
  *n = 0;
  *out = arena_alloc(a, GAUGES_MAX * sizeof **out);
  if (*out == NULL)
    return STORE_ERROR;
  for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++) {
    struct db_rows r;
    TRY_STORE(db_ask(s->db, a, &r, gauges[i].sql, PARAMS(now)));
    for (size_t k = 0; k < r.n_rows && *n < GAUGES_MAX; k++) {
      const char *label = db_text_or_null(&r, k, 0);
      (*out)[(*n)++] = (struct gauge){gauges[i].name, label == NULL ? NULL : arena_printf(a, "state=\"%s\"", label),
                                      db_number(&r, k, 1)};
    }
  }
  return STORE_OK;
}
