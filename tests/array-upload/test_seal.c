/* Sealing: segments, keys, objects, and what stays of a sample that was
 * deleted. ARRAY_UPLOAD_TEST_BLOB=s3://... runs the objects on an S3 double,
 * ARRAY_UPLOAD_TEST_DATABASE=postgresql://... the key store on PostgreSQL. */
#include "../unit/suite.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array-upload/seal/object.h"
#include "array-upload/db/db.h"
#include "array-upload/util/config.h"
#include "array-upload/util/crypto.h"

#define SAMPLE "00000000-0000-4000-8000-00000000000a"
#define NAME "sealed/" SAMPLE "/x"
enum { SIZE = 3 * SEGMENT_SIZE + 1000 };

static struct config config;
static struct kek_ring *keks;
static struct keystore *keys;
static struct blob *blob;
static char folder[64], prefix[64];
static unsigned char plain[SIZE], buffer[SIZE];

static struct keystore *keys_open(struct kek_ring *ring) {
  char error[300] = "";
  struct keystore *k = keystore_open(&config, ring, error, sizeof error);
  ck_assert_msg(k != NULL, "%s", error);
  return k;
}

static struct kek_ring *keks_open(void) {
  char error[300] = "";
  struct kek_ring *ring = kek_ring_open(&config, error, sizeof error);
  ck_assert_msg(ring != NULL, "%s", error);
  return ring;
}

/* postgres.sh gives one database; the key store's tables of an earlier test go.
 */
