/* test_target.c - where webhooks may go, and when they are tried again. */
#include <config.h>

#include <arpa/inet.h>
#include "../unit/suite.h"
#include <netinet/in.h>
#include <string.h>

#include "array-upload/hookd/post.h"
#include "array-upload/hookd/schedule.h"
#include "array-upload/util/target.h"

static struct config config;

static int v4(const char *text, int port, struct sockaddr_in *out) {
  *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  return inet_pton(AF_INET, text, &out->sin_addr);
}

static int is_public(const char *text) {
  struct sockaddr_in a;
  struct sockaddr_in6 b = {.sin6_family = AF_INET6};
  if (v4(text, 443, &a) == 1)
    return target_address_public((struct sockaddr *)&a);
  ck_assert_int_eq(inet_pton(AF_INET6, text, &b.sin6_addr), 1);
  return target_address_public((struct sockaddr *)&b);
}

START_TEST(internal_addresses) {
  static const char *const internal[] = {
      "0.0.0.0",     "0.1.2.3",        "10.0.0.1",         "10.255.255.255", "100.64.0.1",       "100.127.255.255",
      "127.0.0.1",   "127.255.0.1",    "169.254.169.254",  "172.16.0.1",     "172.31.255.255",   "192.0.0.1",
      "192.0.2.1",   "192.88.99.1",    "192.168.0.1",      "198.18.0.1",     "198.19.255.1",     "198.51.100.1",
      "203.0.113.9", "224.0.0.1",      "239.1.1.1",        "240.0.0.1",      "255.255.255.255",  "::",
      "::1",         "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8",      "64:ff9b::8.8.8.8", "64:ff9b:1::1",
      "100::1",      "2001::1",        "2001:10::1",       "2001:db8::1",    "2002:7f00:1::1",   "3fff::1",
      "fc00::1",     "fd12:3456::1",   "fe80::1",          "fec0::1",        "ff02::1",          "5f00::1"};
  for (size_t k = 0; k < sizeof internal / sizeof *internal; k++)
    ck_assert_msg(!is_public(internal[k]), "%s", internal[k]);
}
END_TEST

START_TEST(public_addresses) {
  static const char *const outside[] = {"8.8.8.8",        "1.1.1.1",           "9.255.255.255",       "11.0.0.1",
                                        "100.63.255.255", "100.128.0.1",       "126.1.1.1",           "128.0.0.1",
                                        "172.15.0.1",     "172.32.0.1",        "192.0.1.1",           "192.167.1.1",
                                        "192.169.0.1",    "198.17.0.1",        "198.20.0.1",          "223.255.1.1",
                                        "2606:4700::1",   "2a00:1450:4001::1", "2001:4860:4860::8888"};
  for (size_t k = 0; k < sizeof outside / sizeof *outside; k++)
    ck_assert_msg(is_public(outside[k]), "%s", outside[k]);
}
END_TEST

START_TEST(targets) {
  const char *why;
  static const char *const good[] = {"https://example.com", "https://example.com/hook?x=1", "https://8.8.8.8/h",
                                     "https://example.com:443/", "https://[2606:4700::1]/"};
  static const char *const bad[] = {"",
                                    "example.com",
                                    "http://example.com/",
                                    "ftp://example.com/",
                                    "file:///etc/passwd",
                                    "gopher://example.com/",
                                    "https://example.com:8443/",
                                    "https://example.com:22/",
                                    "https://user@example.com/",
                                    "https://user:pw@example.com/",
                                    "https://example.com/#f",
                                    "https://example.com/a b",
                                    "https://example.com\\@127.0.0.1/",
                                    "https://example.com/\r\nX: y",
                                    "https://127.0.0.1/",
                                    "https://127.1/",
                                    "https://2130706433/",
                                    "https://0x7f000001/",
                                    "https://0177.0.0.1/",
                                    "https://localhost/",
                                    "https://LOCALHOST./",
                                    "https://a.localhost/",
                                    "https://10.0.0.5/",
                                    "https://10.0.0.5./",
                                    "https://0x7f.1./",
                                    "https://169.254.169.254/latest/meta-data/",
                                    "https://[::1]/",
                                    "https://[::ffff:127.0.0.1]/",
                                    "https://[fd00::1]/",
                                    "http://127.0.0.1:8000/"};
  for (size_t k = 0; k < sizeof good / sizeof *good; k++)
    ck_assert_msg(target_check(&config, good[k], &why) == 0, "%s: %s", good[k], why);
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
    ck_assert_msg(target_check(&config, bad[k], &why) != 0 && why, "%s", bad[k]);
  char longer[TARGET_MAX + 2] = "https://example.com/";
  memset(longer + strlen(longer), 'a', sizeof longer - 1 - strlen(longer));
  longer[sizeof longer - 1] = '\0';
  ck_assert_int_ne(target_check(&config, longer, &why), 0);
  longer[TARGET_MAX] = '\0';
  ck_assert_int_eq(target_check(&config, longer, &why), 0);
}
END_TEST

