/* visit.c - a visit of the hosted page, and every answer it can get. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/deeds/deed.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/consent.h"
#include "array-upload/httpd/page/page.h"
#include "array-upload/httpd/page/reasons.h"

enum { EXTENSIONS_MAX = 10 };

void visit_brand(struct visit *v) {
  struct project p;
  if (v->brand == NULL && v->sample.id != NULL &&
      store_project_get(v->r->store, &v->r->arena, NULL, v->sample.project, &p) == STORE_OK && p.brand != NULL)
    v->brand = json_loads(p.brand, 0, NULL);
}

/* What the form carries is "<page session>.<MAC>": the session's id alone, as it stands in the database and its
 * backups, opens nothing. */
static const char *session_token(struct visit *v) {
  char mac[SHA256_HEX_SIZE];
  const char *text = v->page.id == NULL ? NULL : arena_printf(&v->r->arena, "page:%s", v->page.id);
  return text == NULL || keyring_mac(&v->r->server->keys, KEY_UPLOAD, text, mac) != 0
             ? NULL
             : arena_printf(&v->r->arena, "%s.%s", v->page.id, mac);
}

/* 0 and the id, or -1. */
static int session_read(struct request *r, const char *token, char id[UUID_SIZE]) {
  char text[5 + UUID_SIZE];
  const char *dot = token == NULL ? NULL : strchr(token, '.');
  if (dot == NULL || dot - token != UUID_SIZE - 1)
    return -1;
  snprintf(text, sizeof text, "page:%.*s", UUID_SIZE - 1, token);
  return uuid_parse(id, text + 5) == 0 &&
                 keyring_mac_valid(&r->server->keys, r->server->service, r->store, KEY_UPLOAD, text, dot + 1)
             ? 0
             : -1;
}

int visit_load(struct visit *v, struct request *r, const char *session) {
  char id[UUID_SIZE];
  memset(v, 0, sizeof *v);
  v->r = r;
  if (session_read(r, session, id) != 0 ||
      store_page_get(r->store, &r->arena, id, r->now, &v->page, &v->sample) != STORE_OK) {
    memset(&v->sample, 0, sizeof v->sample);
    memset(&v->page, 0, sizeof v->page);
    return -1;
  }
  visit_brand(v);
  return 0;
}

void visit_end(struct visit *v) {
  json_decref(v->brand);
  v->brand = NULL;
}

static const char *brand_text(const struct visit *v, const char *key) {
  const char *text = json_string_value(json_object_get(v->brand, key));
  return text != NULL && *text != '\0' ? text : NULL;
}

const char *visit_failure_url(struct visit *v, const char *reason) {
  const char *url = v->sample.id == NULL ? "" : v->sample.redirect_on_failure;
  if (*url == '\0' || !reason_find(reason)->redirect)
    return NULL;
  size_t n = strcspn(url, "#");
  const char *query = memchr(url, '?', n);
  const char *between = query == NULL ? "?" : query + 1 == url + n || url[n - 1] == '&' ? "" : "&";
  return arena_printf(&v->r->arena, "%.*s%sreason=%s%s", (int)n, url, between, reason, url + n);
}

static size_t origins(struct visit *v, const char *out[ORIGINS_MAX], int redirects_only) {
  return session_origins(&v->r->arena, &v->sample, redirects_only ? NULL : v->brand, out);
}

static const char *joined(struct arena *a, const char *const *list, size_t n, const char *none) {
  const char *text = n == 0 ? none : "";
  for (size_t i = 0; i < n && text != NULL; i++)
    text = arena_printf(a, "%s%s%s", text, i == 0 ? "" : " ", list[i]);
  return text == NULL ? none : text;
}

static const char *policy(struct visit *v) {
  const char *list[ORIGINS_MAX];
  size_t n = origins(v, list, 1);
  const char *forms = joined(&v->r->arena, list, n, "");
  n = origins(v, list, 0);
  const char *frames = joined(&v->r->arena, list, n, "'none'");
  return arena_printf(
      &v->r->arena,
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
      " form-action 'self'%s%s; base-uri 'none'; frame-ancestors %s",
      *forms ? " " : "", forms, frames);
}

static int64_t seconds_left(const struct visit *v) {
  int64_t left = (v->page.deadline - v->r->now) / 1000000;
  return v->page.id == NULL || left < 0 ? 0 : left;
}