static void database_empty(const char *url) {
#ifdef HAVE_POSTGRESQL
  char error[300] = "";
  struct db *db = db_open_postgres(url, error, sizeof error);
  ck_assert_msg(db != NULL, "%s", error);
  ck_assert_int_eq(db->driver->script(db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"), DB_OK);
  db->driver->close(db);
#endif
  ck_assert_int_eq(config_set(&config.keys_store, url), 0);
}

static void setup(void) {
  char error[300] = "", data[100], url[120], id[UUID_SIZE];
  const char *store = getenv("ARRAY_UPLOAD_TEST_BLOB"), *database = getenv("ARRAY_UPLOAD_TEST_DATABASE");
  ck_assert_int_eq(config_load(&config, NULL, error, sizeof error), 0);
  snprintf(folder, sizeof folder, "/tmp/array-upload-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(data, sizeof data, "%s/data", folder);
  snprintf(url, sizeof url, "file:%s/blobs", data);
  ck_assert_int_eq(config_set(&config.data, data), 0);
  ck_assert_int_eq(config_set(&config.blob_url, store != NULL ? store : url), 0);
  ck_assert_msg(config_complete(&config, error, sizeof error) == 0, "%s", error);
  ck_assert(mkdir(data, 0700) == 0 && mkdir(config.keys_folder, 0700) == 0);
  if (database != NULL)
    database_empty(database);
  keks = keks_open();
  keys = keys_open(keks);
  blob = blob_open_store(&config, error, sizeof error);
  ck_assert_msg(blob != NULL, "%s", error);
  ck_assert_int_eq(uuid_new(id), 0);
  snprintf(prefix, sizeof prefix, "sealed/%s", id);
  ck_assert_int_eq(random_bytes(plain, sizeof plain), 0);
}

static void teardown(void) {
  char command[128];
  blob_close_store(blob);
  keystore_close(keys);
  kek_ring_close(keks);
  config_free(&config);
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  ck_assert_int_eq(system(command), 0);
}

/* ---- segments ---- */

/* The sealed form of n bytes of `plain` in a nameless file. */
static int sealed_file(size_t n, const char *name, unsigned char key[OBJECT_KEY_SIZE]) {
  int fd;
  int64_t size;
  ck_assert_int_eq(blob_spool(blob, &fd), BLOB_OK);
  struct object_writer *w = object_writer_new(fd, name);
  ck_assert_ptr_nonnull(w);
  for (size_t at = 0; at < n; at += 10007) /* in pieces that meet no border */
    ck_assert_int_eq(object_write(w, plain + at, n - at < 10007 ? n - at : 10007), 0);
  ck_assert_int_eq(object_finish(w, key, &size), 0);
  ck_assert_int_eq(size, (int64_t)n);
  object_writer_free(w);
  return fd;
}

/* 1 when the whole object reads as the n bytes; 0 when any of it is refused.
 * Anything else is a failed test. */
static int reads_as(int fd, const char *name, const unsigned char *key, size_t n) {
  struct object_reader *r = object_reader_new(fd, name, key);
  if (r == NULL)
    return 0;
  ck_assert_int_eq(object_size(r), (int64_t)n);
  ssize_t got = object_read(r, buffer, n, 0);
  object_close(r);
  if (got < 0)
    return 0;
  ck_assert_int_eq(got, (ssize_t)n);
  ck_assert_int_eq(memcmp(buffer, plain, n), 0);
  return 1;
}

START_TEST(sizes) {
  static const size_t lengths[] = {0, 1, SEGMENT_SIZE - 1, SEGMENT_SIZE, SEGMENT_SIZE + 1, 2 * SEGMENT_SIZE, SIZE};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    unsigned char key[OBJECT_KEY_SIZE];
    struct stat st;
    int fd = sealed_file(lengths[i], NAME, key);
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_int_eq(st.st_size, segment_sealed_size((int64_t)lengths[i]));
    ck_assert_int_eq(segment_plain_size(st.st_size), (int64_t)lengths[i]);
    ck_assert(reads_as(fd, NAME, key, lengths[i]));
    close(fd);
  }
  for (int64_t n = 0; n < SEGMENT_TAG; n++)
    ck_assert_int_eq(segment_plain_size(n), -1);
  ck_assert_int_eq(segment_plain_size(SEGMENT_SEALED + SEGMENT_TAG), -1); /* an empty segment behind a full one */
}
END_TEST

static void flip(int fd, off_t at) {
  unsigned char byte;
  ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
  byte ^= 0x40;
  ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
}

/* Every byte of a small object, and of a large one each border and a byte now
 * and then. */
START_TEST(a_flipped_byte_is_refused) {
  unsigned char key[OBJECT_KEY_SIZE];
  int fd = sealed_file(300, NAME, key);
  for (off_t at = 0; at < segment_sealed_size(300); at++) {
    flip(fd, at);
    ck_assert_msg(!reads_as(fd, NAME, key, 300), "byte %ld", (long)at);
    flip(fd, at);
  }
  ck_assert(reads_as(fd, NAME, key, 300));
  close(fd);
  fd = sealed_file(SIZE, NAME, key);
  off_t size = segment_sealed_size(SIZE);
  for (off_t at = 0; at < size; at += at % SEGMENT_SEALED < 3 || at % SEGMENT_SEALED > SEGMENT_SEALED - 20 ? 1 : 997) {
    flip(fd, at);
    ck_assert_msg(!reads_as(fd, NAME, key, SIZE), "byte %ld", (long)at);
    flip(fd, at);
  }
  ck_assert(reads_as(fd, NAME, key, SIZE));
  close(fd);
}
END_TEST

static void segment_copy(int fd, int to, int from, const unsigned char *kept) {
  static unsigned char segment[SEGMENT_SEALED];
  if (kept == NULL)
    ck_assert_int_eq(pread(fd, segment, sizeof segment, (off_t)from * SEGMENT_SEALED), SEGMENT_SEALED);
  ck_assert_int_eq(pwrite(fd, kept != NULL ? kept : segment, SEGMENT_SEALED, (off_t)to * SEGMENT_SEALED),
                   SEGMENT_SEALED);
}

START_TEST(order_place_and_owner_are_bound) {
  static unsigned char first[SEGMENT_SEALED];
  unsigned char key[OBJECT_KEY_SIZE], other[OBJECT_KEY_SIZE];
  int fd = sealed_file(SIZE, NAME, key);
  ck_assert_int_eq(pread(fd, first, sizeof first, 0), SEGMENT_SEALED);
  segment_copy(fd, 0, 1, NULL); /* repeated */
  ck_assert(!reads_as(fd, NAME, key, SIZE));
  segment_copy(fd, 1, 0, first); /* swapped */
  ck_assert(!reads_as(fd, NAME, key, SIZE));
  close(fd);
  fd = sealed_file(SIZE, NAME, key); /* cut: inside a segment, between two, and to nothing */
  for (off_t size = segment_sealed_size(SIZE) - 1; size > 0; size = size > SEGMENT_SEALED ? size - 30000 : size / 2) {
    ck_assert_int_eq(ftruncate(fd, size), 0);
    ck_assert_ptr_null(object_reader_new(fd, NAME, key));
  }
  close(fd);
  for (int segments = 1; segments <= 3; segments++) {
    fd = sealed_file(SIZE, NAME, key);
    ck_assert_int_eq(ftruncate(fd, (off_t)segments * SEGMENT_SEALED), 0);
    ck_assert_ptr_null(object_reader_new(fd, NAME, key));
    close(fd);
  }
  fd = sealed_file(SIZE, NAME, key);
  ck_assert_ptr_null(object_reader_new(fd, NAME "y", key)); /* another object's place */
  ck_assert_int_eq(random_bytes(other, sizeof other), 0);
  ck_assert_ptr_null(object_reader_new(fd, NAME, other));
  close(fd);
}
END_TEST

START_TEST(ranges) {
  unsigned char key[OBJECT_KEY_SIZE];
  int fd = sealed_file(SIZE, NAME, key);
  struct object_reader *r = object_reader_new(fd, NAME, key);
  ck_assert_ptr_nonnull(r);
  static const int64_t places[] = {0,        1,   SEGMENT_SIZE - 1, SEGMENT_SIZE, 2 * SEGMENT_SIZE - 5, SIZE - 1000,
                                   SIZE - 1, SIZE};
  static const size_t lengths[] = {1, 10, 1000, SEGMENT_SIZE, SIZE};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
      int64_t left = SIZE - places[i], want = (int64_t)lengths[k] < left ? (int64_t)lengths[k] : left;
      ck_assert_int_eq(object_read(r, buffer, lengths[k], places[i]), want);
      ck_assert_int_eq(memcmp(buffer, plain + places[i], (size_t)want), 0);
    }
  object_close(r);
  close(fd);
}
END_TEST

/* ---- objects ---- */

static void put(const char *name) {
  int fd;
  ck_assert_int_eq(blob_spool(blob, &fd), BLOB_OK);
  ck_assert_int_eq(write(fd, plain, SIZE), SIZE);
  ck_assert_int_eq(object_put(blob, keys, SAMPLE, name, fd, 1), BLOB_OK);
  close(fd);
}

static enum blob_result opens(const char *name) {
  struct object_reader *r;
  enum blob_result result = object_open(blob, keys, name, &r);
  if (result != BLOB_OK)
    return result;
  ck_assert_int_eq(object_read(r, buffer, SIZE, 0), SIZE);
  ck_assert_int_eq(memcmp(buffer, plain, SIZE), 0);
  int fd;
  ck_assert_int_eq(object_memory(r, &fd), 0);
  ck_assert_int_eq(read(fd, buffer, SIZE), SIZE);
  ck_assert_int_eq(memcmp(buffer, plain, SIZE), 0);
  close(fd);
  object_close(r);
  return BLOB_OK;
}

START_TEST(put_open_remove) {
  char name[120];
  int fd;
  int64_t size;
  snprintf(name, sizeof name, "%s/one", prefix);
  put(name);
  ck_assert_int_eq(opens(name), BLOB_OK);
  /* what lies in the store is not what was put */
  ck_assert_int_eq(blob_open(blob, name, &fd, &size), BLOB_OK);
  ck_assert_int_eq(size, segment_sealed_size(SIZE));
  ck_assert_int_eq(pread(fd, buffer, 1000, 0), 1000);
  ck_assert_int_ne(memcmp(buffer, plain, 1000), 0);
  close(fd);
  ck_assert_int_eq(object_remove(blob, keys, name), BLOB_OK);
  ck_assert_int_eq(object_remove(blob, keys, name), BLOB_OK);
  ck_assert_int_eq(opens(name), BLOB_NONE);
}
END_TEST

/* An object moved to another's name, by whoever may write to the bucket but not
 * to the key store. */
START_TEST(moved_objects_do_not_open) {
  char one[120], two[120];
  int fd;
  int64_t size;
  snprintf(one, sizeof one, "%s/one", prefix);
  snprintf(two, sizeof two, "%s/two", prefix);
  put(one);
  put(two);
  ck_assert_int_eq(blob_open(blob, one, &fd, &size), BLOB_OK);
  ck_assert_int_eq(blob_remove(blob, two), BLOB_OK);
  ck_assert_int_eq(blob_put(blob, two, fd, size, NULL), BLOB_OK);
  close(fd);
  ck_assert_int_eq(opens(one), BLOB_OK);
  ck_assert_int_eq(opens(two), BLOB_ERROR);
}
END_TEST

/* ---- keys ---- */

static void key_of(const char *name, unsigned char key[KEK_SIZE]) {
  ck_assert_int_eq(sha256(key, name, strlen(name)), 0);
}

static void add(struct keystore *k, const char *sample, const char *name, enum store_result wanted) {
  unsigned char key[KEK_SIZE];
  key_of(name, key);
  ck_assert_int_eq(keystore_add(k, sample, &name, key, 1, 1), wanted);
}

static void expect(struct keystore *k, const char *name, enum store_result wanted) {
  unsigned char key[KEK_SIZE], right[KEK_SIZE];
  ck_assert_int_eq(keystore_get(k, name, key), wanted);
  if (wanted != STORE_OK)
    return;
  key_of(name, right);
  ck_assert_int_eq(memcmp(key, right, sizeof key), 0);
}

START_TEST(keys_come_and_go) {
  const char *const names[] = {"a/1", "a/none", "a/2"};
  unsigned char got[3 * KEK_SIZE], found[3], right[KEK_SIZE];
  int empty;
  ck_assert_int_eq(keystore_is_empty(keys, &empty), STORE_OK);
  ck_assert_int_eq(empty, 1);
  add(keys, "a", "a/1", STORE_OK);
  add(keys, "a", "a/1", STORE_CONFLICT);
  add(keys, "a", "a/2", STORE_OK);
  add(keys, "b", "b/1", STORE_OK);
  expect(keys, "a/1", STORE_OK);
  ck_assert_int_eq(keystore_get_many(keys, names, 3, got, found), STORE_OK);
  ck_assert(found[0] && !found[1] && found[2]);
  key_of("a/2", right);
  ck_assert_int_eq(memcmp(got + 2 * KEK_SIZE, right, KEK_SIZE), 0);
  ck_assert_int_eq(keystore_destroy(keys, "a/1"), STORE_OK);
  expect(keys, "a/1", STORE_NONE);
  ck_assert_int_eq(keystore_destroy_sample(keys, "a", 2), STORE_OK);
  ck_assert_int_eq(keystore_destroy_sample(keys, "a", 3), STORE_OK);
  expect(keys, "a/2", STORE_NONE);
  expect(keys, "b/1", STORE_OK);
  add(keys, "a", "a/3", STORE_NONE); /* destroyed is for ever */
  ck_assert_int_eq(keystore_is_empty(keys, &empty), STORE_OK);
  ck_assert_int_eq(empty, 0);
}
END_TEST

/* 1 when the bytes stand anywhere in the keys' folder. */
static int folder_has(const char *text) {
  char command[400];
  snprintf(command, sizeof command, "grep -rqaF '%s' '%s'", text, config.keys_folder);
  return system(command) == 0;
}

/* The wrapped key is gone from the file and its log, not only from its row. */
START_TEST(destroyed_keys_leave_no_bytes) {
  struct arena a = {0};
  struct key_entry *entries;
  size_t n;
  if (getenv("ARRAY_UPLOAD_TEST_DATABASE") != NULL)
    return; /* PostgreSQL's vacuum comes by itself */
  add(keys, "a", "a/1", STORE_OK);
  add(keys, "b", "b/1", STORE_OK);
  ck_assert_int_eq(keystore_entries(keys, &a, "", &entries, &n), STORE_OK);
  ck_assert_uint_eq(n, 2);
  ck_assert(folder_has(entries[0].wrapped) && folder_has(entries[1].wrapped)); /* the positive control */
  ck_assert_int_eq(keystore_destroy_sample(keys, "a", 2), STORE_OK);
  ck_assert_int_eq(keystore_settle(keys), STORE_OK);
  ck_assert(!folder_has(entries[0].wrapped));
  ck_assert(folder_has(entries[1].wrapped));
  arena_free(&a);
}
END_TEST

/* An old copy of a wrapped key, put under another name, does not open there. */
START_TEST(wrapped_keys_are_bound_to_their_name) {
  struct arena a = {0};
  struct key_entry *entries;
  size_t n;
  add(keys, "a", "a/1", STORE_OK);
  ck_assert_int_eq(keystore_entries(keys, &a, "", &entries, &n), STORE_OK);
  struct key_entry moved = entries[0];
  moved.name = "a/2";
  ck_assert_int_eq(keystore_import(keys, &moved), STORE_ERROR);
  ck_assert_int_eq(keystore_import(keys, &entries[0]), STORE_CONFLICT);
  ck_assert_int_eq(keystore_destroy(keys, "a/1"), STORE_OK);
  ck_assert_int_eq(keystore_import(keys, &entries[0]), STORE_OK);
  expect(keys, "a/1", STORE_OK);
  arena_free(&a);
}
END_TEST

/* ---- key-encryption keys ---- */

/* A second process' ring and store that know nothing of the rotation meet keys
 * of both sides of it. */
START_TEST(rotation_while_others_work) {
  char first[KEK_ID_SIZE], second[KEK_ID_SIZE], current[KEK_ID_SIZE], name[40];
  struct kek_ring *other_keks = keks_open();
  struct keystore *other = keys_open(other_keks);
  int64_t left = 1, n;
  ck_assert_int_eq(kek_first(keks, first), 0);
  for (int i = 0; i < 1200; i++) {
    snprintf(name, sizeof name, "a/%d", i);
    add(keys, "a", name, STORE_OK);
  }
  ck_assert_int_eq(kek_new(keks, second), 0);
  ck_assert_str_ne(first, second);
  add(other, "a", "a/before", STORE_OK);
  ck_assert_int_eq(keystore_turn(keys, second), STORE_OK);
  for (int turn = 0; left > 0; turn++) {
    ck_assert_int_eq(keystore_rewrap(keys, &left), STORE_OK);
    snprintf(name, sizeof name, "a/during-%d", turn);
    add(other, "a", name, STORE_OK);
    expect(other, "a/700", STORE_OK);
  }
  ck_assert_int_eq(keystore_count(keys, first, &n), STORE_OK);
  ck_assert_int_eq(n, 0);
  ck_assert_int_eq(kek_keep_only(keks, second), 0);
  expect(other, "a/before", STORE_OK);
  keystore_close(other);
  kek_ring_close(other_keks);
  /* who starts now has the new key alone */
  other_keks = keks_open();
  ck_assert(!kek_known(other_keks, first));
  other = keys_open(other_keks);
  ck_assert_int_eq(keystore_current(other, current), STORE_OK);
  ck_assert_str_eq(current, second);
  expect(other, "a/0", STORE_OK);
  expect(other, "a/1199", STORE_OK);
  expect(other, "a/during-0", STORE_OK);
  keystore_close(other);
  kek_ring_close(other_keks);
}
END_TEST

static void text_to(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  ck_assert(fputs(text, f) >= 0);
  ck_assert_int_eq(fclose(f), 0);
}

START_TEST(keys_from_a_command) {
  char path[200], command[300], ours[KEK_ID_SIZE], theirs[KEK_ID_SIZE], error[300];
  add(keys, "a", "a/1", STORE_OK);
  ck_assert_int_eq(kek_first(keks, ours), 0);
  snprintf(path, sizeof path, "%s/printed", folder);
  text_to(path, "# one "
                "key\n0f0e0d0c0b0a09080706050403020100000102030405060708090a0b0"
                "c0d0e0f\n");
  snprintf(command, sizeof command, "cat %s", path);
  ck_assert_int_eq(config_set(&config.keys_command, command), 0);
  struct kek_ring *both = keks_open();
  ck_assert_int_eq(kek_first(both, theirs), 0);
  ck_assert(kek_known(both, ours) && strcmp(ours, theirs) != 0 && !kek_is_ours(both));
  struct keystore *k = keys_open(both);
  expect(k, "a/1", STORE_OK);
  int64_t left;
  ck_assert_int_eq(keystore_turn(k, theirs), STORE_OK);
  ck_assert_int_eq(keystore_rewrap(k, &left), STORE_OK);
  ck_assert_int_eq(left, 0);
  expect(k, "a/1", STORE_OK);
  keystore_close(k);
  kek_ring_close(both);
  /* the command alone suffices now, the file alone does not any more */
  ck_assert_int_eq(config_set(&config.keys_file, NULL), 0);
  both = keks_open();
  k = keys_open(both);
  expect(k, "a/1", STORE_OK);
  keystore_close(k);
  kek_ring_close(both);
  snprintf(path, sizeof path, "%s/kek", config.keys_folder);
  ck_assert_int_eq(config_set(&config.keys_file, path), 0);
  ck_assert_int_eq(config_set(&config.keys_command, NULL), 0);
  both = keks_open();
  ck_assert_ptr_null(keystore_open(&config, both, error, sizeof error));
  ck_assert_ptr_nonnull(strstr(error, theirs));
  kek_ring_close(both);
}
END_TEST

START_TEST(bad_keys_are_refused) {
  static const char *const commands[] = {
      "false", "echo", "echo 00", "echo 0g", "yes | head -c 100000", "head -c 32 /dev/zero"};
  char error[300];
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    ck_assert_int_eq(config_set(&config.keys_command, commands[i]), 0);
    ck_assert_msg(kek_ring_open(&config, error, sizeof error) == NULL, "%s", commands[i]);
    ck_assert(*error != '\0');
  }
  ck_assert_int_eq(config_set(&config.keys_command, NULL), 0);
  struct stat st;
  ck_assert_int_eq(stat(config.keys_file, &st), 0);
  ck_assert_int_eq(st.st_mode & 0777, 0600);
  ck_assert_int_eq(chmod(config.keys_file, 0604), 0);
  ck_assert_ptr_null(kek_ring_open(&config, error, sizeof error));
  ck_assert_int_eq(chmod(config.keys_file, 0600), 0);
  text_to(config.keys_file, "nonsense\n");
  ck_assert_ptr_null(kek_ring_open(&config, error, sizeof error));
}
END_TEST

int main(void) {
  Suite *s = suite_create("seal");
  TCase *t = tcase_create("seal");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, sizes);
  tcase_add_test(t, a_flipped_byte_is_refused);
  tcase_add_test(t, order_place_and_owner_are_bound);
  tcase_add_test(t, ranges);
  tcase_add_test(t, put_open_remove);
  tcase_add_test(t, moved_objects_do_not_open);
  tcase_add_test(t, keys_come_and_go);
  tcase_add_test(t, destroyed_keys_leave_no_bytes);
  tcase_add_test(t, wrapped_keys_are_bound_to_their_name);
  tcase_add_test(t, rotation_while_others_work);
  tcase_add_test(t, keys_from_a_command);
  tcase_add_test(t, bad_keys_are_refused);
  suite_add_tcase(s, t);
  return suite_run(s);
}
