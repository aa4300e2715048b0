/* The account: password and API keys. */
#include <string.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/operator/operator.h"
#include "array-upload/util/crypto.h"

static enum MHD_Result account_page(struct request *r, operator_frame *frame, unsigned status, const char *error) {
  buffer out = {0};
  frame->error = error;
  int made = operator_account(&out, frame, r->who.email);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_account(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_NONE, &frame, &result) != 0 ? result : account_page(r, &frame, 200, NULL);
}

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
  enum store_result found =
      store_key_list(r->store, &r->arena, r->who.user, (struct page){200, 0}, &list, &n, &total);
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
