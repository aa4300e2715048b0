/* Log in, log out, and the beginning of every operator page. */
#include <stdio.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/operator/operator.h"
#include "array-upload/deeds/roles.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"

#define COOKIE "__Host-operator"
#define LOGIN_COOKIE "__Host-operator-login"
#define DEVICE_COOKIE "__Host-operator-device"
enum { NONCE = 32 };

static const char *cookie(const struct request *r, const char *name) {
  const char *value = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, name);
  return value != NULL && strlen(value) <= JWT_MAX ? value : NULL;
}

/* What a form must bring along: a MAC over something of this session only. NULL when memory is out. */
static const char *csrf_token(struct request *r, const char *what, const char *value) {
  char mac[65];
  const char *text = arena_printf(&r->arena, "csrf:%s:%s", what, value);
  return text != NULL && keyring_mac(&r->server->keys, KEY_REFRESH, text, mac) == 0 ? arena_strdup(&r->arena, mac)
                                                                                    : NULL;
}

static int csrf_valid(struct request *r, const char *what, const char *value) {
  const char *given = operator_field(r, "csrf"), *text = arena_printf(&r->arena, "csrf:%s:%s", what, value);
  return given != NULL && text != NULL &&
         keyring_mac_valid(&r->server->keys, r->server->service, r->store, KEY_REFRESH, text, given);
}

/* ---- the browser's own id ------------------------------------------------------------------------------------------
 */
/* "<id>.<MAC>" of an account that this browser has logged in to; "" where it has not. */
static const char *device_of(struct request *r, const char *account) {
  const char *token = cookie(r, DEVICE_COOKIE), *dot = token == NULL ? NULL : strchr(token, '.');
  char id[UUID_SIZE];
  if (dot == NULL || dot - token != UUID_SIZE - 1)
    return "";
  snprintf(id, sizeof id, "%.*s", UUID_SIZE - 1, token);
  const char *text = arena_printf(&r->arena, "device:%s:%s", account, id);
  return text != NULL && keyring_mac_valid(&r->server->keys, r->server->service, r->store, KEY_REFRESH, text, dot + 1)
             ? arena_strdup(&r->arena, id)
             : "";
}

/* NULL: no memory. */
static const char *device_cookie(struct request *r, const char *account) {
  char id[UUID_SIZE], mac[65];
  const char *text = uuid_new(id) != 0 ? NULL : arena_printf(&r->arena, "device:%s:%s", account, id);
  return text == NULL || keyring_mac(&r->server->keys, KEY_REFRESH, text, mac) != 0
             ? NULL
             : arena_printf(&r->arena,
                            DEVICE_COOKIE "=%s.%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=15552000", id,
                            mac);
}

enum MHD_Result operator_get_home(struct request *r) { return operator_redirect(r, "/operator/projects"); }