START_TEST(targets_of_tests) {
  const char *why;
  config.allow_loopback_webhooks = 1;
  ck_assert_int_eq(target_check(&config, "http://127.0.0.1:8000/x", &why), 0);
  ck_assert_int_eq(target_check(&config, "http://localhost:8000/x", &why), 0);
  ck_assert_int_ne(target_check(&config, "http://10.0.0.1/", &why), 0);
  ck_assert_int_ne(target_check(&config, "http://example.com/", &why), 0);
  config.allow_loopback_webhooks = 0;
}
END_TEST

/* What a name resolved to, asked for each socket. */
START_TEST(sockets) {
  struct sockaddr_in a;
  v4("127.0.0.1", 443, &a);
  ck_assert(!target_address_allowed(&config, "https", (struct sockaddr *)&a));
  config.allow_loopback_webhooks = 1;
  ck_assert(target_address_allowed(&config, "http", (struct sockaddr *)&a));
  v4("10.0.0.1", 443, &a);
  ck_assert(!target_address_allowed(&config, "https", (struct sockaddr *)&a));
  v4("8.8.8.8", 80, &a);
  ck_assert(!target_address_allowed(&config, "http", (struct sockaddr *)&a));
  ck_assert(!target_address_allowed(&config, "https", (struct sockaddr *)&a));
  v4("8.8.8.8", 443, &a);
  ck_assert(target_address_allowed(&config, "https", (struct sockaddr *)&a));
  config.webhook_ports = (char *)"443, 8443";
  v4("8.8.8.8", 8443, &a);
  ck_assert(target_address_allowed(&config, "https", (struct sockaddr *)&a));
  config.webhook_ports = NULL;
  config.allow_loopback_webhooks = 0;
}
END_TEST

START_TEST(schedule) {
  static const int64_t waits[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
  const int64_t now = INT64_C(1700000000000000), second = 1000000;
  struct delivery d = {.retry = 1};
  int64_t at;
  for (int status = 200; status < 300; status += 33)
    ck_assert_int_eq(schedule_next(&d, status, 0, 1, now, &at), DELIVERY_DONE);
  for (int k = 0; k < 9; k++) {
    d.attempt = k;
    ck_assert_int_eq(schedule_next(&d, 500, 0, 0, now, &at), DELIVERY_RETRY);
    ck_assert_int_eq(at, now + waits[k] * second);
    ck_assert_int_eq(schedule_next(&d, 0, 0, 999, now, &at), DELIVERY_RETRY);
    ck_assert(at > now + waits[k] * second && at <= now + waits[k] * second * 11 / 10);
  }
  d.attempt = 9;
  ck_assert_int_eq(schedule_next(&d, 500, 0, 0, now, &at), DELIVERY_DEAD);
  d.attempt = 0;
  ck_assert_int_eq(schedule_next(&d, 410, 0, 0, now, &at), DELIVERY_DEAD);
  ck_assert_int_eq(schedule_next(&d, 302, 0, 0, now, &at), DELIVERY_RETRY);
  ck_assert_int_eq(schedule_next(&d, 429, 120, 0, now, &at), DELIVERY_RETRY);
  ck_assert_int_eq(at, now + 120 * second);
  ck_assert_int_eq(schedule_next(&d, 503, 1, 0, now, &at), DELIVERY_RETRY);
  ck_assert_int_eq(at, now + 5 * second); /* never sooner than ours */
  ck_assert_int_eq(schedule_next(&d, 503, 10000000, 0, now, &at), DELIVERY_RETRY);
  ck_assert_int_eq(at, now + 86400 * second);
  d.retry = 0;
  ck_assert_int_eq(schedule_next(&d, 500, 0, 0, now, &at), DELIVERY_DEAD);
}
END_TEST

/* Computed with Python's hmac module. */
START_TEST(signature) {
  char text[SIGNATURE_SIZE];
  ck_assert_int_eq(post_signature(text, "0123456789abcdef", "[{\"a\":1}]", 1700000000), 0);
  ck_assert_str_eq(text, "t=1700000000,v1="
                         "47b25626ebc34f3ecf21d769545f0d55c6732777864e9f2e16583b937a95e84aa62c9a64bc485d6bd7d1c2ce9dae1"
                         "9d8ea27ad096b1afdfe7d22928fbf51a54e");
}
END_TEST

int main(void) {
  Suite *s = suite_create("target");
  TCase *t = tcase_create("target");
  tcase_add_test(t, internal_addresses);
  tcase_add_test(t, public_addresses);
  tcase_add_test(t, targets);
  tcase_add_test(t, targets_of_tests);
  tcase_add_test(t, sockets);
  tcase_add_test(t, schedule);
  tcase_add_test(t, signature);
  suite_add_tcase(s, t);
  return suite_run(s);
}
