/* The state table's rows of a session, up to the file that is accepted, with their races; the same suite for both
 * databases. */
#include "../unit/suite.h"
#include "world.h"

START_TEST(row_1_create) {
  const char *id = session_new(T0);
  struct sample_status *history;
  size_t n;
  int64_t total;
  ck_assert_int_eq(state_of(id, T0), SAMPLE_AWAITING);
  ck_assert_str_eq(sample_state_text(sample.state), "consumer awaiting data");
  ck_assert_str_eq(sample.project, PROJECT);
  OK(store_sample_history(store, &arena, id, (struct page){20, 0}, &history, &n, &total));
  ck_assert_uint_eq(n, 1);
  ck_assert_str_eq(history[0].id, sample.status_id);
  ck_assert_int_eq(store_sample_get(store, &arena, OTHER, id, T0, &sample), STORE_NONE);
}
END_TEST

START_TEST(row_1_idempotency) {
  struct session_new in = {.sample = OTHER,
                           .project = PROJECT,
                           .user = USER,
                           .client_id = "c",
                           .redirect_on_success = "",
                           .redirect_on_failure = "",
                           .jti = "j",
                           .link_exp = LINK_END,
                           .idempotency = "k"};
  struct sample second;
  OK(store_session_create(store, &arena, &in, T0, &sample));
  in.sample = USER;
  OK(store_session_create(store, &arena, &in, T0 + S(3600), &second));
  ck_assert_str_eq(second.id, OTHER);
  OK(store_session_create(store, &arena, &in, T0 + S(90000), &second));
  ck_assert_str_eq(second.id, USER);
}
END_TEST

START_TEST(row_2_open) {
  const char *id = session_new(T0);
  open_link(id, 0, T0 + S(100));
  ck_assert_int_eq(link_outcome, LINK_OPENED);
  ck_assert_int_eq(page.deadline, T0 + S(1000));
  ck_assert_int_eq(state_of(id, T0 + S(999)), SAMPLE_AWAITING);
  ck_assert_int_eq(state_of(id, T0 + S(1000)), SAMPLE_EXPIRED);
  ck_assert_str_eq(sample_state_text(sample.state), "consumer session expired");
  /* once expired, never awaiting again, also when the clock goes back */
  ck_assert_int_eq(state_of(id, T0), SAMPLE_EXPIRED);
}
END_TEST

START_TEST(row_2_peek_changes_nothing) {
  const char *id = session_new(T0);
  OK(store_link_open(store, &arena, id, "j", 0, 1, 900, T0, &link_outcome, &page, &sample));
  ck_assert_int_eq(link_outcome, LINK_OPENED);
  ck_assert_int_eq(state_of(id, T0 + S(599)), SAMPLE_AWAITING);
  ck_assert_int_eq(state_of(id, T0 + S(600)), SAMPLE_EXPIRED);
}
END_TEST

START_TEST(row_2_wrong_jti) {
  const char *id = session_new(T0);
  ck_assert_int_eq(store_link_open(store, &arena, id, "other", 0, 0, 900, T0, &link_outcome, &page, &sample),
                   STORE_NONE);
}
END_TEST

START_TEST(row_3_resume) {
  const char *id = session_new(T0);
  open_link(id, 0, T0 + S(590));
  const char *first = page.id;
  open_link(id, 1, T0 + S(700));
  ck_assert_int_eq(link_outcome, LINK_RESUMED);
  ck_assert_str_eq(page.id, first);
  ck_assert_int_eq(page.deadline, T0 + S(1490));
  ck_assert_int_eq(state_of(id, T0 + S(1490)), SAMPLE_EXPIRED); /* resuming lengthened nothing */
}
END_TEST

START_TEST(row_4_late) {
  const char *id = session_new(T0);
  open_link(id, 1, T0 + S(601));
  ck_assert_int_eq(link_outcome, LINK_EXPIRED);
  ck_assert_int_eq(state_of(id, T0), SAMPLE_EXPIRED);
  id = session_new(T0);
  open_link(id, 0, T0);
  open_link(id, 1, T0 + S(901));
  ck_assert_int_eq(link_outcome, LINK_OVER);
}
END_TEST

