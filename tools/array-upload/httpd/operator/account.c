/* The account: password and API keys. */
#include <string.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/operator/operator.h"
#include "array-upload/util/crypto.h"

/* What the page shows beside its frame; secret and codes are set by who made them. */
static enum store_result account_fill(struct request *r, operator_account_view *view) {
  struct factor f;
  struct user_session *list;
  size_t n = 0;
  enum store_result found = store_factor_get(r->store, &r->arena, r->who.user, &f);
  if (found == STORE_OK)
    found = store_user_sessions(r->store, &r->arena, r->who.user, r->now, &list, &n);
  operator_log_in *sessions = found == STORE_OK ? arena_alloc(&r->arena, (n + 1) * sizeof *sessions) : NULL;
  if (sessions == NULL)
    return found == STORE_OK ? STORE_ERROR : found;
  for (size_t i = 0; i < n; i++)
    sessions[i] = (operator_log_in){.id = list[i].id,
                                    .client = list[i].client,
                                    .address = list[i].address,
                                    .created = list[i].created,
                                    .seen = list[i].seen,
                                    .current = r->session != NULL && strcmp(list[i].id, r->session) == 0};
  view->email = r->who.email;
  view->by_proxy = r->session == NULL;
  view->factor = f.sealed != NULL;
  view->codes_left = (uint64_t)f.codes_left;
  view->sessions = sessions;
  view->session_count = n;
  return STORE_OK;
}

static enum MHD_Result account_show(struct request *r, operator_account_view *view, unsigned status,
                                    const char *error) {
  buffer out = {0};
  enum store_result found = account_fill(r, view);
  if (found != STORE_OK)
    return operator_reply_fault(r, &view->frame, found, NULL);
  view->frame.error = error;
  int made = operator_account(&out, view);
  return operator_reply(r, status, &out, made);
}

static enum MHD_Result account_page(struct request *r, operator_frame *frame, unsigned status, const char *error) {
  operator_account_view view = {.frame = *frame};
  return account_show(r, &view, status, error);
}

enum MHD_Result operator_get_account(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_NONE, &frame, &result) != 0 ? result : account_page(r, &frame, 200, NULL);
}

/* The password again, before the account itself is changed. 0, or the answer was given. */
static int password_again(struct request *r, operator_frame *frame, enum MHD_Result *result) {
  struct user u;
  const char *old = operator_field(r, "old");
  enum store_result found = store_user_get(r->store, &r->arena, r->who.user, &u);
  if (limit_take(&r->server->rate, 'l', r->who.user, LOGINS_A_MINUTE) > 0)
    *result = account_page(r, frame, 429, "Too many attempts. Please wait a minute.");
  else if (found != STORE_OK)
    *result = operator_reply_fault(r, frame, found, NULL);
  else if (old == NULL || !password_check(u.password_hash, old))
    *result = account_page(r, frame, 422, "The current password is not right.");
  else
    return 0;
  return -1;
}

