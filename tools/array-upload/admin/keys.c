/* admin keys: the keys that objects and records are sealed under. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/admin/admin.h"
#include "array-upload/seal/keystore.h"

enum { LINE_BYTES = 4096 };

static struct keystore *keys_of(struct admin *a) { return store_keys(a->service.store); }

static void keys_audit(struct admin *a, const char *event, const char *object) {
  struct deed d = admin_deed(a, NULL);
  deed_audit(&d, event, object);
}

static int keys_failed(void) {
  fprintf(stderr, "array-upload admin: the key store cannot be read or written\n");
  return 3;
}

int admin_keys_list(struct admin *a) {
  char current[KEK_ID_SIZE], ids[KEKS_MAX][KEK_ID_SIZE];
  if (keystore_current(keys_of(a), current) != STORE_OK)
    return keys_failed();
  size_t n = kek_ids(a->service.keks, ids);
  for (size_t i = 0; i < n; i++) {
    int64_t wrapped;
    if (keystore_count(keys_of(a), ids[i], &wrapped) != STORE_OK)
      return keys_failed();
    if (admin_print(json_pack("{s:s, s:b, s:I}", "id", ids[i], "current", strcmp(ids[i], current) == 0, "keys",
                              (json_int_t)wrapped)) != 0)
      return 3;
  }
  return 0;
}

int admin_keys_status(struct admin *a) {
  int64_t clear, sealed;
  enum store_result found = store_objects_count(a->service.store, &clear, &sealed);
  return found != STORE_OK ? admin_store(a, found)
                           : admin_print(json_pack("{s:I, s:I}", "objects_sealed", (json_int_t)sealed, "objects_clear",
                                                   (json_int_t)clear));
}

/* The key to turn to: what command or file give first (also one that an
 * interrupted rotation made), else a new line of our own file. 0, or the exit
 * code. */
static int key_next(struct admin *a, const char *current, char id[KEK_ID_SIZE]) {
  if (kek_first(a->service.keks, id) != 0)
    return keys_failed();
  if (strcmp(id, current) != 0)
    return 0;
  if (!kek_is_ours(a->service.keks))
    return admin_refused("[keys] still gives the current key first: let it "
                         "give the new key first, and the old one behind it");
  if (kek_new(a->service.keks, id) == 0)
    return 0;
  fprintf(stderr, "array-upload admin: %s cannot be written\n", a->service.config.keys_file);
  return 3;
}

int admin_keys_rotate(struct admin *a) {
  char current[KEK_ID_SIZE], id[KEK_ID_SIZE];
  int64_t left = 1;
  if (keystore_current(keys_of(a), current) != STORE_OK)
    return keys_failed();
  int result = key_next(a, current, id);
  if (result != 0)
    return result;
  if (keystore_turn(keys_of(a), id) != STORE_OK)
    return keys_failed();
  while (left > 0) {
    if (keystore_rewrap(keys_of(a), &left) != STORE_OK)
      return keys_failed();
    fprintf(stderr, "array-upload admin: %lld keys left\n", (long long)left);
  }
  if (kek_is_ours(a->service.keks) && kek_keep_only(a->service.keks, id) != 0)
    return admin_refused("everything is under the new key, but the old one "
                         "could not be struck from its file");
  if (keystore_settle(keys_of(a)) != STORE_OK)
    fprintf(stderr, "array-upload admin: the key store's log is in use and was "
                    "not emptied\n");
  fprintf(stderr,
          "array-upload admin: back up %s now: its earlier backups do not open "
          "any more\n",
          a->service.config.keys_folder);
  keys_audit(a, "keys.rotated", id);
  return admin_print(json_pack("{s:s, s:s}", "id", id, "instead_of", current));
}

int admin_keys_export(struct admin *a) {
  const char *after = "";
  size_t n = 1;
  while (n > 0) {
    struct key_entry *list;
    if (keystore_entries(keys_of(a), &a->arena, after, &list, &n) != STORE_OK)
      return keys_failed();
    for (size_t i = 0; i < n; i++) {
      after = list[i].name;
      if (admin_print(json_pack("{s:s, s:s, s:s, s:s, s:I}", "name", list[i].name, "sample", list[i].sample, "kek",
                                list[i].kek, "wrapped", list[i].wrapped, "created", (json_int_t)list[i].created)) != 0)
        return 3;
    }
  }
  keys_audit(a, "keys.exported", "");
  return 0;
}

/* 0, or the exit code with everything said. */
static int line_import(struct admin *a, const char *line, unsigned number, unsigned counts[3]) {
  struct key_entry e = {0};
  json_int_t created = 0;
  json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
  int bad = object == NULL || json_unpack(object, "{s:s, s:s, s:s, s:s, s:I}", "name", &e.name, "sample", &e.sample,
                                          "kek", &e.kek, "wrapped", &e.wrapped, "created", &created) != 0;
  e.created = created;
  enum store_result done = bad ? STORE_ERROR : keystore_import(keys_of(a), &e);
  json_decref(object);
  if (done == STORE_OK || done == STORE_CONFLICT || done == STORE_NONE) {
    counts[done == STORE_OK ? 0 : done == STORE_CONFLICT ? 1 : 2]++;
    return 0;
  }
  fprintf(stderr,
          "array-upload admin: line %u: not a key that this service's "
          "key-encryption keys open\n",
          number);
  return 1;
}

int admin_keys_import(struct admin *a) {
  char line[LINE_BYTES];
  unsigned counts[3] = {0}, number = 0;
  int result = 0;
  while (result == 0 && fgets(line, sizeof line, stdin) != NULL)
    result = line_import(a, line, ++number, counts);
  if (result == 0 && ferror(stdin))
    result = 3;
  if (counts[0] > 0)
    keys_audit(a, "keys.imported", "");
  return result != 0 ? result
                     : admin_print(json_pack("{s:i, s:i, s:i}", "imported", (int)counts[0], "known", (int)counts[1],
                                             "of_deleted_samples", (int)counts[2]));
}
