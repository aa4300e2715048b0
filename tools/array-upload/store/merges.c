/* merges.c - one VCF of all of a project's samples, made by the worker. Whose genotypes are in it is known by its rows,
 * so that it goes with each of them. */
#include <string.h>

#include "array-upload/store/internal.h"

/* The samples with a VCF that is there: what a merge begun now would have. */
#define MERGEABLE                                                                             \
  " FROM samples s JOIN files f ON f.sample = s.id AND f.type = 'array-vcf' AND f.purged = 0" \
  " JOIN files i ON i.sample = s.id AND i.type = 'array-tbi' AND i.purged = 0"                \
  " WHERE s.project = $1 AND s.deleted = 0 AND s.state IN (" SUCCEEDED ", " FAILED ")"

static enum store_result status_write(struct store *s, struct arena *a, const char *merge, const char *state,
                                      const char *note, int64_t now) {
  char id[UUID_SIZE];
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  return store_result_of(db_run(s->db, a, NULL,
                                "UPDATE merges SET state = $2, note = $3, status_id = $4, status_created = $5,"
                                " owner = NULL, lease_until = 0 WHERE id = $1",
                                PARAMS(merge, state, note, id, now)));
}

/* What it made goes. */
static enum store_result files_purge(struct store *s, struct arena *a, const char *merge, int64_t now) {
  TRY(db_run(
      s->db, a, NULL,
      "INSERT INTO purges (blob_key, created) SELECT blob_key, $2 FROM merge_files WHERE merge = $1 AND purged = 0"
      " ON CONFLICT (blob_key) DO NOTHING",
      PARAMS(merge, now)));
  return store_result_of(
      db_run(s->db, a, NULL, "UPDATE merge_files SET purged = 1, sha256 = '' WHERE merge = $1", PARAMS(merge)));
}

/* ---- asked for and shown -------------------------------------------------------------------------------------------
 */
#define MERGE_FIELDS(T, N, I) \
  T(id, "m.id")               \
  T(project, "m.project")     \
  T(user, "m.user_id")        \
  T(state, "m.state")         \
  T(note, "m.note") T(status_id, "m.status_id") I(status_created, "m.status_created") I(created, "m.created")
#define MERGE_COLUMNS MERGE_FIELDS(FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)
enum { MERGE_N = MERGE_FIELDS(FIELD_COUNT, FIELD_COUNT, FIELD_COUNT) };
FIELDS_READER(merge_read, struct merge, MERGE_FIELDS)

/* Whether the samples that a merge would have now are those it has. */
static enum store_result is_up_to_date(struct store *s, struct arena *a, struct merge *m) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT (SELECT count(*) FROM merge_samples x WHERE x.merge = $2), (SELECT count(*)" MERGEABLE
                   "), (SELECT count(*)" MERGEABLE
                   " AND EXISTS (SELECT 1 FROM merge_samples x WHERE x.merge = $2 AND x.sample = s.id)), (SELECT"
                   " count(*) FROM merge_files WHERE merge = $2 AND purged = 0)",
                   PARAMS(m->project, m->id)));
  m->up_to_date = strcmp(m->state, "succeeded") == 0 && db_number(&r, 0, 0) == db_number(&r, 0, 1) &&
                  db_number(&r, 0, 1) == db_number(&r, 0, 2) && db_number(&r, 0, 3) > 0;
  return STORE_OK;
}

enum store_result store_merge_newest(struct store *s, struct arena *a, const char *project, struct merge *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " MERGE_COLUMNS "1 FROM merges m WHERE m.project = $1 ORDER BY m.created DESC, m.id LIMIT 1",
                   PARAMS(project)));
  if (r.n_rows == 0)
    return STORE_NONE;
  merge_read(&r, 0, out);
  return is_up_to_date(s, a, out);
}

struct request_new {
  const char *project, *user;
  int64_t now;
};

static enum store_result request_in(struct store *s, struct arena *a, const struct request_new *x) {
  struct db_rows r;
  char id[UUID_SIZE], status[UUID_SIZE];
  TRY(s->db->driver->lock_table(s->db, "merges")); /* or two that ask at once would get one each */
  TRY(db_run(s->db, a, &r, "SELECT id FROM merges WHERE project = $1 AND state IN ('scheduled', 'running')",
             PARAMS(x->project)));
  if (r.n_rows > 0)
    return STORE_OK;
  if (uuid_new(id) != 0 || uuid_new(status) != 0)
    return STORE_ERROR;
  return store_result_of(db_run(s->db, a, NULL,
                                "INSERT INTO merges (id, project, user_id, state, status_id, status_created, created)"
                                " VALUES ($1, $2, $3, 'scheduled', $4, $5, $5)",
                                PARAMS(id, x->project, x->user, status, x->now)));
}

