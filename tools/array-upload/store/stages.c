/* stages.c - what follows the conversion: which stages a sample has, which one is due, and when its analysis has ended.
 * The rows come in the transaction that ends the conversion; from then on the job is for the first one that waits. */
#include <string.h>

#include "array-upload/store/internal.h"

const char *stage_text(enum stage_name name) {
  static const char *const texts[STAGES] = {"convert", "impute", "scores", "ancestry"};
  return name < STAGES ? texts[name] : "";
}

static int waits(const struct stage *stage) { return strcmp(stage->state, "waiting") == 0; }

const char *stage_status(const struct stage *list, size_t i, int running) {
  size_t first = 0;
  while (first < i && !waits(&list[first]))
    first++;
  return running && first == i && waits(&list[i]) ? "running" : list[i].state;
}

static void stage_read(const struct db_rows *r, size_t i, struct stage *out) {
  int64_t name = db_number(r, i, 0);
  *out = (struct stage){.name = name >= 0 && name < STAGES ? (enum stage_name)name : STAGES,
                        .state = db_text(r, i, 1),
                        .note = db_text(r, i, 2),
                        .tries = db_number(r, i, 3),
                        .started = db_number(r, i, 4),
                        .ended = db_number(r, i, 5)};
}

enum store_result store_sample_stages(struct store *s, struct arena *a, const char *sample, struct stage **out,
                                      size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT n, state, note, tries, started, ended FROM stages WHERE sample = $1 ORDER BY n",
                   PARAMS(sample)));
  ROWS_TAKE(a, r, out, n, stage_read);
  return STORE_OK;
}

enum store_result stage_current(struct store *s, struct arena *a, const char *sample, enum stage_name *name) {
  struct db_rows r;
  TRY(db_run(s->db, a, &r, "SELECT n FROM stages WHERE sample = $1 AND state = 'waiting' ORDER BY n LIMIT 1",
             PARAMS(sample)));
  int64_t n = r.n_rows > 0 ? db_number(&r, 0, 0) : STAGE_CONVERT;
  if (n < 0 || n >= STAGES)
    return STORE_ERROR;
  *name = (enum stage_name)n;
  return STORE_OK;
}

enum store_result stages_begin(struct store *s, struct arena *a, const char *sample, unsigned stages, const char *note,
                               int64_t now) {
  for (unsigned k = STAGE_CONVERT; k < STAGES; k++) {
    if (k != STAGE_CONVERT && !(stages >> k & 1))
      continue;
    int done = k == STAGE_CONVERT;
    TRY(db_run(s->db, a, NULL,
               "INSERT INTO stages (sample, n, state, note, tries, ended) VALUES ($1, $2, $3, $4, $5, $6)",
               PARAMS(sample, (int64_t)k, done ? "succeeded" : "waiting", done ? note : "", done, done ? now : 0)));
  }
  return store_result_of(db_run(s->db, a, NULL,
                                "UPDATE stages SET started = coalesce((SELECT max(created) FROM sample_statuses"
                                " WHERE sample = $1 AND status = 'running'), 0) WHERE sample = $1 AND n = 0",
                                PARAMS(sample)));
}

enum store_result stage_started(struct store *s, struct arena *a, const char *sample, enum stage_name name,
                                int64_t now) {
  return store_result_of(db_run(s->db, a, NULL,
                                "UPDATE stages SET tries = tries + 1, started = CASE WHEN started = 0 THEN $3 ELSE"
                                " started END WHERE sample = $1 AND n = $2 AND state = 'waiting'",
                                PARAMS(sample, name, now)));
}

static enum store_result stage_write(struct store *s, struct arena *a, const char *sample, enum stage_name name,
                                     const char *state, const char *note, int64_t now) {
  return store_result_of(db_run(s->db, a, NULL,
                                "UPDATE stages SET state = $3, note = $4, ended = $5 WHERE sample = $1 AND n = $2",
                                PARAMS(sample, name, state, note, now)));
}

/* What the sample's status has to say: the conversion's note, and the sentences of what failed. */
static enum store_result sum_up(struct store *s, struct arena *a, const char *sample, const char **note, int *failed) {
  struct db_rows r;
  TRY(db_run(s->db, a, &r,
             "SELECT state, note FROM stages WHERE sample = $1 AND state IN ('succeeded', 'failed') ORDER BY n",
             PARAMS(sample)));
  *note = "";
  *failed = 0;
  for (size_t i = 0; i < r.n_rows; i++) {
    const char *more = db_text(&r, i, 1);
    *failed |= strcmp(db_text(&r, i, 0), "failed") == 0;
    if (*more != '\0')
      *note = arena_printf(a, "%s%s%s", *note, **note ? " " : "", more);
    if (*note == NULL)
      return STORE_ERROR;
  }
  return STORE_OK;
}

static enum store_result move(struct store *s, struct arena *a, struct sample *sample, enum sample_state to,
                              const char *note, int64_t now) {
  TRY_STORE(sample_move(s, a, sample, to, note, now));
  sample->state = to;
  sample->version++;
  return STORE_OK;
}

