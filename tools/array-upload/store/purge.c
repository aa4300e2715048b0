/* purge.c - row 19: what has to leave the blob store. A key is listed in the transaction that makes its row disappear,
 * and struck out when the blob is gone; a crash between the two only removes it twice. */
#include "array-upload/store/internal.h"

enum store_result store_purge_next(struct store *s, struct arena *a, char **key) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT blob_key FROM purges ORDER BY created, blob_key LIMIT 1", NO_PARAMS));
  if (r.n_rows == 0)
    return STORE_NONE;
  *key = r.values[0];
  return STORE_OK;
}

enum store_result store_purge_done(struct store *s, const char *key) {
  return db_ask(s->db, NULL, NULL, "DELETE FROM purges WHERE blob_key = $1", PARAMS(key));
}

struct retention {
  int64_t original_before, deliverables_before, now, *n;
};

static enum store_result retention_in(struct store *s, struct arena *a, const struct retention *x) {
  struct db_rows r;
  *x->n = 0;
  /* Only finished samples; their `modified` is when they finished. */
  TRY(db_run(
      s->db, a, &r,
      "SELECT f.id, f.blob_key FROM files f JOIN samples s ON s.id = f.sample WHERE f.purged = 0 AND s.state "
      "IN " FINISHED
      " AND ((f.type = 'array-zip' AND s.modified < $1) OR (f.type <> 'array-zip' AND s.modified < $2)) LIMIT 500",
      PARAMS(x->original_before, x->deliverables_before)));
  for (size_t i = 0; i < r.n_rows; i++) {
    TRY(db_run(s->db, a, NULL,
               "INSERT INTO purges (blob_key, created) VALUES ($1, $2) ON CONFLICT (blob_key) DO NOTHING",
               PARAMS(db_text(&r, i, 1), x->now)));
    TRY(db_run(s->db, a, NULL, "UPDATE files SET purged = 1 WHERE id = $1", PARAMS(db_text(&r, i, 0))));
    (*x->n)++;
  }
  return x->deliverables_before >= 0 ? merges_retain(s, a, x->deliverables_before, x->now, x->n) : STORE_OK;
}

static enum store_result retention_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = retention_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_retention(struct store *s, int64_t original_before, int64_t deliverables_before, int64_t now,
                                  int64_t *n) {
  struct retention x = {original_before, deliverables_before, now, n};
  return store_transact(s, retention_body, &x);
}

enum store_result store_key_known(struct store *s, const char *key, int *known) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result =
      db_ask(s->db, &a, &r,
             "SELECT (SELECT count(*) FROM files WHERE blob_key = $1) + (SELECT count(*) FROM merge_files"
             " WHERE blob_key = $1) + (SELECT count(*) FROM attempts"
             /* The sample's id stands behind "sealed/". */
             " WHERE sample = substr($1, 8, 36) AND state = 'checking'"
             " AND 'sealed/' || sample || '/original-' || id || '.zip' = $1)"
             " + (SELECT count(*) FROM samples WHERE id = substr($1, 8, 36) AND deleted = 0"
             " AND 'sealed/' || id || '/record' = $1)",
             PARAMS(key));
  if (result == STORE_OK)
    *known = db_number(&r, 0, 0) > 0;
  arena_free(&a);
  return result;
}

/* ---- objects that lie in clear --------------------------------------------------------------------------------------
 */
enum store_result store_objects_count(struct store *s, int64_t *clear, int64_t *sealed) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result =
      db_ask(s->db, &a, &r,
             "SELECT coalesce(sum(CASE WHEN blob_key LIKE 'sealed/%' THEN 0 ELSE 1 END), 0),"
             " coalesce(sum(CASE WHEN blob_key LIKE 'sealed/%' THEN 1 ELSE 0 END), 0) FROM files WHERE purged = 0",
             NO_PARAMS);
  if (result == STORE_OK) {
    *clear = db_number(&r, 0, 0);
    *sealed = db_number(&r, 0, 1);
  }
  arena_free(&a);
  return result;
}

