/* store.h - everything the service knows, apart from the files themselves.
 *
 * A handle belongs to one thread at a time. Every function that changes something is one transaction; a transaction
 * that met a lock or a lost connection is tried again inside (at most 5 times), so STORE_BUSY means: the database is
 * away, answer 503. Strings in results live in the caller's arena. `now` is clock_now() of the caller: the store never
 * looks at a clock. The numbers at the functions are the rows of the state table. */
#ifndef ARRAY_UPLOAD_STORE_STORE_H
#define ARRAY_UPLOAD_STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/store/types.h"
#include "array-upload/util/arena.h"

struct store;
struct config;
struct kek_ring;
struct keystore;

/* Opens (sqlite: creates) the database of config's database_url and the key store (the ring lives longer). NULL with
 * one line in `error`. Does not migrate. */
struct store *store_open(const struct config *config, struct kek_ring *keks, char *error, size_t error_size);
/* The key store's handle, for the same thread. */
struct keystore *store_keys(struct store *s);
void store_close(struct store *s); /* NULL is fine */
const char *store_error(const struct store *s);
/* Brings the tables to this program's version, under a lock; does nothing when they are. A newer database is refused.
 */
enum store_result store_migrate(struct store *s);
/* Version of the tables: what is there, what this program wants. */
enum store_result store_version(struct store *s, int64_t *have, int64_t *want);

/* ---- organizations, users, roles ----------------------------------------------------------------------------------
 */
enum store_result store_organization_create(struct store *s, const struct organization *o);
/* An organization with its first project and owner, and the owner's key (or NULL), in one transaction. `only_first`:
 * STORE_NONE and nothing where there is an organization already. STORE_CONFLICT: the owner's e-mail address is taken.
 */
enum store_result store_organization_found(struct store *s, const struct organization *o, const struct project *p,
                                           const struct user *owner, const struct api_key *key, int only_first);
enum store_result store_organization_get(struct store *s, struct arena *a, const char *id, struct organization *out);
enum store_result store_organization_list(struct store *s, struct arena *a, struct organization **out, size_t *n);
enum store_result store_user_create(struct store *s, const struct user *u);
enum store_result store_user_get(struct store *s, struct arena *a, const char *id, struct user *out);
enum store_result store_user_by_email(struct store *s, struct arena *a, const char *email, struct user *out);
/* One part of u->id and nothing else of it: who writes a name must not bring back a role that was taken meanwhile.
 * USER_ACTIVE (to 0) and USER_PASSWORD also move tokens_after on, which makes every token of before useless.
 * keep_owner: STORE_CONFLICT where the organization would have no active owner left. */
enum user_part { USER_NAME, USER_ROLE, USER_ACTIVE, USER_PASSWORD };
enum store_result store_user_update(struct store *s, const struct user *u, enum user_part part, int keep_owner);
enum store_result store_user_list(struct store *s, struct arena *a, const char *organization, const char *search,
                                  struct page page, struct user **out, size_t *n, int64_t *total);

/* ---- coming in: second factors, log-ins that were tried, log-ins that last
 * --------------------------------------------
 */
enum store_result store_factor_get(struct store *s, struct arena *a, const char *user, struct factor *out);
/* A secret that waits for its first code; STORE_NONE: there is a factor already. */
enum store_result store_factor_begin(struct store *s, const char *user, const char *sealed);
/* The pending one counts from now on, with these recovery codes. STORE_NONE: it is not the pending one any more. */
enum store_result store_factor_on(struct store *s, const char *user, const char *sealed, int64_t step,
                                  const char *const *hashes, size_t n);
enum store_result store_factor_off(struct store *s, const char *user);
/* Uses a step, or a recovery code, up. STORE_NONE: it was. */
enum store_result store_factor_step(struct store *s, const char *user, int64_t step);
enum store_result store_recovery_use(struct store *s, const char *user, const char *hash, int64_t now);
/* One more try; *count: since the first one of the last `window` micros. */
enum store_result store_login_count(struct store *s, const char *account, const char *device, int64_t window,
                                    int64_t now, int64_t *count);
