/* test_worker.c - rows 12 and 14 to 19 by the real worker: every way a run can end, a cancel, a kill at each step, two
 * workers at once, retention and what nobody refers to. */
#include <config.h>

#include "../unit/suite.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/worker/folder.h"
#include "array-upload/worker/mark.h"
#include "duty_fixture.h"

static int has_file(const struct upload *u, const char *type) {
  struct sample_file *files;
  size_t n = files_of(u, &files);
  for (size_t k = 0; k < n; k++)
    if (strcmp(files[k].type, type) == 0) {
      struct object_reader *object;
      ck_assert_int_eq(object_open(service.blob, store_keys(service.store), files[k].key, &object), BLOB_OK);
      ck_assert_int_eq(object_size(object), files[k].size);
      object_close(object);
      return 1;
    }
  return 0;
}

static int count_one(void *arg, const char *key, int64_t modified) {
  (void)key;
  (void)modified;
  (*(unsigned *)arg)++;
  return 0;
}

START_TEST(row_15_with_reference) {
  struct upload u;
  file_put("reference/GRCh37.sites.bcf", "");
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert(has_file(&u, "array-zip") && has_file(&u, "array-vcf") && has_file(&u, "array-tbi"));
  ck_assert(has_file(&u, "array-report_json") && has_file(&u, "array-report_html"));
  ck_assert(!has_file(&u, "array-table"));
  ck_assert_str_eq(note_of(&u), "");
  ck_assert_int_eq(statuses_of(&u), 4); /* awaiting, scheduled, running, succeeded */
  duty_stop(pid);
}
END_TEST

START_TEST(row_15_without_reference) {
  struct upload u;
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert(!has_file(&u, "array-vcf") && has_file(&u, "array-table") && has_file(&u, "array-report_json"));
  ck_assert_ptr_nonnull(strstr(note_of(&u), "No VCF"));
  duty_stop(pid);
}
END_TEST

/* sample_accepted() stores no QC, so the build comes from a check that is played here: stand_in says GRCh37. */
START_TEST(row_15_reference_of_another_build) {
  struct upload u;
  file_put("reference/GRCh38.sites.bcf", "");
  pid_t checkd = duty_start(checkd_run, NULL);
  sample_new(&u);
  attempt_new(&u, "good\n");
  ck_assert_str_eq(attempt_send(&u), "accepted");
  duty_stop(checkd);
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert(!has_file(&u, "array-vcf") && has_file(&u, "array-table"));
  ck_assert_ptr_nonnull(strstr(note_of(&u), "another build"));
  duty_stop(pid);
}
END_TEST

