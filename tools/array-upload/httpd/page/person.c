/* person.c - a person's own page over HTTP, and the page about certificates. No cookies, no script: the open page's
 * token travels in its forms, never in an address. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/deeds/certificate.h"
#include "array-upload/httpd/api/fields.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/page.h"
#include "array-upload/httpd/page/takeout.h"
#include "array-upload/pages/person_page.h"

enum { FILES_MAX = 24, KEYS_SHOWN = 8, CERTIFICATE_MAX = 16384 };
static const int64_t day = INT64_C(86400) * 1000000;

struct call {
  struct request *r;
  struct person_link link; /* id NULL: none is known, and nothing of a project is shown */
  json_t *brand;
  person_view view;
};

static const char *field(const struct request *r, const char *name) {
  return json_string_value(json_object_get(r->data, name));
}

static const char *brand_text(const struct call *c, const char *key) {
  const char *text = json_string_value(json_object_get(c->brand, key));
  return text != NULL && *text != '\0' ? text : NULL;
}

/* ---- answers -------------------------------------------------------------------------------------------------------
 */
static enum MHD_Result html_reply(struct request *r, unsigned status, buffer *out, const catalog *language) {
  const char *const extra[] = {"Content-Security-Policy",
                               "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
                               "base-uri 'none'; frame-ancestors 'none'",
                               "Cache-Control",
                               "no-store",
                               "Referrer-Policy",
                               "no-referrer",
                               "X-Robots-Tag",
                               "noindex",
                               "Content-Language",
                               language->language,
                               "Vary",
                               "Accept-Language",
                               NULL};
  enum MHD_Result result = out->failed
                               ? reply_empty(r, 500)
                               : reply_bytes(r, status, "text/html; charset=utf-8", out->text, out->length, extra);
  buffer_free(out);
  return result;
}

static const catalog *language_of(const struct request *r, const char *preset) {
  const char *asked = field(r, "lang") != NULL ? field(r, "lang") : request_query(r, "lang");
  return catalog_choose(asked, request_header(r, "Accept-Language"), preset);
}

/* Language and looks, once it is known whose page this is. */
static void view_fill(struct call *c) {
  struct project p;
  const struct config *config = &c->r->server->service->config;
  if (c->link.id != NULL && store_project_get(c->r->store, &c->r->arena, NULL, c->link.project, &p) == STORE_OK &&
      p.brand != NULL)
    c->brand = json_loads(p.brand, 0, NULL);
  const char *privacy = brand_text(c, "privacy_url");
  c->view.language = language_of(c->r, brand_text(c, "language"));
  c->view.brand = (page_brand){.partner = brand_text(c, "name"),
                               .operator_name = config->operator_name,
                               .logo = brand_text(c, "logo"),
                               .colour = brand_text(c, "colour"),
                               .privacy_url = privacy != NULL ? privacy : config->privacy_url};
  c->view.sample_id = c->link.sample;
  int64_t left = (c->link.deadline - c->r->now) / 1000000;
  c->view.seconds_left = left > 0 ? (unsigned)left : 0;
}

static enum MHD_Result answer(struct call *c, unsigned status, int (*page)(buffer *, const person_view *)) {
  buffer out = {0};
  page(&out, &c->view);
  enum MHD_Result result = html_reply(c->r, status, &out, c->view.language);
  json_decref(c->brand);
  return result;
}

static enum MHD_Result words(struct call *c, unsigned status, const char *word) {
  buffer out = {0};
  person_page_words(&out, &c->view, word);
  enum MHD_Result result = html_reply(c->r, status, &out, c->view.language);
  json_decref(c->brand);
  return result;
}

static enum MHD_Result store_words(struct call *c, enum store_result result) {
  return result == STORE_NONE ? words(c, 410, "person_gone") : words(c, 503, "person_failed");
}

/* ---- the link and the open page ------------------------------------------------------------------------------------
 */
