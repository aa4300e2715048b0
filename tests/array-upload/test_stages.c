/* test_stages.c - the stages behind the conversion by the real worker: each a run of its own, with its own tries; what
 * a failed one leaves, what waits while a panel is away, a kill at each step, deletion. */
#include <config.h>

#include "../unit/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "duty_fixture.h"

static const char *folder_put(const char *name) {
  static char path[4300];
  snprintf(path, sizeof path, "%s/%s", service.config.data, name);
  ck_assert_int_eq(mkdir(path, 0700), 0);
  return path;
}

static const char panel_text[] = "genotype-impute-panel\t1\nassembly\tGRCh37\nengine\teagle-minimac4\n"
                                 "unit\t20\t5\t0123456789abcdef0123456789abcdef\nend\n";

static void panel_put(void) { file_put("panel/panel.tsv", panel_text); }

/* Settings for all three; the panel's folder is there, the panel is not. */
static void stages_configure(void) {
  file_put("reference/GRCh37.sites.bcf", "");
  setenv("ARRAY_UPLOAD_ANALYSIS_PANEL", folder_put("panel"), 1);
  setenv("ARRAY_UPLOAD_ANALYSIS_SCORES", folder_put("scores"), 1);
  file_put("scores/PGS1.txt", "");
  file_put("scores/traits.tsv",
           "#score\ttrait\tunit\thigh_risk_percentile\ten\tde\nPGS1\theight\tcm\t80\tHeight\tGröße\n");
  setenv("ARRAY_UPLOAD_ANALYSIS_ANCESTRY", file_put("ancestry.tsv", ""), 1);
}

/* The file's content; NULL: the sample has none. */
static const char *content_of(const struct upload *u, const char *type) {
  struct sample_file *files;
  size_t n = files_of(u, &files);
  for (size_t k = 0; k < n; k++)
    if (strcmp(files[k].type, type) == 0) {
      struct object_reader *object;
      char *text = arena_alloc(&arena, (size_t)files[k].size + 1);
      ck_assert_int_eq(object_open(service.blob, store_keys(service.store), files[k].key, &object), BLOB_OK);
      ck_assert_int_eq(object_read(object, text, (size_t)files[k].size, 0), files[k].size);
      object_close(object);
      return text;
    }
  return NULL;
}

/* "succeeded failed skipped skipped" */
static const char *stages_of(const struct upload *u) {
  struct stage *list;
  size_t n;
  const char *text = "";
  ck_assert_int_eq(store_sample_stages(service.store, &arena, u->sample, &list, &n), STORE_OK);
  for (size_t k = 0; k < n; k++)
    text = arena_printf(&arena, "%s%s%s", text, *text ? " " : "", list[k].state);
  return text;
}

START_TEST(all_stages) {
  struct upload u;
  stages_configure();
  panel_put();
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_str_eq(stages_of(&u), "succeeded succeeded succeeded succeeded");
  ck_assert_str_eq(note_of(&u), "");
  ck_assert_int_eq(statuses_of(&u), 10); /* awaiting, four times scheduled and running, succeeded */
  static const char *const types[] = {"array-vcf", "array-tbi", "impute-vcf", "impute-tbi", "impute-report_json"};
  for (size_t k = 0; k < sizeof types / sizeof *types; k++)
    ck_assert_msg(content_of(&u, types[k]) != NULL, "%s", types[k]);
  const char *traits = content_of(&u, "traits-json"), *ancestry = content_of(&u, "ancestry-json");
  ck_assert_ptr_nonnull(traits);
  ck_assert_ptr_nonnull(strstr(traits, "\"key\": \"height\""));
  ck_assert_ptr_nonnull(strstr(traits, "\"percentile\": 84.5"));
  ck_assert_ptr_nonnull(strstr(traits, "\"risk\": \"high_risk\""));
  ck_assert_ptr_nonnull(strstr(traits, "Gr\xc3\xb6\xc3\x9f"
                                       "e"));
  ck_assert_ptr_nonnull(ancestry);
  ck_assert_ptr_nonnull(strstr(ancestry, "\"EUR\": 0.97"));
  duty_stop(pid);
}
END_TEST