static int64_t attempts_left(const struct visit *v) {
  int64_t left = v->r->server->service->config.attempts - v->page.rejected;
  return left < 0 ? 0 : left;
}

static int64_t extensions_left(const struct visit *v) {
  const json_t *on = json_object_get(v->brand, "extensions");
  int64_t left = EXTENSIONS_MAX - v->page.extensions;
  return json_is_false(on) || left < 0 ? 0 : left;
}

static const catalog *language_of(struct visit *v) {
  const char *query = v->language != NULL ? v->language : request_query(v->r, "lang");
  return catalog_choose(query, request_header(v->r, "Accept-Language"), brand_text(v, "language"));
}

static void view_fill(struct visit *v, upload_view *view, const char *const *embed, size_t n_embed,
                      const char *reason) {
  const struct config *c = &v->r->server->service->config;
  int64_t days = c->retention_original_days;
  *view = (upload_view){
      .language = language_of(v),
      .brand = {.partner = brand_text(v, "name"),
                .operator_name = c->operator_name,
                .logo = brand_text(v, "logo"),
                .colour = brand_text(v, "colour"),
                .purpose = brand_text(v, "purpose"),
                .deletion = brand_text(v, "deletion"),
                .privacy_url = brand_text(v, "privacy_url") != NULL ? brand_text(v, "privacy_url") : c->privacy_url,
                .retention_days = days < 0 ? RETENTION_EVER : (unsigned)days},
      .session = session_token(v),
      .link = v->link,
      .sample_id = v->sample.id,
      .limit_bytes = (uint64_t)c->upload_bytes,
      .seconds_left = (unsigned)seconds_left(v),
      .extensions_left = (unsigned)extensions_left(v),
      .attempts_left = (unsigned)attempts_left(v),
      .success_url = v->sample.id != NULL && *v->sample.redirect_on_success ? v->sample.redirect_on_success : NULL,
      .failure_url = v->sample.id == NULL ? NULL : visit_failure_url(v, reason != NULL ? reason : "user_canceled"),
      .embed_origins = embed,
      .embed_count = n_embed,
      .rezip = json_is_true(json_object_get(v->brand, "rezip")),
      .reason = reason,
      .vendor = v->vendor};
}

static enum MHD_Result html_answer(struct visit *v, unsigned status, buffer *out, const catalog *language) {
  const char *const extra[] = {"Content-Security-Policy",
                               policy(v),
                               "Referrer-Policy",
                               "no-referrer",
                               "Cache-Control",
                               "no-store",
                               "X-Robots-Tag",
                               "noindex",
                               "Permissions-Policy",
                               "camera=(), microphone=(), geolocation=(), screen-wake-lock=(self)",
                               "Content-Language",
                               language == NULL ? "en" : language->language,
                               "Vary",
                               "Accept-Language",
                               status == 429 || status == 503 ? "Retry-After" : NULL,
                               "60",
                               NULL};
  enum MHD_Result result = out->failed
                               ? reply_empty(v->r, 500)
                               : reply_bytes(v->r, status, "text/html; charset=utf-8", out->text, out->length, extra);
  buffer_free(out);
  return result;
}

/* What the page session's form shows is on record before anybody sees it: only that may be agreed to. 0, or -1. */
static int consents_keep(struct visit *v, const struct page_consent *list, size_t n) {
  if (v->page.id == NULL || *v->page.id == '\0' || v->r->peek || (n == 0 && v->page.shown == NULL))
    return 0;
  const char *shown = consents_shown(&v->r->arena, list, n);
  if (shown != NULL && v->page.shown != NULL && strcmp(shown, v->page.shown) == 0)
    return 0;
  return shown != NULL && store_page_shown(v->r->store, v->page.id, shown) == STORE_OK ? 0 : -1;
}

enum MHD_Result visit_form(struct visit *v, unsigned status, const char *reason) {
  const char *embed[ORIGINS_MAX];
  struct page_consent consents[CONSENTS_MAX];
  upload_view view;
  buffer out = {0};
  view_fill(v, &view, embed, origins(v, embed, 0), reason);
  enum reason_place place = reason == NULL ? REASON_NOWHERE : reason_find(reason)->place;
  view.reason_of_file = place == REASON_FILE;
  view.reason_of_consent = place == REASON_CONSENT;
  view.consents = consents;
  view.consent_count = consents_asked(&v->r->arena, v->brand, view.language, consents);
  if (consents_keep(v, consents, view.consent_count) != 0)
    return visit_result(v, 503, UPLOAD_RESULT_REASON, "service_unavailable");
  upload_page_form(&out, &view);
  return html_answer(v, status, &out, view.language);
}

