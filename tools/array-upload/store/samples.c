/* samples.c - reading samples: one, its history, files and quality controls. */
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

static enum store_result sample_select(struct store *s, struct arena *a, const char *organization, const char *id,
                                       struct sample *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " SAMPLE_COLUMNS "1 FROM samples s JOIN projects p ON p.id = s.project WHERE s.id = $1"
                   " AND s.deleted = 0 AND p.deleted = 0 AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
                   PARAMS(id, organization)));
  if (r.n_rows == 0)
    return STORE_NONE;
  sample_read(&r, 0, out);
  return sample_unseal(s, a, out, 1);
}

enum store_result store_sample_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                   int64_t now, struct sample *out) {
  TRY_STORE(sample_select(s, a, organization, id, out));
  if (!maybe_due(out, now))
    return STORE_OK;
  enum store_result result = sample_expire_now(s, a, out, now);
  if (result == STORE_NONE) /* not due after all, or somebody else moved it: show what is there */
    return sample_select(s, a, organization, id, out);
  return result;
}

/* ---- what belongs to a sample -------------------------------------------------------------------------------------
 */
static void status_read(const struct db_rows *r, size_t i, struct sample_status *out) {
  *out = (struct sample_status){db_text(r, i, 0), db_text(r, i, 1), db_text(r, i, 2), db_number(r, i, 3)};
}

enum store_result store_sample_history(struct store *s, struct arena *a, const char *sample, struct page page,
                                       struct sample_status **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT count(*) FROM sample_statuses WHERE sample = $1", PARAMS(sample)));
  *total = db_number(&r, 0, 0);
  TRY_STORE(db_ask(
      s->db, a, &r,
      "SELECT id, status, note, created FROM sample_statuses WHERE sample = $1 ORDER BY n DESC LIMIT $2 OFFSET $3",
      PARAMS(sample, page.limit, page.offset)));
  ROWS_TAKE(a, r, out, n, status_read);
  return STORE_OK;
}

enum store_result store_sample_set_metadata(struct store *s, const char *sample, const char *metadata_json,
                                            int64_t now) {
  struct db_rows r;
  struct arena a = {0};
  const char *values[] = {NULL, metadata_json, NULL, NULL};
  enum store_result result = record_seal(s, &a, sample, values, now);
  /* `modified` is the time of the last status, so metadata leaves it alone */
  if (result == STORE_OK)
    result = db_ask(s->db, NULL, &r, "UPDATE samples SET metadata = $2 WHERE id = $1 AND deleted = 0",
                    PARAMS(sample, values[1]));
  arena_free(&a);
  return result != STORE_OK ? result : r.changed == 1 ? STORE_OK : STORE_NONE;
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
  TRY_STORE(db_ask(s->db, a, &r, "SELECT count(*) FROM quality_controls WHERE sample = $1", PARAMS(sample)));
  *total = db_number(&r, 0, 0);
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT key, value_text, status, expected, measured FROM quality_controls WHERE sample = $1"
                   " ORDER BY n, key LIMIT $2 OFFSET $3",
                   PARAMS(sample, page.limit, page.offset)));
  ROWS_TAKE(a, r, out, n, qc_read);
  return STORE_OK;
}

#define COLUMNS FILE_COLUMNS("f.sample")

void file_read(const struct db_rows *r, size_t i, struct sample_file *out) {
  size_t c = 0;
  FILE_FIELDS("", FIELD_TEXT, FIELD_TEXT_OR_NULL, FIELD_NUMBER)
}

enum store_result store_sample_files(struct store *s, struct arena *a, const char *sample, struct sample_file **out,
                                     size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " COLUMNS
                   "1 FROM files f JOIN samples s ON s.id = f.sample WHERE f.sample = $1 AND f.purged = 0"
                   " AND s.deleted = 0 ORDER BY f.type",
                   PARAMS(sample)));
  ROWS_TAKE(a, r, out, n, file_read);
  return STORE_OK;
}

enum store_result store_file_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                 struct sample_file *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " COLUMNS
                   "1 FROM files f JOIN samples s ON s.id = f.sample JOIN projects p ON p.id = s.project"
                   " WHERE f.id = $1 AND f.purged = 0 AND s.deleted = 0 AND p.deleted = 0"
                   " AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
                   PARAMS(id, organization)));
  if (r.n_rows == 0)
    return STORE_NONE;
  file_read(&r, 0, out);
  return STORE_OK;
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
    TRY(db_run(s->db, NULL, &r, "UPDATE samples SET hidden = $3 WHERE id = $1 AND project = $2 AND deleted = 0",
               PARAMS(h->ids[i], h->project, h->hidden)));
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
