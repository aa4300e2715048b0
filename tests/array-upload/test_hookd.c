/* test_hookd.c - row 20 by the real sender against a receiver that answers as told: signatures, retries, the guard,
 * kills. */
#include <config.h>

#include <arpa/inet.h>
#include "../unit/suite.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "array-upload/hookd/post.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"
#include "duty_fixture.h"

/* ---- the receiver: one thread, one connection at a time ---- */
enum { REQUESTS_MAX = 32, REQUEST_SIZE = 8192 };

static struct {
  int listener, port;
  const char *_Atomic answer; /* what to send for each request; NULL: never answer */
  atomic_int answer_times;    /* repeated, for long answers */
  atomic_int n;               /* requests up to this one are whole */
  char requests[REQUESTS_MAX][REQUEST_SIZE];
} receiver;

static size_t request_read(int s, char *text) {
  size_t have = 0;
  for (;;) {
    ssize_t n = recv(s, text + have, REQUEST_SIZE - 1 - have, 0);
    if (n <= 0)
      return have;
    have += (size_t)n;
    text[have] = '\0';
    char *body = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length: ");
    if (body && length && have >= (size_t)(body + 4 - text) + strtoul(length + 16, NULL, 10))
      return have;
  }
}

static void *receiver_run(void *arg) {
  (void)arg;
  for (;;) {
    int s = accept(receiver.listener, NULL, NULL);
    if (s < 0)
      return NULL;
    request_read(s, receiver.requests[receiver.n % REQUESTS_MAX]);
    const char *answer = receiver.answer;
    int times = receiver.answer_times;
    receiver.n++;
    if (!answer)
      continue; /* stays open, silent */
    for (int k = 0; k < times; k++)
      if (send(s, answer, strlen(answer), MSG_NOSIGNAL) < 0)
        break;
    close(s);
  }
}

static void receiver_answers(const char *answer) {
  receiver.answer = answer;
  receiver.answer_times = 1;
}

static void receiver_start(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  pthread_t thread;
  receiver.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(receiver.listener, (struct sockaddr *)&at, sizeof at), 0);
  ck_assert_int_eq(listen(receiver.listener, 128), 0);
  ck_assert_int_eq(getsockname(receiver.listener, (struct sockaddr *)&at, &size), 0);
  receiver.port = ntohs(at.sin_port);
  receiver.n = 0;
  receiver_answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  ck_assert_int_eq(pthread_create(&thread, NULL, receiver_run, NULL), 0);
}

/* ---- subscriptions ---- */
static char subscription[UUID_SIZE];
static const char secret[] = "0123456789abcdef0123456789abcdef";

static void subscribe(const char *target, int with_secret) {
  ck_assert_int_eq(uuid_new(subscription), 0);
  char *sealed = with_secret ? seal_text(service.master_key, subscription, secret) : NULL;
  struct subscription s = {.id = subscription,
                           .project = project_id,
                           .name = "s",
                           .target = target,
                           .event_types = "[\"analysis_complete_v2\"]",
                           .sealed = sealed,
                           .created = clock_now()};
  ck_assert_int_eq(store_subscription_create(service.store, &s), STORE_OK);
  free(sealed);
}

static void setup(void) {
  char target[100];
  setenv("ARRAY_UPLOAD_WEBHOOKS_ALLOW_LOOPBACK", "yes", 1);
  duty_setup();
  receiver_start();
  snprintf(target, sizeof target, "http://127.0.0.1:%d/hook", receiver.port);
  subscribe(target, 1);
}

static void deliver(int retry) {
  char event[UUID_SIZE];
  ck_assert_int_eq(uuid_new(event), 0);
  ck_assert_int_eq(store_delivery_add(service.store, subscription, event, "analysis_complete_v2",
                                      "[{\"event\":\"\xc3\xa9\"}]", retry, clock_now()),
                   STORE_OK);
}

static struct notification *notifications;

static int64_t notification_count(void) {
  size_t n;
  int64_t total;
  ck_assert_int_eq(
      store_notification_list(service.store, &arena, subscription, (struct page){50, 0}, &notifications, &n, &total),
      STORE_OK);
  return total;
}

static void notifications_become(int64_t n) {
  WAIT_FOR(notification_count() >= n);
  ck_assert_int_eq(notification_count(), n);
}

static int flagged(void) {
  struct subscription s;
  ck_assert_int_eq(store_subscription_get(service.store, &arena, NULL, subscription, &s), STORE_OK);
  return s.flagged != 0;
}