static enum store_result request_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = request_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_merge_request(struct store *s, struct arena *a, const char *project, const char *user,
                                      int64_t now, struct merge *out) {
  struct request_new x = {project, user, now};
  TRY_STORE(store_transact(s, request_body, &x));
  return store_merge_newest(s, a, project, out);
}

enum store_result store_merge_files(struct store *s, struct arena *a, const char *merge, struct sample_file **out,
                                    size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " FILE_COLUMNS("f.merge") "1 FROM merge_files f WHERE f.merge = $1 AND f.purged = 0"
                                                     " ORDER BY f.type DESC",
                   PARAMS(merge)));
  ROWS_TAKE(a, r, out, n, file_read);
  return STORE_OK;
}

enum store_result store_merge_file_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                       struct sample_file *out) {
  struct db_rows r;
  TRY_STORE(
      db_ask(s->db, a, &r,
             "SELECT " FILE_COLUMNS("f.merge") "1 FROM merge_files f JOIN merges m ON m.id = f.merge JOIN projects p"
                                               " ON p.id = m.project WHERE f.id = $1 AND f.purged = 0 AND p.deleted = 0"
                                               " AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
             PARAMS(id, organization)));
  if (r.n_rows == 0)
    return STORE_NONE;
  file_read(&r, 0, out);
  return STORE_OK;
}

/* ---- worked on -----------------------------------------------------------------------------------------------------
 */
struct claim {
  struct arena *a;
  const char *owner;
  int64_t lease_s, max_tries, now;
  struct merge *out;
};

static enum store_result claim_body(struct store *s, void *arg) {
  const struct claim *c = arg;
  struct db_rows r;
  const char *sql =
      arena_printf(c->a,
                   "SELECT " MERGE_COLUMNS "m.tries FROM merges m WHERE m.state = 'scheduled' OR (m.state ="
                   " 'running' AND m.lease_until < $1) ORDER BY m.created LIMIT 1%s",
                   s->db->driver->skip_locked);
  if (sql == NULL)
    return STORE_ERROR;
  memset(c->out, 0, sizeof *c->out);
  TRY(db_run(s->db, c->a, &r, sql, PARAMS(c->now)));
  if (r.n_rows == 0)
    return STORE_NONE;
  struct merge m;
  merge_read(&r, 0, &m);
  if (db_number(&r, 0, MERGE_N) >= c->max_tries) /* its worker died each time */
    return status_write(s, c->a, m.id, "failed", "The merge was interrupted too often.", c->now);
  TRY_STORE(status_write(s, c->a, m.id, "running", "", c->now));
  TRY(db_run(s->db, c->a, NULL, "UPDATE merges SET owner = $2, lease_until = $3, tries = tries + 1 WHERE id = $1",
             PARAMS(m.id, c->owner, c->now + c->lease_s * 1000000)));
  TRY(db_run(s->db, c->a, NULL, "DELETE FROM merge_samples WHERE merge = $1", PARAMS(m.id)));
  TRY(db_run(s->db, c->a, NULL, "INSERT INTO merge_samples (merge, sample) SELECT DISTINCT $2, s.id" MERGEABLE,
             PARAMS(m.project, m.id)));
  *c->out = m;
  return STORE_OK;
}

enum store_result store_merge_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_s,
                                    int64_t max_tries, int64_t now, struct merge *out) {
  struct claim c = {a, owner, lease_s, max_tries, now, out};
  for (;;) {
    enum store_result result = store_transact(s, claim_body, &c);
    if (result != STORE_OK || out->id != NULL)
      return result;
  }
}

#define PART_FIELDS(T, N, I) T(sample, "s.id") T(vcf, "f.blob_key") T(index, "i.blob_key") I(size, "f.size")
FIELDS_READER(part_read, struct merge_part, PART_FIELDS)

enum store_result store_merge_parts(struct store *s, struct arena *a, const struct merge *m, struct merge_part **out,
                                    size_t *n) {
  struct db_rows r;
  TRY_STORE(
      db_ask(s->db, a, &r,
             "SELECT " PART_FIELDS(
                 FIELD_COLUMN, FIELD_COLUMN,
                 FIELD_COLUMN) "1" MERGEABLE
                               " AND EXISTS (SELECT 1 FROM merge_samples x WHERE x.merge = $2 AND x.sample = s.id)"
                               " ORDER BY s.created, s.id",
             PARAMS(m->project, m->id)));
  ROWS_TAKE(a, r, out, n, part_read);
  return STORE_OK;
}

