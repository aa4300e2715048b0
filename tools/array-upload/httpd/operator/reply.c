/* What the operator's pages share: answers, notices, and the words for what went wrong. */
#include <stdio.h>
#include <string.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/operator/operator.h"

const char *operator_fault(struct request *r, enum store_result done, const struct faults *faults) {
  static const char *const unnamed[] = {"sample_ids", "password", "email", "role", "brand"};
  if (done == STORE_CONFLICT && faults != NULL && faults->n > 0) {
    for (size_t i = 0; i < sizeof unnamed / sizeof *unnamed; i++)
      if (strcmp(faults->list[0].field, unnamed[i]) == 0)
        return faults->list[0].text; /* the sentence says what it is about */
    const char *text = arena_printf(&r->arena, "%s: %s", faults->list[0].field, faults->list[0].text);
    return text == NULL ? faults->list[0].text : text;
  }
  switch (done) {
  case STORE_NONE:
    return "It is not there, or you may not see it.";
  case STORE_BUSY:
  case STORE_FULL:
    return "The service is not available right now. Try again in a minute.";
  case STORE_OK:
  case STORE_CONFLICT:
  case STORE_ERROR:
    break;
  }
  return "Something went wrong.";
}

unsigned operator_status(enum store_result done, const struct faults *faults) {
  switch (done) {
  case STORE_OK:
    return 200;
  case STORE_NONE:
    return 404;
  case STORE_BUSY:
  case STORE_FULL:
    return 503;
  case STORE_CONFLICT:
    return faults != NULL && faults->n > 0 ? 422 : 500;
  case STORE_ERROR:
    break;
  }
  return 500;
}

const char *operator_field(const struct request *r, const char *name) {
  return json_string_value(json_object_get(r->data, name));
}

const char *operator_actor(struct request *r, const char *actor) {
  struct user u;
  struct api_key k;
  if (store_user_get(r->store, &r->arena, actor, &u) == STORE_OK)
    return u.email;
  const char *words =
      store_key_get(r->store, &r->arena, actor, &k) == STORE_OK ? arena_printf(&r->arena, "API key %s", k.name) : NULL;
  return words != NULL ? words : actor;
}

enum MHD_Result operator_reply(struct request *r, unsigned status, buffer *out, int made) {
  static const char *const extra[] = {"Content-Security-Policy",
                                      ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                       "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
                                      "X-Robots-Tag", "noindex", NULL};
  enum MHD_Result result = made && !out->failed
                               ? reply_bytes(r, status, "text/html; charset=utf-8", out->text, out->length, extra)
                               : reply_bytes(r, 500, "text/plain; charset=utf-8", "Something went wrong.\n", 22, NULL);
  buffer_free(out);
  return result;
}

enum MHD_Result operator_redirect(struct request *r, const char *path) {
  const char *const extra[] = {"Location", path, NULL};
  return reply_bytes(r, 303, NULL, "", 0, extra);
}

static enum MHD_Result message(struct request *r, const operator_frame *frame, unsigned status, const char *heading,
                               const char *text) {
  buffer out = {0};
  int made = operator_message(&out, frame, heading, text);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_reply_fault(struct request *r, const operator_frame *frame, enum store_result done,
                                     const struct faults *faults) {
  return message(r, frame, operator_status(done, faults), done == STORE_NONE ? "Not found" : "That did not work",
                 operator_fault(r, done, faults));
}

enum MHD_Result operator_reply_forbidden(struct request *r, const operator_frame *frame) {
  return message(r, frame, 403, "Not allowed", "Your role does not allow this.");
}

const char *operator_notice(const struct request *r) {
  static const struct {
    const char *word, *sentence;
  } notices[] = {
      {"project", "The project was created."},
      {"canceled", "The sample was canceled."},
      {"retried", "What failed is tried again."},
      {"deleted", "The sample and its files are being erased."},
      {"revoked", "The key was revoked."},
      {"subscription", "The subscription was created. Make a secret, so that your server can check the signature."},
      {"unsubscribed", "The subscription was deleted."},
      {"test", "A test message is on its way. Reload this page in a moment to see the answer."},
      {"resent", "The message is on its way again."},
      {"role", "The role was changed."},
      {"disabled", "The user was disabled: log-ins have ended, and API keys do not work."},
      {"enabled", "The user may log in again."},
      {"brand", "The branding is saved. Pages that are open keep what they showed."},
      {"settings", "The settings are saved. They hold for what comes in from now on."},
      {"password", "Your password was changed. Please log in with the new one."},
      {"factor_off", "The second factor is off."},
      {"session", "The session was ended."},
      {"logout", "You are logged out."}};
  const char *word = request_query(r, "done");
  for (size_t i = 0; word != NULL && i < sizeof notices / sizeof *notices; i++)
    if (strcmp(notices[i].word, word) == 0)
      return notices[i].sentence;
  return NULL;
}

operator_range operator_range_of(const struct request *r, int64_t total) {
  struct page page = page_read(r);
  return (operator_range){(uint64_t)page.offset, (uint64_t)page.limit, total > 0 ? (uint64_t)total : 0};
}