enum store_result store_object_clear_next(struct store *s, struct arena *a, const char *after,
                                          struct sample_file *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT id, sample, blob_key, sha256, size FROM files WHERE purged = 0 AND id > $1"
                   " AND blob_key NOT LIKE 'sealed/%' ORDER BY id LIMIT 1",
                   PARAMS(after)));
  if (r.n_rows == 0)
    return STORE_NONE;
  *out = (struct sample_file){.id = db_text(&r, 0, 0),
                              .sample = db_text(&r, 0, 1),
                              .key = db_text(&r, 0, 2),
                              .sha256 = db_text(&r, 0, 3),
                              .size = db_number(&r, 0, 4)};
  return STORE_OK;
}

struct swap {
  const struct sample_file *f;
  const char *new_key;
  int64_t now;
};

static enum store_result swap_body(struct store *s, void *arg) {
  const struct swap *x = arg;
  struct db_rows r;
  TRY(db_run(s->db, NULL, &r, "UPDATE files SET blob_key = $3 WHERE id = $1 AND blob_key = $2 AND purged = 0",
             PARAMS(x->f->id, x->f->key, x->new_key)));
  if (r.changed != 1)
    return STORE_NONE;
  return store_result_of(db_run(
      s->db, NULL, NULL, "INSERT INTO purges (blob_key, created) VALUES ($1, $2) ON CONFLICT (blob_key) DO NOTHING",
      PARAMS(x->f->key, x->now)));
}

enum store_result store_object_sealed(struct store *s, const struct sample_file *f, const char *new_key, int64_t now) {
  struct swap x = {f, new_key, now};
  return store_transact(s, swap_body, &x);
}

enum store_result store_file_keys(struct store *s, struct arena *a, const char *after, int64_t limit, char ***out,
                                  size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT blob_key FROM files WHERE purged = 0 AND blob_key > $1 ORDER BY blob_key LIMIT $2",
                   PARAMS(after, limit)));
  *n = r.n_rows;
  *out = r.values;
  return STORE_OK;
}

enum store_result store_sealed_newest(struct store *s, struct arena *a, int64_t limit, char ***out, size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT blob_key FROM files WHERE purged = 0 AND blob_key LIKE 'sealed/%'"
                   " ORDER BY created DESC, id LIMIT $1",
                   PARAMS(limit)));
  *n = r.n_rows;
  *out = r.values;
  return STORE_OK;
}

enum store_result store_key_store(struct store *s, struct arena *a, const char **id) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT id FROM key_store WHERE one = 1", NO_PARAMS));
  *id = r.n_rows == 0 ? "" : db_text(&r, 0, 0);
  return STORE_OK;
}

enum store_result store_key_store_set(struct store *s, const char *from, const char *to) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r, "UPDATE key_store SET id = $2 WHERE one = 1 AND id = $1", PARAMS(from, to)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

/* ---- the deployment's mark -----------------------------------------------------------------------------------------
 */
enum store_result store_blob_mark(struct store *s, struct arena *a, struct blob_mark *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT current, next FROM blob_mark WHERE one = 1", NO_PARAMS));
  if (r.n_rows == 0)
    return STORE_ERROR;
  *out = (struct blob_mark){db_text(&r, 0, 0), db_text(&r, 0, 1)};
  return STORE_OK;
}

enum store_result store_blob_mark_begin(struct store *s, const char *word) {
  return db_ask(s->db, NULL, NULL, "UPDATE blob_mark SET next = $1 WHERE one = 1 AND next = ''", PARAMS(word));
}

enum store_result store_blob_mark_end(struct store *s, const char *word) {
  return db_ask(s->db, NULL, NULL, "UPDATE blob_mark SET current = $1, next = '' WHERE one = 1 AND next = $1",
                PARAMS(word));
}
