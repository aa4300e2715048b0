/* The account: password and API keys. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/operator/operator.h"
#include "array-upload/util/crypto.h"

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 1024, HASH_SIZE = 512 };

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
  char hash[HASH_SIZE];
  if (operator_begin(r, RIGHT_NONE, &frame, &result) != 0)
    return result;
  const char *old = operator_field(r, "old"), *new = operator_field(r, "new");
  if (limit_take(&r->server->rate, 'l', r->who.user, 10) > 0)
    return account_page(r, &frame, 429, "Too many attempts. Please wait a minute.");
  if (store_user_get(r->store, &r->arena, r->who.user, &u) != STORE_OK)
    return reply_unavailable(r);
  if (old == NULL || !password_check(u.password_hash, old))
    return account_page(r, &frame, 422, "The current password is not right.");
  if (new == NULL || strlen(new) < PASSWORD_MIN || strlen(new) > PASSWORD_MAX)
    return account_page(r, &frame, 422, "The new password needs at least 12 characters.");
  if (password_hash(hash, sizeof hash, new) != 0)
    return account_page(r, &frame, 500, "Something went wrong.");
  u.password_hash = hash;
  u.tokens_after =
      r->now / 1000000 * 1000000; /* tokens count in whole seconds: whoever logs in at once must not be too early */
  if (store_user_update(r->store, &u) != STORE_OK)
    return reply_unavailable(r);
  api_audit(r, "user.password", u.id);
  return operator_redirect(r, "/operator/login?done=password"); /* older sessions end with the old password */
}

static enum MHD_Result keys_page(struct request *r, operator_frame *frame, unsigned status, const char *new_key,
                                 const char *error) {
  json_t *answer;
  enum MHD_Result result;
  buffer out = {0};
  size_t n;
  unsigned got = operator_call(r, RIGHT_NONE, api_keys_list, &answer);
  const json_t *list = member_results(answer, &n);
  operator_key *keys = arena_alloc(&r->arena, (n + 1) * sizeof *keys);
  frame->error = error;
  for (size_t i = 0; keys != NULL && i < n; i++) {
    const json_t *k = json_array_get(list, i);
    const char *day = member_text(k, "expiry_date");
    int64_t start = 0;
    if (day != NULL && date_parse(&start, day) != 0)
      start = 0;
    keys[i] = (operator_key){.id = member_text(k, "id"),
                             .name = member_text(k, "name"),
                             .prefix = member_text(k, "prefix"),
                             .expires = start == 0 ? 0 : start + INT64_C(86400000000),
                             .last_used = member_time(k, "last_used"),
                             .expired = member_flag(k, "has_expired")};
  }
  if (got == 200 && keys != NULL) {
    operator_keys_view view = {.frame = *frame, .keys = keys, .count = n, .new_key = new_key};
    int made = operator_keys(&out, &view);
    result = operator_reply(r, status, &out, made);
  } else {
    result = operator_reply_fault(r, frame, got == 200 ? 500 : got, answer);
  }
  json_decref(answer);
  return result;
}

enum MHD_Result operator_get_keys(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  return operator_begin(r, RIGHT_NONE, &frame, &result) != 0 ? result : keys_page(r, &frame, 200, NULL, NULL);
}

enum MHD_Result operator_post_key(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *answer;
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  const char *day = operator_field(r, "expiry_date");
  if (day != NULL && *day == '\0')
    json_object_del(r->data, "expiry_date");
  unsigned status = operator_call(r, RIGHT_READ, api_keys_create, &answer);
  if (status == 201)
    result = keys_page(r, &frame, 200, member_text(answer, "key"), NULL);
  else
    result = keys_page(r, &frame, status, NULL, operator_fault(r, status, answer));
  json_decref(answer);
  return result;
}

enum MHD_Result operator_post_key_revoke(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  json_t *answer;
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  json_object_set_new(r->data, "revoked", json_true());
  unsigned status = operator_call(r, RIGHT_READ, api_keys_patch, &answer);
  result = status == 200 ? operator_redirect(r, "/operator/keys?done=revoked")
                         : operator_reply_fault(r, &frame, status, answer);
  json_decref(answer);
  return result;
}