enum store_result stages_go_on(struct store *s, struct arena *a, struct sample *sample, int64_t now) {
  enum stage_name next = STAGE_CONVERT;
  const char *note = "";
  int failed = 0;
  TRY_STORE(stage_current(s, a, sample->id, &next));
  if (next != STAGE_CONVERT) {
    TRY_STORE(move(s, a, sample, SAMPLE_SCHEDULED, "", now));
    return store_result_of(db_run(s->db, a, NULL,
                                  "UPDATE jobs SET tries = 0, takeovers = 0, owner = NULL, lease_until = 0,"
                                  " available = $2 WHERE sample = $1",
                                  PARAMS(sample->id, now)));
  }
  TRY_STORE(sum_up(s, a, sample->id, &note, &failed));
  TRY_STORE(move(s, a, sample, failed ? SAMPLE_FAILED : SAMPLE_SUCCEEDED, note, now));
  TRY(db_run(s->db, a, NULL, "DELETE FROM jobs WHERE sample = $1", PARAMS(sample->id)));
  return outbox_add_complete(s, a, sample, sample->state, now);
}

enum store_result stage_failed(struct store *s, struct arena *a, struct sample *sample, enum stage_name name,
                               const char *note, int64_t now) {
  TRY_STORE(stage_write(s, a, sample->id, name, "failed", note, now));
  if (name == STAGE_IMPUTE)
    TRY(db_run(s->db, a, NULL,
               "UPDATE stages SET state = 'skipped', note = 'The imputation failed.', ended = $2 WHERE sample = $1"
               " AND state = 'waiting'",
               PARAMS(sample->id, now)));
  return stages_go_on(s, a, sample, now);
}

enum store_result stages_cancel(struct store *s, struct arena *a, const char *sample, int64_t now) {
  return store_result_of(db_run(s->db, a, NULL,
                                "UPDATE stages SET state = 'skipped', note = 'canceled', ended = $2 WHERE sample = $1"
                                " AND state = 'waiting'",
                                PARAMS(sample, now)));
}

enum store_result files_committed(struct store *s, struct arena *a, const struct sample_file *files, size_t n,
                                  int *committed) {
  struct db_rows r;
  *committed = 0;
  if (n == 0)
    return STORE_OK;
  TRY(db_run(s->db, a, &r, "SELECT count(*) FROM files WHERE blob_key = $1", PARAMS(files[0].key)));
  *committed = db_number(&r, 0, 0) > 0;
  return STORE_OK;
}

/* ---- the end of a stage --------------------------------------------------------------------------------------------
 */
struct ending {
  const struct job *job;
  const struct sample_file *files;
  size_t n_files;
  int skipped;
  const char *note;
  int64_t now;
};

static enum store_result end_in(struct store *s, struct arena *a, const struct ending *e) {
  struct sample sample;
  int64_t tries;
  int committed = 0;
  enum store_result own = job_own(s, a, e->job, &sample, &tries);
  if (own == STORE_NONE)
    TRY_STORE(files_committed(s, a, e->files, e->n_files, &committed));
  if (committed)
    return STORE_OK;
  TRY_STORE(own);
  for (size_t i = 0; i < e->n_files; i++)
    TRY_STORE(file_write(s, a, sample.id, &e->files[i], e->now));
  TRY_STORE(stage_write(s, a, sample.id, e->job->stage, e->skipped ? "skipped" : "succeeded", e->note, e->now));
  return stages_go_on(s, a, &sample, e->now);
}

static enum store_result end_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = end_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_stage_end(struct store *s, const struct job *job, const struct sample_file *files,
                                  size_t n_files, int skipped, const char *note, int64_t now) {
  struct ending e = {job, files, n_files, skipped, note, now};
  return store_transact(s, end_body, &e);
}

/* ---- once more -----------------------------------------------------------------------------------------------------
 */
struct retry {
  const char *sample;
  int64_t now;
};

static enum store_result retry_in(struct store *s, struct arena *a, const struct retry *x) {
  struct sample sample;
  struct db_rows r;
  int64_t rejected, deleted, locked;
  TRY_STORE(sample_lock(s, a, x->sample, &sample, &rejected, &deleted, &locked));
  TRY(db_run(s->db, a, &r,
             "SELECT (SELECT count(*) FROM stages WHERE sample = $1 AND state = 'failed'), (SELECT count(*) FROM files"
             " WHERE sample = $1 AND type = 'array-zip' AND purged = 0)",
             PARAMS(x->sample)));
  if (deleted || sample.state != SAMPLE_FAILED || db_number(&r, 0, 0) == 0 || db_number(&r, 0, 1) == 0)
    return STORE_NONE;
  TRY(db_run(s->db, a, NULL,
             "UPDATE stages SET state = 'waiting', note = '', tries = 0, started = 0, ended = 0 WHERE sample = $1"
             " AND state IN ('failed', 'skipped')",
             PARAMS(sample.id)));
  TRY_STORE(sample_move(s, a, &sample, SAMPLE_SCHEDULED, "", x->now));
  return store_result_of(db_run(s->db, a, NULL, "INSERT INTO jobs (sample, available, created) VALUES ($1, $2, $2)",
                                PARAMS(sample.id, x->now)));
}

static enum store_result retry_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = retry_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_sample_retry(struct store *s, const char *sample, int64_t now) {
  struct retry x = {sample, now};
  return store_transact(s, retry_body, &x);
}
