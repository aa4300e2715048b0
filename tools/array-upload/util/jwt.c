#include "array-upload/util/jwt.h"

#include <stdlib.h>
#include <string.h>

#include "array-upload/util/crypto.h"

int jwt_sign(char out[JWT_MAX + 1], const struct jwt_key *key, const char *typ, const json_t *claims) {
  json_t *header = json_pack("{s:s, s:s, s:s}", "alg", "HS256", "kid", key->kid, "typ", typ);
  char *head = header == NULL ? NULL : json_dumps(header, JSON_COMPACT);
  char *body = json_dumps(claims, JSON_COMPACT);
  int result = -1, used = -1, length;
  if (head != NULL && body != NULL)
    used = base64url_encode(out, JWT_MAX, head, strlen(head));
  if (used > 0) {
    out[used++] = '.';
    length = base64url_encode(out + used, (size_t)JWT_MAX - (size_t)used, body, strlen(body));
    unsigned char mac[SHA256_SIZE];
    if (length > 0 && hmac_sha256(mac, key->secret, sizeof key->secret, out, (size_t)used + (size_t)length) == 0) {
      used += length;
      out[used++] = '.';
      if (base64url_encode(out + used, (size_t)(JWT_MAX + 1 - used), mac, sizeof mac) > 0)
        result = 0;
    }
  }
  free(head);
  free(body);
  json_decref(header);
  return result;
}

/* One part of the token as a JSON object; duplicate keys are refused. NULL when it is anything else. */
static json_t *part_object(const char *text, size_t n) {
  unsigned char bytes[JWT_MAX];
  int length = base64url_decode(bytes, sizeof bytes, text, n);
  if (length <= 0)
    return NULL;
  json_t *object = json_loadb((const char *)bytes, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
  if (!json_is_object(object)) {
    json_decref(object);
    return NULL;
  }
  return object;
}

static int text_is(const json_t *object, const char *name, const char *want) {
  const char *got = json_string_value(json_object_get(object, name));
  return got != NULL && strcmp(got, want) == 0;
}

/* The key the header's kid names; NULL when the header is not exactly ours. */
static const struct jwt_key *header_key(const json_t *header, const struct jwt_key *keys, size_t n_keys,
                                        const char *typ) {
  static const char *const refused[] = {"jku", "jwk", "x5u", "x5c", "x5t", "crit", "b64", "zip", "enc"};
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (json_object_get(header, refused[i]) != NULL)
      return NULL;
  if (!text_is(header, "alg", "HS256") || !text_is(header, "typ", typ))
    return NULL;
  for (size_t i = 0; i < n_keys; i++)
    if (text_is(header, "kid", keys[i].kid))
      return &keys[i];
  return NULL;
}

static enum jwt_result claims_check(const json_t *claims, const char *iss, const char *aud, int64_t now_s) {
  const json_t *iat = json_object_get(claims, "iat"), *exp = json_object_get(claims, "exp");
  const json_t *nbf = json_object_get(claims, "nbf");
  if (!text_is(claims, "iss", iss) || !text_is(claims, "aud", aud) || !json_is_integer(iat) || !json_is_integer(exp) ||
      json_integer_value(iat) > now_s + JWT_IAT_LEEWAY_S ||
      (nbf != NULL && (!json_is_integer(nbf) || json_integer_value(nbf) > now_s + JWT_IAT_LEEWAY_S)))
    return JWT_INVALID;
  return now_s > json_integer_value(exp) ? JWT_EXPIRED : JWT_OK;
}

enum jwt_result jwt_verify(const char *token, size_t length, const struct jwt_key *keys, size_t n_keys, const char *typ,
                           const char *iss, const char *aud, int64_t now_s, json_t **claims) {
  *claims = NULL;
  if (length == 0 || length > JWT_MAX)
    return JWT_INVALID;
  const char *end = token + length, *dot1 = memchr(token, '.', length);
  const char *dot2 = dot1 == NULL ? NULL : memchr(dot1 + 1, '.', (size_t)(end - dot1 - 1));
  if (dot2 == NULL || memchr(dot2 + 1, '.', (size_t)(end - dot2 - 1)) != NULL)
    return JWT_INVALID;
  json_t *header = part_object(token, (size_t)(dot1 - token));
  const struct jwt_key *key = header == NULL ? NULL : header_key(header, keys, n_keys, typ);
  json_decref(header);
  unsigned char given[SHA256_SIZE], mac[SHA256_SIZE];
  if (key == NULL || base64url_decode(given, sizeof given, dot2 + 1, (size_t)(end - dot2 - 1)) != SHA256_SIZE ||
      hmac_sha256(mac, key->secret, sizeof key->secret, token, (size_t)(dot2 - token)) != 0 ||
      !bytes_equal(given, mac, sizeof mac))
    return JWT_INVALID;
  json_t *body = part_object(dot1 + 1, (size_t)(dot2 - dot1 - 1));
  if (body == NULL)
    return JWT_INVALID;
  enum jwt_result result = claims_check(body, iss, aud, now_s);
  if (result == JWT_INVALID)
    json_decref(body);
  else
    *claims = body;
  return result;
}
