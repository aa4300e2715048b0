/* internal.h - shared by the files of store/ only. */
#ifndef ARRAY_UPLOAD_STORE_INTERNAL_H
#define ARRAY_UPLOAD_STORE_INTERNAL_H

#include "array-upload/db/db.h"
#include "array-upload/store/store.h"
#include "array-upload/util/encode.h"

enum { GRACE_AFTER_CRASH_S = 120 };

struct store {
  struct db *db;
  struct keystore *keys;
  int scrub_due; /* rows of the time before were sealed: their old bytes are to go */
  int64_t grace_s, check_s;
};

/* One write transaction: `body` may run several times (it starts from the beginning) and must only touch the database,
 * the arena and what `arg` points to. STORE_OK commits, anything else rolls back. */
enum store_result store_transact(struct store *s, enum store_result (*body)(struct store *s, void *arg), void *arg);
/* Leaves the calling function with the result when a step failed. */
#define TRY_STORE(call)                   \
  do {                                    \
    enum store_result try_store = (call); \
    if (try_store != STORE_OK)            \
      return try_store;                   \
  } while (0)

/* Rows into an array of records in the arena. */
#define ROWS_TAKE(a, rows, out, n, read)                           \
  do {                                                             \
    *(n) = (rows).n_rows;                                          \
    *(out) = arena_alloc((a), (rows).n_rows * sizeof **(out) + 1); \
    if (*(out) == NULL)                                            \
      return STORE_ERROR;                                          \
    for (size_t row_i = 0; row_i < (rows).n_rows; row_i++)         \
      read(&(rows), row_i, &(*(out))[row_i]);                      \
  } while (0)

/* A LIKE pattern for "contains", lower case, with \ as escape; NULL in, NULL out. */
const char *store_pattern(struct arena *a, const char *search);

/* An enum sample_state as a statement has it. */
#define AWAITING "0"
#define EXPIRED "1"
#define SCHEDULED "2"
#define RUNNING "3"
#define SUCCEEDED "4"
#define FAILED_QC "5"
#define FAILED "6"
_Static_assert(SAMPLE_AWAITING == 0 && SAMPLE_EXPIRED == 1 && SAMPLE_SCHEDULED == 2 && SAMPLE_RUNNING == 3 &&
                   SAMPLE_SUCCEEDED == 4 && SAMPLE_FAILED_QC == 5 && SAMPLE_FAILED == 6 && SAMPLE_STATES == 7,
               "the names above are not the database's numbers");
#define GOING_ON "(" SCHEDULED ", " RUNNING ")"
#define FAILED_ANYHOW "(" FAILED_QC ", " FAILED ")"
#define FINISHED "(" SUCCEEDED ", " FAILED_QC ", " FAILED ")"

/* A record's columns, once: what a SELECT asks for and what its reader takes stand in the same line, in this order.
 * T: text, "" for NULL. N: text or NULL. I: integer. S: an enum sample_state. */
#define SAMPLE_FIELDS(T, N, I, S)                                                                              \
  T(id, "s.id")                                                                                                \
  T(project, "s.project")                                                                                      \
  T(organization, "p.organization")                                                                            \
  T(client_id, "s.client_id")                                                                                  \
  N(metadata, "s.metadata")                                                                                    \
  T(redirect_on_success, "s.redirect_on_success")                                                              \
  T(redirect_on_failure, "s.redirect_on_failure")                                                              \
  T(jti, "s.jti")                                                                                              \
  S(state, "s.state")                                                                                          \
  I(version, "s.version")                                                                                      \
  I(created, "s.created")                                                                                      \
  I(modified, "s.modified")                                                                                    \
  I(hidden, "s.hidden")                                                                                        \
  I(link_exp, "s.link_exp")                                                                                    \
  I(window_end, "s.window_end")                                                                                \
  I(accepted, "s.accepted")                                                                                    \
  I(revoked, "s.revoked")                                                                                      \
  T(status_id, "s.status_id")                                                                                  \
  T(status_note, "s.status_note")                                                                              \
  I(status_created, "s.status_created")                                                                        \
  N(run, "s.run")                                                                                              \
  N(failed_qc, "s.failed_qc")                                                                                  \
  N(vendor, "(SELECT q.value_text FROM quality_controls q WHERE q.sample = s.id AND q.key = 'vendor_string')") \
  I(rezipped, "(SELECT coalesce(max(t.rezipped), 0) FROM attempts t WHERE t.sample = s.id AND t.state = 'accepted')")

/* A column with a comma behind it, a line that counts it, and the statements of a reader with `r`, `i`, `c` and `out`.
 */
#define FIELD_COLUMN(name, sql) sql ", "
#define FIELD_COUNT(name, sql) +1
#define FIELD_TEXT(name, sql) out->name = db_text(r, i, c++);
#define FIELD_TEXT_OR_NULL(name, sql) out->name = db_text_or_null(r, i, c++);
#define FIELD_NUMBER(name, sql) out->name = db_number(r, i, c++);

/* The reader of a record's rows, by its list. */
#define FIELDS_READER(reader, type, FIELDS)                          \
  static void reader(const struct db_rows *r, size_t i, type *out) { \
    size_t c = 0;                                                    \
    memset(out, 0, sizeof *out);                                     \
    FIELDS(FIELD_TEXT, FIELD_TEXT_OR_NULL, FIELD_NUMBER)             \
  }

