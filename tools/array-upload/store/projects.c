/* projects.c - projects, and what a project's samples add up to. */
#include <string.h>

#include "array-upload/store/internal.h"

#define PROJECT_FIELDS(T, N, I)                                                                                   \
  T(id, "p.id")                                                                                                   \
  T(organization, "p.organization")                                                                               \
  T(organization_name, "o.name")                                                                                  \
  T(name, "p.name")                                                                                               \
  T(description, "p.description")                                                                                 \
  T(capability, "p.capability")                                                                                   \
  N(brand, "p.brand")                                                                                             \
  I(hidden, "p.hidden")                                                                                           \
  I(locked, "p.locked")                                                                                           \
  I(is_default, "p.is_default")                                                                                   \
  I(created, "p.created")                                                                                         \
  I(modified, "p.modified")                                                                                       \
  N(public_key, "p.public_key")                                                                                   \
  I(uploads_a_day, "p.uploads_a_day")                                                                             \
  I(bytes_a_day, "p.bytes_a_day")                                                                                 \
  I(sample_count,                                                                                                 \
    "(SELECT count(*) FROM samples x WHERE x.project = p.id AND x.deleted = 0 AND x.hidden = 0) AS sample_count") \
  I(hidden_sample_count, "(SELECT count(*) FROM samples x WHERE x.project = p.id AND x.deleted = 0 AND x.hidden = 1)")
#define PROJECT_COLUMNS PROJECT_FIELDS(FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)
#define PROJECT_FROM " FROM projects p JOIN organizations o ON o.id = p.organization WHERE p.deleted = 0"

FIELDS_READER(project_read, struct project, PROJECT_FIELDS)

enum store_result store_project_create(struct store *s, const struct project *p) {
  return db_ask(
      s->db, NULL, NULL,
      "INSERT INTO projects (id, organization, name, description, capability, brand, hidden, locked, is_default,"
      " created, modified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      PARAMS(p->id, p->organization, p->name, p->description, p->capability, p->brand, p->hidden, p->locked,
             p->is_default, p->created, p->modified));
}

static enum store_result project_one(struct db_rows *r, struct project *out) {
  if (r->n_rows == 0)
    return STORE_NONE;
  project_read(r, 0, out);
  return STORE_OK;
}

enum store_result store_project_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                    struct project *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " PROJECT_COLUMNS "1" PROJECT_FROM
                   " AND p.id = $1 AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
                   PARAMS(id, organization)));
  return project_one(&r, out);
}

enum store_result store_project_default(struct store *s, struct arena *a, const char *organization,
                                        struct project *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " PROJECT_COLUMNS "1" PROJECT_FROM
                   " AND p.organization = $1 ORDER BY p.is_default DESC, p.created, p.id LIMIT 1",
                   PARAMS(organization)));
  return project_one(&r, out);
}

