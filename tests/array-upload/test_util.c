/* util: encodings, crypto against published vectors, JWT against forgeries, configuration. */
#include "../unit/suite.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/util/config.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/jwt.h"

START_TEST(times) {
  char text[TIME_SIZE];
  int64_t t;
  ck_assert_int_eq(time_parse(&t, "2021-10-12T19:47:15.332776Z"), 0);
  time_format(text, t);
  ck_assert_str_eq(text, "2021-10-12T19:47:15.332776Z");
  time_format_spaced(text, t);
  ck_assert_str_eq(text, "2021-10-12 19:47:15.332776+00:00");
  time_format(text, t - 332776);
  ck_assert_str_eq(text, "2021-10-12T19:47:15Z");
  int64_t u;
  ck_assert_int_eq(time_parse(&u, "2021-10-12T21:47:15.332776+02:00"), 0);
  ck_assert_int_eq(t, u);
  ck_assert_int_eq(time_parse(&u, "2024-02-29"), 0);
  date_format(text, u);
  ck_assert_str_eq(text, "2024-02-29");
  static const char *const bad[] = {"",
                                    "2023-02-29",
                                    "2021-13-01",
                                    "2021-1-1",
                                    "2021-10-12T",
                                    "2021-10-12T25:00",
                                    "x",
                                    "2021-10-12T10:00:00Zx",
                                    "2021-10-12T10:00:00.Z"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(time_parse(&u, bad[i]) == -1, "%s", bad[i]);
}
END_TEST

START_TEST(uuids_and_numbers) {
  char id[UUID_SIZE], again[UUID_SIZE];
  int64_t n;
  ck_assert_int_eq(uuid_new(id), 0);
  ck_assert_int_eq(id[14], '4');
  ck_assert_int_eq(uuid_parse(again, id), 0);
  ck_assert_str_eq(id, again);
  ck_assert_int_eq(uuid_parse(again, "6C3437B435FC42249BB04623A16E6735"), 0);
  ck_assert_str_eq(again, "6c3437b4-35fc-4224-9bb0-4623a16e6735");
  ck_assert_int_eq(uuid_parse(again, "6c3437b4-35fc-4224-9bb0-4623a16e673"), -1);
  ck_assert_int_eq(uuid_parse(again, "6c3437b4-35fc-4224-9bb04-623a16e6735"), -1);
  ck_assert_int_eq(number_parse(&n, "-9223372036854775807", INT64_MIN, INT64_MAX), 0);
  ck_assert_int_eq(number_parse(&n, "9223372036854775808", INT64_MIN, INT64_MAX), -1);
  ck_assert_int_eq(number_parse(&n, "1x", 0, 9), -1);
  ck_assert_int_eq(number_parse(&n, " 1", 0, 9), -1);
  ck_assert_int_eq(number_parse(&n, "", 0, 9), -1);
}
END_TEST

START_TEST(base64url) {
  char text[20];
  unsigned char bytes[20];
  ck_assert_int_eq(base64url_encode(text, sizeof text, "\xff\xfe\xfd", 3), 4);
  ck_assert_str_eq(text, "__79");
  ck_assert_int_eq(base64url_encode(text, sizeof text, "f", 1), 2);
  ck_assert_str_eq(text, "Zg");
  ck_assert_int_eq(base64url_decode(bytes, sizeof bytes, "Zg", 2), 1);
  ck_assert_int_eq(base64url_decode(bytes, sizeof bytes, "Zh", 2), -1); /* bits behind the last byte */
  ck_assert_int_eq(base64url_decode(bytes, sizeof bytes, "Zg==", 4), -1);
  ck_assert_int_eq(base64url_decode(bytes, sizeof bytes, "Z", 1), -1);
  ck_assert_int_eq(base64url_decode(bytes, sizeof bytes, "+w", 2), -1);
  ck_assert_int_eq(base64url_encode(text, 4, "abc", 3), -1);
}
END_TEST

START_TEST(vectors) {
  unsigned char out[64];
  char hex[129];
  ck_assert_int_eq(sha256(out, "abc", 3), 0); /* FIPS 180-2 */
  hex_encode(hex, out, 32);
  ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  ck_assert_int_eq(hmac_sha256(out, "Jefe", 4, "what do ya want for nothing?", 28), 0); /* RFC 4231 case 2 */
  hex_encode(hex, out, 32);
  ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  ck_assert_int_eq(hmac_sha512(out, "Jefe", 4, "what do ya want for nothing?", 28), 0);
  hex_encode(hex, out, 64);
  ck_assert_str_eq(
      hex, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1"
           "a34d4a6b4b636e070a38bce737");
}
END_TEST

START_TEST(sealing) {
  unsigned char key[32] = {1}, other[32] = {2};
  char *sealed = seal_text(key, "label", "secret");
  ck_assert_ptr_nonnull(sealed);
  char *plain = unseal_text(key, "label", sealed);
  ck_assert_str_eq(plain, "secret");
  free(plain);
  ck_assert_ptr_null(unseal_text(key, "other", sealed));
  ck_assert_ptr_null(unseal_text(other, "label", sealed));
  sealed[30] = sealed[30] == '0' ? '1' : '0';
  ck_assert_ptr_null(unseal_text(key, "label", sealed));
  ck_assert_ptr_null(unseal_text(key, "label", "00"));
  free(sealed);
}
END_TEST

START_TEST(passwords) {
  char hash[200];
  ck_assert_int_eq(password_hash(hash, sizeof hash, "correct horse"), 0);
  ck_assert_int_eq(password_check(hash, "correct horse"), 1);
  ck_assert_int_eq(password_check(hash, "correct hors"), 0);
  ck_assert_int_eq(password_check(NULL, ""), 0);
  ck_assert_int_eq(password_check("pbkdf2$1$00$00", ""), 0);
}
END_TEST

static const struct jwt_key keys[2] = {{"k1", {1, 2, 3}}, {"k2", {4, 5, 6}}};

static enum jwt_result verify(const char *token, int64_t now) {
  json_t *claims;
  enum jwt_result r = jwt_verify(token, strlen(token), keys, 2, "upload+jwt", "iss", "aud", now, &claims);
  json_decref(claims);
  return r;
}

static void sign(char *token, const struct jwt_key *key, const char *typ, const char *aud, int iat, int exp) {
  json_t *claims = json_pack("{s:s, s:s, s:i, s:i, s:s}", "iss", "iss", "aud", aud, "iat", iat, "exp", exp, "sub", "x");
  ck_assert_int_eq(jwt_sign(token, key, typ, claims), 0);
  json_decref(claims);
}

/* A token with any header and body, signed with the right key. */
static void forge(char *token, const char *header, const char *body) {
  unsigned char mac[32];
  int n = base64url_encode(token, JWT_MAX, header, strlen(header));
  token[n++] = '.';
  n += base64url_encode(token + n, (size_t)(JWT_MAX - n), body, strlen(body));
  ck_assert_int_eq(hmac_sha256(mac, keys[0].secret, 32, token, (size_t)n), 0);
  token[n++] = '.';
  base64url_encode(token + n, (size_t)(JWT_MAX - n), mac, 32);
}

START_TEST(jwt_good_and_late) {
  char token[JWT_MAX + 1];
  sign(token, &keys[1], "upload+jwt", "aud", 1000, 1600);
  ck_assert_int_eq(verify(token, 1000), JWT_OK);
  ck_assert_int_eq(verify(token, 1600), JWT_OK);
  ck_assert_int_eq(verify(token, 1601), JWT_EXPIRED);
  ck_assert_int_eq(verify(token, 940), JWT_OK);
  ck_assert_int_eq(verify(token, 939), JWT_INVALID); /* issued in the future */
  sign(token, &keys[1], "upload+jwt", "other", 1000, 1600);
  ck_assert_int_eq(verify(token, 1000), JWT_INVALID);
  sign(token, &keys[1], "JWT", "aud", 1000, 1600);
  ck_assert_int_eq(verify(token, 1000), JWT_INVALID);
  struct jwt_key unknown = {"k3", {1, 2, 3}};
  sign(token, &unknown, "upload+jwt", "aud", 1000, 1600);
  ck_assert_int_eq(verify(token, 1000), JWT_INVALID);
}
END_TEST

START_TEST(jwt_forgeries) {
  static const char body[] = "{\"iss\":\"iss\",\"aud\":\"aud\",\"iat\":1000,\"exp\":1600}";
  static const char *const headers[] = {
      "{\"alg\":\"none\",\"kid\":\"k1\",\"typ\":\"upload+jwt\"}",
      "{\"alg\":\"HS512\",\"kid\":\"k1\",\"typ\":\"upload+jwt\"}",
      "{\"alg\":\"hs256\",\"kid\":\"k1\",\"typ\":\"upload+jwt\"}",
      "{\"alg\":\"HS256\",\"typ\":\"upload+jwt\"}",
      "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"upload+jwt\",\"crit\":[]}",
      "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"upload+jwt\",\"jwk\":{}}",
      "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"upload+jwt\",\"jku\":\"https://x\"}",
      "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"upload+jwt\",\"alg\":\"HS256\"}",
      "[]",
      "1",
      ""};
  char token[JWT_MAX + 1];
  forge(token, "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"upload+jwt\"}", body);
  ck_assert_int_eq(verify(token, 1000), JWT_OK);
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    forge(token, headers[i], body);
    ck_assert_msg(verify(token, 1000) == JWT_INVALID, "%s", headers[i]);
  }
  static const char *const bodies[] = {"{\"iss\":\"iss\",\"aud\":\"aud\",\"iat\":1000,\"exp\":\"1600\"}",
                                       "{\"iss\":\"iss\",\"aud\":\"aud\",\"iat\":1000}", "{}", "[]",
                                       "{\"iss\":\"iss\",\"aud\":[\"aud\"],\"iat\":1000,\"exp\":1600}"};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    forge(token, "{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"upload+jwt\"}", bodies[i]);
    ck_assert_msg(verify(token, 1000) == JWT_INVALID, "%s", bodies[i]);
  }
  static const char *const texts[] = {"", ".", "..", "...", "a.b.c", "a.b", "e30.e30.", "e30.e30.e30"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    ck_assert_int_eq(verify(texts[i], 1000), JWT_INVALID);
  char longer[JWT_MAX + 100];
  memset(longer, 'a', sizeof longer);
  longer[sizeof longer - 1] = '\0';
  ck_assert_int_eq(verify(longer, 1000), JWT_INVALID);
}
END_TEST

