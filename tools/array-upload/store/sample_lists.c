/* sample_lists.c - a project's samples: lists, searches, sums. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/store/internal.h"

/* ---- lists
 * ---------------------------------------------------------------------------------------------------------
 */
static const char *sample_order(const char *sort_by) {
  static const char *const words[][2] = {{"client_id", "s.client_id"},
                                         {"created", "s.created"},
                                         {"id", "s.id"},
                                         {"modified", "s.modified"},
                                         {"status", "s.state"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (sort_by != NULL && strcmp(sort_by, words[i][0]) == 0)
      return words[i][1];
  return "s.created";
}

/* All parameters are always bound. */
#define SAMPLE_WHERE                                                                      \
  " FROM samples s JOIN projects p ON p.id = s.project WHERE s.project = $1 "             \
  "AND s.deleted = 0 AND p.deleted = 0"                                                   \
  " AND ($2 = 'all' OR ($2 = 'succeeded' AND s.state = " SUCCEEDED ") OR ($2 = 'failed' " \
  "AND s.state IN " FAILED_ANYHOW ")"                                                     \
  " OR ($2 = 'running' AND s.state IN " GOING_ON ") OR ($2 = 'completed' AND "            \
  "s.state IN " FINISHED "))"                                                             \
  " AND ($3 = 'all' OR $3 = 'available') AND ($4 = 'all' OR ($4 = 'hidden') "             \
  "= (s.hidden = 1))"                                                                     \
  " AND s.created > $5 AND s.created < $6 AND s.modified > $7 AND s.modified "            \
  "< $8"
#define SAMPLE_WHERE_VALUES(q)                                                                \
  (q)->project, or_all((q)->status), or_all((q)->archive_status), or_all((q)->hidden_status), \
      or_end((q)->created_after, INT64_MIN), or_end((q)->created_before, INT64_MAX),          \
      or_end((q)->modified_after, INT64_MIN), or_end((q)->modified_before, INT64_MAX)

static const char *or_all(const char *choice) { return choice != NULL ? choice : "all"; }

static int64_t or_end(int64_t time, int64_t end) { return time == INT64_MIN ? end : time; }

/* Row 12 for every sample of a project that is due, so that a list never shows
 * one that has ended. */
static enum store_result expire_project(struct store *s, const char *project, int64_t now) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result =
      db_ask(s->db, &a, &r,
             "SELECT " SAMPLE_COLUMNS "1 FROM samples s JOIN projects p ON p.id = s.project WHERE s.project = "
             "$1 AND s.deleted = 0"
             " AND s.state = " AWAITING " AND s.link_exp <= $2 AND s.window_end <= $2 LIMIT 1000",
             PARAMS(project, now));
  for (size_t i = 0; result == STORE_OK && i < r.n_rows; i++) {
    struct sample sample;
    sample_read(&r, i, &sample);
    result = sample_expire_now(s, &a, &sample, now);
    if (result == STORE_NONE)
      result = STORE_OK;
  }
  arena_free(&a);
  return result;
}

static int searched(const struct sample_query *q) { return q->search != NULL && *q->search != '\0'; }

static int by_client_id(const void *a, const void *b) {
  const struct sample *x = a, *y = b;
  int order = strcmp(x->client_id, y->client_id);
  return order != 0 ? order : strcmp(x->id, y->id);
}

static int by_client_id_down(const void *a, const void *b) {
  const struct sample *x = a, *y = b;
  int order = strcmp(y->client_id, x->client_id);
  return order != 0 ? order : strcmp(x->id, y->id);
}

/* All samples of the query, in its order, opened; those that its search finds.
 * What is sealed has no order and no content in the database. */
static enum store_result samples_opened(struct store *s, struct arena *a, const struct sample_query *q,
                                        struct sample **out, size_t *n) {
  struct db_rows r;
  const char *sql = arena_printf(a, "SELECT " SAMPLE_COLUMNS "1" SAMPLE_WHERE " ORDER BY %s %s, s.id",
                                 sample_order(q->sort_by), q->descending ? "DESC" : "ASC");
  if (sql == NULL)
    return STORE_ERROR;
  TRY_STORE(db_ask(s->db, a, &r, sql, PARAMS(SAMPLE_WHERE_VALUES(q))));
  ROWS_TAKE(a, r, out, n, sample_read);
  TRY_STORE(sample_unseal(s, a, *out, *n));
  if (searched(q))
    *n = samples_search(a, *out, *n, q->search);
  if (q->sort_by != NULL && strcmp(q->sort_by, "client_id") == 0)
    qsort(*out, *n, sizeof **out, q->descending ? by_client_id_down : by_client_id);
  return STORE_OK;
}

enum store_result store_sample_list(struct store *s, struct arena *a, const struct sample_query *q, int64_t now,
                                    struct sample **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(expire_project(s, q->project, now));
  if (searched(q) || (q->sort_by != NULL && strcmp(q->sort_by, "client_id") == 0)) {
    TRY_STORE(samples_opened(s, a, q, out, n));
    size_t skip = q->page.offset < (int64_t)*n ? (size_t)q->page.offset : *n;
    *total = (int64_t)*n;
    *out += skip;
    *n = (int64_t)(*n - skip) < q->page.limit ? *n - skip : (size_t)q->page.limit;
    return STORE_OK;
  }
  TRY_STORE(db_ask(s->db, a, &r, "SELECT count(*)" SAMPLE_WHERE, PARAMS(SAMPLE_WHERE_VALUES(q))));
  *total = db_number(&r, 0, 0);
  const char *sql =
      arena_printf(a, "SELECT " SAMPLE_COLUMNS "1" SAMPLE_WHERE " ORDER BY %s %s, s.id LIMIT $9 OFFSET $10",
                   sample_order(q->sort_by), q->descending ? "DESC" : "ASC");
  if (sql == NULL)
    return STORE_ERROR;
  TRY_STORE(db_ask(s->db, a, &r, sql, PARAMS(SAMPLE_WHERE_VALUES(q), q->page.limit, q->page.offset)));
  ROWS_TAKE(a, r, out, n, sample_read);
  return sample_unseal(s, a, *out, *n);
}

/* ---- sums
 * ----------------------------------------------------------------------------------------------------------
 */
static enum store_result counts_read(struct store *s, struct arena *a, const char *sql, const char *project,
                                     struct stat_count **out, size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, sql, PARAMS(project)));
  *out = arena_alloc(a, (r.n_rows + 1) * sizeof **out);
  if (*out == NULL)
    return STORE_ERROR;
  *n = r.n_rows;
  for (size_t i = 0; i < r.n_rows; i++)
    (*out)[i] = (struct stat_count){db_text(&r, i, 0), db_number(&r, i, 1)};
  return STORE_OK;
}