START_TEST(row_5_limits) {
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  attempt_begin(T0);
  ck_assert_int_eq(outcome, ATTEMPT_BEGUN);
  const char *second = attempt_begin(T0);
  attempt_begin(T0);
  ck_assert_int_eq(outcome, ATTEMPT_BUSY);
  for (int i = 0; i < 10; i++) {
    OK(store_attempt_reject(store, second, "zip_corrupt", "x", T0));
    second = attempt_begin(T0);
  }
  ck_assert_int_eq(outcome, ATTEMPT_TOO_MANY);
  attempt_begin(T0 + S(900));
  ck_assert_int_eq(outcome, ATTEMPT_EXPIRED);
  (void)id;
}
END_TEST

START_TEST(row_6_abort_is_not_counted) {
  open_link(session_new(T0), 0, T0);
  for (int i = 0; i < 20; i++) {
    const char *a = attempt_begin(T0);
    ck_assert_int_eq(outcome, ATTEMPT_BEGUN);
    OK(store_attempt_abort(store, a, "upload_interrupted", T0));
    ck_assert_int_eq(store_attempt_abort(store, a, "upload_interrupted", T0), STORE_NONE);
  }
}
END_TEST

START_TEST(rows_7_8_9_10_two_tabs) {
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  const char *one = attempt_begin(T0), *two = attempt_begin(T0);
  OK(store_attempt_checking(store, one, &whole, T0));
  OK(store_attempt_checking(store, two, &whole, T0));
  accept(two, T0 + S(1));
  ck_assert_int_eq(outcome, ATTEMPT_ACCEPTED);
  accept(one, T0 + S(1));
  ck_assert_int_eq(outcome, ATTEMPT_ALREADY);
  ck_assert_int_eq(state_of(id, T0 + S(2)), SAMPLE_SCHEDULED);
  struct sample_file *files;
  size_t n;
  OK(store_sample_files(store, &arena, id, &files, &n));
  ck_assert_uint_eq(n, 1);
  struct attempt a;
  OK(store_attempt_get(store, &arena, one, &a));
  ck_assert_str_eq(a.state, "lost");
  struct page_session first = page;
  open_link(id, 0, T0 + S(3));
  ck_assert_int_eq(link_outcome, LINK_USED);
  page = first;
  attempt_begin(T0 + S(3));
  ck_assert_int_eq(outcome, ATTEMPT_ALREADY);
}
END_TEST

/* The consents of the form that brought the file, not of one that was refused; and what is taken back stays seen. */
START_TEST(row_7_consents) {
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  const char *refused = attempt_begin(T0), *taken = attempt_begin(T0);
  const struct consent first[] = {{"analysis", "v1", "Old text", T0, 0}},
                       second[] = {{"analysis", "v2", "New text", T0 + S(5), 0}, {"research", "r1", "Study", 0, 0}};
  struct consent *list;
  size_t n;
  OK(store_page_shown(store, page.id, "[]"));
  ck_assert_int_eq(store_page_shown(store, OTHER, "[]"), STORE_NONE);
  OK(store_attempt_checking(store, refused, &(struct attempt_body){.sha256 = "", .consents = first, .n_consents = 1},
                            T0));
  OK(store_attempt_reject(store, refused, "zip_corrupt", "x", T0));
  OK(store_sample_consents(store, &arena, id, &list, &n));
  ck_assert_uint_eq(n, 0);
  OK(store_attempt_checking(store, taken, &(struct attempt_body){.sha256 = "", .consents = second, .n_consents = 2},
                            T0));
  accept(taken, T0 + S(6));
  ck_assert_int_eq(outcome, ATTEMPT_ACCEPTED);
  OK(store_consent_withdraw(store, id, "analysis", T0 + S(9)));
  ck_assert_int_eq(store_consent_withdraw(store, id, "analysis", T0 + S(10)), STORE_NONE);
  ck_assert_int_eq(store_consent_withdraw(store, id, "research", T0 + S(10)), STORE_NONE);
  OK(store_sample_consents(store, &arena, id, &list, &n));
  ck_assert_uint_eq(n, 2);
  ck_assert_str_eq(list[0].version, "v2");
  ck_assert_str_eq(list[0].text, "New text");
  ck_assert(list[0].given == T0 + S(5) && list[0].withdrawn == T0 + S(9));
  ck_assert(list[1].given == 0 && list[1].withdrawn == 0);
}
END_TEST