enum store_result store_login_good(struct store *s, const char *account, const char *device);
enum store_result store_user_session_add(struct store *s, const struct user_session *session);
/* Those that may still be used, newest first, at most 200. */
enum store_result store_user_sessions(struct store *s, struct arena *a, const char *user, int64_t now,
                                      struct user_session **out, size_t *n);
/* At most one write in five minutes. */
enum store_result store_user_session_seen(struct store *s, const char *id, int64_t now);

/* ---- API keys ------------------------------------------------------------------------------------------------------
 */
enum store_result store_key_create(struct store *s, const struct api_key *k);
/* All keys of that prefix (compare each; there is normally one). */
enum store_result store_key_by_prefix(struct store *s, struct arena *a, const char *prefix, struct api_key **out,
                                      size_t *n);
enum store_result store_key_get(struct store *s, struct arena *a, const char *id, struct api_key *out);
enum store_result store_key_list(struct store *s, struct arena *a, const char *user, struct page page,
                                 struct api_key **out, size_t *n, int64_t *total); /* not the revoked ones */
enum store_result store_key_update(struct store *s, const char *id, const char *name, int revoke);
/* At most one write a minute and key. */
enum store_result store_key_used(struct store *s, const char *id, int64_t now);

/* ---- projects ------------------------------------------------------------------------------------------------------
 */
enum store_result store_project_create(struct store *s, const struct project *p);
/* STORE_NONE also for a deleted one and one of another organization (organization NULL: any). */
enum store_result store_project_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                    struct project *out);
enum store_result store_project_list(struct store *s, struct arena *a, const struct project_query *q,
                                     struct project **out, size_t *n, int64_t *total);
/* name, description, brand (JSON), locked, default_project, public_key and quotas of p->id, as it was
 * read: STORE_BUSY where somebody else has changed it since. */
enum store_result store_project_update(struct store *s, const struct project *p, int64_t now);
/* All ids must be the organization's, else STORE_NONE and nothing is changed. */
enum store_result store_projects_hide(struct store *s, const char *organization, const char *const *ids, size_t n,
                                      int hidden, int64_t now);
/* Row 13 and 19 for all their samples, too. */
enum store_result store_projects_delete(struct store *s, const char *organization, const char *const *ids, size_t n,
                                        int64_t now);
/* The organization's project for array data, where a session without project_id lands. */
enum store_result store_project_default(struct store *s, struct arena *a, const char *organization,
                                        struct project *out);
enum store_result store_project_stats(struct store *s, struct arena *a, const char *project,
                                      const struct sample_query *q, struct project_stats *out);

/* Seconds until the project may take in a file again, by its quotas; 0: now. */
enum store_result store_quota_wait(struct store *s, const char *project, int64_t now, int64_t *seconds);

/* ---- samples: reading ----------------------------------------------------------------------------------------------
 */
/* Applies row 12 by itself when it is due at `now`, so the answer is right without the sweeper. STORE_NONE also for
 * deleted samples and those of another organization (organization NULL: any). */
enum store_result store_sample_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                   int64_t now, struct sample *out);
enum store_result store_sample_list(struct store *s, struct arena *a, const struct sample_query *q, int64_t now,
                                    struct sample **out, size_t *n, int64_t *total);
enum store_result store_sample_history(struct store *s, struct arena *a, const char *sample, struct page page,
                                       struct sample_status **out, size_t *n, int64_t *total); /* newest first */
enum store_result store_sample_set_metadata(struct store *s, const char *sample, const char *metadata_json,
                                            int64_t now);
enum store_result store_sample_qc(struct store *s, struct arena *a, const char *sample, struct page page,
                                  struct quality_control **out, size_t *n, int64_t *total);
enum store_result store_sample_files(struct store *s, struct arena *a, const char *sample, struct sample_file **out,
                                     size_t *n);
enum store_result store_file_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                 struct sample_file *out);
/* Every consent the accepted file's form asked for, given or not, in the form's order. */
enum store_result store_sample_consents(struct store *s, struct arena *a, const char *sample, struct consent **out,
                                        size_t *n);
/* STORE_NONE: it was not given, or is withdrawn already. */
enum store_result store_consent_withdraw(struct store *s, const char *sample, const char *purpose, int64_t now);
/* All ids must be the project's, else STORE_NONE and nothing is changed. */
enum store_result store_samples_hide(struct store *s, const char *project, const char *const *ids, size_t n,
                                     int hidden);

