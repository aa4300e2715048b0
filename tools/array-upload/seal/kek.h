/* kek.h - key-encryption keys (KEK): where they come from, and what they wrap.
 *
 * A KEK is 32 bytes, written as 64 hex digits. Its id is made of the key
 * itself, so that no two keys share one. They come from a file ([keys] file;
 * one a line, made on the first start where nothing else is configured) and
 * from what a command prints ([keys] command: a KMS, a TPM, Vault), both at
 * once where both are configured. A ring only grows while the process lives: an
 * id it does not know makes it look again. Any number of threads may use one
 * ring. */
#ifndef ARRAY_UPLOAD_SEAL_KEK_H
#define ARRAY_UPLOAD_SEAL_KEK_H

#include <stddef.h>

enum { KEK_SIZE = 32, KEK_ID_SIZE = 17, KEKS_MAX = 16 };

struct config;
struct kek_ring;

/* Reads file and command. NULL with one line in `error`. kek_ring_close() frees
 * (NULL is fine) and wipes the keys. */
struct kek_ring *kek_ring_open(const struct config *config, char *error, size_t error_size);
void kek_ring_close(struct kek_ring *ring);

/* The key that a rotation turns to: the command's first, else the file's first.
 * 0, or -1: the ring is empty. */
int kek_first(struct kek_ring *ring, char id[KEK_ID_SIZE]);
int kek_known(struct kek_ring *ring, const char *id);
/* Ids in the order of the ring; the number of them. */
size_t kek_ids(struct kek_ring *ring, char ids[KEKS_MAX][KEK_ID_SIZE]);

/* Wraps 32 bytes under the key of that id, bound to `label`; malloc()ed text.
 * NULL: no such key, or no memory. */
char *kek_wrap(struct kek_ring *ring, const char *id, const char *label, const unsigned char key[KEK_SIZE]);
/* 0, 1: the ring has no key of that id, -1: it was not wrapped so (or something
 * changed it). */
int kek_unwrap(struct kek_ring *ring, const char *id, const char *label, const char *wrapped,
               unsigned char key[KEK_SIZE]);

/* 1: new keys are lines of a file that we may write; 0: a command or somebody
 * else's file gives them. */
int kek_is_ours(const struct kek_ring *ring);
/* Only where kek_is_ours(): a new random key as the file's first line; id is
 * its id. 0, or -1 (errno). */
int kek_new(struct kek_ring *ring, char id[KEK_ID_SIZE]);
/* Only where kek_is_ours(): strikes every key but this one from the file and
 * overwrites the old file. 0, or -1 (errno). */
int kek_keep_only(struct kek_ring *ring, const char *id);

#endif
