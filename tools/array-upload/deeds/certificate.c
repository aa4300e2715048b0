#include "array-upload/deeds/certificate.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/seal/keystore.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"

enum { SEED = 32, PUBLIC = 32, SIGNATURE = 64 };
#define PURPOSE "certificate"

/* ---- the key
 * -------------------------------------------------------------------------------------------------------
 */
static EVP_PKEY *key_open(const struct service *s, const struct signing_key *k) {
  unsigned char seed[SEED];
  char *hex = unseal_text(s->master_key, k->kid, k->sealed);
  EVP_PKEY *key = hex != NULL && hex_decode(seed, sizeof seed, hex) == 0
                      ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed)
                      : NULL;
  OPENSSL_cleanse(seed, sizeof seed);
  if (hex != NULL)
    OPENSSL_cleanse(hex, strlen(hex));
  free(hex);
  return key;
}

static enum store_result key_make(const struct service *s, struct store *store, int64_t now) {
  unsigned char seed[SEED];
  char hex[2 * SEED + 1], kid[UUID_SIZE];
  if (random_bytes(seed, sizeof seed) != 0 || uuid_new(kid) != 0)
    return STORE_ERROR;
  hex_encode(hex, seed, sizeof seed);
  char *sealed = seal_text(s->master_key, kid, hex);
  OPENSSL_cleanse(seed, sizeof seed);
  OPENSSL_cleanse(hex, sizeof hex);
  struct signing_key k = {.kid = kid, .purpose = PURPOSE, .sealed = sealed, .created = now};
  enum store_result result = sealed == NULL ? STORE_ERROR : store_signing_key_add(store, &k);
  free(sealed);
  return result;
}

/* The newest, made where there is none. */
static enum store_result key_get(const struct service *s, struct store *store, struct arena *a, int64_t now,
                                 EVP_PKEY **key) {
  struct signing_key *list;
  size_t n = 0;
  enum store_result result = store_signing_keys(store, a, PURPOSE, &list, &n);
  if (result == STORE_OK && n == 0 && (result = key_make(s, store, now)) == STORE_OK)
    result = store_signing_keys(store, a, PURPOSE, &list, &n);
  *key = result == STORE_OK && n > 0 ? key_open(s, &list[0]) : NULL;
  return result != STORE_OK ? result : *key == NULL ? STORE_ERROR : STORE_OK;
}

/* ---- making
 * --------------------------------------------------------------------------------------------------------
 */
static char *text_of(const struct service *s, const struct deletion *d, int64_t destroyed, int64_t now) {
  char deleted_at[TIME_SIZE], destroyed_at[TIME_SIZE], issued[TIME_SIZE];
  time_format(deleted_at, d->deleted);
  time_format(destroyed_at, destroyed);
  time_format(issued, now);
  json_t *files = json_array();
  for (size_t i = 0; i < d->n_types; i++)
    json_array_append_new(files, json_string(d->types[i]));
  json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "certificate", "deletion of a sample",
                             "issuer", s->config.operator_name, "sample", d->sample, "deleted", deleted_at,
                             "keys_destroyed", destroyed_at, "files", files, "method",
                             "the keys that its files and its record were encrypted under "
                             "were destroyed, then the files were removed",
                             "issued", issued);
  char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
  json_decref(object);
  return text;
}

