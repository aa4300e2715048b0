/* The blob store: the same suite for the folder and, with ARRAY_UPLOAD_TEST_BLOB=s3://…, for an S3 double. */
#include "../unit/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/blob/blob.h"
#include "array-upload/util/config.h"
#include "array-upload/util/crypto.h"

static struct config config;
static struct blob *blob;
static char folder[64], prefix[64];

static void setup(void) {
  char error[300], url[100], id[UUID_SIZE];
  const char *given = getenv("ARRAY_UPLOAD_TEST_BLOB");
  ck_assert_int_eq(config_load(&config, NULL, error, sizeof error), 0);
  snprintf(folder, sizeof folder, "/tmp/array-upload-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(url, sizeof url, "file:%s", folder);
  ck_assert_int_eq(config_set(&config.data, folder), 0);
  ck_assert_int_eq(config_set(&config.blob_url, given != NULL ? given : url), 0);
  ck_assert_int_eq(uuid_new(id), 0);
  snprintf(prefix, sizeof prefix, "t-%s", id);
  blob = blob_open_store(&config, error, sizeof error);
  ck_assert_msg(blob != NULL, "%s", error);
}

static void teardown(void) {
  char command[128];
  blob_close_store(blob);
  config_free(&config);
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  ck_assert_int_eq(system(command), 0);
}

static enum blob_result put(const char *name, const char *text, int spooled) {
  int fd;
  char key[200], hex[SHA256_HEX_SIZE];
  int64_t size;
  snprintf(key, sizeof key, "%s/%s", prefix, name);
  if (spooled) {
    ck_assert_int_eq(blob_spool(blob, &fd), BLOB_OK);
  } else {
    char path[128];
    snprintf(path, sizeof path, "%s/named", folder);
    FILE *f = fopen(path, "w+");
    ck_assert_ptr_nonnull(f);
    fd = dup(fileno(f));
    fclose(f);
  }
  ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  ck_assert_int_eq(sha256_fd(fd, hex, &size), 0);
  enum blob_result result = blob_put(blob, key, fd, size, hex);
  close(fd);
  return result;
}

static void expect(const char *name, const char *text) {
  char key[200], buffer[100];
  int fd;
  int64_t size;
  snprintf(key, sizeof key, "%s/%s", prefix, name);
  ck_assert_int_eq(blob_open(blob, key, &fd, &size), BLOB_OK);
  ck_assert_int_eq(size, (int64_t)strlen(text));
  ck_assert_int_eq(read(fd, buffer, sizeof buffer), (ssize_t)strlen(text));
  ck_assert_int_eq(memcmp(buffer, text, strlen(text)), 0);
  close(fd);
}

START_TEST(put_open_remove) {
  char key[200];
  int fd;
  int64_t size;
  for (int spooled = 0; spooled < 2; spooled++) {
    ck_assert_int_eq(put("a/b/one.zip", "first", spooled), BLOB_OK);
    ck_assert_int_eq(put("a/b/one.zip", "second", spooled), BLOB_EXISTS);
    expect("a/b/one.zip", "first");
    snprintf(key, sizeof key, "%s/a/b/one.zip", prefix);
    ck_assert_int_eq(blob_remove(blob, key), BLOB_OK);
    ck_assert_int_eq(blob_remove(blob, key), BLOB_OK);
    ck_assert_int_eq(blob_open(blob, key, &fd, &size), BLOB_NONE);
  }
  ck_assert_int_eq(put("empty", "", 1), BLOB_OK);
  expect("empty", "");
}
END_TEST

static int count(void *arg, const char *key, int64_t modified) {
  ck_assert(blob_key_valid(key));
  ck_assert(modified > 0);
  ++*(int *)arg;
  return 0;
}

START_TEST(list) {
  char under[100];
  int n = 0;
  for (int i = 0; i < 5; i++) {
    char name[20];
    snprintf(name, sizeof name, "d%d/x", i);
    ck_assert_int_eq(put(name, "x", 1), BLOB_OK);
  }
  snprintf(under, sizeof under, "%s/", prefix);
  ck_assert_int_eq(blob_list(blob, under, count, &n), BLOB_OK);
  ck_assert_int_eq(n, 5);
  n = 0;
  snprintf(under, sizeof under, "%s/none/", prefix);
  ck_assert_int_eq(blob_list(blob, under, count, &n), BLOB_OK);
  ck_assert_int_eq(n, 0);
}
END_TEST

START_TEST(keys) {
  static const char *const bad[] = {"", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "a b", "a\\b", "a\n", "ä"};
  int fd;
  int64_t size;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ck_assert_msg(!blob_key_valid(bad[i]), "%s", bad[i]);
    ck_assert_int_eq(blob_open(blob, bad[i], &fd, &size), BLOB_ERROR);
  }
  ck_assert(blob_key_valid("samples/0-a/run-1/x_array-vcf.vcf.gz"));
}
END_TEST

int main(void) {
  Suite *s = suite_create("blob");
  TCase *t = tcase_create("blob");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, put_open_remove);
  tcase_add_test(t, list);
  tcase_add_test(t, keys);
  suite_add_tcase(s, t);
  return suite_run(s);
}