/* ---- samples: the state table --------------------------------------------------------------------------------------
 */
/* 1. `idempotency` (may be NULL): key + user; when one younger than 24 h exists, *out is its sample and nothing is
 * made. */
enum store_result store_session_create(struct store *s, struct arena *a, const struct session_new *new_session,
                                       int64_t now, struct sample *out);
/* 2-4. A GET of the link whose token was verified: link_expired says whether its exp has passed. On LINK_OPENED and
 * LINK_RESUMED *page is the page session to use. `peek` (HEAD, prefetch): changes nothing and opens nothing. */
enum store_result store_link_open(struct store *s, struct arena *a, const char *sample, const char *jti,
                                  int link_expired, int peek, int64_t window_s, int64_t now, enum link_outcome *outcome,
                                  struct page_session *page, struct sample *out);
/* The page session behind a form's token, with its sample. */
enum store_result store_page_get(struct store *s, struct arena *a, const char *page_session, int64_t now,
                                 struct page_session *page, struct sample *out);
/* What the page session's form shows: struct page_session's `shown`. */
enum store_result store_page_shown(struct store *s, const char *page_session, const char *shown);
/* 5. `server` is the service's `server`: the machine and data folder that receives and checks it. `size`: as far as it
 * is known, for the project's quota. */
enum store_result store_attempt_begin(struct store *s, const char *page_session, const char *attempt,
                                      int64_t max_rejected, const char *server, int64_t size, int64_t now,
                                      enum attempt_outcome *outcome);
/* 6. Ends an attempt that is receiving or checking, without counting it as a rejected file. STORE_NONE: it had ended.
 */
enum store_result store_attempt_abort(struct store *s, const char *attempt, const char *reason, int64_t now);
/* 7. With what the form said: consents and all in one transaction. STORE_NONE: it had ended; STORE_FULL: the project's
 * quota. */
enum store_result store_attempt_checking(struct store *s, const char *attempt, const struct attempt_body *body,
                                         int64_t now);
/* 8. */
enum store_result store_attempt_reject(struct store *s, const char *attempt, const char *reason, const char *code,
                                       int64_t now);
/* 9 and 10. The object is in the blob store already under `key`. On ATTEMPT_ACCEPTED the sample is scheduled, with file
 * row, job and history. On any other outcome nothing refers to the object and the caller removes it. */
enum store_result store_attempt_accept(struct store *s, const char *attempt, const struct sample_file *original,
                                       const struct quality_control *qc, size_t n_qc, int64_t now,
                                       enum attempt_outcome *outcome);
enum store_result store_attempt_get(struct store *s, struct arena *a, const char *attempt, struct attempt *out);
/* Of the page session's newest attempt, for the page's status question. */
enum store_result store_attempt_newest(struct store *s, struct arena *a, const char *page_session, struct attempt *out);
/* 11. STORE_NONE: not live any more, or 10 extensions used. */
enum store_result store_page_extend(struct store *s, const char *page_session, int64_t seconds, int64_t max_extensions,
                                    int64_t now, int64_t *deadline);
/* 12. Expires what is due; *n counts. Also aborts attempts whose server is gone (long past every limit). */
enum store_result store_sweep(struct store *s, int64_t now, int64_t *n);
/* A server starts again. httpd: its attempts still receiving are aborted, and their samples' windows and page sessions
 * last at least until now + 120 s. */
enum store_result store_recover(struct store *s, const char *server, int64_t now);
/* checkd: attempts of this server still checking, from before it started. Where the blob of key samples/<sample>/
 * original-<attempt>.zip exists it is checked and accepted again, else the attempt is aborted. */
enum store_result store_attempts_checking(struct store *s, struct arena *a, const char *server, struct attempt **out,
                                          size_t *n);
/* 13 and 19 by API. All ids must be the project's (STORE_NONE otherwise, nothing changed). Files go by
 * store_purge_next(). */
enum store_result store_samples_delete(struct store *s, const char *project, const char *const *ids, size_t n,
                                       int64_t now);