START_TEST(row_16_failed_qc) {
  struct upload rate, called;
  struct sample s;
  sample_accepted(&rate, "good 0.5\n");
  sample_accepted(&called, "good 0.99 12\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&rate, SAMPLE_FAILED_QC);
  state_becomes(&called, SAMPLE_FAILED_QC);
  struct sample_file *files;
  ck_assert_uint_eq(files_of(&rate, &files), 1);
  ck_assert_str_eq(files[0].type, "array-zip");
  ck_assert_int_eq(store_sample_get(service.store, &arena, NULL, rate.sample, clock_now(), &s), STORE_OK);
  ck_assert_str_eq(s.failed_qc, "[\"call_rate_min\"]");
  ck_assert_int_eq(store_sample_get(service.store, &arena, NULL, called.sample, clock_now(), &s), STORE_OK);
  ck_assert_str_eq(s.failed_qc, "[\"snps_min\"]");
  ck_assert_uint_eq(objects(), 2);
  duty_stop(pid);
}
END_TEST

/* Each of these runs three times and then fails for good, with nothing left behind. */
static const char *const poison[] = {"exit 1", "exit 3", "crash", "cut", "no-index", "no-report", "lying-report"};

START_TEST(row_17_poison) {
  struct upload u;
  char content[100];
  snprintf(content, sizeof content, "good\n%s\n", poison[_i]);
  file_put("reference/GRCh37.sites.bcf", "");
  sample_accepted(&u, content);
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes_at_last(&u, SAMPLE_FAILED);
  ck_assert_ptr_nonnull(strstr(note_of(&u), "The analysis failed"));
  ck_assert_int_eq(statuses_of(&u), 2 + 3 * 2); /* awaiting, scheduled; running and what followed, three times */
  ck_assert_uint_eq(objects(), 1);
  duty_stop(pid);
}
END_TEST

START_TEST(row_17_timeout) {
  struct upload u;
  setenv("ARRAY_UPLOAD_TIMERS_CONVERT", "1", 1);
  setenv("ARRAY_UPLOAD_TIMERS_TRIES", "1", 1);
  sample_accepted(&u, "good\nsleep 100\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_FAILED);
  ck_assert_ptr_nonnull(strstr(note_of(&u), "timeout"));
  duty_stop(pid);
}
END_TEST

/* The bad file does not hold up the good one. */
START_TEST(poison_beside_good) {
  struct upload bad, good;
  sample_accepted(&bad, "good\ncrash\n");
  sample_accepted(&good, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&good, SAMPLE_SUCCEEDED);
  duty_stop(pid);
}
END_TEST

START_TEST(row_18_cancel_stops_the_converter) {
  struct upload u;
  const char *ids[1] = {u.sample};
  int64_t canceled;
  sample_accepted(&u, "good\nsleep 100\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_RUNNING);
  ck_assert_int_eq(store_samples_cancel(service.store, &arena, project_id, ids, 1, clock_now(), &canceled, NULL),
                   STORE_OK);
  ck_assert_int_eq(canceled, 1);
  ck_assert_int_eq(state_of(&u), SAMPLE_FAILED);
  ck_assert_str_eq(note_of(&u), "canceled");
  struct upload next; /* with the converter killed the thread is free, long before 100 s */
  struct upload other;
  sample_accepted(&next, "good\n");
  sample_accepted(&other, "good\n");
  state_becomes(&next, SAMPLE_SUCCEEDED);
  state_becomes(&other, SAMPLE_SUCCEEDED);
  ck_assert_int_eq(state_of(&u), SAMPLE_FAILED);
  duty_stop(pid);
}
END_TEST

START_TEST(deleted_while_running) {
  struct upload u;
  const char *ids[1] = {u.sample};
  struct sample s;
  sample_accepted(&u, "good\nsleep 100\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_RUNNING);
  ck_assert_int_eq(store_samples_delete(service.store, project_id, ids, 1, clock_now()), STORE_OK);
  ck_assert_int_eq(store_sample_get(service.store, &arena, NULL, u.sample, clock_now(), &s), STORE_NONE);
  WAIT_DOING(clock_move_on(2), objects() == 0);
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

/* ---- kill -9 at each step ---- */
static const char *const steps[] = {"job-claimed", "job-converted", "job-before-put", "job-after-put",
                                    "job-before-commit"};

START_TEST(killed_while_running) {
  struct upload u;
  file_put("reference/GRCh37.sites.bcf", "");
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, steps[_i]);
  duty_died(pid);
  ck_assert_int_eq(state_of(&u), SAMPLE_RUNNING);
  struct sample_file *files;
  ck_assert_uint_eq(files_of(&u, &files), 1); /* nothing is seen before the status */
  pid = duty_start(worker_run, NULL);
  usleep(600000);
  ck_assert_int_eq(state_of(&u), SAMPLE_RUNNING); /* the lease still holds */
  clock_move(120);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_uint_eq(files_of(&u, &files), 5);
  ck_assert_int_eq(statuses_of(&u), 6); /* running, scheduled, running again */
  clock_move(3 * 3600);                 /* what the first run had stored already belongs to nobody */
  WAIT_FOR(objects() <= 5);
  ck_assert_uint_eq(objects(), 5);
  duty_stop(pid);
}
END_TEST

START_TEST(killed_after_the_commit) {
  struct upload u;
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, "job-after-commit");
  duty_died(pid);
  ck_assert_int_eq(state_of(&u), SAMPLE_SUCCEEDED);
  ck_assert(has_file(&u, "array-report_json"));
  clock_move(120);
  pid = duty_start(worker_run, NULL);
  usleep(600000);
  ck_assert_int_eq(statuses_of(&u), 4); /* not done twice */
  duty_stop(pid);
}
END_TEST

static int folders_in(const char *jobs) {
  int n = 0;
  DIR *dir = opendir(jobs);
  ck_assert_ptr_nonnull(dir);
  for (struct dirent *e; (e = readdir(dir)) != NULL;)
    n += e->d_name[0] != '.';
  closedir(dir);
  return n;
}

/* A worker killed from outside takes its converter with it, and its folder goes when the next one has started. */
START_TEST(killed_from_outside) {
  struct upload u;
  char jobs[FOLDER_PATH_MAX + 40], scratch[FOLDER_PATH_MAX];
  int in_memory;
  ck_assert_int_eq(folder_scratch(scratch, &service.config, &in_memory), 0);
  sample_accepted(&u, "good\nsleep 100\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_RUNNING);
  duty_kill(pid);
  pid = duty_start(worker_run, NULL);
  snprintf(jobs, sizeof jobs, "%s/array-upload-%.16s", scratch, service.server);
  WAIT_FOR(folders_in(jobs) == 1);
  ck_assert_int_eq(folders_in(jobs), 1);
  duty_stop(pid);
}
END_TEST

/* ... also when the converter, or whatever it was to become, ends later than the next one starts. */
START_TEST(a_folder_that_is_let_go_later) {
  char out[FOLDER_PATH_MAX], jobs[FOLDER_PATH_MAX + 40], scratch[FOLDER_PATH_MAX], go;
  int in_memory, gate[2], made[2];
  ck_assert_int_eq(folder_scratch(scratch, &service.config, &in_memory), 0);
  ck_assert(pipe2(gate, O_CLOEXEC) == 0 && pipe2(made, O_CLOEXEC) == 0);
  pid_t holder = fork();
  if (holder == 0) {
    int held = folder_open(out, scratch, service.server, "00000000-0000-4000-8000-000000000001") == 0;
    _exit(write(made[1], "x", 1) == 1 && read(gate[0], &go, 1) == 1 && held ? 0 : 1);
  }
  ck_assert_int_eq(read(made[0], &go, 1), 1);
  pid_t pid = duty_start(worker_run, NULL);
  snprintf(jobs, sizeof jobs, "%s/array-upload-%.16s", scratch, service.server);
  ck_assert_int_eq(folders_in(jobs), 2);
  ck_assert_int_eq(write(gate[1], "x", 1), 1);
  int status;
  ck_assert(waitpid(holder, &status, 0) == holder && status == 0);
  WAIT_FOR(folders_in(jobs) == 1);
  ck_assert_int_eq(folders_in(jobs), 1);
  duty_stop(pid);
}
END_TEST

/* Workers of one machine that start at once: none takes another's folder for an abandoned one. */
START_TEST(many_folders_at_once) {
  enum { WORKERS = 8 };
  int gate[2], status, lost = 0;
  char go;
  pid_t pids[WORKERS];
  ck_assert_int_eq(pipe(gate), 0);
  for (int k = 0; k < WORKERS; k++) {
    char out[FOLDER_PATH_MAX], name[UUID_SIZE];
    ck_assert_int_eq(uuid_new(name), 0);
    pids[k] = fork();
    if (pids[k] == 0) {
      close(gate[1]);
      int made = folder_open(out, service.config.data, service.server, name) == 0;
      _exit(made && read(gate[0], &go, 1) == 0 && access(out, F_OK) == 0 ? 0 : 1);
    }
  }
  usleep(20000); /* long enough for most of them; who comes later has it easier */
  close(gate[0]);
  close(gate[1]);
  for (int k = 0; k < WORKERS; k++)
    lost += waitpid(pids[k], &status, 0) != pids[k] || status != 0;
  ck_assert_int_eq(lost, 0);
}
END_TEST

/* SIGTERM: a short run is finished; the worker ends cleanly. */
START_TEST(stopped_while_running) {
  struct upload u;
  sample_accepted(&u, "good\nsleep 1\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_RUNNING);
  duty_stop(pid);
  ck_assert_int_eq(state_of(&u), SAMPLE_SUCCEEDED);
}
END_TEST

/* Three workers, 40 samples: each done once. */
START_TEST(many_workers) {
  enum { SAMPLES = 40 };
  struct upload u[SAMPLES];
  pid_t pids[3];
  for (int k = 0; k < SAMPLES; k++)
    sample_accepted(&u[k], "good\n");
  for (int k = 0; k < 3; k++)
    pids[k] = duty_start(worker_run, NULL);
  for (int k = 0; k < SAMPLES; k++) {
    state_becomes(&u[k], SAMPLE_SUCCEEDED);
    ck_assert_int_eq(statuses_of(&u[k]), 4);
  }
  for (int k = 0; k < 3; k++)
    duty_stop(pids[k]);
  ck_assert_uint_eq(objects(), SAMPLES * 4);
}
END_TEST

/* ---- the sweeper ---- */

START_TEST(row_12_sweeper) {
  struct upload u;
  struct sample_status *list;
  size_t n;
  int64_t total = 0;
  sample_new(&u);
  pid_t pid = duty_start(worker_run, NULL);
  clock_move(901);
  /* the history, so that no lazy read helps */
  WAIT_DOING(
      ck_assert_int_eq(store_sample_history(service.store, &arena, u.sample, (struct page){10, 0}, &list, &n, &total),
                       STORE_OK),
      total >= 2);
  ck_assert_int_eq(total, 2);
  ck_assert_str_eq(list[0].status, "consumer session expired");
  duty_stop(pid);
}
END_TEST

START_TEST(row_19_retention_and_deletion) {
  struct upload old, gone;
  const char *ids[1] = {gone.sample};
  sample_accepted(&old, "good\n");
  sample_accepted(&gone, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&old, SAMPLE_SUCCEEDED);
  state_becomes(&gone, SAMPLE_SUCCEEDED);
  ck_assert_uint_eq(objects(), 8);
  ck_assert_int_eq(store_samples_delete(service.store, project_id, ids, 1, clock_now()), STORE_OK);
  clock_move(60);
  WAIT_FOR(objects() <= 4);
  ck_assert_uint_eq(objects(), 4);
  clock_move(31 * 86400); /* the original's 30 days, not yet the deliverables' 90 */
  WAIT_DOING(clock_move_on(2), objects() <= 3);
  ck_assert_uint_eq(objects(), 3);
  ck_assert(!has_file(&old, "array-zip") && has_file(&old, "array-table"));
  clock_move(91 * 86400);
  WAIT_DOING(clock_move_on(2), objects() == 0);
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

/* ---- sealing an older store, deletion ---- */

static const struct sample_file *original_of(const struct upload *u) {
  struct sample_file *files;
  size_t n = files_of(u, &files);
  for (size_t k = 0; k < n; k++)
    if (strcmp(files[k].type, "array-zip") == 0)
      return &files[k];
  ck_abort_msg("no original");
}

/* The sample's original as an older version had it: in clear, under samples/. */
static void original_in_clear(const struct upload *u, const char *content) {
  char key[200];
  int fd;
  const struct sample_file *f = original_of(u);
  ck_assert_int_eq(blob_spool(service.blob, &fd), BLOB_OK);
  ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
  snprintf(key, sizeof key, OBJECTS_CLEAR "%s/original-%s.zip", u->sample, u->attempt);
  ck_assert_int_eq(blob_put(service.blob, key, fd, (int64_t)strlen(content), NULL), BLOB_OK);
  close(fd);
  ck_assert_int_eq(store_object_sealed(service.store, f, key, clock_now()), STORE_OK);
  ck_assert_int_eq(store_purge_done(service.store, f->key), STORE_OK);
  ck_assert_int_eq(object_remove(service.blob, store_keys(service.store), f->key), BLOB_OK);
}

static unsigned clear_objects(void) {
  unsigned n = 0;
  ck_assert_int_eq(blob_list(service.blob, OBJECTS_CLEAR, count_one, &n), BLOB_OK);
  return n;
}

static void original_reads(const struct upload *u, const char *content) {
  struct object_reader *object;
  char text[100];
  ck_assert_int_eq(object_open(service.blob, store_keys(service.store), original_of(u)->key, &object), BLOB_OK);
  ck_assert_int_eq(object_read(object, text, sizeof text, 0), (ssize_t)strlen(content));
  ck_assert_int_eq(memcmp(text, content, strlen(content)), 0);
  object_close(object);
}

static const char *const adoption_faults[] = {"adopt-after-put", "adopt-after-swap", "purge-before", "purge-gone"};

/* Killed at each step of sealing an older store's object: it is never lost, and in the end nothing lies in clear and no
 * key and no object is left over. */
START_TEST(killed_while_sealing) {
  struct upload u;
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  duty_stop(pid);
  unsigned whole = objects();
  original_in_clear(&u, "good\n");
  ck_assert_uint_eq(clear_objects(), 1); /* the positive control */
  pid = duty_start(worker_run, adoption_faults[_i]);
  duty_died(pid);
  original_reads(&u, "good\n");
  clock_move(2 * 3600);
  pid = duty_start(worker_run, NULL);
  WAIT_DOING(clock_move_on(2), clear_objects() == 0 && objects() == whole); /* the sweeper's next round */
  ck_assert_uint_eq(clear_objects(), 0);
  ck_assert_uint_eq(objects(), whole);
  original_reads(&u, "good\n");
  duty_stop(pid);
}
END_TEST

static const char *const mark_faults[] = {"mark-begun", "mark-put", "mark-removed", "mark-ended"};

/* Killed at each step of leaving a new mark in the store: it stays this database's, and is cleared up as ever. */
START_TEST(killed_while_marking) {
  struct upload u;
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  duty_stop(pid);
  clock_move(2 * 3600);
  pid = duty_start(worker_run, mark_faults[_i]);
  duty_died(pid);
  ck_assert_int_eq(mark_look(&service), MARK_OURS);
  const char *id = u.sample;
  ck_assert_int_eq(store_samples_delete(service.store, project_id, &id, 1, clock_now()), STORE_OK);
  pid = duty_start(worker_run, NULL);
  WAIT_FOR(objects() == 0);
  ck_assert_uint_eq(objects(), 0);
  ck_assert_int_eq(mark_look(&service), MARK_OURS);
  duty_stop(pid);
}
END_TEST

static const char *const deletion_faults[] = {"purge-before", "purge-gone"};

START_TEST(killed_while_deleting) {
  struct upload u;
  struct sample_file *files;
  struct object_reader *object;
  sample_accepted(&u, "good\n");
  const char *id = u.sample;
  ck_assert_uint_eq(files_of(&u, &files), 1);
  ck_assert_int_eq(store_samples_delete(service.store, project_id, &id, 1, clock_now()), STORE_OK);
  /* at once, before any worker came */
  ck_assert_int_eq(object_open(service.blob, store_keys(service.store), files[0].key, &object), BLOB_NONE);
  pid_t pid = duty_start(worker_run, deletion_faults[_i]);
  duty_died(pid);
  pid = duty_start(worker_run, NULL);
  WAIT_FOR(objects() == 0);
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

/* An object without a row: kept while it is young (somebody may be about to commit it), removed when it is old. */
START_TEST(orphans) {
  struct upload u;
  char key[200];
  sample_new(&u);
  attempt_new(&u, "good\n");
  snprintf(key, sizeof key, OBJECTS_SEALED "%s/run-1-%s/x", u.sample, u.attempt);
  ck_assert_int_eq(object_put(service.blob, store_keys(service.store), u.sample, key, u.fd, clock_now()), BLOB_OK);
  pid_t pid = duty_start(worker_run, NULL);
  usleep(700000);
  ck_assert_uint_eq(objects(), 1);
  clock_move(2 * 3600);
  WAIT_FOR(objects() == 0);
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

int main(void) {
  Suite *s = suite_create("worker");
  TCase *t = tcase_create("worker");
  tcase_add_checked_fixture(t, duty_setup, duty_teardown);
  tcase_add_test(t, row_15_with_reference);
  tcase_add_test(t, row_15_without_reference);
  tcase_add_test(t, row_15_reference_of_another_build);
  tcase_add_test(t, row_16_failed_qc);
  tcase_add_loop_test(t, row_17_poison, 0, sizeof poison / sizeof *poison);
  tcase_add_test(t, row_17_timeout);
  tcase_add_test(t, poison_beside_good);
  tcase_add_test(t, row_18_cancel_stops_the_converter);
  tcase_add_test(t, deleted_while_running);
  tcase_add_loop_test(t, killed_while_running, 0, sizeof steps / sizeof *steps);
  tcase_add_test(t, killed_after_the_commit);
  tcase_add_test(t, killed_from_outside);
  tcase_add_test(t, a_folder_that_is_let_go_later);
  tcase_add_loop_test(t, many_folders_at_once, 0, 20);
  tcase_add_test(t, stopped_while_running);
  tcase_add_test(t, many_workers);
  tcase_add_test(t, row_12_sweeper);
  tcase_add_test(t, row_19_retention_and_deletion);
  tcase_add_loop_test(t, killed_while_sealing, 0, sizeof adoption_faults / sizeof *adoption_faults);
  tcase_add_loop_test(t, killed_while_marking, 0, sizeof mark_faults / sizeof *mark_faults);
  tcase_add_loop_test(t, killed_while_deleting, 0, sizeof deletion_faults / sizeof *deletion_faults);
  tcase_add_test(t, orphans);
  suite_add_tcase(s, t);
  return suite_run(s);
}
