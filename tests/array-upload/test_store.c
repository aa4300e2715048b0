/* The state table's rows of a run and what comes after it, and the records around samples; the same suite for both
 * databases. */
#include "../unit/suite.h"
#include "world.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sample that is scheduled. */
static const char *scheduled(int64_t now) {
  const char *id = session_new(now);
  open_link(id, 0, now);
  const char *attempt = attempt_begin(now);
  ck_assert_int_eq(outcome, ATTEMPT_BEGUN);
  OK(store_attempt_checking(store, attempt, &whole, T0));
  accept(attempt, now);
  ck_assert_int_eq(outcome, ATTEMPT_ACCEPTED);
  return id;
}

static struct job job;

START_TEST(rows_14_15_run) {
  const char *id = scheduled(T0);
  OK(store_subscription_create(store, &(struct subscription){.id = OTHER,
                                                             .project = PROJECT,
                                                             .name = "",
                                                             .target = "https://h/",
                                                             .event_types = "[\"analysis_complete_v2\"]",
                                                             .created = T0}));
  OK(store_job_claim(store, &arena, "w1", 60, 0, T0, &job));
  ck_assert_str_eq(job.sample, id);
  ck_assert_int_eq(job.run_no, 1);
  ck_assert_ptr_nonnull(strstr(job.input, "/original-"));
  ck_assert_int_eq(state_of(id, T0), SAMPLE_RUNNING);
  struct job other;
  ck_assert_int_eq(store_job_claim(store, &arena, "w2", 60, 0, T0, &other), STORE_NONE);
  OK(store_job_heartbeat(store, &job, 60, T0 + S(50)));
  struct sample_file f = {
      .id = USER, .type = "array-vcf", .key = "sealed/x/run-1/x.vcf.gz", .name = "x", .sha256 = "1", .size = 5};
  struct quality_control qc = {.key = "call_rate_min",
                               .text = "",
                               .status = "succeeded",
                               .has_measured = 1,
                               .measured = 0.982,
                               .has_expected = 1,
                               .expected = 0.9};
  OK(store_job_succeed(store, &job, &f, 1, &qc, 1, 0, NULL, 0, T0 + S(60)));
  ck_assert_int_eq(state_of(id, T0), SAMPLE_SUCCEEDED);
  ck_assert_int_eq(sample.modified, T0 + S(60));
  struct sample_file *files;
  struct quality_control *controls;
  size_t n;
  int64_t total, next;
  OK(store_sample_files(store, &arena, id, &files, &n));
  ck_assert_uint_eq(n, 2);
  OK(store_sample_qc(store, &arena, id, (struct page){20, 0}, &controls, &n, &total));
  ck_assert(controls[0].measured > 0.98199 && controls[0].measured < 0.98201 && controls[0].has_expected);
  struct delivery d;
  OK(store_delivery_claim(store, &arena, "h", 30, T0 + S(60), &d, &next));
  ck_assert_ptr_nonnull(strstr(d.body, "\"last_status\":{\"status\":\"succeeded\"}"));
  ck_assert_str_eq(d.target, "https://h/");
  OK(store_job_succeed(store, &job, &f, 1, &qc, 1, 0, NULL, 0, T0 + S(61))); /* again: its answer was lost */
  OK(store_sample_files(store, &arena, id, &files, &n));
  ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(row_16_failed_qc) {
  const char *id = scheduled(T0);
  OK(store_job_claim(store, &arena, "w1", 60, 0, T0, &job));
  struct quality_control qc = {
      .key = "call_rate_min", .text = "", .status = "failed", .has_measured = 1, .measured = 0.5};
  OK(store_job_succeed(store, &job, NULL, 0, &qc, 1, 1, "", 0, T0));
  ck_assert_int_eq(state_of(id, T0), SAMPLE_FAILED_QC);
  ck_assert_str_eq(sample.failed_qc, "[\"call_rate_min\"]");
}
END_TEST

START_TEST(row_17_three_tries) {
  const char *id = scheduled(T0);
  int final;
  for (int i = 1; i <= 3; i++) {
    OK(store_job_claim(store, &arena, "w1", 60, 0, T0 + S(i * 10), &job));
    ck_assert_int_eq(job.run_no, i);
    OK(store_job_fail(store, &job, 3, 5, "converter failed", T0 + S(i * 10), &final));
    ck_assert_int_eq(final, i == 3);
    ck_assert_int_eq(state_of(id, T0), i == 3 ? SAMPLE_FAILED : SAMPLE_SCHEDULED);
  }
  ck_assert_str_eq(sample.status_note, "converter failed");
  ck_assert_int_eq(store_job_claim(store, &arena, "w1", 60, 0, T0 + S(99), &job), STORE_NONE);
}
END_TEST

START_TEST(row_17_lease_lost) {
  const char *id = scheduled(T0);
  struct job second;
  int final;
  OK(store_job_claim(store, &arena, "w1", 60, 0, T0, &job));
  OK(store_job_claim(store, &arena, "w2", 60, 0, T0 + S(61), &second));
  ck_assert_int_eq(second.run_no, 2);
  ck_assert_int_eq(store_job_heartbeat(store, &job, 60, T0 + S(62)), STORE_NONE);
  ck_assert_int_eq(store_job_fail(store, &job, 3, 0, "", T0 + S(62), &final), STORE_NONE);
  OK(store_job_release(store, &second, T0 + S(63)));
  ck_assert_int_eq(state_of(id, T0), SAMPLE_SCHEDULED);
  OK(store_job_claim(store, &arena, "w1", 60, 0, T0 + S(64), &job));
  OK(store_job_succeed(store, &job, NULL, 0, NULL, 0, 0, "", 0, T0 + S(65)));
}
END_TEST

START_TEST(row_18_cancel_running) {
  const char *ids[1] = {scheduled(T0)};
  int64_t canceled;
  OK(store_job_claim(store, &arena, "w1", 60, 0, T0, &job));
  OK(store_samples_cancel(store, &arena, PROJECT, ids, 1, T0, &canceled, NULL));
  ck_assert_int_eq(store_job_heartbeat(store, &job, 60, T0), STORE_NONE);
  ck_assert_int_eq(store_job_succeed(store, &job, NULL, 0, NULL, 0, 0, "", 0, T0), STORE_NONE);
  ck_assert_int_eq(state_of(ids[0], T0), SAMPLE_FAILED);
}
END_TEST

START_TEST(row_19_delete_and_retention) {
  const char *ids[1] = {arena_strdup(&arena, scheduled(T0))};
  char *key;
  int64_t n;
  OK(store_job_claim(store, &arena, "w1", 60, 0, T0, &job));
  OK(store_job_succeed(store, &job, NULL, 0, NULL, 0, 0, "", 0, T0));
  OK(store_retention(store, T0, T0, T0, &n));
  ck_assert_int_eq(n, 0);
  OK(store_retention(store, T0 + 1, T0, T0, &n));
  ck_assert_int_eq(n, 1);
  OK(store_purge_next(store, &arena, &key));
  OK(store_purge_done(store, key));
  ck_assert_int_eq(store_purge_next(store, &arena, &key), STORE_NONE);
  ids[0] = arena_strdup(&arena, scheduled(T0));
  OK(store_samples_delete(store, PROJECT, ids, 1, T0));
  OK(store_purge_next(store, &arena, &key));
  ck_assert_ptr_nonnull(strstr(key, ids[0]));
  ck_assert_int_eq(store_job_claim(store, &arena, "w1", 60, 0, T0, &job), STORE_NONE);
}
END_TEST

/* A sample with a VCF, succeeded. */
static const char *delivered(const char *tag) {
  const char *id = arena_strdup(&arena, scheduled(T0));
  struct sample_file f[2];
  char ids[2][UUID_SIZE];
  OK(store_job_claim(store, &arena, "w1", 60, 0, T0, &job));
  for (int k = 0; k < 2; k++) {
    ck_assert_int_eq(uuid_new(ids[k]), 0);
    f[k] = (struct sample_file){.id = ids[k],
                                .type = k ? "array-tbi" : "array-vcf",
                                .key = arena_printf(&arena, "sealed/%s/run-1/%s%d", id, tag, k),
                                .name = "x",
                                .sha256 = "1",
                                .size = 5};
  }
  OK(store_job_succeed(store, &job, f, 2, NULL, 0, 0, "", 0, T0));
  return id;
}

START_TEST(merges) {
  struct merge m, again, claimed;
  struct merge_part *parts;
  struct sample_file *files;
  size_t n;
  const char *ids[2] = {delivered("a"), delivered("b")};
  scheduled(T0); /* not ready: not in it */
  ck_assert_int_eq(store_merge_newest(store, &arena, PROJECT, &m), STORE_NONE);
  OK(store_merge_request(store, &arena, PROJECT, USER, T0, &m));
  OK(store_merge_request(store, &arena, PROJECT, USER, T0 + 1, &again));
  ck_assert_str_eq(m.id, again.id);
  ck_assert_str_eq(m.state, "scheduled");
  OK(store_merge_claim(store, &arena, "w1", 60, 3, T0, &claimed));
  ck_assert_int_eq(store_merge_claim(store, &arena, "w2", 60, 3, T0, &again), STORE_NONE);
  OK(store_merge_parts(store, &arena, &claimed, &parts, &n));
  ck_assert_uint_eq(n, 2);
  ck_assert(strstr(parts[0].vcf, "/a0") != NULL || strstr(parts[1].vcf, "/a0") != NULL);
  OK(store_merge_heartbeat(store, &claimed, "w1", 60, T0));
  ck_assert_int_eq(store_merge_heartbeat(store, &claimed, "w2", 60, T0), STORE_NONE);
  OK(store_merge_claim(store, &arena, "w2", 60, 3, T0 + S(61), &claimed)); /* its worker died */
  OK(store_merge_end(store, &claimed, "w2", "scheduled", "", NULL, 0, T0 + S(62)));
  OK(store_merge_claim(store, &arena, "w2", 60, 3, T0 + S(63), &claimed));
  struct sample_file f = {.id = USER,
                          .type = "merged-vcf",
                          .key = arena_printf(&arena, "sealed/%s/merge-1/x", claimed.id),
                          .name = "x",
                          .sha256 = "1",
                          .size = 9};
  ck_assert_int_eq(store_merge_end(store, &claimed, "w1", "succeeded", "", &f, 1, T0), STORE_NONE);
  OK(store_merge_end(store, &claimed, "w2", "succeeded", "2 samples.", &f, 1, T0 + S(64)));
  OK(store_merge_end(store, &claimed, "w2", "succeeded", "2 samples.", &f, 1, T0 + S(64))); /* its answer was lost */
  OK(store_merge_newest(store, &arena, PROJECT, &m));
  ck_assert(m.up_to_date);
  ck_assert_str_eq(m.note, "2 samples.");
  OK(store_merge_files(store, &arena, m.id, &files, &n));
  ck_assert_uint_eq(n, 1);
  OK(store_merge_file_get(store, &arena, NULL, USER, &f));
  ck_assert_int_eq(store_merge_file_get(store, &arena, OTHER, USER, &f), STORE_NONE);
  int known;
  OK(store_key_known(store, files[0].key, &known));
  ck_assert(known);
  OK(store_samples_delete(store, PROJECT, &ids[1], 1, T0 + S(70)));
  OK(store_merge_newest(store, &arena, PROJECT, &m));
  ck_assert(!m.up_to_date);
  ck_assert_str_eq(m.state, "failed");
  OK(store_merge_files(store, &arena, m.id, &files, &n));
  ck_assert_uint_eq(n, 0);
  char *key;
  int seen = 0;
  while (store_purge_next(store, &arena, &key) == STORE_OK) {
    seen += strstr(key, m.id) != NULL;
    OK(store_purge_done(store, key));
  }
  ck_assert_int_eq(seen, 2); /* its keys and its file */
  /* three workers that die are enough */
  OK(store_merge_request(store, &arena, PROJECT, USER, T0 + S(80), &m));
  for (int k = 0; k < 3; k++)
    OK(store_merge_claim(store, &arena, "w", 60, 3, T0 + S(100 + k * 100), &claimed));
  ck_assert_int_eq(store_merge_claim(store, &arena, "w", 60, 3, T0 + S(900), &claimed), STORE_NONE);
  OK(store_merge_newest(store, &arena, PROJECT, &m));
  ck_assert_str_eq(m.state, "failed");
}
END_TEST

START_TEST(row_20_delivery) {
  struct delivery d;
  struct notification *list, one;
  struct subscription sub;
  int64_t next, total;
  size_t n;
  OK(store_subscription_create(
      store,
      &(struct subscription){
          .id = OTHER, .project = PROJECT, .name = "", .target = "https://h/", .event_types = "[]", .created = T0}));
  OK(store_delivery_add(store, OTHER, USER, "analysis_complete_v2", "[]", 1, T0 + S(5)));
  ck_assert_int_eq(store_delivery_claim(store, &arena, "h", 30, T0, &d, &next), STORE_NONE);
  ck_assert_int_eq(next, T0 + S(5));
  OK(store_delivery_claim(store, &arena, "h", 30, T0 + S(5), &d, &next));
  ck_assert_int_eq(store_delivery_claim(store, &arena, "i", 30, T0 + S(5), &d, &next), STORE_NONE);
  OK(store_delivery_result(store, &d, DELIVERY_RETRY, T0 + S(10), 500, "no", T0 + S(6)));
  OK(store_delivery_claim(store, &arena, "h", 30, T0 + S(10), &d, &next));
  ck_assert_int_eq(d.attempt, 1);
  ck_assert_str_eq(d.event_id, USER);
  OK(store_delivery_result(store, &d, DELIVERY_DEAD, 0, 410, "gone", T0 + S(11)));
  OK(store_notification_list(store, &arena, OTHER, (struct page){20, 0}, &list, &n, &total));
  ck_assert_uint_eq(n, 2);
  ck_assert_int_eq(list[0].http_status, 410);
  OK(store_notification_get(store, &arena, ORG, list[0].id, &one));
  ck_assert_int_eq(store_notification_get(store, &arena, OTHER, list[0].id, &one), STORE_NONE);
  OK(store_subscription_get(store, &arena, ORG, OTHER, &sub));
  ck_assert_int_eq(sub.flagged, 1);
}
END_TEST

START_TEST(projects_and_stats) {
  struct project p, *list;
  struct project_stats stats;
  size_t n;
  int64_t total;
  const char *ids[1] = {PROJECT};
  struct sample_query q = {.project = PROJECT,
                           .created_after = INT64_MIN,
                           .created_before = INT64_MIN,
                           .modified_after = INT64_MIN,
                           .modified_before = INT64_MIN};
  scheduled(T0);
  OK(store_project_default(store, &arena, ORG, &p));
  ck_assert_str_eq(p.organization_name, "Lab");
  /* Who read the project before somebody gave it a key does not take the key away by writing a name. */
  struct project stale = p;
  p.public_key = "k";
  OK(store_project_update(store, &p, T0));
  ck_assert_int_eq(store_project_update(store, &stale, T0), STORE_BUSY);
  OK(store_project_default(store, &arena, ORG, &p));
  ck_assert_str_eq(p.public_key, "k");
  ck_assert_int_eq(p.sample_count, 1);
  struct project_query pq = {.organization = ORG,
                             .search = "p",
                             .status = "running",
                             .hidden_status = "visible",
                             .sort_by = "sample_count",
                             .locked = -1,
                             .page = {20, 0}};
  OK(store_project_list(store, &arena, &pq, &list, &n, &total));
  ck_assert_int_eq(total, 1);
  OK(store_project_stats(store, &arena, PROJECT, &q, &stats));
  ck_assert_int_eq(stats.scheduled, 1);
  ck_assert_int_eq(stats.total_bytes, 7);
  OK(store_projects_hide(store, ORG, ids, 1, 1, T0));
  OK(store_project_list(store, &arena, &pq, &list, &n, &total));
  ck_assert_int_eq(total, 0);
  ck_assert_int_eq(store_projects_hide(store, OTHER, ids, 1, 1, T0), STORE_NONE);
  OK(store_projects_delete(store, ORG, ids, 1, T0));
  ck_assert_int_eq(store_project_get(store, &arena, ORG, PROJECT, &p), STORE_NONE);
}
END_TEST

START_TEST(users_and_keys) {
  struct user u, *users;
  struct api_key *keys;
  size_t n;
  int64_t total;
  OK(store_user_by_email(store, &arena, "a@EXAMPLE.com", &u));
  ck_assert_str_eq(u.id, USER);
  ck_assert_int_eq(
      store_user_create(
          store,
          &(struct user){
              .id = OTHER, .organization = ORG, .email = "a@example.com", .name = "", .role = "viewer", .created = T0}),
      STORE_CONFLICT);
  /* Each part by itself: what was read before does not come back with another one. The last owner stays. */
  struct user stale = u;
  u.role = "viewer";
  ck_assert_int_eq(store_user_update(store, &u, USER_ROLE, 1), STORE_CONFLICT);
  OK(store_user_update(store, &u, USER_ROLE, 0));
  u.active = 0;
  u.tokens_after = T0 + 5;
  OK(store_user_update(store, &u, USER_ACTIVE, 0));
  stale.name = "B";
  stale.password_hash = "h";
  OK(store_user_update(store, &stale, USER_NAME, 0));
  OK(store_user_update(store, &stale, USER_PASSWORD, 0));
  OK(store_user_get(store, &arena, USER, &u));
  ck_assert_str_eq(u.name, "B");
  ck_assert_str_eq(u.role, "viewer");
  /* a late one moves the number on, too: who logged in between is out */
  ck_assert(u.active == 0 && u.tokens_after == T0 + 6 && strcmp(u.password_hash, "h") == 0);
  u.active = 1;
  OK(store_user_update(store, &u, USER_ACTIVE, 0));
  OK(store_user_get(store, &arena, USER, &u));
  ck_assert(u.active == 1 && u.tokens_after == T0 + 6);
  OK(store_user_list(store, &arena, ORG, NULL, (struct page){20, 0}, &users, &n, &total));
  ck_assert_int_eq(total, 1);
  OK(store_key_create(
      store,
      &(struct api_key){.id = OTHER, .user = USER, .name = "k", .prefix = "abcdefgh", .hash = "h", .created = T0}));
  OK(store_key_by_prefix(store, &arena, "abcdefgh", &keys, &n));
  ck_assert_uint_eq(n, 1);
  OK(store_key_used(store, OTHER, T0));
  OK(store_key_update(store, OTHER, "new", 1));
  OK(store_key_list(store, &arena, USER, (struct page){20, 0}, &keys, &n, &total));
  ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(audit_chain) {
  int64_t rows, broken;
  OK(store_audit(store, ORG, USER, "key.created", OTHER, NULL, T0));
  OK(store_audit(store, ORG, USER, "key.revoked", OTHER, "{}", T0));
  OK(store_audit_verify(store, &rows, &broken));
  ck_assert_int_eq(rows, 2);
  ck_assert_int_eq(broken, 0);
  OK(db_ask(store->db, NULL, NULL, "UPDATE audit SET actor = 'x' WHERE n = $1", PARAMS(INT64_C(1))));
  OK(store_audit_verify(store, &rows, &broken));
  ck_assert_int_eq(broken, 1);
}
END_TEST

START_TEST(odds_and_ends) {
  struct signing_key *keys;
  struct gauge *gauges;
  size_t n;
  int blocked;
  OK(store_signing_key_add(store,
                           &(struct signing_key){.kid = "k1", .purpose = "upload", .sealed = "s", .created = T0}));
  OK(store_signing_key_add(store,
                           &(struct signing_key){.kid = "k2", .purpose = "upload", .sealed = "s", .created = T0 + 1}));
  OK(store_signing_keys(store, &arena, "upload", &keys, &n));
  ck_assert_str_eq(keys[0].kid, "k2");
  OK(store_signing_key_retire(store, "k1", T0));
  ck_assert_int_eq(store_signing_key_retire(store, "k1", T0), STORE_NONE);
  OK(store_token_block(store, "j", T0));
  ck_assert_int_eq(store_token_block(store, "j", T0), STORE_CONFLICT);
  OK(store_token_blocked(store, "j", &blocked));
  ck_assert_int_eq(blocked, 1);
  scheduled(T0);
  OK(store_gauges(store, &arena, T0 + S(10), &gauges, &n));
  ck_assert_uint_ge(n, 4);
}
END_TEST

START_TEST(migrate_again) {
  int64_t have, want;
  OK(store_migrate(store));
  OK(store_version(store, &have, &want));
  ck_assert_int_eq(have, want);
  OK(db_ask(store->db, NULL, NULL, "UPDATE schema_version SET version = $1", PARAMS(INT64_C(1000))));
  ck_assert_int_eq(store_migrate(store), STORE_ERROR);
}
END_TEST

/* As many values as the statement names: one too few would be NULL, one too many belongs to another statement. */
START_TEST(parameters_are_counted) {
  struct db_rows r;
  ck_assert_int_eq(db_run(store->db, &arena, &r, "SELECT id FROM users WHERE id = $1", NO_PARAMS), DB_ERROR);
  ck_assert_int_eq(db_run(store->db, &arena, &r, "SELECT id FROM users WHERE id = $1", PARAMS(USER, T0)), DB_ERROR);
  ck_assert_int_eq(
      db_run(store->db, &arena, &r, "SELECT id FROM users WHERE created = $2 AND id = $1", PARAMS(USER, T0)), DB_OK);
  ck_assert_uint_eq(r.n_rows, 1);
  ck_assert_int_eq(db_run(store->db, &arena, &r, "SELECT count(*) FROM users", NO_PARAMS), DB_OK);
}
END_TEST

/* Programs that meet on a file that none of them has made yet. */
START_TEST(one_new_file_and_many) {
  enum { ROUNDS = 15, PROGRAMS = 8 };
  char folder[] = "/tmp/test_store.XXXXXX", path[64], beside[80];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  for (int round = 0; round < ROUNDS; round++) {
    snprintf(path, sizeof path, "%s/%d.db", folder, round);
    int gate[2], status, bad = 0;
    char byte;
    ck_assert_int_eq(pipe(gate), 0);
    for (int i = 0; i < PROGRAMS; i++)
      if (fork() == 0) {
        char error[200];
        close(gate[1]);
        if (read(gate[0], &byte, 1) != 0) /* ends for all at once */
          _exit(2);
        struct db *db = db_open_sqlite(path, error, sizeof error);
        if (db)
          db->driver->close(db);
        _exit(db == NULL);
      }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < PROGRAMS; i++)
      bad += wait(&status) < 0 || status != 0;
    ck_assert_int_eq(bad, 0);
    for (int i = 0; i < 3; i++) {
      snprintf(beside, sizeof beside, "%s%s", path, i == 0 ? "" : i == 1 ? "-wal" : "-shm");
      unlink(beside);
    }
  }
  ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void) {
  Suite *s = suite_create("store");
  TCase *t = tcase_create("rows");
  tcase_add_checked_fixture(t, world_setup, fixture_teardown);
  tcase_add_test(t, rows_14_15_run);
  tcase_add_test(t, row_16_failed_qc);
  tcase_add_test(t, row_17_three_tries);
  tcase_add_test(t, row_17_lease_lost);
  tcase_add_test(t, row_18_cancel_running);
  tcase_add_test(t, row_19_delete_and_retention);
  tcase_add_test(t, row_20_delivery);
  tcase_add_test(t, merges);
  tcase_add_test(t, projects_and_stats);
  tcase_add_test(t, users_and_keys);
  tcase_add_test(t, audit_chain);
  tcase_add_test(t, odds_and_ends);
  tcase_add_test(t, migrate_again);
  tcase_add_test(t, parameters_are_counted);
  tcase_add_test(t, one_new_file_and_many);
  suite_add_tcase(s, t);
  return suite_run(s);
}