/* The open page's token: "<link>.<MAC>". The link's id alone, as it stands in the database, opens nothing. */
static const char *session_token(struct call *c) {
  char mac[SHA256_HEX_SIZE];
  const char *text = arena_printf(&c->r->arena, "person:%s", c->link.id);
  return text == NULL || keyring_mac(&c->r->server->keys, KEY_PERSON, text, mac) != 0
             ? NULL
             : arena_printf(&c->r->arena, "%s.%s", c->link.id, mac);
}

/* The open page behind a form, or the answer was given. */
static int session_load(struct call *c, struct request *r, enum MHD_Result *result) {
  char text[7 + UUID_SIZE], id[UUID_SIZE];
  *c = (struct call){.r = r};
  if (body_parse(r, result) != 0)
    return -1;
  const char *token = field(r, "session"), *dot = token == NULL ? NULL : strchr(token, '.');
  if (dot != NULL && dot - token == UUID_SIZE - 1) {
    snprintf(text, sizeof text, "person:%.*s", UUID_SIZE - 1, token);
    if (uuid_parse(id, text + 7) == 0 &&
        keyring_mac_valid(&r->server->keys, r->server->service, r->store, KEY_PERSON, text, dot + 1) &&
        store_person_link_get(r->store, &r->arena, id, &c->link) != STORE_OK)
      c->link.id = NULL;
  }
  view_fill(c);
  if (c->link.id == NULL)
    *result = words(c, 404, "not_valid");
  else if (c->link.opened == 0 || r->now >= c->link.deadline)
    *result = words(c, 410, "person_over");
  else
    return (c->view.session = session_token(c)) == NULL ? (*result = words(c, 503, "person_failed"), -1) : 0;
  return -1;
}

/* The link behind a token, or the answer was given. */
static int link_load(struct call *c, struct request *r, const char *token, enum MHD_Result *result) {
  json_t *claims = NULL;
  *c = (struct call){.r = r};
  enum jwt_result valid = token == NULL ? JWT_INVALID
                                        : keyring_verify(&r->server->keys, r->server->service, r->store, KEY_PERSON,
                                                         token, r->now / 1000000, &claims);
  const char *id = json_string_value(json_object_get(claims, "jti"));
  enum store_result found = STORE_NONE;
  if (valid != JWT_INVALID && id != NULL)
    found = store_person_link_get(r->store, &r->arena, id, &c->link);
  json_decref(claims);
  if (found != STORE_OK)
    c->link.id = NULL;
  view_fill(c);
  if (found != STORE_OK)
    *result = found == STORE_NONE ? words(c, 404, "not_valid") : words(c, 503, "person_failed");
  else if (c->link.opened != 0)
    *result = words(c, 410, "person_used");
  else if (valid == JWT_EXPIRED || r->now >= c->link.expires)
    *result = words(c, 410, "person_expired");
  else
    return 0;
  return -1;
}

/* Asking changes nothing, because mail programs and chats ask, too. */
enum MHD_Result person_get(struct request *r) {
  struct call c;
  enum MHD_Result result;
  const char *token = request_query(r, "token");
  if (limit_take(&r->server->rate, 'o', r->bucket, r->server->service->config.rate_opens) > 0)
    return reply_throttled(r, 60);
  if (link_load(&c, r, token, &result) != 0)
    return result;
  c.view.token = token;
  return answer(&c, 200, person_page_door);
}

static struct deed person_deed(struct call *c, struct faults *faults) {
  struct deed d = deed_of(c->r, faults);
  d.organization = c->link.organization;
  d.actor = "person";
  return d;
}

/* ---- what is held --------------------------------------------------------------------------------------------------
 */
static void held_until(const struct config *config, const struct sample *s, const struct sample_file *f,
                       struct person_file *out) {
  int64_t days =
      strcmp(f->type, "array-zip") == 0 ? config->retention_original_days : config->retention_deliverables_days;
  int finished = s->state == SAMPLE_SUCCEEDED || s->state == SAMPLE_FAILED || s->state == SAMPLE_FAILED_QC;
  *out = (struct person_file){.type = f->type, .size = (uint64_t)f->size, .days = days};
  out->until = days < 0 ? PERSON_EVER : finished ? s->modified + days * day : days == 0 ? PERSON_DONE : PERSON_AFTER;
}

