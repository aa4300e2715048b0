/* link.c - the links that open a page once, and the pages that are open. */
#include "array-upload/httpd/page/link.h"

#include <stdio.h>
#include <string.h>

#include "array-upload/httpd/api/fields.h"
#include "array-upload/httpd/httpd.h"

const char *link_field(const struct request *r, const char *name) {
  return json_string_value(json_object_get(r->data, name));
}

static const char *brand_text(const struct link_call *c, const char *key) {
  const char *text = json_string_value(json_object_get(c->brand, key));
  return text != NULL && *text != '\0' ? text : NULL;
}

/* ---- answers -------------------------------------------------------------------------------------------------------
 */
enum MHD_Result link_html(struct request *r, unsigned status, buffer *out, const catalog *language) {
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

const catalog *link_language(const struct request *r, const char *preset) {
  const char *asked = link_field(r, "lang") != NULL ? link_field(r, "lang") : request_query(r, "lang");
  return catalog_choose(asked, request_header(r, "Accept-Language"), preset);
}

/* Language and looks, once it is known whose page this is. */
static void view_fill(struct link_call *c) {
  struct project p;
  const struct config *config = &c->r->server->service->config;
  if (c->link.id != NULL && store_project_get(c->r->store, &c->r->arena, NULL, c->link.project, &p) == STORE_OK &&
      p.brand != NULL)
    c->brand = json_loads(p.brand, 0, NULL);
  const char *privacy = brand_text(c, "privacy_url");
  c->view.language = link_language(c->r, brand_text(c, "language"));
  c->view.brand = (page_brand){.partner = brand_text(c, "name"),
                               .operator_name = config->operator_name,
                               .logo = brand_text(c, "logo"),
                               .colour = brand_text(c, "colour"),
                               .privacy_url = privacy != NULL ? privacy : config->privacy_url};
  c->view.sample_id = c->link.sample;
  int64_t left = (c->link.deadline - c->r->now) / 1000000;
  c->view.seconds_left = left > 0 ? (unsigned)left : 0;
}

enum MHD_Result link_page(struct link_call *c, unsigned status, buffer *out) {
  enum MHD_Result result = link_html(c->r, status, out, c->view.language);
  json_decref(c->brand);
  return result;
}

enum MHD_Result link_answer(struct link_call *c, unsigned status, int (*page)(buffer *, const person_view *)) {
  buffer out = {0};
  page(&out, &c->view);
  return link_page(c, status, &out);
}

enum MHD_Result link_words(struct link_call *c, unsigned status, const char *word) {
  buffer out = {0};
  person_page_words(&out, &c->view, word);
  return link_page(c, status, &out);
}

enum MHD_Result link_store_words(struct link_call *c, enum store_result result) {
  return result == STORE_NONE ? link_words(c, 410, "person_gone") : link_words(c, 503, "person_failed");
}

/* ---- the link and the open page ------------------------------------------------------------------------------------
 */
/* The open page's token: "<link>.<MAC>". The link's id alone, as it stands in the database, opens nothing. */
static const char *link_session(struct link_call *c) {
  char mac[SHA256_HEX_SIZE];
  const char *text = arena_printf(&c->r->arena, "person:%s", c->link.id);
  return text == NULL || keyring_mac(&c->r->server->keys, KEY_PERSON, text, mac) != 0
             ? NULL
             : arena_printf(&c->r->arena, "%s.%s", c->link.id, mac);
}

int link_session_load(struct link_call *c, struct request *r, enum link_kind kind, enum MHD_Result *result) {
  char text[7 + UUID_SIZE], id[UUID_SIZE];
  *c = (struct link_call){.r = r};
  if (body_parse(r, result) != 0)
    return -1;
  const char *token = link_field(r, "session"), *dot = token == NULL ? NULL : strchr(token, '.');
  if (dot != NULL && dot - token == UUID_SIZE - 1) {
    snprintf(text, sizeof text, "person:%.*s", UUID_SIZE - 1, token);
    if (uuid_parse(id, text + 7) == 0 &&
        keyring_mac_valid(&r->server->keys, r->server->service, r->store, KEY_PERSON, text, dot + 1) &&
        (store_person_link_get(r->store, &r->arena, id, &c->link) != STORE_OK || c->link.kind != kind))
      c->link.id = NULL;
  }
  view_fill(c);
  if (c->link.id == NULL)
    *result = link_words(c, 404, "not_valid");
  else if (c->link.opened == 0 || r->now >= c->link.deadline)
    *result = link_words(c, 410, "person_over");
  else
    return (c->view.session = link_session(c)) == NULL ? (*result = link_words(c, 503, "person_failed"), -1) : 0;
  return -1;
}

/* The link behind a token, or the answer was given. */
static int link_load(struct link_call *c, struct request *r, enum link_kind kind, const char *token,
                     enum MHD_Result *result) {
  json_t *claims = NULL;
  *c = (struct link_call){.r = r};
  enum jwt_result valid = token == NULL ? JWT_INVALID
                                        : keyring_verify(&r->server->keys, r->server->service, r->store, KEY_PERSON,
                                                         token, r->now / 1000000, &claims);
  const char *id = json_string_value(json_object_get(claims, "jti"));
  enum store_result found = STORE_NONE;
  if (valid != JWT_INVALID && id != NULL)
    found = store_person_link_get(r->store, &r->arena, id, &c->link);
  if (found == STORE_OK && c->link.kind != kind)
    found = STORE_NONE;
  json_decref(claims);
  if (found != STORE_OK)
    c->link.id = NULL;
  view_fill(c);
  if (found != STORE_OK)
    *result = found == STORE_NONE ? link_words(c, 404, "not_valid") : link_words(c, 503, "person_failed");
  else if (c->link.opened != 0)
    *result = link_words(c, 410, "person_used");
  else if (valid == JWT_EXPIRED || r->now >= c->link.expires)
    *result = link_words(c, 410, "person_expired");
  else
    return 0;
  return -1;
}

struct deed link_deed(struct link_call *c, struct faults *faults) {
  struct deed d = deed_of(c->r, faults);
  d.organization = c->link.organization;
  d.actor = "person";
  return d;
}

enum MHD_Result link_door(struct request *r, enum link_kind kind, int (*page)(buffer *, const person_view *)) {
  struct link_call c;
  enum MHD_Result result;
  const char *token = request_query(r, "token");
  if (limit_take(&r->server->rate, 'o', r->bucket, r->server->service->config.rate_opens) > 0)
    return reply_throttled(r, 60);
  if (link_load(&c, r, kind, token, &result) != 0)
    return result;
  c.view.token = token;
  return link_answer(&c, 200, page);
}

int link_open(struct link_call *c, struct request *r, enum link_kind kind,
              enum store_result (*open)(struct deed *, const struct person_link *, int64_t), enum MHD_Result *result) {
  struct faults faults = {0};
  if (body_parse(r, result) != 0 || link_load(c, r, kind, link_field(r, "token"), result) != 0)
    return -1;
  struct deed d = link_deed(c, &faults);
  int64_t deadline = r->now + r->server->service->config.page_session_s * 1000000;
  enum store_result done = open(&d, &c->link, deadline);
  if (done != STORE_OK) { /* another one was faster */
    *result = done == STORE_NONE ? link_words(c, 410, "person_used") : link_words(c, 503, "person_failed");
    return -1;
  }
  c->link.deadline = deadline;
  c->view.seconds_left = (unsigned)r->server->service->config.page_session_s;
  c->view.session = link_session(c);
  if (c->view.session == NULL)
    *result = link_words(c, 503, "person_failed");
  return c->view.session == NULL ? -1 : 0;
}
