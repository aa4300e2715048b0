/* samples.c - reading samples: one, lists, history, files, quality controls, sums. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/store/internal.h"

const char *sample_state_text(enum sample_state state) {
  switch (state) {
  case SAMPLE_AWAITING:
    return "consumer awaiting data";
  case SAMPLE_EXPIRED:
    return "consumer session expired";
  case SAMPLE_SCHEDULED:
    return "scheduled";
  case SAMPLE_RUNNING:
    return "running";
  case SAMPLE_SUCCEEDED:
    return "succeeded";
  case SAMPLE_FAILED_QC:
    return "failed qc";
  case SAMPLE_FAILED:
    return "failed";
  case SAMPLE_STATES:
    break;
  }
  return "";
}

static enum sample_state state_of(int64_t number) {
  return number >= 0 && number < SAMPLE_STATES ? (enum sample_state)number : SAMPLE_FAILED;
}

void sample_read(const struct db_rows *r, size_t i, struct sample *out) {
#define FIELD_STATE(name, sql) out->name = state_of(db_number(r, i, c++));
  size_t c = 0;
  SAMPLE_FIELDS(FIELD_TEXT, FIELD_TEXT_OR_NULL, FIELD_NUMBER, FIELD_STATE)
#undef FIELD_STATE
}

static int maybe_due(const struct sample *s, int64_t now) {
  return s->state == SAMPLE_AWAITING && now >= s->link_exp && now >= s->window_end;
}

struct expire_one {
  struct arena *a;
  struct sample *sample;
  int64_t now;
};

static enum store_result expire_body(struct store *s, void *arg) {
  struct expire_one *e = arg;
  return sample_expire(s, e->a, e->sample, e->now);
}

static enum store_result sample_select(struct store *s, struct arena *a, const char *organization, const char *id,
                                       struct sample *out) {
  struct db_rows r;
  TRY_STORE(store_run(s, a, &r,
                      "SELECT " SAMPLE_COLUMNS "1 FROM samples s JOIN projects p ON p.id = s.project WHERE s.id = $1"
                      " AND s.deleted = 0 AND p.deleted = 0 AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
                      "ss", id, organization));
  if (r.n_rows == 0)
    return STORE_NONE;
  sample_read(&r, 0, out);
  return STORE_OK;
}

enum store_result store_sample_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                   int64_t now, struct sample *out) {
  TRY_STORE(sample_select(s, a, organization, id, out));
  if (!maybe_due(out, now))
    return STORE_OK;
  struct expire_one e = {a, out, now};
  enum store_result result = store_transact(s, expire_body, &e);
  if (result == STORE_NONE) /* not due after all, or somebody else moved it: show what is there */
    return sample_select(s, a, organization, id, out);
  return result;
}

/* ---- lists ---------------------------------------------------------------------------------------------------------
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

/* All parameters are always bound; the states are enum sample_state. */
#define SAMPLE_WHERE \
  " FROM samples s JOIN projects p ON p.id = s.project WHERE s.project = $1 AND s.deleted = 0 AND p.deleted = 0" \
  " AND (s.id LIKE $2 ESCAPE '\\' OR lower(s.client_id) LIKE $2 ESCAPE '\\'" \
  " OR lower(coalesce(s.metadata, '')) LIKE $2 ESCAPE '\\')" \
  " AND ($3 = 'all' OR ($3 = 'succeeded' AND s.state = 4) OR ($3 = 'failed' AND s.state IN (5, 6))" \
  " OR ($3 = 'running' AND s.state IN (2, 3)) OR ($3 = 'completed' AND s.state IN (4, 5, 6)))" \
  " AND ($4 = 'all' OR $4 = 'available') AND ($5 = 'all' OR ($5 = 'hidden') = (s.hidden = 1))" \
  " AND s.created > $6 AND s.created < $7 AND s.modified > $8 AND s.modified < $9"
#define SAMPLE_WHERE_TYPES "sssssiiii"

static int64_t or_end(int64_t time, int64_t end) {
  return time == INT64_MIN ? end : time;
}

/* Row 12 for every sample of a project that is due, so that a list never shows one that has ended. */
static enum store_result expire_project(struct store *s, const char *project, int64_t now) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result =
      store_run(s, &a, &r,
                "SELECT " SAMPLE_COLUMNS
                "1 FROM samples s JOIN projects p ON p.id = s.project WHERE s.project = $1 AND s.deleted = 0"
                " AND s.state = 0 AND s.link_exp <= $2 AND s.window_end <= $2 LIMIT 1000",
                "si", project, now);
  for (size_t i = 0; result == STORE_OK && i < r.n_rows; i++) {
    struct sample sample;
    sample_read(&r, i, &sample);
    struct expire_one e = {&a, &sample, now};
    result = store_transact(s, expire_body, &e);
    if (result == STORE_NONE)
      result = STORE_OK;
  }
  arena_free(&a);
  return result;
}