/* The page with a fresh nonce: in a cookie, and as a MAC in the form. */
static enum MHD_Result login_page(struct request *r, unsigned status, const char *email, const char *error) {
  char nonce[NONCE + 1];
  buffer out = {0};
  operator_frame frame = {.error = error, .notice = operator_notice(r)};
  if (random_alnum(nonce, NONCE) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  frame.csrf = csrf_token(r, "login", nonce);
  r->cookie =
      arena_printf(&r->arena, LOGIN_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=3600", nonce);
  int made = operator_login(&out, &frame, email);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_login(struct request *r) { return login_page(r, 200, NULL, NULL); }

enum MHD_Result operator_post_login(struct request *r) {
  enum MHD_Result result;
  if (body_parse(r, &result) != 0)
    return result;
  const char *nonce = cookie(r, LOGIN_COOKIE), *email = operator_field(r, "email");
  if (nonce == NULL || !csrf_valid(r, "login", nonce))
    return login_page(r, 403, email,
                      "This page was open for too long, or your browser refuses cookies. Please try again.");
  const char *password = operator_field(r, "password");
  struct faults faults = {0};
  struct deed d = deed_of(r, &faults);
  struct user u;
  char token[JWT_MAX + 1];
  if (limit_take(&r->server->rate, 'l', r->bucket, LOGINS_A_MINUTE) > 0)
    return login_page(r, 429, email, "Too many attempts. Please wait a minute.");
  char account[SHA256_HEX_SIZE];
  int named = email != NULL && password != NULL && account_name(email, account) == 0;
  struct login_input in = {.email = email, .password = password, .code = operator_field(r, "code")};
  in.device = named ? device_of(r, account) : "";
  enum store_result found = named ? login(&d, &in, &u) : STORE_NONE;
  if (found == STORE_FULL)
    return login_page(
        r, 429, email,
        "Too many attempts for this account. Try again in 15 minutes, or with a browser that you have logged "
        "in with before.");
  if (found == STORE_CONFLICT && faults.n > 0)
    return login_page(r, 401, email,
                      in.code == NULL || *in.code == '\0' ? "Enter the code of your authenticator app, too."
                                                          : faults.list[0].text);
  if (found == STORE_NONE) {
    log_event("login.failed", "request=s ip=s", r->request_id, r->ip);
    return login_page(r, 401, email, "The e-mail or the password is not right.");
  }
  if (found != STORE_OK || session_begin(&d, &u, request_header(r, "User-Agent"), r->ip, token) != 0)
    return login_page(r, 503, email, operator_fault(r, found, NULL));
  r->cookie =
      arena_printf(&r->arena, COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d", token, REFRESH_S);
  r->cookie_too = *in.device == '\0' ? device_cookie(r, account) : NULL;
  return operator_redirect(r, "/operator/projects");
}

/* Who it is by the word of the proxy, which asked an identity provider (OIDC): only from the proxy itself. */
static int user_by_proxy(struct request *r, struct user *u) {
  const char *name = r->server->service->config.user_header,
             *email = name == NULL ? NULL : request_header_once(r, name);
  return email != NULL && *email != '\0' && strlen(email) <= 254 && request_from_proxy(r) &&
         store_user_by_email(r->store, &r->arena, email, u) == STORE_OK && u->active;
}

/* Fills r->who and the frame; *jti is what the session's form tokens are made of. 0 or -1. */
static int who_find(struct request *r, operator_frame *frame, const char **jti) {
  const char *token = cookie(r, COOKIE);
  struct user u;
  struct organization o;
  struct deed d = deed_of(r, NULL);
  int by_proxy = user_by_proxy(r, &u);
  json_t *claims = by_proxy || token == NULL ? NULL : refresh_claims(&d, token, &u);
  if (claims == NULL && !by_proxy)
    return -1;
  const struct role *role = role_find(u.role);
  *jti = by_proxy ? arena_printf(&r->arena, "proxy:%s", u.id)
                  : arena_strdup(&r->arena, json_string_value(json_object_get(claims, "jti")));
  json_decref(claims);
  r->session = by_proxy ? NULL : *jti;
  frame->csrf = *jti == NULL ? NULL : csrf_token(r, "session", *jti);
  if (role == NULL || frame->csrf == NULL ||
      store_organization_get(r->store, &r->arena, u.organization, &o) != STORE_OK)
    return -1;
  r->who = (struct principal){
      .user = u.id, .organization = u.organization, .role = u.role, .email = u.email, .right = role->right};
  frame->organization = o.name;
  frame->user = u.name != NULL && *u.name != '\0' ? u.name : u.email;
  frame->role = u.role;
  frame->owner = role->right >= RIGHT_OWN;
  return 0;
}

int operator_begin(struct request *r, enum right right, operator_frame *frame, enum MHD_Result *result) {
  *frame = (operator_frame){.notice = operator_notice(r)};
  const char *jti;
  if (who_find(r, frame, &jti) != 0) {
    *result = operator_redirect(r, "/operator/login");
    return -1;
  }
  int post = strcmp(r->method, "POST") == 0;
  if (post && body_parse(r, result) != 0)
    return -1;
  if (post && !csrf_valid(r, "session", jti)) {
    buffer out = {0};
    int made = operator_message(&out, frame, "That did not work",
                                "This page was open for too long. Go back, reload it and try again.");
    *result = operator_reply(r, 403, &out, made);
    return -1;
  }
  if (r->who.right < right) {
    *result = operator_reply_forbidden(r, frame);
    return -1;
  }
  return 0;
}

int operator_project_begin(struct request *r, enum right right, operator_frame *frame, struct project *p,
                           enum MHD_Result *result) {
  if (operator_begin(r, right, frame, result) != 0)
    return -1;
  enum store_result found = store_project_get(r->store, &r->arena, r->who.organization, r->id, p);
  if (found != STORE_OK)
    *result = operator_reply_fault(r, frame, found, NULL);
  return found == STORE_OK ? 0 : -1;
}

enum MHD_Result operator_post_logout(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct deed d;
  if (operator_begin(r, RIGHT_NONE, &frame, &result) != 0)
    return result;
  d = deed_of(r, NULL);
  enum store_result done = logout(&d, cookie(r, COOKIE));
  if (done != STORE_OK && done != STORE_NONE)
    return operator_reply_fault(r, &frame, done, NULL); /* else the cookie's token would live on unseen */
  r->cookie = COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
  return operator_redirect(r, "/operator/login?done=logout");
}