static void state_add(struct project_stats *out, int64_t state, int64_t count, int64_t bytes) {
  out->total += count;
  out->total_bytes += bytes;
  out->scheduled += state == SAMPLE_SCHEDULED ? count : 0;
  out->running += state == SAMPLE_RUNNING ? count : 0;
  out->succeeded += state == SAMPLE_SUCCEEDED ? count : 0;
  out->failed += state == SAMPLE_FAILED || state == SAMPLE_FAILED_QC ? count : 0;
}

#define BYTES_OF_SAMPLE                                                      \
  "(SELECT coalesce(sum(f.size), 0) FROM files f WHERE f.sample = s.id AND " \
  "f.purged = 0)"

/* What the search finds is known here, how much it is in the database. */
static enum store_result found_add(struct store *s, struct arena *a, const struct sample_query *q,
                                   struct project_stats *out) {
  struct sample_query by_id = *q;
  struct sample *found;
  struct db_rows r;
  size_t n, at = 0;
  by_id.sort_by = "id";
  by_id.descending = 0;
  TRY_STORE(samples_opened(s, a, &by_id, &found, &n));
  TRY_STORE(db_ask(s->db, a, &r, "SELECT s.id, " BYTES_OF_SAMPLE SAMPLE_WHERE " ORDER BY s.id",
                   PARAMS(SAMPLE_WHERE_VALUES(q))));
  for (size_t i = 0; i < r.n_rows && at < n; i++)
    if (strcmp(db_text(&r, i, 0), found[at].id) == 0)
      state_add(out, found[at++].state, 1, db_number(&r, i, 1));
  return STORE_OK;
}

enum store_result store_project_stats(struct store *s, struct arena *a, const char *project,
                                      const struct sample_query *query, struct project_stats *out) {
  struct sample_query of_project = *query, *q = &of_project;
  struct db_rows r;
  memset(out, 0, sizeof *out);
  q->project = project;
  if (searched(q)) {
    TRY_STORE(found_add(s, a, q, out));
  } else {
    TRY_STORE(db_ask(s->db, a, &r,
                     "SELECT s.state, count(*), coalesce(sum(" BYTES_OF_SAMPLE "), 0)" SAMPLE_WHERE " GROUP BY s.state",
                     PARAMS(SAMPLE_WHERE_VALUES(q))));
    for (size_t i = 0; i < r.n_rows; i++)
      state_add(out, db_number(&r, i, 0), db_number(&r, i, 1), db_number(&r, i, 2));
  }
  TRY_STORE(counts_read(s, a,
                        "SELECT CASE state WHEN " FAILED_QC " THEN 'failed qc' ELSE 'failed' "
                        "END, count(*) FROM samples WHERE project = $1"
                        " AND deleted = 0 AND state IN " FAILED_ANYHOW " GROUP BY 1 ORDER BY 1",
                        project, &out->failed_statuses, &out->n_failed_statuses));
  return counts_read(s, a,
                     "SELECT q.key, count(*) FROM quality_controls q JOIN "
                     "samples s ON s.id = q.sample WHERE s.project = $1"
                     " AND s.deleted = 0 AND s.state = " FAILED_QC " AND q.status = "
                     "'failed' GROUP BY q.key ORDER BY q.key",
                     project, &out->failed_qc, &out->n_failed_qc);
}
