/* keyring.h - the signing keys of httpd: read from the store, made where there are none, read again when a token names
 * one that is not known (another process rotated). Thread-safe. */
#ifndef ARRAY_UPLOAD_DEEDS_KEYRING_H
#define ARRAY_UPLOAD_DEEDS_KEYRING_H

#include <pthread.h>

#include "array-upload/service.h"
#include "array-upload/util/jwt.h"

enum key_purpose { KEY_UPLOAD, KEY_ACCESS, KEY_REFRESH, KEY_DOWNLOAD, KEY_PERSON, KEY_PURPOSES };
enum { KEYS_MAX = 8 };

struct keyring {
  pthread_mutex_t lock;
  int64_t read_at;                             /* clock_steady */
  struct jwt_key keys[KEY_PURPOSES][KEYS_MAX]; /* newest first: that one signs */
  size_t n[KEY_PURPOSES];
};

/* 0, or -1 with the store's error. */
int keyring_load(struct keyring *k, const struct service *s, struct store *store);
/* A token of that purpose. 0 or -1. */
int keyring_sign(struct keyring *k, enum key_purpose purpose, const json_t *claims, char out[JWT_MAX + 1]);
/* `iss` of all tokens is "array-upload"; aud goes by purpose. */
enum jwt_result keyring_verify(struct keyring *k, const struct service *s, struct store *store,
                               enum key_purpose purpose, const char *token, int64_t now_s, json_t **claims);
/* Hex HMAC-SHA256 of a text by the newest key; 0 or -1. */
int keyring_mac(struct keyring *k, enum key_purpose purpose, const char *text, char hex[65]);
/* 1 when any key of the purpose gives that MAC. */
int keyring_mac_valid(struct keyring *k, const struct service *s, struct store *store, enum key_purpose purpose,
                      const char *text, const char *hex);
/* A new key for the purpose, sealed, into the store. 0 or -1. Also `admin signing-key`. */
int keyring_new(const struct service *s, struct store *store, const char *purpose, char kid[40]);
const char *keyring_purpose(enum key_purpose purpose);

#endif