static enum MHD_Result main_page(struct call *c, unsigned status) {
  struct request *r = c->r;
  struct sample s;
  struct sample_file *files;
  struct consent *consents;
  size_t n, n_consents;
  enum store_result found = store_sample_get(r->store, &r->arena, NULL, c->link.sample, r->now, &s);
  if (found == STORE_OK)
    found = store_sample_files(r->store, &r->arena, s.id, &files, &n);
  if (found == STORE_OK)
    found = store_sample_consents(r->store, &r->arena, s.id, &consents, &n_consents);
  if (found != STORE_OK)
    return store_words(c, found);
  struct person_file *held = arena_alloc(&r->arena, (n + 1) * sizeof *held);
  struct person_agreement *agreed = arena_alloc(&r->arena, (n_consents + 1) * sizeof *agreed);
  if (held == NULL || agreed == NULL)
    return words(c, 503, "person_failed");
  for (size_t i = 0; i < n; i++)
    held_until(&r->server->service->config, &s, &files[i], &held[i]);
  for (size_t i = 0; i < n_consents; i++)
    agreed[i] = (struct person_agreement){consents[i].purpose, consents[i].version, consents[i].text, consents[i].given,
                                          consents[i].withdrawn};
  c->view.files = held;
  c->view.file_count = n;
  c->view.agreements = agreed;
  c->view.agreement_count = n_consents;
  return answer(c, status, person_page_main);
}

enum MHD_Result person_open_post(struct request *r) {
  struct call c;
  struct faults faults = {0};
  enum MHD_Result result;
  if (body_parse(r, &result) != 0 || link_load(&c, r, field(r, "token"), &result) != 0)
    return result;
  struct deed d = person_deed(&c, &faults);
  int64_t deadline = r->now + r->server->service->config.page_session_s * 1000000;
  enum store_result done = person_open(&d, &c.link, deadline);
  if (done != STORE_OK) /* another one was faster */
    return done == STORE_NONE ? words(&c, 410, "person_used") : words(&c, 503, "person_failed");
  c.link.deadline = deadline;
  c.view.seconds_left = (unsigned)r->server->service->config.page_session_s;
  c.view.session = session_token(&c);
  return c.view.session == NULL ? words(&c, 503, "person_failed") : main_page(&c, 200);
}

enum MHD_Result person_show(struct request *r) {
  struct call c;
  enum MHD_Result result;
  return session_load(&c, r, &result) != 0 ? result : main_page(&c, 200);
}

/* ---- acts ----------------------------------------------------------------------------------------------------------
 */
enum MHD_Result person_download(struct request *r) {
  struct call c;
  struct sample s;
  struct faults faults = {0};
  enum MHD_Result result;
  uint64_t size;
  char text[120];
  if (session_load(&c, r, &result) != 0)
    return result;
  enum store_result found = store_sample_get(r->store, &r->arena, NULL, c.link.sample, r->now, &s);
  if (found != STORE_OK)
    return store_words(&c, found);
  struct MHD_Response *response = takeout_response(r, &s, &size);
  if (response == NULL)
    return words(&c, 503, "person_failed");
  struct deed d = person_deed(&c, &faults);
  person_downloaded(&d, &c.link);
  snprintf(text, sizeof text, "attachment; filename=\"%s.zip\"", s.id);
  MHD_add_response_header(response, "Content-Type", "application/zip");
  MHD_add_response_header(response, "Content-Disposition", text);
  MHD_add_response_header(response, "Cache-Control", "no-store");
  r->sent_bytes = size;
  connection_busy(r, r->begun + INT64_C(3600000000));
  json_decref(c.brand);
  return reply_response(r, 200, response);
}

enum MHD_Result person_withdraw_post(struct request *r) {
  struct call c;
  struct faults faults = {0};
  enum MHD_Result result;
  if (session_load(&c, r, &result) != 0)
    return result;
  struct deed d = person_deed(&c, &faults);
  const char *purpose = field(r, "purpose");
  enum store_result done = person_withdraw(&d, &c.link, purpose == NULL ? "" : purpose);
  if (done != STORE_OK && done != STORE_CONFLICT)
    return store_words(&c, done);
  c.view.notice = done == STORE_OK ? "person.withdrawn_done" : "person.withdrawn_before";
  return main_page(&c, 200);
}

