#include <stdio.h>
#include <string.h>

#include "array-upload/httpd/api/fields.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/operator/operator.h"

unsigned operator_call(struct request *r, enum right right, handler run, json_t **answer) {
  struct capture taken = {0};
  *answer = NULL;
  if (r->who.right < right)
    return 403;
  r->capture = &taken;
  run(r);
  r->capture = NULL;
  *answer = taken.body;
  return taken.status != 0 ? taken.status : 500;
}

/* The first text in a list, or the text itself. */
static const char *first_text(const json_t *value) {
  return json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);
}

const char *operator_field_fault(const json_t *answer, const char *field) {
  return json_is_object(answer) ? first_text(json_object_get(answer, field)) : NULL;
}

const char *operator_fault(struct request *r, unsigned status, const json_t *answer) {
  const char *text = first_text(json_object_get(answer, "detail")), *key, *named = NULL;
  json_t *value;
  if (text == NULL && json_is_object(answer))
    json_object_foreach((json_t *)answer, key, value) {
      const char *first = first_text(value);
      if (first != NULL && named == NULL)
        named = arena_printf(&r->arena, "%s: %s", key, first);
    }
  if (text == NULL)
    text = json_is_array(answer) ? first_text(answer) : named;
  if (text != NULL)
    return text;
  switch (status) {
  case 403: return "Your role does not allow this.";
  case 404: return "It is not there, or you may not see it.";
  case 429: return "Too many requests. Please wait a minute.";
  case 503: return "The service is not available right now. Try again in a minute.";
  default: return "Something went wrong.";
  }
}

const char *operator_field(const struct request *r, const char *name) {
  return json_string_value(json_object_get(r->data, name));
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

enum MHD_Result operator_reply_fault(struct request *r, const operator_frame *frame, unsigned status,
                                     const json_t *answer) {
  buffer out = {0};
  const char *heading = status == 404 ? "Not found" : status == 403 ? "Not allowed" : "That did not work";
  int made =
      operator_message(&out, frame, heading, operator_fault(r, status, status == 404 || status == 403 ? NULL : answer));
  return operator_reply(r, status, &out, made);
}

const char *operator_notice(const struct request *r) {
  static const struct {
    const char *word, *sentence;
  } notices[] = {
      {"project", "The project was created."},
      {"canceled", "The sample was canceled."},
      {"deleted", "The sample and its files are being erased."},
      {"revoked", "The key was revoked."},
      {"subscription", "The subscription was created. Make a secret, so that your server can check the signature."},
      {"unsubscribed", "The subscription was deleted."},
      {"test", "A test message is on its way. Reload this page in a moment to see the answer."},
      {"resent", "The message is on its way again."},
      {"password", "Your password was changed. Please log in with the new one."},
      {"logout", "You are logged out."}};
  const char *word = request_query(r, "done");
  for (size_t i = 0; word != NULL && i < sizeof notices / sizeof *notices; i++)
    if (strcmp(notices[i].word, word) == 0)
      return notices[i].sentence;
  return NULL;
}

const char *member_text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

uint64_t member_count(const json_t *object, const char *name) {
  json_int_t value = json_integer_value(json_object_get(object, name));
  return value > 0 ? (uint64_t)value : 0;
}

int64_t member_time(const json_t *object, const char *name) {
  const char *text = member_text(object, name);
  int64_t micros;
  return text != NULL && time_parse(&micros, text) == 0 ? micros : 0;
}

int member_flag(const json_t *object, const char *name) { return json_is_true(json_object_get(object, name)); }

const json_t *member_results(const json_t *answer, size_t *n) {
  const json_t *results = json_object_get(answer, "results");
  *n = json_array_size(results);
  return results;
}

operator_range member_range(const struct request *r, const json_t *answer) {
  struct page page = page_read(r);
  return (operator_range){(uint64_t)page.offset, (uint64_t)page.limit,
                          member_count(json_object_get(answer, "meta"), "count")};
}

const char *member_join(struct request *r, const json_t *list) {
  const char *all = NULL;
  size_t i;
  json_t *item;
  json_array_foreach((json_t *)list, i, item) {
    const char *text = json_string_value(item);
    if (text != NULL)
      all = all == NULL ? arena_strdup(&r->arena, text) : arena_printf(&r->arena, "%s, %s", all, text);
  }
  return all;
}
