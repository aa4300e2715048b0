/* test_checkd.c - rows 7 to 10 through the real socket, with every kind of answer from the validator, parallel tabs,
 * and a kill at each step. */
#include <config.h>

#include "../unit/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "duty_fixture.h"

static void expect(struct upload *u, const char *content, const char *outcome, const char *reason) {
  attempt_new(u, content);
  ck_assert_str_eq(attempt_send(u), outcome);
  ck_assert_str_eq(reply_reason, reason);
  close(u->fd);
  close(u->plain);
}

START_TEST(row_9_accepted) {
  struct upload u;
  struct sample_file *files;
  struct quality_control *qc;
  size_t n;
  int64_t total;
  pid_t pid = duty_start(checkd_run, NULL);
  sample_new(&u);
  expect(&u, "good\n", "accepted", "");
  ck_assert_int_eq(state_of(&u), SAMPLE_SCHEDULED);
  ck_assert_str_eq(attempt_state(&u), "accepted");
  ck_assert_int_eq(store_sample_files(service.store, &arena, u.sample, &files, &n), STORE_OK);
  ck_assert_uint_eq(n, 1);
  ck_assert_str_eq(files[0].type, "array-zip");
  ck_assert_str_eq(files[0].sha256, u.sha256);
  ck_assert_int_eq(files[0].size, u.size);
  ck_assert_int_eq(store_sample_qc(service.store, &arena, u.sample, (struct page){50, 0}, &qc, &n, &total), STORE_OK);
  ck_assert_int_eq(total, 7);
  ck_assert_str_eq(qc[4].text, "23andme");
  duty_stop(pid);
}
END_TEST