enum MHD_Result person_delete_post(struct request *r) {
  struct call c;
  struct faults faults = {0};
  enum MHD_Result result;
  if (session_load(&c, r, &result) != 0)
    return result;
  const char *confirmed = field(r, "confirm");
  if (confirmed == NULL || strcmp(confirmed, "yes") != 0) {
    c.view.error = "person.delete_unconfirmed";
    return main_page(&c, 422);
  }
  struct deed d = person_deed(&c, &faults);
  enum store_result done = person_delete(&d, &c.link);
  /* Gone already (a second click): the same page. */
  return done == STORE_OK || done == STORE_CONFLICT ? answer(&c, 200, person_page_deleted) : store_words(&c, done);
}

enum MHD_Result person_certificate(struct request *r) {
  struct call c;
  enum MHD_Result result;
  json_t *certificate = NULL;
  if (session_load(&c, r, &result) != 0)
    return result;
  enum store_result made =
      certificate_make(r->server->service, r->store, &r->arena, c.link.sample, r->now, &certificate);
  if (made == STORE_CONFLICT) {
    struct sample s;
    if (store_sample_get(r->store, &r->arena, NULL, c.link.sample, r->now, &s) == STORE_OK)
      return main_page(&c, 409); /* not deleted at all */
    c.view.notice = "person.certificate_wait";
    return answer(&c, 200, person_page_deleted);
  }
  char *text = made != STORE_OK ? NULL : json_dumps(certificate, JSON_INDENT(2));
  json_decref(certificate);
  if (text == NULL)
    return words(&c, 503, "person_failed");
  struct faults faults = {0};
  struct deed d = person_deed(&c, &faults);
  deed_audit(&d, "certificate.issued", c.link.sample);
  const char *name = arena_printf(&r->arena, "attachment; filename=\"deletion-%s.json\"", c.link.sample);
  const char *const extra[] = {"Content-Disposition", name, "Cache-Control", "no-store", NULL};
  result = reply_bytes(r, 200, "application/json", text, strlen(text), extra);
  free(text);
  json_decref(c.brand);
  return result;
}

/* ---- certificates --------------------------------------------------------------------------------------------------
 */
static enum MHD_Result certificates(struct request *r, certificate_view *view, unsigned status) {
  buffer out = {0};
  const char *keys[KEYS_SHOWN];
  view->language = language_of(r, NULL);
  view->brand.operator_name = r->server->service->config.operator_name;
  view->keys = keys;
  view->key_count = certificate_keys(r->server->service, r->store, &r->arena, keys, KEYS_SHOWN);
  certificate_page(&out, view);
  return html_reply(r, status, &out, view->language);
}

enum MHD_Result certificates_get(struct request *r) {
  certificate_view view = {0};
  return certificates(r, &view, 200);
}

enum MHD_Result certificates_post(struct request *r) {
  certificate_view view = {0};
  enum MHD_Result result;
  const char *text = NULL;
  if (body_parse(r, &result) != 0)
    return result;
  view.given = field(r, "certificate");
  int fits = view.given != NULL && strlen(view.given) <= CERTIFICATE_MAX;
  json_t *certificate = fits ? json_loads(view.given, JSON_REJECT_DUPLICATES, NULL) : NULL;
  enum certificate_check found = certificate_check(r->server->service, r->store, &r->arena, certificate, &text);
  view.verdict = found == CERTIFICATE_OURS ? "ours" : found == CERTIFICATE_OTHERS ? "others" : "bad";
  json_t *says = found == CERTIFICATE_OURS ? json_loads(text, 0, NULL) : NULL;
  char *shown = says == NULL ? NULL : json_dumps(says, JSON_INDENT(2));
  view.says = shown;
  result = certificates(r, &view, found == CERTIFICATE_OURS ? 200 : 422);
  free(shown);
  json_decref(says);
  json_decref(certificate);
  return result;
}
