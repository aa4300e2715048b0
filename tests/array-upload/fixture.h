/* fixture.h - a fresh store for each test: SQLite in a new folder, or the empty PostgreSQL database whose URL is in
 * ARRAY_UPLOAD_TEST_DATABASE (postgres.sh starts one). */
#ifndef ARRAY_UPLOAD_TESTS_FIXTURE_H
#define ARRAY_UPLOAD_TESTS_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array-upload/seal/keystore.h"
#include "array-upload/store/internal.h"
#include "array-upload/store/store.h"
#include "array-upload/util/config.h"
#include "array-upload/util/encode.h"

#define T0 INT64_C(1700000000000000)
#define S(n) ((int64_t)(n)*1000000)

static struct config fixture_config;
static struct store *store;
static struct kek_ring *keks;
static struct arena arena;
static char fixture_folder[64];

static struct store *fixture_open(void) {
  char error[300] = "";
  struct store *s = store_open(&fixture_config, keks, error, sizeof error);
  ck_assert_msg(s != NULL, "%s", error);
  return s;
}

static void fixture_setup(void) {
  char error[300], url[200];
  const char *given = getenv("ARRAY_UPLOAD_TEST_DATABASE");
  ck_assert_int_eq(config_load(&fixture_config, NULL, error, sizeof error), 0);
  snprintf(fixture_folder, sizeof fixture_folder, "/tmp/array-upload-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(fixture_folder));
  snprintf(url, sizeof url, "sqlite:%s/test.db", fixture_folder);
  ck_assert_int_eq(config_set(&fixture_config.database_url, given != NULL ? given : url), 0);
  ck_assert_int_eq(config_set(&fixture_config.data, fixture_folder), 0);
  ck_assert_msg(config_complete(&fixture_config, error, sizeof error) == 0, "%s", error);
  ck_assert_int_eq(mkdir(fixture_config.keys_folder, 0700), 0);
  keks = kek_ring_open(&fixture_config, error, sizeof error);
  ck_assert_msg(keks != NULL, "%s", error);
  store = fixture_open();
  if (given != NULL)
    ck_assert_int_eq(store->db->driver->script(store->db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"), DB_OK);
  ck_assert_msg(store_migrate(store) == STORE_OK, "%s", store_error(store));
}

static void fixture_teardown(void) {
  char command[200];
  store_close(store);
  kek_ring_close(keks);
  arena_free(&arena);
  config_free(&fixture_config);
  snprintf(command, sizeof command, "rm -rf '%s' '%s.keys'", fixture_folder, fixture_folder);
  ck_assert_int_eq(system(command), 0);
}

#define OK(call)                                                                                  \
  do {                                                                                            \
    enum store_result ok_result = (call);                                                         \
    ck_assert_msg(ok_result == STORE_OK, "%s: %d %s", #call, (int)ok_result, store_error(store)); \
  } while (0)

#endif
