/* queue.c - rows 14 to 17: the analysis queue. A job row lives from acceptance to the end of the sample's analysis; its
 * lease says who works on it, the sample's state and version are swapped with it. What it works on, the conversion or a
 * stage behind it, says stages.c. */
#include <string.h>

#include "array-upload/store/internal.h"

/* A file that takes its worker down each time must not go round for ever. */
enum { TAKEOVERS_MAX = 10 };

/* ---- row 14 --------------------------------------------------------------------------------------------------------
 */
struct claim {
  struct arena *a;
  const char *owner;
  int64_t lease_s, now;
  int conversions_only;
  struct job *out;
};

/* The sample goes back to scheduled when its worker died, so that the history shows it. */
static enum store_result take_over(struct store *s, struct arena *a, struct sample *sample, int64_t takeovers,
                                   int64_t now) {
  if (takeovers >= TAKEOVERS_MAX) {
    enum stage_name stage;
    TRY_STORE(stage_current(s, a, sample->id, &stage));
    if (stage != STAGE_CONVERT)
      return stage_failed(s, a, sample, stage, "It was interrupted too often.", now);
    TRY_STORE(sample_move(s, a, sample, SAMPLE_FAILED, "analysis was interrupted too often", now));
    TRY(db_run(s->db, a, NULL, "DELETE FROM jobs WHERE sample = $1", PARAMS(sample->id)));
    sample->state = SAMPLE_FAILED;
    return outbox_add_complete(s, a, sample, SAMPLE_FAILED, now);
  }
  TRY_STORE(sample_move(s, a, sample, SAMPLE_SCHEDULED, "", now));
  sample->state = SAMPLE_SCHEDULED;
  sample->version++;
  return store_result_of(
      db_run(s->db, a, NULL, "UPDATE jobs SET takeovers = takeovers + 1 WHERE sample = $1", PARAMS(sample->id)));
}

static enum store_result claim_start(struct store *s, const struct claim *c, const struct sample *sample) {
  struct db_rows r;
  char run[UUID_SIZE];
  enum stage_name stage;
  if (uuid_new(run) != 0)
    return STORE_ERROR;
  TRY_STORE(stage_current(s, c->a, sample->id, &stage));
  TRY_STORE(stage_started(s, c->a, sample->id, stage, c->now));
  TRY_STORE(sample_move(s, c->a, sample, SAMPLE_RUNNING, stage == STAGE_CONVERT ? "" : stage_text(stage), c->now));
  TRY(db_run(s->db, c->a, NULL, "UPDATE jobs SET owner = $2, lease_until = $3, run = $4 WHERE sample = $1",
             PARAMS(sample->id, c->owner, c->now + c->lease_s * 1000000, run)));
  TRY(db_run(s->db, c->a, &r,
             "UPDATE samples SET run = $2, run_no = run_no + 1 WHERE id = $1 RETURNING run, run_no, version,"
             " (SELECT f.blob_key FROM files f WHERE f.sample = samples.id AND f.type = 'array-zip' AND f.purged = 0)",
             PARAMS(sample->id, run)));
  if (r.n_rows != 1)
    return STORE_ERROR;
  *c->out = (struct job){.sample = sample->id,
                         .project = sample->project,
                         .owner = c->owner,
                         .run = db_text(&r, 0, 0),
                         .run_no = db_number(&r, 0, 1),
                         .version = db_number(&r, 0, 2),
                         .input = db_text(&r, 0, 3),
                         .stage = stage};
  return STORE_OK;
}

static enum store_result claim_body(struct store *s, void *arg) {
  const struct claim *c = arg;
  struct db_rows r;
  const char *sql = arena_printf(c->a,
                                 "SELECT sample, owner, takeovers FROM jobs WHERE available <= $1 AND lease_until < $1"
                                 " AND ($2 = 0 OR NOT EXISTS (SELECT 1 FROM stages t WHERE t.sample = jobs.sample))"
                                 " ORDER BY available, created LIMIT 1%s",
                                 s->db->driver->skip_locked);
  if (sql == NULL)
    return STORE_ERROR;
  TRY(db_run(s->db, c->a, &r, sql, PARAMS(c->now, c->conversions_only)));
  if (r.n_rows == 0)
    return STORE_NONE;
  struct sample *sample = arena_alloc(c->a, sizeof *sample);
  int64_t rejected, deleted, locked;
  if (sample == NULL)
    return STORE_ERROR;
  TRY_STORE(sample_lock(s, c->a, db_text(&r, 0, 0), sample, &rejected, &deleted, &locked));
  int dead_owner = db_text_or_null(&r, 0, 1) != NULL;
  if (dead_owner && sample->state == SAMPLE_RUNNING)
    TRY_STORE(take_over(s, c->a, sample, db_number(&r, 0, 2), c->now));
  if (sample->state != SAMPLE_SCHEDULED) {
    c->out->sample = NULL; /* it ended just now; commit that and look again */
    return store_result_of(db_run(s->db, c->a, NULL, "DELETE FROM jobs WHERE sample = $1", PARAMS(sample->id)));
  }
  return claim_start(s, c, sample);
}