/* 18. *canceled counts those that were awaiting (row 13), scheduled or running. `bad` (may be NULL) gets the first id
 * that is not the project's, in the arena, with STORE_NONE. */
enum store_result store_samples_cancel(struct store *s, struct arena *a, const char *project, const char *const *ids,
                                       size_t n, int64_t now, int64_t *canceled, const char **bad);

/* ---- a person's own page, and who looked ---------------------------------------------------------------------------
 */
/* STORE_NONE: no such sample. */
enum store_result store_person_link_create(struct store *s, const char *id, const char *sample, enum link_kind kind,
                                           int64_t expires, int64_t now);
/* Also of a sample that was deleted since. */
enum store_result store_person_link_get(struct store *s, struct arena *a, const char *id, struct person_link *out);
/* Once. STORE_NONE: it was used, or has expired. */
enum store_result store_person_link_open(struct store *s, const char *id, int64_t deadline, int64_t now);
/* One row a day and actor; *first: this was it. `what`: a word of ours. */
enum store_result store_look(struct store *s, const char *sample, const char *actor, const char *what, int64_t now,
                             int *first);
/* Newest first, at most 1000. */
enum store_result store_looks(struct store *s, struct arena *a, const char *sample, struct look **out, size_t *n);

/* ---- the analysis queue (worker) -----------------------------------------------------------------------------------
 */
/* 14. Claims the oldest scheduled sample, or one whose lease ran out. `conversions_only`: none of those that wait for a
 * stage behind the conversion. STORE_NONE: nothing to do. `owner` is unique to the worker process. A job that was taken
 * over from a dead worker keeps its run_no uncounted (service.md, killed while RUNNING). */
enum store_result store_job_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_s,
                                  int conversions_only, int64_t now, struct job *out);
/* STORE_NONE: the lease is lost or the sample was canceled or deleted; stop the converter and drop its output. */
enum store_result store_job_heartbeat(struct store *s, const struct job *job, int64_t lease_s, int64_t now);
/* 15, 16: files (already in the blob store), QC rows, status and outbox rows in one transaction. failed_qc != 0: only
 * QC rows are taken, no files. Where stages follow (bits 1 << stage_name) the sample is scheduled for the first of them
 * instead of ended. STORE_NONE: lease lost; the caller removes the blobs. */
enum store_result store_job_succeed(struct store *s, const struct job *job, const struct sample_file *files,
                                    size_t n_files, const struct quality_control *qc, size_t n_qc, int failed_qc,
                                    const char *note, unsigned stages, int64_t now);
/* A stage behind the conversion has ended well (skipped 0), or has nothing to work on (1); then the next one is due, or
 * the sample has ended: succeeded where no stage failed. STORE_NONE as above. */
enum store_result store_stage_end(struct store *s, const struct job *job, const struct sample_file *files,
                                  size_t n_files, int skipped, const char *note, int64_t now);
/* In order; none where the conversion was all. */
enum store_result store_sample_stages(struct store *s, struct arena *a, const char *sample, struct stage **out,
                                      size_t *n);
/* The stages of a sample that failed, or were skipped for that, once more. STORE_NONE: no stage of it failed, or its
 * original is gone. */
enum store_result store_sample_retry(struct store *s, const char *sample, int64_t now);
/* 17: counts the run; back to scheduled while run_no < max_tries (after delay_s), else failed with the note and its
 * outbox rows. A stage that fails for good leaves what was made before it; what works on its results is skipped, what
 * does not is still done, and then the sample is failed. */
enum store_result store_job_fail(struct store *s, const struct job *job, int64_t max_tries, int64_t delay_s,
                                 const char *note, int64_t now, int *final);
/* The worker ends (SIGTERM): back to scheduled, the run is not counted. */
enum store_result store_job_release(struct store *s, const struct job *job, int64_t now);
enum store_result store_job_count(struct store *s, int64_t *scheduled, int64_t *running);

/* ---- merges of a project's VCFs ------------------------------------------------------------------------------------
 */
/* The one that is scheduled or running, or a new one. */
enum store_result store_merge_request(struct store *s, struct arena *a, const char *project, const char *user,
                                      int64_t now, struct merge *out);
