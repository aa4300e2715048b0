/* auth.c - who asks: an API key or an access token. Unknown, revoked and expired keys look the same from outside, and
 * take the same work. */
#include <string.h>
#include <strings.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/util/address.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/deeds/roles.h"
#include "array-upload/util/crypto.h"

#define KEY_USED_EVERY INT64_C(60000000)
enum { PREFIX = 8, KEY_MIN = PREFIX + 1 + 32, KEY_TEXT_MAX = 128, FAILURES_A_MINUTE = 120 };

/* "Keyword value": the value behind any blanks, or NULL. The keyword is compared without case. */
static const char *credentials(const char *header, const char *keyword) {
  size_t n = strlen(keyword);
  if (strncasecmp(header, keyword, n) != 0 || header[n] != ' ')
    return NULL;
  header += n;
  return header + strspn(header, " ");
}

static int key_address_allowed(const struct request *r, const struct api_key *k) {
  if (k->ip_ranges == NULL)
    return 1;
  json_t *list = json_loads(k->ip_ranges, 0, NULL), *range;
  size_t i;
  int allowed = json_array_size(list) == 0;
  json_array_foreach(list, i, range) allowed |=
      json_is_string(range) && address_in_range(r->ip, json_string_value(range));
  json_decref(list);
  return allowed;
}

/* The key whose hash the text has, among those of its prefix; a dummy is compared where there is none. */
static const struct api_key *key_match(const struct api_key *list, size_t n, const char *text) {
  static const char nobody[] = "0000000000000000000000000000000000000000000000000000000000000000"
                               "0000000000000000000000000000000000000000000000000000000000000000";
  unsigned char digest[SHA512_SIZE];
  char hex[2 * SHA512_SIZE + 1];
  if (sha512(digest, text, strlen(text)) != 0)
    return NULL;
  hex_encode(hex, digest, sizeof digest);
  const struct api_key *found = NULL;
  for (size_t i = 0; i < n; i++)
    if (text_equal(list[i].hash, hex))
      found = &list[i];
  if (n == 0)
    (void)text_equal(nobody, hex);
  return found;
}

/* `claims`: of the token that was shown, which a new password ends; NULL: a key was. */
static int user_take(struct request *r, const char *id, const json_t *claims) {
  struct user u;
  if (store_user_get(r->store, &r->arena, id, &u) != STORE_OK || !u.active ||
      (claims != NULL && !token_stands(claims, &u)))
    return -1;
  const struct role *role = role_find(u.role);
  r->who = (struct principal){.user = u.id,
                              .organization = u.organization,
                              .role = u.role,
                              .email = u.email,
                              .right = role == NULL ? RIGHT_NONE : role->right};
  return 0;
}

static enum store_result key_check(struct request *r, const char *text) {
  char prefix[PREFIX + 1] = "";
  struct api_key *list;
  size_t n = 0, length = strnlen(text, KEY_TEXT_MAX + 1);
  int shaped = length >= KEY_MIN && length <= KEY_TEXT_MAX && text[PREFIX] == '.';
  if (shaped)
    memcpy(prefix, text, PREFIX);
  enum store_result result = store_key_by_prefix(r->store, &r->arena, prefix, &list, &n);
  if (result != STORE_OK)
    return result;
  const struct api_key *k = key_match(list, shaped ? n : 0, shaped ? text : "");
  if (k == NULL || k->revoked || (k->expires != 0 && r->now >= k->expires) || !key_address_allowed(r, k) ||
      user_take(r, k->user, NULL) != 0)
    return STORE_NONE;
  r->who.key = k->id;
  if (r->now - k->last_used > KEY_USED_EVERY) /* a write for every question would queue behind all other writes */
    store_key_used(r->store, k->id, r->now);
  return STORE_OK;
}

static enum MHD_Result token_invalid(struct request *r) {
  return reply_json(r, 401,
                    json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}]}", "detail", "Given token not valid for any token type",
                              "code", "token_not_valid", "messages", "token_class", "AccessToken", "token_type",
                              "access", "message", "Token is invalid or expired"));
}

static int token_check(struct request *r, const char *token) {
  json_t *claims;
  enum jwt_result result =
      keyring_verify(&r->server->keys, r->server->service, r->store, KEY_ACCESS, token, r->now / 1000000, &claims);
  const char *user = json_string_value(json_object_get(claims, "sub"));
  int ok = result == JWT_OK && user != NULL && user_take(r, user, claims) == 0;
  json_decref(claims);
  return ok ? 0 : -1;
}

/* Rate of this key or user; the failures' rate is the address's. */
static int too_many(struct request *r, enum MHD_Result *result) {
  const struct config *c = &r->server->service->config;
  int64_t wait = limit_take(&r->server->rate, 'k', r->who.key != NULL ? r->who.key : r->who.user, c->rate_requests);
  if (wait == 0)
    return 0;
  *result = reply_throttled(r, wait);
  return 1;
}

/* Fills r->who. 0, or the answer was given. */
static int auth_check(struct request *r, enum MHD_Result *result) {
  const char *header = request_header(r, "Authorization"), *text;
  if (header != NULL && (text = credentials(header, "Api-Key")) != NULL) {
    enum store_result found = key_check(r, text);
    if (found != STORE_OK && found != STORE_NONE) {
      *result = reply_store(r, found);
      return -1;
    }
    if (found == STORE_NONE) {
      int64_t wait = limit_take(&r->server->rate, 'f', r->bucket, FAILURES_A_MINUTE);
      *result = wait > 0 ? reply_throttled(r, wait) : reply_detail(r, 401, "Invalid API key.");
      return -1;
    }
  } else if (header != NULL && (text = credentials(header, "Bearer")) != NULL) {
    if (token_check(r, text) != 0) {
      *result = token_invalid(r);
      return -1;
    }
  } else {
    *result = reply_detail(r, 401, "Authentication credentials were not provided.");
    return -1;
  }
  if (too_many(r, result))
    return -1;
  if (r->who.right < r->route->right) {
    *result = reply_forbidden(r);
    return -1;
  }
  return 0;
}

/* Looks for application/json, or anything, among what the client takes. */
static int accepts_json(const struct request *r) {
  const char *accept = request_header(r, "Accept");
  return accept == NULL || *accept == '\0' || strstr(accept, "*/*") != NULL ||
         strstr(accept, "application/*") != NULL || strstr(accept, "application/json") != NULL ||
         strstr(accept, "text/csv") != NULL;
}

static enum MHD_Result open_serve(struct request *r) {
  enum MHD_Result result = MHD_NO;
  if (!accepts_json(r))
    return reply_detail(r, 406, "Could not satisfy the request Accept header.");
  return body_parse(r, &result) != 0 ? result : r->route->run(r);
}

static enum MHD_Result api_serve(struct request *r) {
  enum MHD_Result result = MHD_NO;
  if (!accepts_json(r))
    return reply_detail(r, 406, "Could not satisfy the request Accept header.");
  if (auth_check(r, &result) != 0 || body_parse(r, &result) != 0)
    return result;
  return r->route->run(r);
}

static enum MHD_Result open_finish(struct request *r) { return request_with_store(r, open_serve); }

static enum MHD_Result api_finish(struct request *r) { return request_with_store(r, api_serve); }

const struct route_kind route_api = {plain_begin, plain_bytes, api_finish, NULL};
const struct route_kind route_api_open = {plain_begin, plain_bytes, open_finish, NULL};