enum store_result store_job_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_s,
                                  int conversions_only, int64_t now, struct job *out) {
  struct claim c = {a, owner, lease_s, now, conversions_only != 0, out};
  for (;;) {
    memset(out, 0, sizeof *out);
    enum store_result result = store_transact(s, claim_body, &c);
    if (result != STORE_OK || out->sample != NULL)
      return result;
  }
}

enum store_result store_job_heartbeat(struct store *s, const struct job *job, int64_t lease_s, int64_t now) {
  struct db_rows r;
  TRY_STORE(
      db_ask(s->db, NULL, &r,
             "UPDATE jobs SET lease_until = $4 WHERE sample = $1 AND owner = $2 AND run = $3 AND EXISTS (SELECT 1 FROM"
             " samples s WHERE s.id = jobs.sample AND s.state = " RUNNING " AND s.deleted = 0)",
             PARAMS(job->sample, job->owner, job->run, now + lease_s * 1000000)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

/* ---- rows 15, 16, 17 -----------------------------------------------------------------------------------------------
 */
enum store_result job_own(struct store *s, struct arena *a, const struct job *job, struct sample *sample,
                          int64_t *tries) {
  struct db_rows r;
  int64_t rejected, deleted, locked;
  memset(sample, 0, sizeof *sample);
  TRY_STORE(sample_lock(s, a, job->sample, sample, &rejected, &deleted, &locked));
  TRY(db_run(s->db, a, &r, "SELECT tries FROM jobs WHERE sample = $1 AND owner = $2 AND run = $3",
             PARAMS(job->sample, job->owner, job->run)));
  if (r.n_rows == 0 || deleted || sample->state != SAMPLE_RUNNING || sample->version != job->version)
    return STORE_NONE;
  *tries = db_number(&r, 0, 0);
  return STORE_OK;
}

struct finish {
  const struct job *job;
  const struct sample_file *files;
  size_t n_files;
  const struct quality_control *qc;
  size_t n_qc;
  int failed_qc;
  const char *note;
  unsigned stages;
  int64_t max_tries, delay_s, now;
  int *final;
};

/* JSON list of the failed keys; the keys are ours and need no escapes. */
static const char *failed_keys(struct arena *a, const struct quality_control *qc, size_t n) {
  const char *list = "";
  for (size_t i = 0; i < n && list != NULL; i++)
    if (strcmp(qc[i].status, "failed") == 0)
      list = arena_printf(a, "%s%s\"%s\"", list, *list ? "," : "", qc[i].key);
  return list == NULL ? NULL : arena_printf(a, "[%s]", list);
}

static enum store_result succeed_in(struct store *s, struct arena *a, const struct finish *f) {
  struct sample sample;
  int64_t tries;
  enum store_result own = job_own(s, a, f->job, &sample, &tries);
  /* Not ours any more, because it is finished already by this very run: the commit's answer was lost on the way. */
  if (own == STORE_NONE && sample.run != NULL && strcmp(sample.run, f->job->run) == 0 &&
      (sample.state == SAMPLE_SUCCEEDED || sample.state == SAMPLE_FAILED_QC))
    return STORE_OK;
  int committed = 0;
  if (own == STORE_NONE)
    TRY_STORE(files_committed(s, a, f->files, f->n_files, &committed));
  if (committed)
    return STORE_OK;
  TRY_STORE(own);
  enum sample_state to = f->failed_qc ? SAMPLE_FAILED_QC : SAMPLE_SUCCEEDED;
  TRY_STORE(quality_controls_write(s, a, sample.id, f->qc, f->n_qc));
  for (size_t i = 0; i < f->n_files && !f->failed_qc; i++)
    TRY_STORE(file_write(s, a, sample.id, &f->files[i], f->now));
  if (f->failed_qc)
    TRY(db_run(s->db, a, NULL, "UPDATE samples SET failed_qc = $2 WHERE id = $1",
               PARAMS(sample.id, failed_keys(a, f->qc, f->n_qc))));
  if (f->stages != 0 && !f->failed_qc) {
    TRY_STORE(stages_begin(s, a, sample.id, f->stages, f->note, f->now));
    return stages_go_on(s, a, &sample, f->now);
  }
  TRY_STORE(sample_move(s, a, &sample, to, f->note, f->now));
  TRY(db_run(s->db, a, NULL, "DELETE FROM jobs WHERE sample = $1", PARAMS(sample.id)));
  return outbox_add_complete(s, a, &sample, to, f->now);
}

static enum store_result succeed_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = succeed_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_job_succeed(struct store *s, const struct job *job, const struct sample_file *files,
                                    size_t n_files, const struct quality_control *qc, size_t n_qc, int failed_qc,
                                    const char *note, unsigned stages, int64_t now) {
  struct finish f = {.job = job,
                     .files = files,
                     .n_files = n_files,
                     .qc = qc,
                     .n_qc = n_qc,
                     .failed_qc = failed_qc,
                     .note = note != NULL ? note : "",
                     .stages = stages,
                     .now = now};
  return store_transact(s, succeed_body, &f);
}

static enum store_result fail_in(struct store *s, struct arena *a, const struct finish *f) {
  struct sample sample;
  int64_t tries = 0;
  TRY_STORE(job_own(s, a, f->job, &sample, &tries));
  *f->final = tries + 1 >= f->max_tries;
  if (!*f->final) {
    TRY_STORE(sample_move(s, a, &sample, SAMPLE_SCHEDULED, "", f->now));
    return store_result_of(
        db_run(s->db, a, NULL,
               "UPDATE jobs SET tries = tries + 1, owner = NULL, lease_until = 0, available = $2 WHERE sample = $1",
               PARAMS(sample.id, f->now + f->delay_s * 1000000)));
  }
  if (f->job->stage != STAGE_CONVERT)
    return stage_failed(s, a, &sample, f->job->stage, f->note, f->now);
  TRY_STORE(sample_move(s, a, &sample, SAMPLE_FAILED, f->note, f->now));
  TRY(db_run(s->db, a, NULL, "DELETE FROM jobs WHERE sample = $1", PARAMS(sample.id)));
  return outbox_add_complete(s, a, &sample, SAMPLE_FAILED, f->now);
}

static enum store_result fail_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = fail_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_job_fail(struct store *s, const struct job *job, int64_t max_tries, int64_t delay_s,
                                 const char *note, int64_t now, int *final) {
  struct finish f = {.job = job,
                     .max_tries = max_tries,
                     .delay_s = delay_s,
                     .note = note != NULL ? note : "",
                     .now = now,
                     .final = final};
  return store_transact(s, fail_body, &f);
}

static enum store_result release_in(struct store *s, struct arena *a, const struct finish *f) {
  struct sample sample;
  int64_t tries;
  TRY_STORE(job_own(s, a, f->job, &sample, &tries));
  TRY_STORE(sample_move(s, a, &sample, SAMPLE_SCHEDULED, "", f->now));
  return store_result_of(
      db_run(s->db, a, NULL, "UPDATE jobs SET owner = NULL, lease_until = 0 WHERE sample = $1", PARAMS(sample.id)));
}

static enum store_result release_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = release_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_job_release(struct store *s, const struct job *job, int64_t now) {
  struct finish f = {.job = job, .now = now};
  return store_transact(s, release_body, &f);
}

enum store_result store_job_count(struct store *s, int64_t *scheduled, int64_t *running) {
  struct arena a = {0};
  struct db_rows r;
  enum store_result result = db_ask(s->db, &a, &r,
                                    "SELECT coalesce(sum(CASE WHEN owner IS NULL THEN 1 ELSE 0 END), 0),"
                                    " coalesce(sum(CASE WHEN owner IS NULL THEN 0 ELSE 1 END), 0) FROM jobs",
                                    NO_PARAMS);
  if (result == STORE_OK) {
    *scheduled = db_number(&r, 0, 0);
    *running = db_number(&r, 0, 1);
  }
  arena_free(&a);
  return result;
}
