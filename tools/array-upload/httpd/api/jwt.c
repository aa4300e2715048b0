/* Log-in by e-mail and password: short access tokens, longer refresh tokens. Keys and audiences differ from the upload
 * links'. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/log.h"

static enum MHD_Result token_bad(struct request *r) {
  return reply_json(r, 401,
                    json_pack("{s:s, s:s}", "detail", "Token is invalid or expired", "code", "token_not_valid"));
}

enum MHD_Result api_jwt_create(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
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
  const json_t *code = json_object_get(r->data, "otp_token");
  struct login_input in = {.email = email, .password = password, .code = json_string_value(code), .device = ""};
  if (json_is_integer(code))
    in.code = arena_printf(&r->arena, "%06lld", (long long)json_integer_value(code));
  enum store_result found = login(&d, &in, &u);
  if (found == STORE_FULL)
    return reply_throttled(r, LOCKED_S);
  if (found == STORE_CONFLICT)
    return reply_faults(r, &f.faults);
  if (found != STORE_OK && found != STORE_NONE)
    return reply_store(r, found);
  if (found == STORE_NONE) {
    log_event("login.failed", "request=s ip=s", r->request_id, r->ip);
    return reply_detail(r, 401, "No active account found with the given credentials");
  }
  if (token_make(&d, KEY_ACCESS, &u, ACCESS_S, access) != 0 ||
      session_begin(&d, &u, request_header(r, "User-Agent"), r->ip, refresh) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  return reply_json(r, 200, json_pack("{s:s, s:s}", "refresh", refresh, "access", access));
}

enum MHD_Result api_jwt_refresh(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct user u;
  char access[JWT_MAX + 1];
  enum MHD_Result result;
  const char *token = field_text(&f, "refresh", FIELD_REQUIRED, 2 * JWT_MAX);
  if (fields_failed(&f, &result))
    return result;
  json_t *claims = refresh_claims(&d, token, &u);
  if (claims == NULL)
    return token_bad(r);
  json_decref(claims);
  if (token_make(&d, KEY_ACCESS, &u, ACCESS_S, access) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  return reply_json(r, 200, json_pack("{s:s}", "access", access));
}

enum MHD_Result api_jwt_verify(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
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
    claims = refresh_claims(&d, token, &u);
    if (claims == NULL)
      return token_bad(r);
    json_decref(claims);
  }
  return reply_json(r, 200, json_object());
}

enum MHD_Result api_jwt_logout(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  enum MHD_Result result;
  const char *token = field_text(&f, "refresh", FIELD_REQUIRED, 2 * JWT_MAX);
  if (fields_failed(&f, &result))
    return result;
  enum store_result done = logout(&d, token);
  return done == STORE_OK     ? reply_json(r, 200, json_object())
         : done == STORE_NONE ? token_bad(r)
                              : reply_store(r, done);
}
