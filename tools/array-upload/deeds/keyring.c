#include "array-upload/deeds/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"

enum { RELOAD_AT_MOST_S = 5, RELOAD_EVERY_S = 60 };

static const struct {
  const char *purpose, *typ, *aud;
} purposes[KEY_PURPOSES] = {
    [KEY_UPLOAD] = {"upload", "upload+jwt", "array-data-upload"},
    [KEY_ACCESS] = {"access", "access+jwt", "api"},
    [KEY_REFRESH] = {"refresh", "refresh+jwt", "api-refresh"},
    [KEY_DOWNLOAD] = {"download", "download+jwt", "download"},
    [KEY_PERSON] = {"person", "person+jwt", "person"},
};

const char *keyring_purpose(enum key_purpose purpose) { return purposes[purpose].purpose; }

int keyring_new(const struct service *s, struct store *store, const char *purpose, char kid[40]) {
  unsigned char secret[JWT_KEY_SIZE];
  char hex[2 * JWT_KEY_SIZE + 1];
  if (uuid_new(kid) != 0 || random_bytes(secret, sizeof secret) != 0)
    return -1;
  hex_encode(hex, secret, sizeof secret);
  char *sealed = seal_text(s->master_key, kid, hex);
  enum store_result result =
      sealed == NULL
          ? STORE_ERROR
          : store_signing_key_add(
                store, &(struct signing_key){.kid = kid, .purpose = purpose, .sealed = sealed, .created = clock_now()});
  free(sealed);
  return result == STORE_OK ? 0 : -1;
}

static int purpose_load(struct keyring *k, const struct service *s, struct store *store, enum key_purpose p) {
  struct arena a = {0};
  struct signing_key *list;
  size_t n, used = 0;
  char kid[40];
  int ok = store_signing_keys(store, &a, purposes[p].purpose, &list, &n) == STORE_OK;
  if (ok && n == 0)
    ok = keyring_new(s, store, purposes[p].purpose, kid) == 0 &&
         store_signing_keys(store, &a, purposes[p].purpose, &list, &n) == STORE_OK;
  for (size_t i = 0; ok && i < n && used < KEYS_MAX; i++) {
    char *hex = unseal_text(s->master_key, list[i].kid, list[i].sealed);
    struct jwt_key *key = &k->keys[p][used];
    if (hex != NULL && hex_decode(key->secret, sizeof key->secret, hex) == 0) {
      snprintf(key->kid, sizeof key->kid, "%s", list[i].kid);
      used++;
    }
    free(hex);
  }
  if (ok)
    k->n[p] = used;
  arena_free(&a);
  return ok && used > 0 ? 0 : -1;
}

static int keyring_load_locked(struct keyring *k, const struct service *s, struct store *store) {
  k->read_at = clock_steady();
  for (enum key_purpose p = 0; p < KEY_PURPOSES; p++)
    if (purpose_load(k, s, store, p) != 0)
      return -1;
  return 0;
}

int keyring_load(struct keyring *k, const struct service *s, struct store *store) {
  pthread_mutex_lock(&k->lock);
  int result = keyring_load_locked(k, s, store);
  pthread_mutex_unlock(&k->lock);
  return result;
}

/* A copy of one purpose's keys, so that no lock is held while hashing. */
static size_t keys_copy(struct keyring *k, enum key_purpose p, struct jwt_key out[KEYS_MAX]) {
  pthread_mutex_lock(&k->lock);
  size_t n = k->n[p];
  memcpy(out, k->keys[p], sizeof k->keys[p]);
  pthread_mutex_unlock(&k->lock);
  return n;
}

/* 1 when the keys were read again: now and then, and at most every few seconds for tokens nobody knows. */
static int keyring_refresh(struct keyring *k, const struct service *s, struct store *store, int64_t older_s) {
  pthread_mutex_lock(&k->lock);
  int due = clock_steady() - k->read_at > older_s * 1000000;
  if (due)
    keyring_load_locked(k, s, store);
  pthread_mutex_unlock(&k->lock);
  return due;
}

int keyring_sign(struct keyring *k, enum key_purpose purpose, const json_t *claims, char out[JWT_MAX + 1]) {
  struct jwt_key keys[KEYS_MAX];
  size_t n = keys_copy(k, purpose, keys);
  json_t *all = json_copy((json_t *)claims);
  int ok = n > 0 && all != NULL && json_object_set_new(all, "iss", json_string("array-upload")) == 0 &&
           json_object_set_new(all, "aud", json_string(purposes[purpose].aud)) == 0 &&
           jwt_sign(out, &keys[0], purposes[purpose].typ, all) == 0;
  json_decref(all);
  return ok ? 0 : -1;
}

enum jwt_result keyring_verify(struct keyring *k, const struct service *s, struct store *store,
                               enum key_purpose purpose, const char *token, int64_t now_s, json_t **claims) {
  struct jwt_key keys[KEYS_MAX];
  keyring_refresh(k, s, store, RELOAD_EVERY_S);
  for (int again = 0;; again++) {
    size_t n = keys_copy(k, purpose, keys);
    enum jwt_result result = jwt_verify(token, strnlen(token, JWT_MAX + 1), keys, n, purposes[purpose].typ,
                                        "array-upload", purposes[purpose].aud, now_s, claims);
    if (result != JWT_INVALID || again || !keyring_refresh(k, s, store, RELOAD_AT_MOST_S))
      return result;
  }
}

static int key_mac(const struct jwt_key *key, const char *text, char hex[65]) {
  unsigned char mac[SHA256_SIZE];
  if (hmac_sha256(mac, key->secret, sizeof key->secret, text, strlen(text)) != 0)
    return -1;
  hex_encode(hex, mac, sizeof mac);
  return 0;
}

int keyring_mac(struct keyring *k, enum key_purpose purpose, const char *text, char hex[65]) {
  struct jwt_key keys[KEYS_MAX];
  return keys_copy(k, purpose, keys) > 0 ? key_mac(&keys[0], text, hex) : -1;
}

int keyring_mac_valid(struct keyring *k, const struct service *s, struct store *store, enum key_purpose purpose,
                      const char *text, const char *hex) {
  for (int again = 0;; again++) {
    struct jwt_key keys[KEYS_MAX];
    char want[65];
    size_t n = keys_copy(k, purpose, keys);
    for (size_t i = 0; i < n; i++)
      if (key_mac(&keys[i], text, want) == 0 && text_equal(want, hex))
        return 1;
    if (again || !keyring_refresh(k, s, store, RELOAD_AT_MOST_S))
      return 0;
  }
}