static void signature_check(const char *request) {
  char expected[SIGNATURE_SIZE], *at = strstr(request, "Gencove-Signature: t=");
  ck_assert_ptr_nonnull(at);
  long when = strtol(at + 21, NULL, 10);
  ck_assert_int_eq(post_signature(expected, secret, strstr(request, "\r\n\r\n") + 4, when), 0);
  ck_assert_msg(strncmp(at + 19, expected, strlen(expected)) == 0, "%s", request);
}

START_TEST(row_20_delivered) {
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert_int_eq(notifications[0].http_status, 200);
  ck_assert_str_eq(notifications[0].message, "ok");
  ck_assert_int_eq(receiver.n, 1);
  ck_assert(strncmp(receiver.requests[0], "POST /hook HTTP/1.1\r\n", 21) == 0);
  ck_assert_ptr_nonnull(strstr(receiver.requests[0], "Content-Type: application/json\r\n"));
  signature_check(receiver.requests[0]);
  usleep(600000);
  ck_assert_int_eq(receiver.n, 1); /* once */
  duty_stop(pid);
}
END_TEST

START_TEST(no_secret_no_header) {
  char target[100];
  snprintf(target, sizeof target, "http://127.0.0.1:%d/hook", receiver.port);
  subscribe(target, 0);
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert_int_eq(receiver.n, 1);
  ck_assert_ptr_null(strstr(receiver.requests[0], "Signature"));
  duty_stop(pid);
}
END_TEST