/* NULL on failure. */
static json_t *sign(EVP_PKEY *key, const char *text) {
  unsigned char public[PUBLIC], signature[SIGNATURE];
  char public_hex[2 * PUBLIC + 1], signature_hex[2 * SIGNATURE + 1];
  size_t public_size = sizeof public, size = sizeof signature;
  EVP_MD_CTX *c = EVP_MD_CTX_new();
  int ok = c != NULL && EVP_PKEY_get_raw_public_key(key, public, &public_size) == 1 && public_size == sizeof public &&
           EVP_DigestSignInit(c, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestSign(c, signature, &size, (const unsigned char *)text, strlen(text)) == 1 &&
           size == sizeof signature;
  EVP_MD_CTX_free(c);
  if (!ok)
    return NULL;
  hex_encode(public_hex, public, sizeof public);
  hex_encode(signature_hex, signature, sizeof signature);
  return json_pack("{s:s, s:s, s:s}", "certificate", text, "public_key", public_hex, "signature", signature_hex);
}

enum store_result certificate_make(const struct service *s, struct store *store, struct arena *a, const char *sample,
                                   int64_t now, json_t **out) {
  struct deletion d;
  int64_t destroyed = 0;
  EVP_PKEY *key = NULL;
  enum store_result result = store_deletion_get(store, a, sample, &d);
  if (result == STORE_OK)
    result = keystore_destroyed_at(store_keys(store), sample, &destroyed);
  if (result == STORE_NONE && d.sample != NULL)
    result = STORE_CONFLICT; /* a tombstone of the time before there were keys,
                                or the keys are still to go */
  if (result == STORE_OK)
    result = key_get(s, store, a, now, &key);
  char *text = result == STORE_OK ? text_of(s, &d, destroyed, now) : NULL;
  *out = text == NULL ? NULL : sign(key, text);
  free(text);
  EVP_PKEY_free(key);
  return result != STORE_OK ? result : *out == NULL ? STORE_ERROR : STORE_OK;
}

/* ---- checking
 * ------------------------------------------------------------------------------------------------------
 */
static int signature_valid(const unsigned char public[PUBLIC], const unsigned char signature[SIGNATURE],
                           const char *text) {
  EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, PUBLIC);
  EVP_MD_CTX *c = EVP_MD_CTX_new();
  int valid = key != NULL && c != NULL && EVP_DigestVerifyInit(c, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(c, signature, SIGNATURE, (const unsigned char *)text, strlen(text)) == 1;
  EVP_MD_CTX_free(c);
  EVP_PKEY_free(key);
  return valid;
}

static int public_is_ours(const struct service *s, struct store *store, struct arena *a,
                          const unsigned char public[PUBLIC]) {
  struct signing_key *list;
  size_t n = 0;
  int ours = 0;
  if (store_signing_keys(store, a, PURPOSE, &list, &n) != STORE_OK)
    return 0;
  for (size_t i = 0; i < n && !ours; i++) {
    unsigned char own[PUBLIC];
    size_t size = sizeof own;
    EVP_PKEY *key = key_open(s, &list[i]);
    ours = key != NULL && EVP_PKEY_get_raw_public_key(key, own, &size) == 1 && memcmp(own, public, sizeof own) == 0;
    EVP_PKEY_free(key);
  }
  return ours;
}

enum certificate_check certificate_check(const struct service *s, struct store *store, struct arena *a,
                                         const json_t *certificate, const char **text) {
  unsigned char public[PUBLIC], signature[SIGNATURE];
  const char *key = json_string_value(json_object_get(certificate, "public_key"));
  const char *mark = json_string_value(json_object_get(certificate, "signature"));
  *text = json_string_value(json_object_get(certificate, "certificate"));
  if (*text == NULL || key == NULL || mark == NULL || hex_decode(public, sizeof public, key) != 0 ||
      hex_decode(signature, sizeof signature, mark) != 0 || !signature_valid(public, signature, *text))
    return CERTIFICATE_BAD;
  return public_is_ours(s, store, a, public) ? CERTIFICATE_OURS : CERTIFICATE_OTHERS;
}

size_t certificate_keys(const struct service *s, struct store *store, struct arena *a, const char **out, size_t max) {
  struct signing_key *list;
  size_t n = 0, used = 0;
  EVP_PKEY *newest = NULL;
  if (key_get(s, store, a, clock_now(), &newest) != STORE_OK ||
      store_signing_keys(store, a, PURPOSE, &list, &n) != STORE_OK)
    n = 0;
  EVP_PKEY_free(newest);
  for (size_t i = 0; i < n && used < max; i++) {
    unsigned char own[PUBLIC];
    char hex[2 * PUBLIC + 1];
    size_t size = sizeof own;
    EVP_PKEY *key = key_open(s, &list[i]);
    if (key != NULL && EVP_PKEY_get_raw_public_key(key, own, &size) == 1) {
      hex_encode(hex, own, sizeof own);
      if ((out[used] = arena_strdup(a, hex)) != NULL)
        used++;
    }
    EVP_PKEY_free(key);
  }
  return used;
}