START_TEST(row_8_rejected) {
  static const char *const reasons[] = {"file_empty",
                                        "file_too_large",
                                        "file_type_not_allowed",
                                        "zip_corrupt",
                                        "zip_encrypted",
                                        "zip_unsafe",
                                        "zip_unexpected_contents",
                                        "provider_not_supported",
                                        "format_version_not_supported",
                                        "file_modified",
                                        "file_incomplete"};
  pid_t pid = duty_start(checkd_run, NULL);
  for (size_t k = 0; k < sizeof reasons / sizeof *reasons; k++) {
    struct upload u;
    char content[100];
    sample_new(&u);
    snprintf(content, sizeof content, "bad %s\n", reasons[k]);
    expect(&u, content, "rejected", reasons[k]);
    ck_assert_str_eq(attempt_state(&u), "rejected");
    ck_assert_int_eq(state_of(&u), SAMPLE_AWAITING);
  }
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

/* Crash, timeout or garbage is never an acceptance. */
START_TEST(row_8_broken_validator) {
  static const char *const contents[] = {
      "crash\n",  "garbage\n", "silent\n", "two\n",      "wrong-exit\n",        "flood\n", "empty-object\n", "exit 0\n",
      "exit 1\n", "exit 2\n",  "exit 3\n", "sleep 60\n", "bad internal_error\n"};
  setenv("ARRAY_UPLOAD_TIMERS_CHECK", "2", 1);
  pid_t pid = duty_start(checkd_run, NULL);
  for (size_t k = 0; k < sizeof contents / sizeof *contents; k++) {
    struct upload u;
    sample_new(&u);
    expect(&u, contents[k], "error", "upload_failed");
    ck_assert_str_eq(attempt_state(&u), "rejected");
    ck_assert_int_eq(state_of(&u), SAMPLE_AWAITING);
  }
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

struct tab {
  struct upload u;
  char outcome[64];
};

/* attempt_send() keeps its answer in static memory: parallel tabs are processes. */
static pid_t tab_start(struct tab *t, int *answer) {
  int fds[2];
  ck_assert_int_eq(pipe(fds), 0);
  pid_t pid = fork();
  if (pid == 0) {
    snprintf(t->outcome, sizeof t->outcome, "%s", attempt_send(&t->u));
    _exit(write(fds[1], t->outcome, sizeof t->outcome) == (ssize_t)sizeof t->outcome ? 0 : 1);
  }
  close(fds[1]);
  *answer = fds[0];
  return pid;
}

/* Row 10: many times two tabs, good and good; one wins, and one object stays. */
START_TEST(row_10_parallel_tabs) {
  enum { SAMPLES = 12 };
  pid_t pid = duty_start(checkd_run, NULL);
  struct tab tabs[SAMPLES][2];
  int answers[SAMPLES][2];
  for (int k = 0; k < SAMPLES; k++) {
    sample_new(&tabs[k][0].u);
    tabs[k][1].u = tabs[k][0].u;
    attempt_new(&tabs[k][0].u, "good\n");
    attempt_new(&tabs[k][1].u, "good 0.99\n");
  }
  for (int k = 0; k < SAMPLES; k++)
    for (int t = 0; t < 2; t++)
      tab_start(&tabs[k][t], &answers[k][t]);
  for (int k = 0; k < SAMPLES; k++) {
    char got[2][64];
    for (int t = 0; t < 2; t++)
      ck_assert_int_eq(read(answers[k][t], got[t], sizeof got[t]), (ssize_t)sizeof got[t]);
    int first = strcmp(got[0], "accepted") == 0;
    ck_assert_msg(strcmp(got[first], "already_uploaded") == 0 && strcmp(got[!first], "accepted") == 0, "%s, %s", got[0],
                  got[1]);
    ck_assert_int_eq(state_of(&tabs[k][0].u), SAMPLE_SCHEDULED);
  }
  ck_assert_uint_eq(objects(), SAMPLES);
  duty_stop(pid);
}
END_TEST

START_TEST(bad_and_good_tab) {
  pid_t pid = duty_start(checkd_run, NULL);
  struct upload bad, good;
  sample_new(&bad);
  good = bad;
  attempt_new(&bad, "bad zip_corrupt\n");
  attempt_new(&good, "good\n");
  ck_assert_str_eq(attempt_send(&good), "accepted");
  ck_assert_str_eq(attempt_send(&bad), "rejected");
  ck_assert_int_eq(state_of(&good), SAMPLE_SCHEDULED);
  duty_stop(pid);
}
END_TEST

START_TEST(deleted_or_canceled_while_checked) {
  pid_t pid = duty_start(checkd_run, NULL);
  struct upload u;
  const char *ids[1] = {u.sample};
  int64_t canceled;
  sample_new(&u);
  attempt_new(&u, "good\n");
  ck_assert_int_eq(store_samples_delete(service.store, project_id, ids, 1, 1), STORE_OK);
  ck_assert_str_eq(attempt_send(&u), "session_revoked");
  sample_new(&u);
  attempt_new(&u, "good\n");
  ck_assert_int_eq(store_samples_cancel(service.store, &arena, project_id, ids, 1, 1, &canceled, NULL), STORE_OK);
  ck_assert_str_eq(attempt_send(&u), "session_revoked");
  ck_assert_uint_eq(objects(), 0);
  duty_stop(pid);
}
END_TEST

START_TEST(deadline_passes_while_checked) {
  pid_t pid = duty_start(checkd_run, NULL);
  struct upload u;
  sample_new(&u);
  attempt_new(&u, "good\n");
  clock_move(100000);
  ck_assert_int_eq(state_of(&u), SAMPLE_AWAITING);
  ck_assert_str_eq(attempt_send(&u), "accepted");
  duty_stop(pid);
}
END_TEST

/* The same attempt twice, as after a lost answer: the truth is in the database. */
START_TEST(asked_again_after_acceptance) {
  pid_t pid = duty_start(checkd_run, NULL);
  struct upload u;
  sample_new(&u);
  attempt_new(&u, "good\n");
  ck_assert_str_eq(attempt_send(&u), "accepted");
  ck_assert_str_eq(attempt_send(&u), "accepted");
  ck_assert_uint_eq(objects(), 1);
  duty_stop(pid);
}
END_TEST

START_TEST(bad_messages) {
  pid_t pid = duty_start(checkd_run, NULL);
  static const char *const texts[] = {
      "",   "{", "{}",
      "[]", "x", "{\"attempt\":\"../../x\",\"sample\":\"y\",\"size\":1,\"sha256\":\"z\",\"request\":\"q\"}"};
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  snprintf(to.sun_path, sizeof to.sun_path, "%s/run/checkd.sock", service.config.data);
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
    char answer[200];
    int s = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    ck_assert_int_eq(connect(s, (struct sockaddr *)&to, sizeof to), 0);
    if (*texts[k])
      ck_assert_int_gt(send(s, texts[k], strlen(texts[k]), MSG_NOSIGNAL), 0);
    else
      shutdown(s, SHUT_WR);
    ssize_t n = recv(s, answer, sizeof answer - 1, 0);
    ck_assert_int_gt(n, 0);
    answer[n] = '\0';
    ck_assert_ptr_nonnull(strstr(answer, "upload_failed"));
    close(s);
  }
  struct upload u;
  sample_new(&u);
  expect(&u, "good\n", "accepted", "");
  duty_stop(pid);
}
END_TEST

static void lost_send(const struct upload *u) {
  char text[100];
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  snprintf(to.sun_path, sizeof to.sun_path, "%s/run/checkd.sock", service.config.data);
  int n = snprintf(text, sizeof text, "{\"lost\":\"%s\"}", u->attempt), s = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  ck_assert_int_eq(connect(s, (struct sockaddr *)&to, sizeof to), 0);
  ck_assert_int_eq(send(s, text, (size_t)n, MSG_NOSIGNAL), n);
  close(s); /* nobody waits for an answer */
}

/* A httpd that starts again names what its predecessor may not have sent: that ends. What checkd has meanwhile is
 * decided by checkd (httpd_killed_while_checking in test_service_faults.py). */
START_TEST(lost_with_its_httpd) {
  struct upload lost, decided;
  pid_t pid = duty_start(checkd_run, NULL);
  sample_new(&decided);
  expect(&decided, "good\n", "accepted", "");
  sample_new(&lost);
  attempt_new(&lost, "good\n");
  lost_send(&decided);
  lost_send(&lost);
  WAIT_FOR(strcmp(attempt_state(&lost), "aborted") == 0);
  ck_assert_str_eq(attempt_state(&lost), "aborted");
  ck_assert_int_eq(state_of(&lost), SAMPLE_AWAITING);
  expect(&lost, "good\n", "accepted", "");
  ck_assert_str_eq(attempt_state(&decided), "accepted");
  duty_stop(pid);
}
END_TEST

/* ---- kill -9 at each step ---- */

static const struct {
  const char *fault;
  int accepted; /* what a new checkd makes of it: 1 accepted, 0 the attempt ended and the person tries again */
} steps[] = {{"check-begin", 0}, {"check-before-put", 0}, {"check-after-put", 1}, {"check-before-accept", 1}};

START_TEST(killed_while_checking) {
  struct upload u;
  pid_t pid = duty_start(checkd_run, steps[_i].fault);
  sample_new(&u);
  attempt_new(&u, "good\n");
  ck_assert_str_eq(attempt_send(&u), "gone");
  duty_died(pid);
  close(u.fd);
  close(u.plain);
  ck_assert_str_eq(attempt_state(&u), "checking");
  ck_assert_int_eq(state_of(&u), SAMPLE_AWAITING);
  pid = duty_start(checkd_run, NULL);
  ck_assert_str_eq(attempt_state(&u), steps[_i].accepted ? "accepted" : "aborted");
  ck_assert_int_eq(state_of(&u), steps[_i].accepted ? SAMPLE_SCHEDULED : SAMPLE_AWAITING);
  attempt_state(&u);
  if (!steps[_i].accepted)
    expect(&u, "good\n", "accepted", "");
  ck_assert_uint_eq(objects(), 1);
  duty_stop(pid);
}
END_TEST

/* Committed, but nobody was told: the attempt itself tells. */
START_TEST(killed_after_the_commit) {
  static const char *const faults[] = {"check-after-accept", "check-before-reply"};
  struct upload u;
  pid_t pid = duty_start(checkd_run, faults[_i]);
  sample_new(&u);
  attempt_new(&u, "good\n");
  ck_assert_str_eq(attempt_send(&u), "gone");
  duty_died(pid);
  ck_assert_str_eq(attempt_state(&u), "accepted");
  ck_assert_int_eq(state_of(&u), SAMPLE_SCHEDULED);
  pid = duty_start(checkd_run, NULL);
  ck_assert_str_eq(attempt_send(&u), "accepted");
  ck_assert_uint_eq(objects(), 1);
  duty_stop(pid);
}
END_TEST

START_TEST(killed_while_rejecting) {
  static const char *const faults[] = {"check-before-reject", "check-after-reject"};
  struct upload u;
  pid_t pid = duty_start(checkd_run, faults[_i]);
  sample_new(&u);
  attempt_new(&u, "bad zip_corrupt\n");
  ck_assert_str_eq(attempt_send(&u), "gone");
  duty_died(pid);
  ck_assert_str_eq(attempt_state(&u), _i ? "rejected" : "checking");
  pid = duty_start(checkd_run, NULL);
  ck_assert_str_eq(attempt_state(&u), _i ? "rejected" : "aborted");
  expect(&u, "good\n", "accepted", "");
  duty_stop(pid);
}
END_TEST

int main(void) {
  Suite *s = suite_create("checkd");
  TCase *t = tcase_create("checkd");
  tcase_add_checked_fixture(t, duty_setup, duty_teardown);
  tcase_add_test(t, row_9_accepted);
  tcase_add_test(t, row_8_rejected);
  tcase_add_test(t, row_8_broken_validator);
  tcase_add_test(t, row_10_parallel_tabs);
  tcase_add_test(t, bad_and_good_tab);
  tcase_add_test(t, deleted_or_canceled_while_checked);
  tcase_add_test(t, deadline_passes_while_checked);
  tcase_add_test(t, asked_again_after_acceptance);
  tcase_add_test(t, bad_messages);
  tcase_add_test(t, lost_with_its_httpd);
  tcase_add_loop_test(t, killed_while_checking, 0, sizeof steps / sizeof *steps);
  tcase_add_loop_test(t, killed_after_the_commit, 0, 2);
  tcase_add_loop_test(t, killed_while_rejecting, 0, 2);
  suite_add_tcase(s, t);
  return suite_run(s);
}
