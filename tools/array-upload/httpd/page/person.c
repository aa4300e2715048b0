/* person.c - a person's own page over HTTP, and the page about certificates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/deeds/certificate.h"
#include "array-upload/httpd/api/fields.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/link.h"
#include "array-upload/httpd/page/page.h"
#include "array-upload/httpd/page/takeout.h"

enum { FILES_MAX = 24, KEYS_SHOWN = 8, CERTIFICATE_MAX = 16384 };
static const int64_t day = INT64_C(86400) * 1000000;

enum MHD_Result person_get(struct request *r) { return link_door(r, LINK_PERSON, person_page_door); }

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

static enum MHD_Result main_page(struct link_call *c, unsigned status) {
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
    return link_store_words(c, found);
  struct person_file *held = arena_alloc(&r->arena, (n + 1) * sizeof *held);
  struct person_agreement *agreed = arena_alloc(&r->arena, (n_consents + 1) * sizeof *agreed);
  if (held == NULL || agreed == NULL)
    return link_words(c, 503, "person_failed");
  for (size_t i = 0; i < n; i++)
    held_until(&r->server->service->config, &s, &files[i], &held[i]);
  for (size_t i = 0; i < n_consents; i++)
    agreed[i] = (struct person_agreement){consents[i].purpose, consents[i].version, consents[i].text, consents[i].given,
                                          consents[i].withdrawn};
  c->view.files = held;
  c->view.file_count = n;
  c->view.agreements = agreed;
  c->view.agreement_count = n_consents;
  return link_answer(c, status, person_page_main);
}

enum MHD_Result person_open_post(struct request *r) {
  struct link_call c;
  enum MHD_Result result;
  return link_open(&c, r, LINK_PERSON, person_open, &result) != 0 ? result : main_page(&c, 200);
}

enum MHD_Result person_show(struct request *r) {
  struct link_call c;
  enum MHD_Result result;
  return link_session_load(&c, r, LINK_PERSON, &result) != 0 ? result : main_page(&c, 200);
}

/* ---- acts ----------------------------------------------------------------------------------------------------------
 */
enum MHD_Result person_download(struct request *r) {
  struct link_call c;
  struct sample s;
  struct faults faults = {0};
  enum MHD_Result result;
  uint64_t size;
  char text[120];
  if (link_session_load(&c, r, LINK_PERSON, &result) != 0)
    return result;
  enum store_result found = store_sample_get(r->store, &r->arena, NULL, c.link.sample, r->now, &s);
  if (found != STORE_OK)
    return link_store_words(&c, found);
  struct MHD_Response *response = takeout_response(r, &s, &size);
  if (response == NULL)
    return link_words(&c, 503, "person_failed");
  struct deed d = link_deed(&c, &faults);
  person_downloaded(&d, &c.link);
  snprintf(text, sizeof text, "attachment; filename=\"%s.zip\"", s.id);
  MHD_add_response_header(response, "Content-Type", "application/zip");
  MHD_add_response_header(response, "Content-Disposition", text);
  MHD_add_response_header(response, "Cache-Control", "no-store");
  r->sent_bytes = size;
  connection_until(r, r->begun + INT64_C(3600000000));
  json_decref(c.brand);
  return reply_response(r, 200, response);
}

enum MHD_Result person_withdraw_post(struct request *r) {
  struct link_call c;
  struct faults faults = {0};
  enum MHD_Result result;
  if (link_session_load(&c, r, LINK_PERSON, &result) != 0)
    return result;
  struct deed d = link_deed(&c, &faults);
  const char *purpose = link_field(r, "purpose");
  enum store_result done = person_withdraw(&d, &c.link, purpose == NULL ? "" : purpose);
  if (done != STORE_OK && done != STORE_CONFLICT)
    return link_store_words(&c, done);
  c.view.notice = done == STORE_OK ? "person.withdrawn_done" : "person.withdrawn_before";
  return main_page(&c, 200);
}

enum MHD_Result person_delete_post(struct request *r) {
  struct link_call c;
  struct faults faults = {0};
  enum MHD_Result result;
  if (link_session_load(&c, r, LINK_PERSON, &result) != 0)
    return result;
  const char *confirmed = link_field(r, "confirm");
  if (confirmed == NULL || strcmp(confirmed, "yes") != 0) {
    c.view.error = "person.delete_unconfirmed";
    return main_page(&c, 422);
  }
  struct deed d = link_deed(&c, &faults);
  enum store_result done = person_delete(&d, &c.link);
  /* Gone already (a second click): the same page. */
  return done == STORE_OK || done == STORE_CONFLICT ? link_answer(&c, 200, person_page_deleted)
                                                    : link_store_words(&c, done);
}

enum MHD_Result person_certificate(struct request *r) {
  struct link_call c;
  enum MHD_Result result;
  json_t *certificate = NULL;
  if (link_session_load(&c, r, LINK_PERSON, &result) != 0)
    return result;
  enum store_result made =
      certificate_make(r->server->service, r->store, &r->arena, c.link.sample, r->now, &certificate);
  if (made == STORE_CONFLICT) {
    struct sample s;
    if (store_sample_get(r->store, &r->arena, NULL, c.link.sample, r->now, &s) == STORE_OK)
      return main_page(&c, 409); /* not deleted at all */
    c.view.notice = "person.certificate_wait";
    return link_answer(&c, 200, person_page_deleted);
  }
  char *text = made != STORE_OK ? NULL : json_dumps(certificate, JSON_INDENT(2));
  json_decref(certificate);
  if (text == NULL)
    return link_words(&c, 503, "person_failed");
  struct faults faults = {0};
  struct deed d = link_deed(&c, &faults);
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
  view->language = link_language(r, NULL);
  view->brand.operator_name = r->server->service->config.operator_name;
  view->keys = keys;
  view->key_count = certificate_keys(r->server->service, r->store, &r->arena, keys, KEYS_SHOWN);
  certificate_page(&out, view);
  view->keys = NULL;
  return link_html(r, status, &out, view->language);
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
  view.given = link_field(r, "certificate");
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