START_TEST(scores_of_the_array_where_no_panel_is_configured) {
  struct upload u;
  stages_configure();
  unsetenv("ARRAY_UPLOAD_ANALYSIS_PANEL");
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_str_eq(stages_of(&u), "succeeded succeeded succeeded");
  ck_assert_ptr_nonnull(content_of(&u, "traits-json"));
  ck_assert_ptr_null(content_of(&u, "impute-vcf"));
  duty_stop(pid);
}
END_TEST

START_TEST(nothing_to_score_without_a_vcf) {
  struct upload u;
  stages_configure();
  unsetenv("ARRAY_UPLOAD_ANALYSIS_PANEL");
  ck_assert_int_eq(unlink(file_put("reference/GRCh37.sites.bcf", "")), 0);
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_str_eq(stages_of(&u), "succeeded skipped skipped");
  ck_assert_ptr_nonnull(strstr(note_of(&u), "No VCF was made"));
  duty_stop(pid);
}
END_TEST

START_TEST(no_stages_below_the_quality_limits) {
  struct upload u;
  stages_configure();
  panel_put();
  sample_accepted(&u, "good 0.5\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_FAILED_QC);
  ck_assert_str_eq(stages_of(&u), "");
  duty_stop(pid);
}
END_TEST

/* What a stage that cannot be done leaves: its sentence, three tries or the one of a refusal, and everything made
 * before it. */
static const struct {
  const char *content, *stages, *note;
  int64_t statuses;
  const char *there;
} failures[] = {
    {"good\n\nexit 3\n", "succeeded failed skipped skipped",
     "The imputation failed (exit 3): genotype-convert: the index", 2 + 2 + 3 * 2, "array-vcf"},
    {"good\n\nexit 1\n", "succeeded failed skipped skipped",
     "The imputation failed (exit 1): genotype-convert: the index", 2 + 2 + 2,
     "array-vcf"}, /* refused: would be again */
    {"good\n\ncrash\n", "succeeded failed skipped skipped", "The imputation failed (signal 6)", 10, "array-tbi"},
    {"good\n\ncut\n", "succeeded failed skipped skipped", "an output is missing or not whole", 10, "array-vcf"},
    {"good\n\nno-index\n", "succeeded failed skipped skipped", "an output is missing or not whole", 10, "array-vcf"},
    {"good\n\n\nexit 1\n", "succeeded succeeded failed succeeded", "The scoring failed (exit 1)", 14, "ancestry-json"},
    {"good\n\n\ngarbage\n", "succeeded succeeded failed succeeded", "its result cannot be read", 14, "impute-vcf"},
    {"good\n\n\nother-sample\n", "succeeded succeeded failed succeeded", "its result cannot be read", 14, "impute-vcf"},
    {"good\n\n\n\ngarbage\n", "succeeded succeeded succeeded failed", "The finding of ancestry failed", 14,
     "traits-json"},
};

START_TEST(a_failed_stage_leaves_what_was_there) {
  struct upload u;
  stages_configure();
  panel_put();
  sample_accepted(&u, failures[_i].content);
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes_at_last(&u, SAMPLE_FAILED);
  ck_assert_str_eq(stages_of(&u), failures[_i].stages);
  ck_assert_msg(strstr(note_of(&u), failures[_i].note) != NULL, "%s", note_of(&u));
  ck_assert_ptr_nonnull(content_of(&u, failures[_i].there));
  ck_assert_int_eq(statuses_of(&u), failures[_i].statuses);
  struct sample_file *files;
  ck_assert_uint_eq(files_of(&u, &files), objects()); /* and nothing besides */
  duty_stop(pid);
}
END_TEST

/* What an intruder would try in the cages of the imputation and of the scores; stand_in ends well only when all of it
 * was refused. */
START_TEST(cages) {
  struct upload u;
  setenv("ARRAY_UPLOAD_TIMERS_TRIES", "1", 1);
  stages_configure();
  panel_put();
  sample_accepted(&u, "good\n\nescape\nescape\nescape\n");
  pid_t pid = duty_start(worker_run, NULL);
  WAIT_FOR(state_of(&u) == SAMPLE_SUCCEEDED || state_of(&u) == SAMPLE_FAILED);
  ck_assert_msg(state_of(&u) == SAMPLE_SUCCEEDED, "%s", note_of(&u));
  duty_stop(pid);
}
END_TEST

START_TEST(no_ancestry_is_no_failure) {
  struct upload u;
  stages_configure();
  panel_put();
  sample_accepted(&u, "good\n\n\n\nnone\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_str_eq(stages_of(&u), "succeeded succeeded succeeded skipped");
  duty_stop(pid);
}
END_TEST

START_TEST(a_stage_has_its_own_time) {
  struct upload u;
  setenv("ARRAY_UPLOAD_TIMERS_IMPUTE", "1", 1);
  setenv("ARRAY_UPLOAD_TIMERS_TRIES", "1", 1);
  stages_configure();
  panel_put();
  sample_accepted(&u, "good\n\nsleep 100\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_FAILED);
  ck_assert_ptr_nonnull(strstr(note_of(&u), "The imputation failed (timeout)"));
  duty_stop(pid);
}
END_TEST

/* Samples are converted and wait while what a stage needs is away; then it goes on. */
START_TEST(an_absent_panel_is_waited_for) {
  struct upload u, next;
  stages_configure();
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  WAIT_FOR(content_of(&u, "array-vcf"));
  ck_assert_ptr_nonnull(content_of(&u, "array-vcf")); /* delivered already */
  usleep(700000);
  ck_assert_int_eq(state_of(&u), SAMPLE_SCHEDULED);
  ck_assert_str_eq(stages_of(&u), "succeeded waiting waiting waiting");
  sample_accepted(&next, "good\n");
  WAIT_FOR(content_of(&next, "array-vcf"));
  ck_assert_ptr_nonnull(content_of(&next, "array-vcf"));
  panel_put();
  state_becomes(&u, SAMPLE_SUCCEEDED);
  state_becomes(&next, SAMPLE_SUCCEEDED);
  duty_stop(pid);
}
END_TEST

START_TEST(conversions_go_before_stages) {
  struct upload slow, others[4];
  stages_configure();
  panel_put();
  sample_accepted(&slow, "good\n\nsleep 100\n");
  pid_t pid = duty_start(worker_run, NULL);
  WAIT_FOR(strcmp(note_of(&slow), "impute") == 0);
  for (int i = 0; i < 4; i++)
    sample_accepted(&others[i], "good\n");
  for (int i = 0; i < 4; i++)
    WAIT_FOR(content_of(&others[i], "array-vcf"));
  for (int i = 0; i < 4; i++) {
    ck_assert_ptr_nonnull(content_of(&others[i], "array-vcf"));
    ck_assert_int_eq(state_of(&others[i]), SAMPLE_SCHEDULED);
  }
  ck_assert_int_eq(state_of(&slow), SAMPLE_RUNNING);
  duty_stop(pid);
}
END_TEST

static const char *const steps[] = {"job-claimed",   "job-converted",     "job-before-put",
                                    "job-after-put", "job-before-commit", "job-after-commit"};

/* The conversion is done; a worker dies at that step of the imputation, another one takes over. */
START_TEST(killed_in_a_stage) {
  struct upload u;
  stages_configure();
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  WAIT_FOR(content_of(&u, "array-vcf"));
  duty_stop(pid);
  panel_put();
  pid = duty_start(worker_run, steps[_i]);
  duty_died(pid);
  int committed = strcmp(steps[_i], "job-after-commit") == 0;
  ck_assert_int_eq(content_of(&u, "impute-vcf") != NULL, committed);
  ck_assert_ptr_nonnull(content_of(&u, "array-vcf"));
  clock_move(120);
  pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_str_eq(stages_of(&u), "succeeded succeeded succeeded succeeded");
  struct sample_file *files;
  size_t n = files_of(&u, &files);
  ck_assert_uint_eq(n, 10);
  clock_move(3 * 3600); /* what the first run had stored already belongs to nobody */
  WAIT_FOR(objects() <= n);
  ck_assert_uint_eq(objects(), n);
  duty_stop(pid);
}
END_TEST

START_TEST(cancel_and_deletion) {
  struct upload u;
  const char *id = u.sample;
  int64_t canceled;
  stages_configure();
  panel_put();
  sample_accepted(&u, "good\n\n\nsleep 100\n");
  pid_t pid = duty_start(worker_run, NULL);
  WAIT_FOR(strcmp(note_of(&u), "scores") == 0);
  ck_assert_int_eq(store_samples_cancel(service.store, &arena, project_id, &id, 1, clock_now(), &canceled, NULL),
                   STORE_OK);
  ck_assert_int_eq(canceled, 1);
  ck_assert_str_eq(note_of(&u), "canceled");
  ck_assert_str_eq(stages_of(&u), "succeeded succeeded skipped skipped");
  ck_assert_ptr_nonnull(content_of(&u, "impute-vcf"));
  ck_assert_int_eq(store_sample_retry(service.store, u.sample, clock_now()), STORE_NONE);
  ck_assert_int_eq(store_samples_delete(service.store, project_id, &id, 1, clock_now()), STORE_OK);
  struct stage *list;
  size_t n;
  ck_assert_int_eq(store_sample_stages(service.store, &arena, u.sample, &list, &n), STORE_OK);
  ck_assert_uint_eq(n, 0);
  WAIT_DOING(clock_move_on(2), objects() == 0);
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

/* The operator mends what was wrong, and asks for the failed stages once more. */
START_TEST(once_more) {
  struct upload u;
  stages_configure();
  file_put("panel/panel.tsv", "genotype-impute-panel\t1\nassembly\tGRCh37\nengine\tbeagle\nend\n");
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  state_becomes_at_last(&u, SAMPLE_FAILED);
  ck_assert_ptr_nonnull(strstr(note_of(&u), "the panel cannot be used"));
  panel_put();
  ck_assert_int_eq(store_sample_retry(service.store, u.sample, clock_now()), STORE_OK);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_str_eq(stages_of(&u), "succeeded succeeded succeeded succeeded");
  ck_assert_str_eq(note_of(&u), "");
  ck_assert_int_eq(store_sample_retry(service.store, u.sample, clock_now()), STORE_NONE);
  duty_stop(pid);
}
END_TEST

/* Samples from before a setting was taken away. */
START_TEST(not_configured_any_more) {
  struct upload u;
  stages_configure();
  sample_accepted(&u, "good\n");
  pid_t pid = duty_start(worker_run, NULL);
  WAIT_FOR(content_of(&u, "array-vcf"));
  duty_stop(pid);
  unsetenv("ARRAY_UPLOAD_ANALYSIS_PANEL");
  unsetenv("ARRAY_UPLOAD_ANALYSIS_ANCESTRY");
  pid = duty_start(worker_run, NULL);
  state_becomes(&u, SAMPLE_SUCCEEDED);
  ck_assert_str_eq(stages_of(&u), "succeeded skipped succeeded skipped");
  duty_stop(pid);
}
END_TEST

int main(void) {
  Suite *s = suite_create("stages");
  TCase *t = tcase_create("stages");
  tcase_add_checked_fixture(t, duty_setup, duty_teardown);
  tcase_add_test(t, all_stages);
  tcase_add_test(t, scores_of_the_array_where_no_panel_is_configured);
  tcase_add_test(t, nothing_to_score_without_a_vcf);
  tcase_add_test(t, no_stages_below_the_quality_limits);
  tcase_add_loop_test(t, a_failed_stage_leaves_what_was_there, 0, sizeof failures / sizeof *failures);
  tcase_add_test(t, cages);
  tcase_add_test(t, no_ancestry_is_no_failure);
  tcase_add_test(t, a_stage_has_its_own_time);
  tcase_add_test(t, an_absent_panel_is_waited_for);
  tcase_add_test(t, conversions_go_before_stages);
  tcase_add_loop_test(t, killed_in_a_stage, 0, sizeof steps / sizeof *steps);
  tcase_add_test(t, cancel_and_deletion);
  tcase_add_test(t, once_more);
  tcase_add_test(t, not_configured_any_more);
  suite_add_tcase(s, t);
  return suite_run(s);
}