enum MHD_Result visit_result(struct visit *v, unsigned status, upload_result kind, const char *reason) {
  const char *embed[ORIGINS_MAX];
  upload_view view;
  buffer out = {0};
  view_fill(v, &view, embed, origins(v, embed, 0), reason);
  upload_page_result(&out, &view, kind);
  return html_answer(v, status, &out, view.language);
}

static enum MHD_Result redirect_answer(struct visit *v, const char *url) {
  const char *const extra[] = {
      "Location", url, "Cache-Control", "no-store", "Referrer-Policy", "no-referrer", "Content-Security-Policy",
      policy(v),  NULL};
  return reply_bytes(v->r, 303, NULL, "", 0, extra);
}

static enum MHD_Result json_answer(struct visit *v, unsigned status, json_t *body) {
  char *text = body == NULL ? NULL : json_text(body);
  json_decref(body);
  if (text == NULL)
    return reply_empty(v->r, 500);
  const char *const extra[] = {"Cache-Control",
                               "no-store",
                               "Referrer-Policy",
                               "no-referrer",
                               status == 429 || status == 503 ? "Retry-After" : NULL,
                               "60",
                               NULL};
  enum MHD_Result result = reply_bytes(v->r, status, "application/json", text, strlen(text), extra);
  free(text);
  return result;
}

/* The session's own end, as against the link's: "try again" then means to open the link again. */
static int may_retry(const struct visit *v, const struct reason *reason) {
  if (strcmp(reason->code, "session_expired") == 0)
    return v->sample.id != NULL && v->sample.state == SAMPLE_AWAITING && v->r->now < v->sample.link_exp;
  return reason->retry;
}

/* The texts of now, for the script to show instead of its own; NULL where they could not be put on record. */
static json_t *consents_json(struct visit *v) {
  struct page_consent list[CONSENTS_MAX];
  size_t n = consents_asked(&v->r->arena, v->brand, language_of(v), list);
  json_t *out = consents_keep(v, list, n) == 0 ? json_array() : NULL;
  for (size_t i = 0; out != NULL && i < n; i++)
    json_array_append_new(
        out, json_pack("{s:s, s:s, s:s}", "field", list[i].field, "version", list[i].version, "text", list[i].text));
  return out;
}

static enum MHD_Result failed_json(struct visit *v, const struct reason *reason) {
  buffer message = {0};
  const catalog_names names = {brand_text(v, "name"), v->vendor, (uint64_t)v->r->server->service->config.upload_bytes};
  const char *url = visit_failure_url(v, reason->code);
  catalog_reason(&message, language_of(v), reason->code, &names);
  json_t *body =
      json_pack("{s:s, s:b, s:s, s:s?, s:I, s:I, s:s?}", "reason", reason->code, "retry", may_retry(v, reason),
                "message", message.text == NULL ? "" : message.text, "redirect", url, "seconds_left",
                (json_int_t)seconds_left(v), "attempts_left", (json_int_t)attempts_left(v), "vendor", v->vendor);
  buffer_free(&message);
  if (body != NULL && strcmp(reason->code, "consent_missing") == 0)
    json_object_set_new(body, "consents", consents_json(v));
  return json_answer(v, reason->status, body);
}

enum MHD_Result visit_failed(struct visit *v, const char *code, int json) {
  const struct reason *reason = reason_find(code);
  if (json)
    return failed_json(v, reason);
  if (v->sample.id == NULL)
    return visit_result(v, reason->status,
                        strcmp(code, "link_not_valid") == 0 ? UPLOAD_RESULT_NOT_VALID : UPLOAD_RESULT_REASON, code);
  const char *url = visit_failure_url(v, reason->code);
  if (url != NULL)
    return redirect_answer(v, url);
  if (reason->retry && v->page.id != NULL && seconds_left(v) > 0)
    return visit_form(v, reason->status, reason->code);
  return visit_result(v, reason->status, UPLOAD_RESULT_REASON, reason->code);
}

