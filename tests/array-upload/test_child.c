/* test_child.c - the cage: limits, ends, and what a program inside cannot do; then what is believed of what it says. */
#include <config.h>

#include "../unit/suite.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/child/child.h"
#include "array-upload/child/verdict.h"

static const char *program;
static char folder[64];

static void setup(void) {
  const char *built = getenv("top_builddir");
  static char path[4096];
  snprintf(path, sizeof path, "%s/tests/array-upload/stand_in", built ? built : ".");
  program = path;
  snprintf(folder, sizeof folder, "/tmp/array-upload-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  ck_assert_int_eq(system(command), 0);
}

static int input_of(const char *text) {
  char path[100];
  snprintf(path, sizeof path, "%s/input", folder);
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  ck_assert_int_ge(fd, 0);
  return fd;
}

/* Processor time that only "spin" uses up; taking 512 MB page by page may need seconds of it. */
enum { LITTLE_CPU_S = 1, MUCH_CPU_S = 60 };

static struct child_result run(const char *input, unsigned cpu_seconds, int64_t timeout_ms, int (*beat)(void *)) {
  const char *const argv[] = {program, "--json", "-", NULL};
  int fd = input_of(input);
  struct child_plan plan = {
      .cage = {.program = program, .memory_bytes = 512 << 20, .cpu_seconds = cpu_seconds, .files = 64},
      .argv = argv,
      .input = fd,
      .timeout_ms = timeout_ms,
      .output_max = 65536,
      .beat = beat,
      .beat_ms = 20};
  struct child_result r;
  child_run(&plan, &r);
  close(fd);
  return r;
}

#define ENDS(input, how, number) ENDS_WITHIN(LITTLE_CPU_S, input, how, number)
#define ENDS_WITHIN(cpu_seconds, input, how, number)                \
  do {                                                              \
    struct child_result r_ = run(input, cpu_seconds, 100000, NULL); \
    ck_assert_int_eq(r_.end, how);                                  \
    ck_assert_int_eq(r_.code, number);                              \
    free(r_.output);                                                \
  } while (0)

START_TEST(ends) {
  ENDS("good\n", CHILD_EXITED, 0);
  ENDS("bad zip_corrupt\n", CHILD_EXITED, 1);
  ENDS("exit 7\n", CHILD_EXITED, 7);
  ENDS("crash\n", CHILD_SIGNAL, SIGABRT);
  ENDS("spin\n", CHILD_SIGNAL, SIGKILL); /* hard limit of processor time */
  ENDS("flood\n", CHILD_TOO_MUCH, 0);
#ifndef __SANITIZE_ADDRESS__
  ENDS_WITHIN(MUCH_CPU_S, "memory\n", CHILD_EXITED, 3); /* malloc() says no at 512 MB */
#endif
}
END_TEST

START_TEST(time_limit) {
  struct child_result r = run("sleep 30\n", LITTLE_CPU_S, 300, NULL);
  ck_assert_int_eq(r.end, CHILD_TIMEOUT);
  free(r.output);
}
END_TEST

static int stop_at_once(void *arg) {
  (void)arg;
  return 5;
}

START_TEST(stopped_by_beat) {
  struct child_result r = run("sleep 30\n", LITTLE_CPU_S, 20000, stop_at_once);
  ck_assert_int_eq(r.end, CHILD_STOPPED);
  ck_assert_int_eq(r.code, 5);
  free(r.output);
}
END_TEST

START_TEST(missing_program) {
  const char *const argv[] = {"/nonexistent/program", NULL};
  struct child_plan plan = {.cage = {.program = argv[0], .cpu_seconds = 1, .files = 64},
                            .argv = argv,
                            .input = 0,
                            .timeout_ms = 5000,
                            .output_max = 100};
  struct child_result r;
  child_run(&plan, &r);
  ck_assert_int_eq(r.end, CHILD_EXITED);
  ck_assert_int_eq(r.code, 127);
}
END_TEST

/* "escape" exits 9 when one of its attempts succeeds. */
START_TEST(no_way_out) {
  struct cage_plan plan = {.program = program, .cpu_seconds = 1, .files = 64};
  struct cage *cage = cage_new(&plan);
  ck_assert_ptr_nonnull(cage);
  int whole = *cage_missing(cage) == '\0';
  if (!whole)
    printf("this kernel has no %s\n", cage_missing(cage));
  cage_free(cage);
  setenv("LD_LIBRARY_PATH", folder, 1);
  if (whole)
    ENDS("escape\n", CHILD_EXITED, 0);
}
END_TEST

/* Nor is a script run, which would bring its interpreter in. */
START_TEST(no_script) {
  char path[100];
  snprintf(path, sizeof path, "%s/script", folder);
  FILE *f = fopen(path, "we");
  ck_assert(f && fputs("#!/bin/sh\nexit 0\n", f) >= 0 && fclose(f) == 0 && chmod(path, 0700) == 0);
  const char *built = program;
  program = path;
  struct cage *cage = cage_new(&(struct cage_plan){.program = program, .cpu_seconds = 1, .files = 64});
  ck_assert_ptr_nonnull(cage);
  int whole = *cage_missing(cage) == '\0';
  cage_free(cage);
  if (whole)
    ENDS("", CHILD_EXITED, 127);
  program = built;
}
END_TEST

START_TEST(no_descriptor_and_no_zombie_stays) {
  int before = dup(0);
  close(before);
  for (int k = 0; k < 20; k++)
    ENDS(k % 2 ? "crash\n" : "good\n", k % 2 ? CHILD_SIGNAL : CHILD_EXITED, k % 2 ? SIGABRT : 0);
  int after = dup(0);
  close(after);
  ck_assert_int_eq(before, after);
}
END_TEST

/* ---- verdicts ---- */

static int believed(const char *text, int exit_status, struct verdict *v) {
  static struct arena a;
  return verdict_read(v, &a, text, strlen(text), exit_status) == 0;
}

START_TEST(verdicts) {
  struct verdict v;
  const char *good =
      "{\"schema\":1,\"verdict\":\"accepted\",\"reason\":null,\"code\":\"ok\",\"vendor\":\"23andme\",\"rows\":7,"
      "\"called\":6,\"call_rate\":0.857}\n";
  ck_assert(believed(good, 0, &v) && v.accepted && v.rows == 7 && v.called == 6);
  ck_assert_str_eq(v.vendor, "23andme");
  ck_assert(!believed(good, 1, &v));
  ck_assert(!believed(good, 3, &v));
  const char *bad = "{\"schema\":1,\"verdict\":\"refused\",\"reason\":\"zip_corrupt\",\"code\":\"zip-crc-mismatch\"}";
  ck_assert(believed(bad, 1, &v) && !v.accepted);
  ck_assert_str_eq(v.reason, "zip_corrupt");
  ck_assert_str_eq(v.code, "zip-crc-mismatch");
  ck_assert(!believed(bad, 0, &v));
  ck_assert(believed(good, 0, &v));
  ck_assert_str_eq(v.doubts, "");
  const char *doubtful =
      "{\"schema\":1,\"verdict\":\"accepted\",\"reason\":null,\"warnings\":[{\"code\":\"unsorted\",\"count\":1},"
      "{\"code\":\"little-written\",\"count\":1},{\"code\":\"incomplete\",\"count\":1},7]}";
  ck_assert(believed(doubtful, 0, &v));
  ck_assert_str_eq(v.doubts, "The export is not whole: a part of its rows is missing. Less than half of the calls came "
                             "through: the export may be changed, or the reference does not fit it.");
  /* A word the page does not know, and our own fault. */
  ck_assert(believed("{\"schema\":1,\"verdict\":\"refused\",\"reason\":\"<script>\"}", 1, &v));
  ck_assert_str_eq(v.reason, "upload_failed");
  ck_assert(believed("{\"schema\":1,\"verdict\":\"refused\",\"reason\":\"internal_error\"}", 1, &v));
  ck_assert_str_eq(v.reason, "upload_failed");
}
END_TEST

START_TEST(no_verdicts) {
  static const char *const texts[] = {
      "",
      "{",
      "[]",
      "null",
      "accepted",
      "{}",
      "{\"verdict\":\"accepted\"}",
      "{\"schema\":2,\"verdict\":\"accepted\",\"reason\":null}",
      "{\"schema\":1,\"verdict\":\"accepted\",\"reason\":\"zip_corrupt\"}",
      "{\"schema\":1,\"verdict\":true,\"reason\":null}",
      "{\"schema\":1,\"verdict\":\"accepted\",\"verdict\":\"refused\"}",
      "{\"schema\":1,\"verdict\":\"Accepted\",\"reason\":null}",
      "{\"schema\":1,\"verdict\":\"accepted\",\"reason\":null}{\"schema\":1,\"verdict\":\"accepted\",\"reason\":null}",
      "{\"schema\":1,\"verdict\":\"accepted\",\"reason\":null,\"call_rate\":2}",
      "{\"schema\":1,\"verdict\":\"accepted\",\"reason\":null,\"call_rate\":-0.1}"};
  struct verdict v;
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
    ck_assert_msg(!believed(texts[k], 0, &v), "%s", texts[k]);
}
END_TEST

START_TEST(personal_words_stay_out) {
  struct verdict v;
  ck_assert(believed(
      "{\"schema\":1,\"verdict\":\"accepted\",\"reason\":null,\"vendor\":\"a\\nb\",\"array\":\"x<y\",\"build\":7}", 0,
      &v));
  ck_assert_ptr_null(v.vendor);
  ck_assert_ptr_null(v.array);
  ck_assert_ptr_null(v.build);
}
END_TEST

START_TEST(quality_limits) {
  struct config c = {.qc_snps_min = 100, .qc_call_rate_min = 0.9};
  struct quality_control qc[VERDICT_QC];
  struct verdict v = {.accepted = 1, .called = 100, .call_rate = 0.9, .sex = "undetermined", .build = "GRCh37"};
  int failed = 1;
  ck_assert_uint_eq(verdict_qc(&v, &c, qc, &failed), VERDICT_QC);
  ck_assert_int_eq(failed, 0);
  ck_assert_str_eq(qc[3].key, "build_string");
  ck_assert_str_eq(qc[3].text, "GRCh37");
  ck_assert_str_eq(qc[6].status, "skipped");
  v.call_rate = 0.8999;
  verdict_qc(&v, &c, qc, &failed);
  ck_assert_int_eq(failed, 1);
  ck_assert_str_eq(qc[1].key, "call_rate_min");
  ck_assert_str_eq(qc[1].status, "failed");
  v.call_rate = 1;
  v.called = 99;
  verdict_qc(&v, &c, qc, &failed);
  ck_assert_int_eq(failed, 1);
  ck_assert_str_eq(qc[2].status, "failed");
}
END_TEST

int main(void) {
  Suite *s = suite_create("child");
  TCase *t = tcase_create("cage");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, ends);
  tcase_add_test(t, time_limit);
  tcase_add_test(t, stopped_by_beat);
  tcase_add_test(t, missing_program);
  tcase_add_test(t, no_way_out);
  tcase_add_test(t, no_script);
  tcase_add_test(t, no_descriptor_and_no_zombie_stays);
  suite_add_tcase(s, t);
  t = tcase_create("verdict");
  tcase_add_test(t, verdicts);
  tcase_add_test(t, no_verdicts);
  tcase_add_test(t, personal_words_stay_out);
  tcase_add_test(t, quality_limits);
  suite_add_tcase(s, t);
  return suite_run(s);
}