enum store_result store_sample_list(struct store *s, struct arena *a, const struct sample_query *q, int64_t now,
                                    struct sample **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(expire_project(s, q->project, now));
  const char *like = store_pattern(a, q->search != NULL ? q->search : "");
  const char *status = q->status != NULL ? q->status : "all",
             *hidden = q->hidden_status != NULL ? q->hidden_status : "all";
  const char *archive = q->archive_status != NULL ? q->archive_status : "all";
  int64_t after = or_end(q->created_after, INT64_MIN), before = or_end(q->created_before, INT64_MAX);
  int64_t modified_after = or_end(q->modified_after, INT64_MIN),
          modified_before = or_end(q->modified_before, INT64_MAX);
  TRY_STORE(store_run(s, a, &r, "SELECT count(*)" SAMPLE_WHERE, SAMPLE_WHERE_TYPES, q->project, like, status, archive,
                      hidden, after, before, modified_after, modified_before));
  *total = db_number(&r, 0, 0);
  const char *sql = arena_printf(a, "SELECT " SAMPLE_COLUMNS "1" SAMPLE_WHERE " ORDER BY %s %s, s.id LIMIT $10 OFFSET $11",
                                 sample_order(q->sort_by), q->descending ? "DESC" : "ASC");
  if (sql == NULL)
    return STORE_ERROR;
  TRY_STORE(store_run(s, a, &r, sql, SAMPLE_WHERE_TYPES "ii", q->project, like, status, archive, hidden, after, before,
                      modified_after, modified_before, q->page.limit, q->page.offset));
  ROWS_TAKE(a, r, out, n, sample_read);
  return STORE_OK;
}

static void status_read(const struct db_rows *r, size_t i, struct sample_status *out) {
  *out = (struct sample_status){db_text(r, i, 0), db_text(r, i, 1), db_text(r, i, 2), db_number(r, i, 3)};
}

enum store_result store_sample_history(struct store *s, struct arena *a, const char *sample, struct page page,
                                       struct sample_status **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(store_run(s, a, &r, "SELECT count(*) FROM sample_statuses WHERE sample = $1", "s", sample));
  *total = db_number(&r, 0, 0);
  TRY_STORE(store_run(
      s, a, &r,
      "SELECT id, status, note, created FROM sample_statuses WHERE sample = $1 ORDER BY n DESC LIMIT $2 OFFSET $3",
      "sii", sample, page.limit, page.offset));
  ROWS_TAKE(a, r, out, n, status_read);
  return STORE_OK;
}

enum store_result store_sample_set_metadata(struct store *s, const char *sample, const char *metadata_json,
                                            int64_t now) {
  struct db_rows r;
  (void)now; /* `modified` is the time of the last status, so metadata leaves it alone */
  TRY_STORE(store_run(s, NULL, &r, "UPDATE samples SET metadata = $2 WHERE id = $1 AND deleted = 0", "ss", sample,
                      metadata_json));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

static void qc_read(const struct db_rows *r, size_t i, struct quality_control *out) {
  const char *expected = db_text_or_null(r, i, 3), *measured = db_text_or_null(r, i, 4);
  /* Both dialects print a double so that it reads back the same; no locale is ever set. */
  *out = (struct quality_control){.key = db_text(r, i, 0),
                                  .text = db_text(r, i, 1),
                                  .status = db_text(r, i, 2),
                                  .has_expected = expected != NULL,
                                  .has_measured = measured != NULL,
                                  .expected = expected == NULL ? 0 : strtod(expected, NULL),
                                  .measured = measured == NULL ? 0 : strtod(measured, NULL)};
}

enum store_result store_sample_qc(struct store *s, struct arena *a, const char *sample, struct page page,
                                  struct quality_control **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(store_run(s, a, &r, "SELECT count(*) FROM quality_controls WHERE sample = $1", "s", sample));
  *total = db_number(&r, 0, 0);
  TRY_STORE(store_run(s, a, &r,
                      "SELECT key, value_text, status, expected, measured FROM quality_controls WHERE sample = $1"
                      " ORDER BY n, key LIMIT $2 OFFSET $3",
                      "sii", sample, page.limit, page.offset));
  ROWS_TAKE(a, r, out, n, qc_read);
  return STORE_OK;
}

#define FILE_COLUMNS "f.id, f.sample, f.type, f.blob_key, f.name, f.sha256, f.size, f.created"

static void file_read(const struct db_rows *r, size_t i, struct sample_file *out) {
  *out = (struct sample_file){.id = db_text(r, i, 0),
                              .sample = db_text(r, i, 1),
                              .type = db_text(r, i, 2),
                              .key = db_text(r, i, 3),
                              .name = db_text(r, i, 4),
                              .sha256 = db_text(r, i, 5),
                              .size = db_number(r, i, 6),
                              .created = db_number(r, i, 7)};
}

enum store_result store_sample_files(struct store *s, struct arena *a, const char *sample, struct sample_file **out,
                                     size_t *n) {
  struct db_rows r;
  TRY_STORE(store_run(s, a, &r,
                      "SELECT " FILE_COLUMNS
                      " FROM files f JOIN samples s ON s.id = f.sample WHERE f.sample = $1 AND f.purged = 0"
                      " AND s.deleted = 0 ORDER BY f.type",
                      "s", sample));
  ROWS_TAKE(a, r, out, n, file_read);
  return STORE_OK;
}

enum store_result store_file_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                 struct sample_file *out) {
  struct db_rows r;
  TRY_STORE(store_run(s, a, &r,
                      "SELECT " FILE_COLUMNS
                      " FROM files f JOIN samples s ON s.id = f.sample JOIN projects p ON p.id = s.project"
                      " WHERE f.id = $1 AND f.purged = 0 AND s.deleted = 0 AND p.deleted = 0"
                      " AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
                      "ss", id, organization));
  if (r.n_rows == 0)
    return STORE_NONE;
  file_read(&r, 0, out);
  return STORE_OK;
}