enum MHD_Result visit_done(struct visit *v, int json) {
  const char *url = *v->sample.redirect_on_success ? v->sample.redirect_on_success : NULL;
  if (json)
    return json_answer(v, 200,
                       json_pack("{s:s, s:s, s:s?}", "status", "accepted", "sample_id", v->sample.id, "redirect", url));
  return url != NULL ? redirect_answer(v, url) : visit_result(v, 200, UPLOAD_RESULT_DONE, NULL);
}

/* ---- status and extend ---------------------------------------------------------------------------------------------
 */
struct status {
  const char *state, *reason;
  int retry;
};

static struct status status_of(struct visit *v) {
  struct attempt newest;
  struct request *r = v->r;
  if (v->sample.accepted)
    return (struct status){"accepted", NULL, 0};
  if (v->sample.revoked)
    return (struct status){"revoked", "session_revoked", 0};
  enum store_result found = store_attempt_newest(r->store, &r->arena, v->page.id, &newest);
  if (found == STORE_OK && (strcmp(newest.state, "receiving") == 0 || strcmp(newest.state, "checking") == 0))
    return (struct status){newest.state, NULL, 1};
  if (v->sample.state != SAMPLE_AWAITING || r->now >= v->page.deadline)
    return (struct status){"expired", "session_expired",
                           v->sample.state == SAMPLE_AWAITING && r->now < v->sample.link_exp};
  if (attempts_left(v) == 0)
    return (struct status){"expired", "too_many_attempts", 0};
  if (found == STORE_OK && strcmp(newest.state, "rejected") == 0)
    return (struct status){"open", arena_strdup(&r->arena, newest.reason), 1};
  return (struct status){"open", NULL, 1};
}

static enum MHD_Result status_answer(struct visit *v, unsigned http, const char *override) {
  struct status s = status_of(v);
  const char *reason = override != NULL ? override : s.reason, *url = NULL;
  if (strcmp(s.state, "accepted") == 0)
    url = *v->sample.redirect_on_success ? v->sample.redirect_on_success : NULL;
  else if (reason != NULL)
    url = visit_failure_url(v, reason);
  return json_answer(v, http,
                     json_pack("{s:s, s:I, s:I, s:I, s:s?, s:b, s:s?}", "state", s.state, "seconds_left",
                               (json_int_t)seconds_left(v), "extensions_left", (json_int_t)extensions_left(v),
                               "attempts_left", (json_int_t)attempts_left(v), "reason", reason, "retry", s.retry,
                               "redirect", url));
}

enum MHD_Result page_status(struct request *r) {
  struct visit v;
  visit_load(&v, r, request_header(r, "X-Upload-Session"));
  enum MHD_Result result = v.sample.id == NULL ? visit_failed(&v, "link_not_valid", 1) : status_answer(&v, 200, NULL);
  visit_end(&v);
  return result;
}

enum MHD_Result page_extend(struct request *r) {
  struct visit v;
  int json = request_wants_json(r);
  int64_t deadline;
  enum MHD_Result result;
  if (body_parse(r, &result) != 0)
    return result;
  visit_load(&v, r, json_string_value(json_object_get(r->data, "session")));
  v.language = json_string_value(json_object_get(r->data, "lang"));
  if (v.sample.id == NULL) {
    result = visit_failed(&v, "link_not_valid", json);
  } else {
    int refused = extensions_left(&v) == 0;
    enum store_result done = refused ? STORE_NONE
                                     : store_page_extend(r->store, v.page.id, r->server->service->config.page_session_s,
                                                         EXTENSIONS_MAX, r->now, &deadline);
    if (done == STORE_OK) {
      v.page.deadline = deadline;
      v.page.extensions++;
    }
    if (done != STORE_OK && done != STORE_NONE)
      result = visit_failed(&v, "service_unavailable", json);
    else if (json)
      result = status_answer(&v, done == STORE_OK ? 200 : 409, done == STORE_OK ? NULL : "extension_refused");
    else
      result = seconds_left(&v) > 0 && !v.sample.accepted
                   ? visit_form(&v, 200, NULL)
                   : visit_failed(&v, v.sample.accepted ? "already_uploaded" : "session_expired", 0);
  }
  visit_end(&v);
  return result;
}