/* Sort words of the API and what they mean here; the words never reach the SQL. */
static const char *project_order(const char *sort_by) {
  static const char *const words[][2] = {{"created", "p.created"},
                                         {"modified", "p.modified"},
                                         {"name", "p.name"},
                                         {"pipeline_capabilities", "p.capability"},
                                         {"sample_count", "sample_count"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (sort_by != NULL && strcmp(sort_by, words[i][0]) == 0)
      return words[i][1];
  return "p.created";
}

/* completed: nothing scheduled or running; running: something is. */
#define PROJECT_WHERE                                                                                               \
  " AND p.organization = $1 AND (p.id LIKE $2 ESCAPE '\\' OR lower(p.name) LIKE $2 ESCAPE '\\')"                    \
  " AND ($3 = 'all' OR ($3 = 'hidden') = (p.hidden = 1))"                                                           \
  " AND ($4 = 'all' OR ($4 = 'running') = EXISTS (SELECT 1 FROM samples x WHERE x.project = p.id AND x.deleted = 0" \
  " AND x.state IN " GOING_ON "))"                                                                                  \
  " AND ($5 = -1 OR p.locked = $5)"

enum store_result store_project_list(struct store *s, struct arena *a, const struct project_query *q,
                                     struct project **out, size_t *n, int64_t *total) {
  struct db_rows r;
  const char *like = store_pattern(a, q->search != NULL ? q->search : "");
  const char *hidden = q->hidden_status != NULL ? q->hidden_status : "visible",
             *status = q->status != NULL ? q->status : "all";
  TRY_STORE(db_ask(s->db, a, &r, "SELECT count(*)" PROJECT_FROM PROJECT_WHERE,
                   PARAMS(q->organization, like, hidden, status, q->locked)));
  *total = db_number(&r, 0, 0);
  const char *sql = arena_printf(
      a, "SELECT " PROJECT_COLUMNS "1" PROJECT_FROM PROJECT_WHERE " ORDER BY %s %s, p.id LIMIT $6 OFFSET $7",
      project_order(q->sort_by), q->descending ? "DESC" : "ASC");
  if (sql == NULL)
    return STORE_ERROR;
  TRY_STORE(db_ask(s->db, a, &r, sql,
                   PARAMS(q->organization, like, hidden, status, q->locked, q->page.limit, q->page.offset)));
  ROWS_TAKE(a, r, out, n, project_read);
  return STORE_OK;
}

enum store_result store_project_update(struct store *s, const struct project *p, int64_t now) {
  struct db_rows r;
  TRY_STORE(db_ask(
      s->db, NULL, &r,
      "UPDATE projects SET name = $2, description = $3, brand = $4, locked = $5, is_default = $6, modified = $7,"
      " public_key = $8, uploads_a_day = $9, bytes_a_day = $10 WHERE id = $1 AND deleted = 0 AND modified = $11",
      PARAMS(p->id, p->name, p->description, p->brand, p->locked, p->is_default,
             now > p->modified ? now : p->modified + 1, p->public_key, p->uploads_a_day, p->bytes_a_day, p->modified)));
  return r.changed == 1 ? STORE_OK : STORE_BUSY;
}

struct projects_change {
  const char *organization;
  const char *const *ids;
  size_t n;
  int hidden;
  int64_t now;
};

static enum store_result hide_body(struct store *s, void *arg) {
  const struct projects_change *c = arg;
  for (size_t i = 0; i < c->n; i++) {
    struct db_rows r;
    TRY(db_run(s->db, NULL, &r, "UPDATE projects SET hidden = $3 WHERE id = $1 AND organization = $2 AND deleted = 0",
               PARAMS(c->ids[i], c->organization, c->hidden)));
    if (r.changed != 1)
      return STORE_NONE;
  }
  return STORE_OK;
}

enum store_result store_projects_hide(struct store *s, const char *organization, const char *const *ids, size_t n,
                                      int hidden, int64_t now) {
  struct projects_change c = {organization, ids, n, hidden != 0, now};
  return store_transact(s, hide_body, &c);
}

static enum store_result project_samples_delete(struct store *s, struct arena *a, const char *project, int64_t now) {
  struct db_rows r;
  TRY(db_run(s->db, a, &r, "SELECT id FROM samples WHERE project = $1 AND deleted = 0", PARAMS(project)));
  for (size_t i = 0; i < r.n_rows; i++)
    TRY_STORE(sample_delete(s, a, db_text(&r, i, 0), now));
  TRY(db_run(s->db, a, NULL, "UPDATE subscriptions SET deleted = 1, sealed = NULL WHERE project = $1",
             PARAMS(project)));
  return STORE_OK;
}

static enum store_result projects_delete_body(struct store *s, void *arg) {
  const struct projects_change *c = arg;
  for (size_t i = 0; i < c->n; i++) {
    struct db_rows r;
    TRY(db_run(s->db, NULL, &r,
               "UPDATE projects SET deleted = 1, modified = $3 WHERE id = $1 AND organization = $2 AND deleted = 0",
               PARAMS(c->ids[i], c->organization, c->now)));
    if (r.changed != 1)
      return STORE_NONE;
    struct arena a = {0};
    enum store_result result = project_samples_delete(s, &a, c->ids[i], c->now);
    arena_free(&a);
    if (result != STORE_OK)
      return result;
  }
  return STORE_OK;
}

enum store_result store_projects_delete(struct store *s, const char *organization, const char *const *ids, size_t n,
                                        int64_t now) {
  struct projects_change c = {organization, ids, n, 0, now};
  return store_transact(s, projects_delete_body, &c);
}