START_TEST(row_9_bad_and_good) {
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  const char *bad = attempt_begin(T0), *good = attempt_begin(T0);
  OK(store_attempt_checking(store, bad, &whole, T0));
  OK(store_attempt_checking(store, good, &whole, T0));
  OK(store_attempt_reject(store, bad, "zip_corrupt", "zip-crc-mismatch", T0));
  ck_assert_int_eq(state_of(id, T0), SAMPLE_AWAITING);
  accept(good, T0);
  ck_assert_int_eq(outcome, ATTEMPT_ACCEPTED);
}
END_TEST

START_TEST(row_9_checking_outlives_the_deadline) {
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  const char *a = attempt_begin(T0 + S(899));
  OK(store_attempt_checking(store, a, &whole, T0));
  int64_t n;
  OK(store_sweep(store, T0 + S(1000), &n));
  ck_assert_int_eq(n, 0);
  ck_assert_int_eq(state_of(id, T0 + S(1000)), SAMPLE_AWAITING);
  accept(a, T0 + S(1001));
  ck_assert_int_eq(outcome, ATTEMPT_ACCEPTED);
}
END_TEST

START_TEST(row_6_grace) {
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  const char *a = attempt_begin(T0 + S(899));
  ck_assert_int_eq(state_of(id, T0 + S(959)), SAMPLE_AWAITING);
  ck_assert_int_eq(state_of(id, T0 + S(960)), SAMPLE_EXPIRED);
  ck_assert_int_eq(store_attempt_checking(store, a, &whole, T0), STORE_NONE);
}
END_TEST

START_TEST(row_11_more_time) {
  const char *id = session_new(T0);
  int64_t deadline;
  open_link(id, 0, T0);
  for (int i = 0; i < 10; i++)
    OK(store_page_extend(store, page.id, 900, 10, T0, &deadline));
  ck_assert_int_eq(deadline, T0 + S(9900));
  ck_assert_int_eq(store_page_extend(store, page.id, 900, 10, T0, &deadline), STORE_NONE);
  ck_assert_int_eq(state_of(id, T0 + S(9899)), SAMPLE_AWAITING);
  ck_assert_int_eq(store_page_extend(store, page.id, 900, 100, T0 + S(9900), &deadline), STORE_NONE);
  ck_assert_int_eq(state_of(id, T0 + S(9900)), SAMPLE_EXPIRED);
}
END_TEST

START_TEST(row_12_sweeper_and_list) {
  const char *id = session_new(T0);
  int64_t n, total;
  struct sample *list;
  size_t count;
  struct sample_query q = {.project = PROJECT,
                           .status = "all",
                           .hidden_status = "all",
                           .archive_status = "all",
                           .search = "_1%",
                           .created_after = INT64_MIN,
                           .created_before = INT64_MIN,
                           .modified_after = INT64_MIN,
                           .modified_before = INT64_MIN,
                           .page = {20, 0}};
  OK(store_sample_list(store, &arena, &q, T0 + S(601), &list, &count, &total));
  ck_assert_int_eq(total, 1);
  ck_assert_int_eq(list[0].state, SAMPLE_EXPIRED);
  q.search = "_2%";
  OK(store_sample_list(store, &arena, &q, T0, &list, &count, &total));
  ck_assert_int_eq(total, 0);
  session_new(T0);
  OK(store_sweep(store, T0 + S(599), &n));
  ck_assert_int_eq(n, 0);
  OK(store_sweep(store, T0 + S(600), &n));
  ck_assert_int_eq(n, 1);
  (void)id;
}
END_TEST