START_TEST(whole_schedule) {
  static const int waits[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
  int moved = 0;
  receiver_answers("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  for (int k = 0; k < 10; k++) {
    notifications_become(k + 1);
    ck_assert_int_eq(flagged(), k == 9);
    if (k < 9) {
      moved += waits[k] * 11 / 10 + 2;
      clock_move(moved);
    }
  }
  clock_move(moved + 200000);
  usleep(600000);
  ck_assert_int_eq(receiver.n, 10);
  const char *first = strstr(receiver.requests[0], "webhook-id: "),
             *last = strstr(receiver.requests[9], "webhook-id: ");
  ck_assert(first && last && strncmp(first, last, 12 + 36) == 0); /* the same event */
  signature_check(receiver.requests[0]);
  signature_check(receiver.requests[9]);
  ck_assert(strncmp(strstr(receiver.requests[0], "t="), strstr(receiver.requests[9], "t="), 12) != 0); /* signed anew */
  duty_stop(pid);
}
END_TEST

START_TEST(not_before_its_time) {
  receiver_answers("HTTP/1.1 503 Later\r\nRetry-After: 1000\r\nContent-Length: 0\r\n\r\n");
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  clock_move(900);
  usleep(800000);
  ck_assert_int_eq(receiver.n, 1);
  clock_move(1010);
  notifications_become(2);
  duty_stop(pid);
}
END_TEST

START_TEST(gone) {
  receiver_answers("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert(flagged());
  int64_t rows = 0, broken = 0;
  /* the chain's line comes a moment after the notification */
  WAIT_DOING(ck_assert_int_eq(store_audit_verify(service.store, &rows, &broken), STORE_OK), rows > 0);
  ck_assert(rows == 1 && broken == 0);
  clock_move(1000000);
  usleep(600000);
  ck_assert_int_eq(receiver.n, 1);
  duty_stop(pid);
}
END_TEST

START_TEST(test_delivery_is_tried_once) {
  receiver_answers("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(0);
  notifications_become(1);
  clock_move(1000000);
  usleep(600000);
  ck_assert_int_eq(receiver.n, 1);
  ck_assert(!flagged());
  duty_stop(pid);
}
END_TEST

START_TEST(redirect_is_not_followed) {
  static char answer[200]; /* the receiver reads it as long as it runs */
  snprintf(answer, sizeof answer,
           "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/other\r\nContent-Length: 0\r\n\r\n", receiver.port);
  receiver_answers(answer);
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert_int_eq(notifications[0].http_status, 302);
  ck_assert_int_eq(receiver.n, 1);
  duty_stop(pid);
}
END_TEST

START_TEST(silent_receiver) {
  setenv("ARRAY_UPLOAD_TIMERS_WEBHOOK", "1", 1);
  receiver.answer = NULL;
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert_int_eq(notifications[0].http_status, 0);
  duty_stop(pid);
}
END_TEST

START_TEST(endless_answer) {
  static char answer[20001] = "HTTP/1.1 200 OK\r\n\r\n";
  memset(answer + strlen(answer), 'x', sizeof answer - 1 - strlen(answer));
  receiver_answers(answer);
  receiver.answer_times = 1000; /* 20 MB */
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert_int_eq(notifications[0].http_status, 200);
  ck_assert_uint_eq(strlen(notifications[0].message), POST_ANSWER_MAX);
  duty_stop(pid);
}
END_TEST

/* What a subscription of an older configuration, or a name, may lead to. */
static const char *const internal[] = {"https://127.0.0.1:%d/",  "http://127.0.0.1:%d/", "https://localhost:%d/",
                                       "https://[::1]:%d/",      "https://10.1.2.3/%d",  "https://169.254.169.254/%d",
                                       "https://2130706433:%d/", "file:///etc/passwd%d"};

START_TEST(guard_refuses) {
  char target[100];
  unsetenv("ARRAY_UPLOAD_WEBHOOKS_ALLOW_LOOPBACK");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  snprintf(target, sizeof target, internal[_i], receiver.port);
#pragma GCC diagnostic pop
  subscribe(target, 1);
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert_int_eq(notifications[0].http_status, 0);
  ck_assert_int_eq(receiver.n, 0);
  duty_stop(pid);
}
END_TEST

/* The name passes the look at the text and only its address tells: this machine's own name is that of a loopback or
 * private address (on a machine where it is public the port is refused). A proxy in the environment changes nothing. */
START_TEST(guard_refuses_by_address) {
  char target[300], host[100] = "", proxy[100];
  unsetenv("ARRAY_UPLOAD_WEBHOOKS_ALLOW_LOOPBACK");
  snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", receiver.port);
  setenv("https_proxy", proxy, 1);
  setenv("ALL_PROXY", proxy, 1);
  ck_assert_int_eq(gethostname(host, sizeof host - 1), 0);
  snprintf(target, sizeof target, "https://%s/", host);
  subscribe(target, 1);
  pid_t pid = duty_start(hookd_run, NULL);
  deliver(1);
  notifications_become(1);
  ck_assert_int_eq(notifications[0].http_status, 0);
  ck_assert_int_eq(receiver.n, 0);
  duty_stop(pid);
}
END_TEST

/* At least once: killed after the answer, before the row; the lease runs out, and it is sent again under the same
 * event_id. */
START_TEST(killed_before_the_record) {
  pid_t pid = duty_start(hookd_run, "hook-before-record");
  deliver(1);
  duty_died(pid);
  ck_assert_int_eq(receiver.n, 1);
  ck_assert_int_eq(notification_count(), 0);
  pid = duty_start(hookd_run, NULL);
  clock_move(120);
  notifications_become(1);
  ck_assert_int_eq(receiver.n, 2);
  duty_stop(pid);
}
END_TEST

START_TEST(killed_when_claimed) {
  pid_t pid = duty_start(hookd_run, "hook-claimed");
  deliver(1);
  duty_died(pid);
  ck_assert_int_eq(receiver.n, 0);
  pid = duty_start(hookd_run, NULL);
  clock_move(120);
  notifications_become(1);
  ck_assert_int_eq(receiver.n, 1);
  duty_stop(pid);
}
END_TEST

START_TEST(two_senders) {
  enum { EVENTS = 20 };
  for (int k = 0; k < EVENTS; k++)
    deliver(1);
  pid_t one = duty_start(hookd_run, NULL), two = duty_start(hookd_run, NULL);
  notifications_become(EVENTS);
  usleep(500000);
  ck_assert_int_eq(receiver.n, EVENTS);
  duty_stop(one);
  duty_stop(two);
}
END_TEST

int main(void) {
  Suite *s = suite_create("hookd");
  TCase *t = tcase_create("hookd");
  tcase_add_checked_fixture(t, setup, duty_teardown);
  tcase_add_test(t, row_20_delivered);
  tcase_add_test(t, no_secret_no_header);
  tcase_add_test(t, whole_schedule);
  tcase_add_test(t, not_before_its_time);
  tcase_add_test(t, gone);
  tcase_add_test(t, test_delivery_is_tried_once);
  tcase_add_test(t, redirect_is_not_followed);
  tcase_add_test(t, silent_receiver);
  tcase_add_test(t, endless_answer);
  tcase_add_loop_test(t, guard_refuses, 0, sizeof internal / sizeof *internal);
  tcase_add_test(t, guard_refuses_by_address);
  tcase_add_test(t, killed_before_the_record);
  tcase_add_test(t, killed_when_claimed);
  tcase_add_test(t, two_senders);
  suite_add_tcase(s, t);
  return suite_run(s);
}