/* A file's, of a sample or of a merge: `owner` is its column. */
#define FILE_FIELDS(owner, T, N, I) \
  T(id, "f.id")                     \
  T(sample, owner)                  \
  T(type, "f.type")                 \
  T(key, "f.blob_key")              \
  T(name, "f.name")                 \
  T(sha256, "f.sha256")             \
  I(size, "f.size")                 \
  I(created, "f.created")
#define FILE_COLUMNS(owner) FILE_FIELDS(owner, FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)
void file_read(const struct db_rows *rows, size_t row, struct sample_file *out);

/* Ends with a comma: every SELECT names something behind it ("1" where there is nothing). */
#define SAMPLE_COLUMNS SAMPLE_FIELDS(FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)
enum { SAMPLE_N = SAMPLE_FIELDS(FIELD_COUNT, FIELD_COUNT, FIELD_COUNT, FIELD_COUNT) };
/* search.c. Keeps those whose id, client_id or metadata (opened) holds the text, in their order; returns how many. */
size_t samples_search(struct arena *a, struct sample *samples, size_t n, const char *search);
/* What names people (client_id, metadata, redirects) as it stands in the table: sample_unseal(). */
void sample_read(const struct db_rows *rows, size_t row, struct sample *out);
/* sealed.c. The four columns client_id, metadata and the redirects (in that order) as they will stand in the table.
 * STORE_NONE: the sample was destroyed. */
enum store_result record_seal(struct store *s, struct arena *a, const char *sample, const char *values[4], int64_t now);
enum store_result sample_unseal(struct store *s, struct arena *a, struct sample *samples, size_t n);
enum store_result body_seal(struct store *s, struct arena *a, const char *sample, const char **body, int64_t now);
enum store_result body_unseal(struct store *s, struct arena *a, const char *sample, const char **body);
/* The row as it is now, deleted ones included (*deleted; also for a deleted project), locked for the transaction. */
enum store_result sample_lock(struct store *s, struct arena *a, const char *id, struct sample *out, int64_t *rejected,
                              int64_t *deleted, int64_t *project_locked);
/* The compare-and-swap of every transition: state and version must still be `from`'s; writes the new state, the status
 * and one history row. STORE_NONE: lost. */
enum store_result sample_move(struct store *s, struct arena *a, const struct sample *from, enum sample_state to,
                              const char *note, int64_t now);
/* Row 12 for one sample that is awaiting. STORE_NONE: not due. Sets from->state on success. */
enum store_result sample_expire(struct store *s, struct arena *a, struct sample *from, int64_t now);
/* The same in a transaction of its own. */
enum store_result sample_expire_now(struct store *s, struct arena *a, struct sample *sample, int64_t now);
/* Rows 13 and 19 inside a transaction. */
enum store_result sample_delete(struct store *s, struct arena *a, const char *id, int64_t now);
/* quota.c. Whether the project may take in `size` more bytes today, as one more upload; `attempt` does not count, and
 * makes the question one of a transaction. NULL: just asking. */
enum store_result quota_left(struct store *s, struct arena *a, const char *project, const char *attempt, int64_t size,
                             int64_t now, int *left);
/* stages.c, all inside a transaction. The job's stage: STAGE_CONVERT where there are no rows. */
enum store_result stage_current(struct store *s, struct arena *a, const char *sample, enum stage_name *name);
/* The rows, the conversion's as ended with its note. */
enum store_result stages_begin(struct store *s, struct arena *a, const char *sample, unsigned stages, const char *note,
                               int64_t now);
enum store_result stage_started(struct store *s, struct arena *a, const char *sample, enum stage_name name,
                                int64_t now);
/* The next stage is due, or the analysis has ended; `sample` is running before, and as it is then behind. */
enum store_result stages_go_on(struct store *s, struct arena *a, struct sample *sample, int64_t now);
/* The stage is over, and the analysis goes on without it. */
enum store_result stage_failed(struct store *s, struct arena *a, struct sample *sample, enum stage_name name,
                               const char *note, int64_t now);
enum store_result stages_cancel(struct store *s, struct arena *a, const char *sample, int64_t now);
/* The sample when this job is still the owner's; its row is locked. */
enum store_result job_own(struct store *s, struct arena *a, const struct job *job, struct sample *sample,
                          int64_t *tries);
/* What a run stored was committed: its answer was lost on the way. */
enum store_result files_committed(struct store *s, struct arena *a, const struct sample_file *files, size_t n,
                                  int *committed);
/* merges.c, inside a transaction: what has the sample's genotypes goes with it. */
enum store_result merges_delete_sample(struct store *s, struct arena *a, const char *sample, int64_t now);
/* By itself. */
enum store_result merges_of_sample(struct store *s, struct arena *a, const char *sample, char ***merges, size_t *n);
enum store_result merges_retain(struct store *s, struct arena *a, int64_t before, int64_t now, int64_t *n);
enum store_result quality_controls_write(struct store *s, struct arena *a, const char *sample,
                                         const struct quality_control *qc, size_t n);
enum store_result consents_write(struct store *s, struct arena *a, const char *attempt, const struct consent *list,
                                 size_t n);
enum store_result file_write(struct store *s, struct arena *a, const char *sample, const struct sample_file *f,
                             int64_t now);
/* Outbox rows of "analysis_complete_v2" for all subscriptions of the sample's project. */
enum store_result outbox_add_complete(struct store *s, struct arena *a, const struct sample *sample,
                                      enum sample_state state, int64_t now);

#endif