START_TEST(row_13_delete_and_cancel_before_a_file) {
  const char *ids[1] = {arena_strdup(&arena, session_new(T0))};
  const char *bad;
  int64_t canceled;
  open_link(ids[0], 0, T0);
  const char *a = attempt_begin(T0);
  OK(store_attempt_checking(store, a, &whole, T0));
  OK(store_samples_cancel(store, &arena, PROJECT, ids, 1, T0, &canceled, &bad));
  ck_assert_int_eq(canceled, 1);
  ck_assert_int_eq(state_of(ids[0], T0), SAMPLE_FAILED);
  ck_assert_str_eq(sample.status_note, "canceled");
  accept(a, T0);
  ck_assert_int_eq(outcome, ATTEMPT_REVOKED);
  open_link(ids[0], 0, T0);
  ck_assert_int_eq(link_outcome, LINK_REVOKED);
  ids[0] = arena_strdup(&arena, session_new(T0));
  OK(store_samples_delete(store, PROJECT, ids, 1, T0));
  ck_assert_int_eq(store_sample_get(store, &arena, ORG, ids[0], T0, &sample), STORE_NONE);
  open_link(ids[0], 0, T0);
  ck_assert_int_eq(link_outcome, LINK_REVOKED);
  const char *two[2] = {session_new(T0), OTHER};
  ck_assert_int_eq(store_samples_cancel(store, &arena, PROJECT, two, 2, T0, &canceled, &bad), STORE_NONE);
  ck_assert_str_eq(bad, OTHER);
  ck_assert_int_eq(state_of(two[0], T0), SAMPLE_AWAITING);
}
END_TEST

START_TEST(restart_while_receiving) {
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  attempt_begin(T0 + S(890));
  OK(store_recover(store, "server", T0 + S(930)));
  ck_assert_int_eq(state_of(id, T0 + S(1049)), SAMPLE_AWAITING);
  attempt_begin(T0 + S(1049));
  ck_assert_int_eq(outcome, ATTEMPT_BEGUN);
  ck_assert_int_eq(state_of(id, T0 + S(1110)), SAMPLE_EXPIRED);
}
END_TEST

START_TEST(restart_while_checking) {
  struct attempt *list;
  size_t n;
  int known;
  const char *id = session_new(T0);
  open_link(id, 0, T0);
  const char *a = attempt_begin(T0);
  OK(store_attempt_checking(store, a, &whole, T0));
  OK(store_attempts_checking(store, &arena, "server", &list, &n));
  ck_assert_uint_eq(n, 1);
  ck_assert_str_eq(list[0].id, a);
  OK(store_key_known(store, arena_printf(&arena, "sealed/%s/original-%s.zip", id, a), &known));
  ck_assert_int_eq(known, 1);
  OK(store_key_known(store, "sealed/x/original-y.zip", &known));
  ck_assert_int_eq(known, 0);
}
END_TEST

int main(void) {
  Suite *s = suite_create("store: sessions");
  TCase *t = tcase_create("rows");
  tcase_add_checked_fixture(t, world_setup, fixture_teardown);
  tcase_add_test(t, row_1_create);
  tcase_add_test(t, row_1_idempotency);
  tcase_add_test(t, row_2_open);
  tcase_add_test(t, row_2_peek_changes_nothing);
  tcase_add_test(t, row_2_wrong_jti);
  tcase_add_test(t, row_3_resume);
  tcase_add_test(t, row_4_late);
  tcase_add_test(t, row_5_limits);
  tcase_add_test(t, row_6_abort_is_not_counted);
  tcase_add_test(t, row_6_grace);
  tcase_add_test(t, rows_7_8_9_10_two_tabs);
  tcase_add_test(t, row_7_consents);
  tcase_add_test(t, row_9_bad_and_good);
  tcase_add_test(t, row_9_checking_outlives_the_deadline);
  tcase_add_test(t, row_11_more_time);
  tcase_add_test(t, row_12_sweeper_and_list);
  tcase_add_test(t, row_13_delete_and_cancel_before_a_file);
  tcase_add_test(t, restart_while_receiving);
  tcase_add_test(t, restart_while_checking);
  suite_add_tcase(s, t);
  return suite_run(s);
}