START_TEST(jwt_every_flipped_character) {
  char token[JWT_MAX + 1];
  sign(token, &keys[0], "upload+jwt", "aud", 1000, 1600);
  for (size_t i = 0; token[i] != '\0'; i++) {
    char was = token[i];
    token[i] = was == 'A' ? 'B' : 'A';
    ck_assert_int_eq(verify(token, 1000), JWT_INVALID);
    token[i] = was;
  }
}
END_TEST

static int load(const char *text, char *error, size_t size, struct config *c) {
  char path[] = "/tmp/array-upload-conf-XXXXXX";
  int fd = mkstemp(path);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  int result = config_load(c, path, error, size);
  unlink(path);
  return result;
}

START_TEST(configuration) {
  char error[400];
  struct config c;
  ck_assert_int_eq(load("# x\n[server]\nlisten = 0.0.0.0:80\n\n[timers]\ngrace=0\n", error, sizeof error, &c), 0);
  ck_assert_str_eq(c.listen, "0.0.0.0:80");
  ck_assert_int_eq(c.grace_s, 0);
  ck_assert_int_eq(c.upload_bytes, 26214400);
  config_free(&c);
  ck_assert_int_eq(load("[server]\nlistn = x\n", error, sizeof error, &c), -1);
  ck_assert_ptr_nonnull(strstr(error, ":2: there is no setting listn"));
  ck_assert_int_eq(load("[nothing]\n", error, sizeof error, &c), -1);
  ck_assert_ptr_nonnull(strstr(error, ":1:"));
  ck_assert_int_eq(load("[timers]\ngrace = 301\n", error, sizeof error, &c), -1);
  ck_assert_int_eq(load("[timers]\ngrace = 1s\n", error, sizeof error, &c), -1);
  ck_assert_int_eq(setenv("ARRAY_UPLOAD_TIMERS_GRACE", "7", 1), 0);
  ck_assert_int_eq(load("[timers]\ngrace = 5\n", error, sizeof error, &c), 0);
  ck_assert_int_eq(c.grace_s, 7);
  ck_assert_int_eq(config_complete(&c, error, sizeof error), 0);
  ck_assert_str_eq(c.public_url, "http://127.0.0.1:8080");
  config_free(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("util");
  TCase *t = tcase_create("util");
  tcase_add_test(t, times);
  tcase_add_test(t, uuids_and_numbers);
  tcase_add_test(t, base64url);
  tcase_add_test(t, vectors);
  tcase_add_test(t, sealing);
  tcase_add_test(t, passwords);
  tcase_add_test(t, jwt_good_and_late);
  tcase_add_test(t, jwt_forgeries);
  tcase_add_test(t, jwt_every_flipped_character);
  tcase_add_test(t, configuration);
  suite_add_tcase(s, t);
  return suite_run(s);
}
