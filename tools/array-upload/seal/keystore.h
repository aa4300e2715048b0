/* keystore.h - the keys of objects, apart from the objects and from the
 * database of samples.
 *
 * Each object and each sample's record has a random key of its own, which
 * stands here under the object's name, wrapped by a key-encryption key (kek.h).
 * A key that was destroyed is nowhere else: what lies in buckets and in backups
 * of the database is noise from then on. That a sample was destroyed is kept,
 * so that a database restored from an older backup does not bring it back, and
 * so that no key can be added for it. Default: keys.db in the keys' folder;
 * [keys] store may name a PostgreSQL database that several machines share.
 *
 * A handle belongs to one thread at a time. `now` is clock_now() of the caller.
 */
#ifndef ARRAY_UPLOAD_SEAL_KEYSTORE_H
#define ARRAY_UPLOAD_SEAL_KEYSTORE_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/seal/kek.h"
#include "array-upload/db/result.h"
#include "array-upload/util/arena.h"
#include "array-upload/util/encode.h"

enum { KEYS_AT_ONCE = 30 };

struct keystore;

/* Opens (sqlite: creates) the database of config's keys_store. The ring stays
 * the caller's and must live longer. NULL with one line in `error`, also when
 * the key that wraps the newest keys is not in the ring. */
struct keystore *keystore_open(const struct config *config, struct kek_ring *ring, char *error, size_t error_size);
void keystore_close(struct keystore *k); /* NULL is fine */

/* Adds `n` keys of one sample (n * 32 bytes), durable when it returns STORE_OK,
 * all or none. STORE_CONFLICT: there is one of that name; STORE_NONE: the
 * sample was destroyed. */
enum store_result keystore_add(struct keystore *k, const char *sample, const char *const *names,
                               const unsigned char *keys, size_t n, int64_t now);
/* STORE_NONE: there is none, or it was destroyed. */
enum store_result keystore_get(struct keystore *k, const char *name, unsigned char key[KEK_SIZE]);
/* The same for n <= KEYS_AT_ONCE names in one question; found[i] says which
 * there are. */
enum store_result keystore_get_many(struct keystore *k, const char *const *names, size_t n, unsigned char *keys,
                                    unsigned char *found);

/* Destroys one key, or all of a sample and with them the sample for ever.
 * STORE_OK also when there was nothing. The bytes are overwritten in the
 * database file; keystore_settle() empties its write-ahead log. */
enum store_result keystore_destroy(struct keystore *k, const char *name);
enum store_result keystore_destroy_sample(struct keystore *k, const char *sample, int64_t now);
/* When; STORE_NONE: it was not. */
enum store_result keystore_destroyed_at(struct keystore *k, const char *sample, int64_t *when);
enum store_result keystore_settle(struct keystore *k);

/* Samples destroyed after `after` (in the order of their ids; "" from the
 * start), at most 500. */
enum store_result keystore_destroyed(struct keystore *k, struct arena *a, const char *after, char ***samples,
                                     size_t *n);
/* Names added before `before` and after the name `after`, in order, at most
 * 500. */
enum store_result keystore_names(struct keystore *k, struct arena *a, const char *after, int64_t before, char ***names,
                                 size_t *n);
/* 1 in *empty: no key was ever added here. */
enum store_result keystore_is_empty(struct keystore *k, int *empty);
/* The store's own name, made when it is first asked for: whose keys these are. */
enum store_result keystore_id(struct keystore *k, char id[UUID_SIZE]);

/* ---- rotation
 * ------------------------------------------------------------------------------------------------------
 */
/* The key that wraps what is added now. */
enum store_result keystore_current(struct keystore *k, char id[KEK_ID_SIZE]);
/* From this transaction on everything is wrapped by `id`; who still holds
 * another as the current one is told so when it adds a key, and looks again. */
enum store_result keystore_turn(struct keystore *k, const char *id);
/* Wraps up to 500 keys again that are not under the current one; *left is how
 * many remain. 0 left: no older KEK is needed any more. Others go on reading
 * and adding meanwhile. */
enum store_result keystore_rewrap(struct keystore *k, int64_t *left);
/* How many keys are under `id`. */
enum store_result keystore_count(struct keystore *k, const char *id, int64_t *n);

/* ---- moving
 * --------------------------------------------------------------------------------------------------------
 */
struct key_entry {
  const char *name, *sample, *kek, *wrapped;
  int64_t created;
};
/* Entries after the name `after`, in order, at most 500; still wrapped. */
enum store_result keystore_entries(struct keystore *k, struct arena *a, const char *after, struct key_entry **out,
                                   size_t *n);
/* Takes an entry of another store whose KEK is in this ring. STORE_CONFLICT:
 * there is one of that name; STORE_NONE: its sample was destroyed here;
 * STORE_ERROR: it does not open. */
enum store_result keystore_import(struct keystore *k, const struct key_entry *entry);

#endif