enum store_result store_merge_newest(struct store *s, struct arena *a, const char *project, struct merge *out);
/* Their `sample` is the merge's id. */
enum store_result store_merge_files(struct store *s, struct arena *a, const char *merge, struct sample_file **out,
                                    size_t *n);
enum store_result store_merge_file_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                       struct sample_file *out);
/* The oldest that is scheduled or whose lease ran out; whose genotypes go into it is written down with it. After
 * max_tries workers have died it has failed. STORE_NONE: none. */
enum store_result store_merge_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_s,
                                    int64_t max_tries, int64_t now, struct merge *out);
/* Of the samples that were written down, those that are still there. */
enum store_result store_merge_parts(struct store *s, struct arena *a, const struct merge *m, struct merge_part **out,
                                    size_t *n);
/* STORE_NONE: the lease is lost, or a sample of it was deleted. */
enum store_result store_merge_heartbeat(struct store *s, const struct merge *m, const char *owner, int64_t lease_s,
                                        int64_t now);
/* state: succeeded, with its files, which take the place of those of older merges; failed; or scheduled, to be done
 * again. STORE_NONE as above: the caller removes the blobs. */
enum store_result store_merge_end(struct store *s, const struct merge *m, const char *owner, const char *state,
                                  const char *note, const struct sample_file *files, size_t n_files, int64_t now);

/* ---- deletion and retention (worker) -------------------------------------------------------------------------------
 */
/* The next key that has to leave the blob store (deleted samples, retention): remove the blob, then store_purge_done().
 */
enum store_result store_purge_next(struct store *s, struct arena *a, char **key);
enum store_result store_purge_done(struct store *s, const char *key);
/* Marks files of finished samples older than the limits (micros; -1 = never) as purged; rows disappear from the API. */
enum store_result store_retention(struct store *s, int64_t original_before, int64_t deliverables_before, int64_t now,
                                  int64_t *n);
/* Row 19's other half, after the row is a tombstone: the sample's keys, and those of merges that it is in, are
 * destroyed and can never be added again. */
enum store_result store_sample_forget(struct store *s, const char *sample, int64_t now);
/* STORE_NONE: no such sample (out->sample NULL); STORE_CONFLICT: it is not deleted, or not all of it is gone yet. */
enum store_result store_deletion_get(struct store *s, struct arena *a, const char *sample, struct deletion *out);
/* Samples whose keys are destroyed but whose rows are there (a database restored from an older backup): deleted again.
 * *n is how many. */
enum store_result store_samples_redelete(struct store *s, int64_t now, int64_t *n);
/* Files that are not purged, by how they lie in the blob store. */
enum store_result store_objects_count(struct store *s, int64_t *clear, int64_t *sealed);
/* The next file whose object lies in clear, behind the id `after`; store_object_sealed() swaps its key for that of the
 * sealed copy and lists the old one to be removed. STORE_NONE: none is left, or it changed meanwhile. */
enum store_result store_object_clear_next(struct store *s, struct arena *a, const char *after, struct sample_file *out);
enum store_result store_object_sealed(struct store *s, const struct sample_file *f, const char *new_key, int64_t now);
/* Seals what stands in clear in at most 100 samples' rows; *n is how many it changed, 0 when nothing is left. */
enum store_result store_records_seal(struct store *s, int64_t now, int64_t *n);
/* Keys of the files there are rows of, in order, behind `after` ("" = from the first). */
enum store_result store_file_keys(struct store *s, struct arena *a, const char *after, int64_t limit, char ***out,
                                  size_t *n);
/* Of the newest files that are sealed, at most `limit`. */
enum store_result store_sealed_newest(struct store *s, struct arena *a, int64_t limit, char ***out, size_t *n);
/* keystore_id() of the key store that this database's objects are sealed by; "" = none has been used with it yet. */
enum store_result store_key_store(struct store *s, struct arena *a, const char **id);
/* STORE_NONE: it is not `from` any more. */
enum store_result store_key_store_set(struct store *s, const char *from, const char *to);
enum store_result store_blob_mark(struct store *s, struct arena *a, struct blob_mark *out);
/* Begins a change to `word`; does nothing where one has begun. */
enum store_result store_blob_mark_begin(struct store *s, const char *word);
/* `word` is in the blob store now. Does nothing where another process has ended the change. */
enum store_result store_blob_mark_end(struct store *s, const char *word);
/* 1 in *known when a committed file row or an undecided attempt refers to the key (of an object, or of a
 * sample's record); orphans are neither. */