/* ---- sums ----------------------------------------------------------------------------------------------------------
 */
static enum store_result counts_read(struct store *s, struct arena *a, const char *sql, const char *project,
                                     struct stat_count **out, size_t *n) {
  struct db_rows r;
  TRY_STORE(store_run(s, a, &r, sql, "s", project));
  *out = arena_alloc(a, (r.n_rows + 1) * sizeof **out);
  if (*out == NULL)
    return STORE_ERROR;
  *n = r.n_rows;
  for (size_t i = 0; i < r.n_rows; i++)
    (*out)[i] = (struct stat_count){db_text(&r, i, 0), db_number(&r, i, 1)};
  return STORE_OK;
}

enum store_result store_project_stats(struct store *s, struct arena *a, const char *project,
                                      const struct sample_query *q, struct project_stats *out) {
  struct db_rows r;
  memset(out, 0, sizeof *out);
  const char *like = store_pattern(a, q->search != NULL ? q->search : "");
  const char *status = q->status != NULL ? q->status : "all",
             *hidden = q->hidden_status != NULL ? q->hidden_status : "all";
  const char *archive = q->archive_status != NULL ? q->archive_status : "all";
  TRY_STORE(
      store_run(s, a, &r,
                "SELECT s.state, count(*), coalesce(sum((SELECT sum(f.size) FROM files f WHERE f.sample = s.id AND"
                " f.purged = 0)), 0)" SAMPLE_WHERE " GROUP BY s.state",
                SAMPLE_WHERE_TYPES, project, like, status, archive, hidden, or_end(q->created_after, INT64_MIN),
                or_end(q->created_before, INT64_MAX), or_end(q->modified_after, INT64_MIN),
                or_end(q->modified_before, INT64_MAX)));
  for (size_t i = 0; i < r.n_rows; i++) {
    int64_t state = db_number(&r, i, 0), count = db_number(&r, i, 1);
    out->total += count;
    out->total_bytes += db_number(&r, i, 2);
    out->scheduled += state == SAMPLE_SCHEDULED ? count : 0;
    out->running += state == SAMPLE_RUNNING ? count : 0;
    out->succeeded += state == SAMPLE_SUCCEEDED ? count : 0;
    out->failed += state == SAMPLE_FAILED || state == SAMPLE_FAILED_QC ? count : 0;
  }
  TRY_STORE(counts_read(
      s, a,
      "SELECT CASE state WHEN 5 THEN 'failed qc' ELSE 'failed' END, count(*) FROM samples WHERE project = $1"
      " AND deleted = 0 AND state IN (5, 6) GROUP BY 1 ORDER BY 1",
      project, &out->failed_statuses, &out->n_failed_statuses));
  return counts_read(
      s, a,
      "SELECT q.key, count(*) FROM quality_controls q JOIN samples s ON s.id = q.sample WHERE s.project = $1"
      " AND s.deleted = 0 AND s.state = 5 AND q.status = 'failed' GROUP BY q.key ORDER BY q.key",
      project, &out->failed_qc, &out->n_failed_qc);
}

struct hide {
  const char *project;
  const char *const *ids;
  size_t n;
  int hidden;
};

static enum store_result hide_body(struct store *s, void *arg) {
  const struct hide *h = arg;
  for (size_t i = 0; i < h->n; i++) {
    struct db_rows r;
    TRY(db_run(s->db, NULL, &r, "UPDATE samples SET hidden = $3 WHERE id = $1 AND project = $2 AND deleted = 0", "ssi",
               h->ids[i], h->project, (int64_t)h->hidden));
    if (r.changed != 1)
      return STORE_NONE;
  }
  return STORE_OK;
}

enum store_result store_samples_hide(struct store *s, const char *project, const char *const *ids, size_t n,
                                     int hidden) {
  struct hide h = {project, ids, n, hidden != 0};
  return store_transact(s, hide_body, &h);
}