enum store_result store_merge_heartbeat(struct store *s, const struct merge *m, const char *owner, int64_t lease_s,
                                        int64_t now) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r,
                   "UPDATE merges SET lease_until = $3 WHERE id = $1 AND owner = $2 AND state = 'running'",
                   PARAMS(m->id, owner, now + lease_s * 1000000)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

struct ending {
  const struct merge *m;
  const char *owner, *state, *note;
  const struct sample_file *files;
  size_t n_files;
  int64_t now;
};

static enum store_result end_in(struct store *s, struct arena *a, const struct ending *e) {
  struct db_rows r;
  const char *sql = arena_printf(a, "SELECT state FROM merges WHERE id = $1 AND owner = $2 AND state = 'running'%s",
                                 s->db->driver->lock_rows);
  if (sql == NULL)
    return STORE_ERROR;
  TRY(db_run(s->db, a, &r, sql, PARAMS(e->m->id, e->owner)));
  if (r.n_rows == 0) {
    if (e->n_files == 0)
      return STORE_NONE;
    TRY(db_run(s->db, a, &r, "SELECT count(*) FROM merge_files WHERE blob_key = $1", PARAMS(e->files[0].key)));
    return db_number(&r, 0, 0) > 0 ? STORE_OK : STORE_NONE; /* the commit's answer was lost on the way */
  }
  for (size_t i = 0; i < e->n_files; i++)
    TRY(db_run(s->db, a, NULL,
               "INSERT INTO merge_files (id, merge, type, blob_key, name, sha256, size, created)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
               PARAMS(e->files[i].id, e->m->id, e->files[i].type, e->files[i].key, e->files[i].name, e->files[i].sha256,
                      e->files[i].size, e->now)));
  if (e->n_files > 0) { /* it takes the place of those before it */
    TRY(db_run(s->db, a, &r,
               "SELECT DISTINCT f.merge FROM merge_files f JOIN merges m ON m.id = f.merge"
               " WHERE m.project = $1 AND f.merge <> $2 AND f.purged = 0",
               PARAMS(e->m->project, e->m->id)));
    for (size_t i = 0; i < r.n_rows; i++)
      TRY_STORE(files_purge(s, a, db_text(&r, i, 0), e->now));
  }
  if (strcmp(e->state, "scheduled") == 0) /* given back: it was not its fault */
    TRY(db_run(s->db, a, NULL, "UPDATE merges SET tries = tries - 1 WHERE id = $1", PARAMS(e->m->id)));
  return status_write(s, a, e->m->id, e->state, e->note, e->now);
}

static enum store_result end_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = end_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_merge_end(struct store *s, const struct merge *m, const char *owner, const char *state,
                                  const char *note, const struct sample_file *files, size_t n_files, int64_t now) {
  struct ending e = {m, owner, state, note, files, n_files, now};
  return store_transact(s, end_body, &e);
}

/* ---- deletion ------------------------------------------------------------------------------------------------------
 */
enum store_result merges_delete_sample(struct store *s, struct arena *a, const char *sample, int64_t now) {
  struct db_rows r;
  TRY(db_run(s->db, a, &r, "SELECT merge FROM merge_samples WHERE sample = $1 ORDER BY merge", PARAMS(sample)));
  for (size_t i = 0; i < r.n_rows; i++) {
    const char *merge = db_text(&r, i, 0);
    TRY(db_run(s->db, a, NULL,
               "INSERT INTO purges (blob_key, created) VALUES ('keys/' || $1, $2) ON CONFLICT (blob_key) DO NOTHING",
               PARAMS(merge, now)));
    TRY_STORE(files_purge(s, a, merge, now));
    TRY_STORE(status_write(s, a, merge, "failed", "A sample of it was deleted.", now));
  }
  return STORE_OK;
}

enum store_result merges_of_sample(struct store *s, struct arena *a, const char *sample, char ***merges, size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT merge FROM merge_samples WHERE sample = $1", PARAMS(sample)));
  *merges = r.values;
  *n = r.n_rows;
  return STORE_OK;
}

enum store_result merges_retain(struct store *s, struct arena *a, int64_t before, int64_t now, int64_t *n) {
  struct db_rows r;
  TRY(db_run(s->db, a, &r, "SELECT DISTINCT merge FROM merge_files WHERE purged = 0 AND created < $1 LIMIT 100",
             PARAMS(before)));
  for (size_t i = 0; i < r.n_rows; i++) {
    TRY_STORE(files_purge(s, a, db_text(&r, i, 0), now));
    (*n)++;
  }
  return STORE_OK;
}