enum store_result store_key_known(struct store *s, const char *key, int *known);

/* ---- subscriptions, outbox, notifications (httpd, hookd) ------------------------------------------------------------
 */
enum store_result store_subscription_create(struct store *s, const struct subscription *sub);
enum store_result store_subscription_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                         struct subscription *out);
enum store_result store_subscription_list(struct store *s, struct arena *a, const char *project, struct page page,
                                          struct subscription **out, size_t *n, int64_t *total);
enum store_result store_subscription_delete(struct store *s, const char *id);
/* sealed: seal_text() of the secret with the subscription's id as label. */
enum store_result store_subscription_secret(struct store *s, const char *id, const char *sealed);
/* An outbox row of one subscription: tests of a subscription, resends. */
enum store_result store_delivery_add(struct store *s, const char *subscription, const char *event_id,
                                     const char *event_type, const char *body, int retry, int64_t now);
/* An outbox row for each of the project's subscriptions to that event. The body outlives the sample: nothing of it may
 * stand there in clear but ids. */
enum store_result store_event_add(struct store *s, const char *project, const char *event_id, const char *event_type,
                                  const char *body, int64_t now);
/* 20. The delivery that is due first; leased for lease_s. STORE_NONE: none is due, *next is when the next one is (0 =
 * none). */
enum store_result store_delivery_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_s,
                                       int64_t now, struct delivery *out, int64_t *next);
/* Records one notification row and the outcome: DELIVERY_DONE, DELIVERY_RETRY (at `retry_at`), DELIVERY_DEAD. message:
 * at most 64 KiB of the answer, or a word of ours where there was none (http_status 0). */
enum store_result store_delivery_result(struct store *s, const struct delivery *d, enum delivery_outcome outcome,
                                        int64_t retry_at, int64_t http_status, const char *message, int64_t now);
enum store_result store_notification_list(struct store *s, struct arena *a, const char *subscription, struct page page,
                                          struct notification **out, size_t *n, int64_t *total);
enum store_result store_notification_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                         struct notification *out);

/* ---- signing keys, tokens, audit, counters -------------------------------------------------------------------------
 */
/* purpose: "upload", "access", "refresh", "download". Newest first; retired ones are left out. sealed by the master
 * key, label = kid. */
enum store_result store_signing_keys(struct store *s, struct arena *a, const char *purpose, struct signing_key **out,
                                     size_t *n);
enum store_result store_signing_key_add(struct store *s, const struct signing_key *k);
enum store_result store_signing_key_retire(struct store *s, const char *kid, int64_t now);
/* Log-out: a refresh token's jti that must not work again. STORE_CONFLICT: it was there. */
enum store_result store_token_block(struct store *s, const char *jti, int64_t until);
enum store_result store_token_blocked(struct store *s, const char *jti, int *blocked);
/* Appends; each row's hash covers the row and the hash before it. detail: JSON without personal data, may be NULL. */
enum store_result store_audit(struct store *s, const char *organization, const char *actor, const char *event,
                              const char *object, const char *detail, int64_t now);
/* Recomputes the chain. *broken_at = 0 when whole, else the first row that does not fit. */
enum store_result store_audit_verify(struct store *s, int64_t *rows, int64_t *broken_at);
/* Newest first. */
enum store_result store_audit_list(struct store *s, struct arena *a, const struct audit_query *q,
                                   struct audit_row **out, size_t *n);
/* A duty without a port says that it lives; *age_s of the youngest sign of all servers, -1 = none ever. */
enum store_result store_duty_alive(struct store *s, const char *name, const char *server, int64_t now);
enum store_result store_duty_age(struct store *s, const char *name, int64_t now, int64_t *age_s);
/* What /metrics shows from the database. */
enum store_result store_gauges(struct store *s, struct arena *a, int64_t now, struct gauge **out, size_t *n);

#endif
