/* Log-in by e-mail and password: short access tokens, longer refresh tokens. Keys and audiences differ from the upload
 * links'. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"

enum { ACCESS_S = 900, REFRESH_S = 86400, LOGINS_A_MINUTE = 20 };

static int token_make(struct request *r, enum key_purpose purpose, const char *user, int64_t life_s,
                      char out[JWT_MAX + 1]) {
  char jti[UUID_SIZE];
  int64_t now = r->now / 1000000;
  if (uuid_new(jti) != 0)
    return -1;
  json_t *claims = json_pack("{s:s, s:s, s:I, s:I}", "sub", user, "jti", jti, "iat", (json_int_t)now, "exp",
                             (json_int_t)now + life_s);
  int result = claims == NULL ? -1 : keyring_sign(&r->server->keys, purpose, claims, out);
  json_decref(claims);
  return result;
}

static enum MHD_Result token_bad(struct request *r) {
  return reply_json(r, 401,
                    json_pack("{s:s, s:s}", "detail", "Token is invalid or expired", "code", "token_not_valid"));
}

enum MHD_Result api_jwt_create(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct user u;
  char access[JWT_MAX + 1], refresh[JWT_MAX + 1];
  enum MHD_Result result;
  const char *email = field_text(&f, "email", FIELD_REQUIRED, 254);
  /* A password is taken as it is: no trimming. */
  const char *password = json_string_value(json_object_get(r->data, "password"));
  if (password == NULL)
    field_error(&f, "password",
                json_object_get(r->data, "password") == NULL ? "This field is required."
                                                             : "This field may not be null.");
  if (fields_failed(&f, &result))
    return result;
  int64_t wait = limit_take(&r->server->rate, 'l', r->bucket, LOGINS_A_MINUTE);
  if (wait > 0)
    return reply_throttled(r, wait);
  enum store_result found = store_user_by_email(r->store, &r->arena, email, &u);
  if (found != STORE_OK && found != STORE_NONE)
    return reply_store(r, found);
  int good = password_check(found == STORE_OK ? u.password_hash : NULL, password) && u.active;
  if (!good) {
    log_event("login.failed", "request=s ip=s", r->request_id, r->ip);
    return reply_detail(r, 401, "No active account found with the given credentials");
  }
  if (token_make(r, KEY_ACCESS, u.id, ACCESS_S, access) != 0 ||
      token_make(r, KEY_REFRESH, u.id, REFRESH_S, refresh) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  return reply_json(r, 200, json_pack("{s:s, s:s}", "refresh", refresh, "access", access));
}

json_t *api_refresh_claims(struct request *r, const char *token, struct user *u) {
  json_t *claims;
  int blocked = 1;
  enum jwt_result valid =
      keyring_verify(&r->server->keys, r->server->service, r->store, KEY_REFRESH, token, r->now / 1000000, &claims);
  const char *jti = json_string_value(json_object_get(claims, "jti")),
             *user = json_string_value(json_object_get(claims, "sub"));
  if (valid == JWT_OK && jti != NULL && user != NULL && store_token_blocked(r->store, jti, &blocked) == STORE_OK &&
      !blocked && store_user_get(r->store, &r->arena, user, u) == STORE_OK && u->active &&
      json_integer_value(json_object_get(claims, "iat")) * 1000000 >= u->tokens_after)
    return claims;
  json_decref(claims);
  return NULL;
}

enum MHD_Result api_jwt_refresh(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct user u;
  char access[JWT_MAX + 1];
  enum MHD_Result result;
  const char *token = field_text(&f, "refresh", FIELD_REQUIRED, 2 * JWT_MAX);
  if (fields_failed(&f, &result))
    return result;
  json_t *claims = api_refresh_claims(r, token, &u);
  if (claims == NULL)
    return token_bad(r);
  json_decref(claims);
  if (token_make(r, KEY_ACCESS, u.id, ACCESS_S, access) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  return reply_json(r, 200, json_pack("{s:s}", "access", access));
}

enum MHD_Result api_jwt_verify(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct user u;
  json_t *claims;
  enum MHD_Result result;
  const char *token = field_text(&f, "token", FIELD_REQUIRED, 2 * JWT_MAX);
  if (fields_failed(&f, &result))
    return result;
  enum jwt_result valid =
      keyring_verify(&r->server->keys, r->server->service, r->store, KEY_ACCESS, token, r->now / 1000000, &claims);
  json_decref(claims);
  if (valid != JWT_OK) {
    claims = api_refresh_claims(r, token, &u);
    if (claims == NULL)
      return token_bad(r);
    json_decref(claims);
  }
  return reply_json(r, 200, json_object());
}

enum MHD_Result api_jwt_logout(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct user u;
  enum MHD_Result result;
  const char *token = field_text(&f, "refresh", FIELD_REQUIRED, 2 * JWT_MAX);
  if (fields_failed(&f, &result))
    return result;
  json_t *claims = api_refresh_claims(r, token, &u);
  if (claims == NULL)
    return token_bad(r);
  enum store_result done = store_token_block(r->store, json_string_value(json_object_get(claims, "jti")),
                                             json_integer_value(json_object_get(claims, "exp")) * 1000000);
  json_decref(claims);
  return done == STORE_OK || done == STORE_CONFLICT ? reply_json(r, 200, json_object()) : reply_store(r, done);
}