enum MHD_Result operator_post_factor(struct request *r) {
  operator_account_view view = {0};
  enum MHD_Result result;
  struct faults faults = {0};
  if (operator_begin(r, RIGHT_NONE, &view.frame, &result) != 0 || password_again(r, &view.frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = factor_begin(&d, r->who.user, &view.secret);
  if (done != STORE_OK)
    return done == STORE_NONE ? account_page(r, &view.frame, 409, "It is on already. Turn it off first.")
                              : operator_reply_fault(r, &view.frame, done, &faults);
  view.uri = arena_printf(&r->arena, "otpauth://totp/Array%%20uploads:%s?secret=%s&issuer=Array%%20uploads",
                          r->who.email, view.secret);
  return account_show(r, &view, 200, NULL);
}

enum MHD_Result operator_post_factor_confirm(struct request *r) {
  operator_account_view view = {0};
  enum MHD_Result result;
  struct faults faults = {0};
  const char *codes[RECOVERY_CODES];
  if (operator_begin(r, RIGHT_NONE, &view.frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  const char *code = operator_field(r, "code");
  if (limit_take(&r->server->rate, 'l', r->who.user, LOGINS_A_MINUTE) > 0)
    return account_page(r, &view.frame, 429, "Too many attempts. Please wait a minute.");
  enum store_result done = factor_confirm(&d, r->who.user, code == NULL ? "" : code, codes);
  if (done == STORE_NONE)
    return account_page(r, &view.frame, 409, "Set it up anew: there is nothing that waits for a code.");
  if (done == STORE_CONFLICT && faults.n > 0)
    return account_page(r, &view.frame, 422, faults.list[0].text);
  if (done != STORE_OK)
    return operator_reply_fault(r, &view.frame, done, &faults);
  view.codes = codes;
  view.code_count = RECOVERY_CODES;
  view.frame.notice = "The second factor is on.";
  return account_show(r, &view, 200, NULL);
}

enum MHD_Result operator_post_factor_off(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  if (operator_begin(r, RIGHT_NONE, &frame, &result) != 0 || password_again(r, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = factor_off(&d, r->who.user);
  return done == STORE_OK ? operator_redirect(r, "/operator/account?done=factor_off")
                          : operator_reply_fault(r, &frame, done, &faults);
}

static enum MHD_Result sessions_end(struct request *r, const char *id) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  if (operator_begin(r, RIGHT_NONE, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = session_end(&d, r->who.user, id);
  return done == STORE_OK ? operator_redirect(r, "/operator/account?done=session")
                          : operator_reply_fault(r, &frame, done, &faults);
}

enum MHD_Result operator_post_session_end(struct request *r) { return sessions_end(r, r->id); }

enum MHD_Result operator_post_sessions_end(struct request *r) { return sessions_end(r, NULL); }

enum MHD_Result operator_post_password(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct user u;
  struct faults faults = {0};
  if (operator_begin(r, RIGHT_NONE, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  const char *old = operator_field(r, "old"), *new = operator_field(r, "new");
  if (limit_take(&r->server->rate, 'l', r->who.user, LOGINS_A_MINUTE) > 0)
    return account_page(r, &frame, 429, "Too many attempts. Please wait a minute.");
  enum store_result done = store_user_get(r->store, &r->arena, r->who.user, &u);
  if (done == STORE_OK && (old == NULL || !password_check(u.password_hash, old)))
    return account_page(r, &frame, 422, "The current password is not right.");
  if (done == STORE_OK)
    done = user_password(&d, &u, new == NULL ? "" : new);
  return done == STORE_OK
             ? operator_redirect(r, "/operator/login?done=password") /* older sessions end with the old password */
             : account_page(r, &frame, operator_status(done, &faults), operator_fault(r, done, &faults));
}

static enum MHD_Result keys_page(struct request *r, operator_frame *frame, unsigned status, const char *new_key,
                                 const char *error) {
  struct api_key *list;
  buffer out = {0};
  size_t n;
  int64_t total;
  enum store_result found = store_key_list(r->store, &r->arena, r->who.user, (struct page){200, 0}, &list, &n, &total);
  operator_key *keys = found == STORE_OK ? arena_alloc(&r->arena, (n + 1) * sizeof *keys) : NULL;
  if (keys == NULL)
    return operator_reply_fault(r, frame, found == STORE_OK ? STORE_ERROR : found, NULL);
  for (size_t i = 0; i < n; i++)
    keys[i] = (operator_key){.id = list[i].id,
                             .name = list[i].name,
                             .prefix = list[i].prefix,
                             .expires = list[i].expires,
                             .last_used = list[i].last_used,
                             .expired = list[i].expires != 0 && r->now >= list[i].expires};
  frame->error = error;
  operator_keys_view view = {.frame = *frame, .keys = keys, .count = n, .new_key = new_key};
  int made = operator_keys(&out, &view);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_keys(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_NONE, &frame, &result) != 0 ? result : keys_page(r, &frame, 200, NULL, NULL);
}

enum MHD_Result operator_post_key(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct api_key k;
  const char *text;
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  const char *day = operator_field(r, "expiry_date");
  struct key_input in = {.user = r->who.user,
                         .name = field_text(&f, "name", FIELD_REQUIRED, 50),
                         .last_day = day != NULL && *day != '\0' ? day : NULL};
  enum store_result done = key_create(&d, &in, &k, &text);
  return done == STORE_OK
             ? keys_page(r, &frame, 200, text, NULL)
             : keys_page(r, &frame, operator_status(done, &f.faults), NULL, operator_fault(r, done, &f.faults));
}

enum MHD_Result operator_post_key_revoke(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct api_key k;
  struct faults faults = {0};
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = key_change(&d, r->who.user, r->id, NULL, 1, &k);
  return done == STORE_OK ? operator_redirect(r, "/operator/keys?done=revoked")
                          : operator_reply_fault(r, &frame, done, &faults);
}
