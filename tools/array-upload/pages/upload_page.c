#include "array-upload/pages/upload_page.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "array-upload/pages/asset.h"
#include "array-upload/pages/colour.h"
#include "array-upload/pages/embedded.h"
#include "array-upload/pages/render.h"

#define BASE "/array-data-upload"

enum { MAX_FIELDS = 48, MAX_JS_TEXTS = 128 };

/* The values of one page, with the texts made for it. */
typedef struct page {
  const upload_view *view;
  const catalog *language;
  render_field fields[MAX_FIELDS];
  size_t count;
  int valid; /* the link was: the project may be named */
  char brand_css[32], limit_bytes[24], seconds[12], minutes[12], extensions[12], attempts[12], days[12],
      has_languages[2];
  buffer limit, reason;
  render_list origins, messages, languages, consents;
  size_t message_index[MAX_JS_TEXTS];
} page;

static void put(page *p, const char *name, const char *text) {
  if (p->count < MAX_FIELDS)
    p->fields[p->count++] = (render_field){name, text, NULL};
}

static void put_list(page *p, const char *name, const render_list *list) {
  if (p->count < MAX_FIELDS)
    p->fields[p->count++] = (render_field){name, NULL, list};
}

static const char *or_general(const page *p, const char *text, const char *key) {
  return text && *text ? text : catalog_text(p->language, key);
}

static void fill_origin(const void *items, size_t index, render_row *row) {
  render_row_text(row, "origin", ((const upload_view *)items)->embed_origins[index]);
}

static void fill_consent(const void *items, size_t index, render_row *row) {
  const struct page_consent *c = &((const upload_view *)items)->consents[index];
  render_row_text(row, "field", c->field);
  render_row_text(row, "version", c->version);
  render_row_text(row, "consent_text", c->text);
  render_row_text(row, "required", c->required ? "1" : NULL);
}

/* What the script says: the texts whose keys begin with "js." or "reason.". */
static void fill_message(const void *items, size_t index, render_row *row) {
  const page *p = items;
  const catalog_entry *e = &p->language->entries[p->message_index[index]];
  render_row_text(row, "key", e->key);
  render_row_text(row, "text", e->text);
}

static void fill_language(const void *items, size_t index, render_row *row) {
  const page *p = items;
  size_t count;
  const catalog *c = &catalog_list(&count)[index];
  render_row_text(row, "code", c->language);
  render_row_text(row, "label", catalog_text(c, "language.name"));
  render_row_text(row, "current", c == p->language ? "1" : NULL);
}

static void put_brand(page *p, const page_brand *brand) {
  uint32_t colour;
  if (colour_parse(brand->colour, &colour))
    snprintf(p->brand_css, sizeof p->brand_css, "brand-%06x.css", (unsigned)colour);
  put(p, "brand_css", p->brand_css);
  put(p, "logo", brand->logo);
  put(p, "partner_title", brand->partner && *brand->partner ? brand->partner : brand->operator_name);
  put(p, "partner", or_general(p, brand->partner, "partner.general"));
  put(p, "operator", or_general(p, brand->operator_name, "operator.general"));
}

static void put_privacy(page *p, const page_brand *brand) {
  int https = brand->privacy_url && strncasecmp(brand->privacy_url, "https://", 8) == 0;
  snprintf(p->days, sizeof p->days, "%u", brand->retention_days);
  put(p, "purpose", brand->purpose);
  put(p, "deletion", brand->deletion);
  put(p, "privacy_url", https ? brand->privacy_url : NULL);
  put(p, "days", brand->retention_days && brand->retention_days != RETENTION_EVER ? p->days : NULL);
  put(p, "kept", brand->retention_days == RETENTION_EVER ? "1" : NULL);
  put(p, "unkept", brand->retention_days ? NULL : "1");
}

/* What every page needs: language, looks, assets, who may hear. */
static void page_begin(page *p, const upload_view *view, int valid) {
  static const page_brand no_brand;
  memset(p, 0, sizeof *p);
  p->view = view;
  p->valid = valid;
  p->language = view->language ? view->language : catalog_choose(NULL, NULL, NULL);
  put(p, "base", BASE);
  put(p, "lang", p->language->language);
  put(p, "dir", p->language->direction);
  put(p, "css", asset_name("upload.css"));
  put(p, "js", asset_name("upload.js"));
  put(p, "zip_js", asset_name("zip.js"));
  put_brand(p, valid ? &view->brand : &no_brand);
  put(p, "sample_id", valid ? view->sample_id : NULL);
  put(p, "link", valid ? view->link : NULL);
  p->origins = (render_list){valid ? view->embed_count : 0, view, fill_origin};
  put_list(p, "origins", &p->origins);
}

static void page_reason(page *p, const char *reason) {
  catalog_names names = {p->view->brand.partner, p->view->vendor, p->view->limit_bytes};
  catalog_reason(&p->reason, p->language, reason, &names);
}

static int page_end(page *p, buffer *out, const char *file) {
  render_scope scope = {p->fields, p->count, NULL, p->language};
  int failed = p->reason.failed || p->limit.failed;
  if (failed)
    out->failed = 1;
  else
    failed = render(out, embedded_text(file), &scope) != RENDER_OK;
  buffer_free(&p->reason);
  buffer_free(&p->limit);
  return !failed;
}

static void put_messages(page *p) {
  size_t n = 0;
  for (size_t i = 0; i < p->language->count && n < MAX_JS_TEXTS; i++) {
    const char *key = p->language->entries[i].key;
    if (strncmp(key, "js.", 3) == 0 || strncmp(key, "reason.", 7) == 0 || strncmp(key, "title.", 6) == 0)
      p->message_index[n++] = i;
  }
  p->messages = (render_list){n, p, fill_message};
  put_list(p, "messages", &p->messages);
}

static void put_times(page *p) {
  const upload_view *view = p->view;
  snprintf(p->seconds, sizeof p->seconds, "%u", view->seconds_left);
  snprintf(p->minutes, sizeof p->minutes, "%u", (view->seconds_left + 59) / 60);
  snprintf(p->extensions, sizeof p->extensions, "%u", view->extensions_left);
  put(p, "seconds_left", p->seconds);
  put(p, "minutes", p->minutes);
  put(p, "extensions_left", p->extensions);
  snprintf(p->attempts, sizeof p->attempts, "%u", view->attempts_left);
  put(p, "attempts_left", p->attempts);
  put(p, "extend", view->extensions_left ? "1" : NULL);
}

int upload_page_form(buffer *out, const upload_view *view) {
  page p;
  page_begin(&p, view, 1);
  put_privacy(&p, &view->brand);
  put_times(&p);
  put_messages(&p);
  size_t language_count;
  catalog_list(&language_count);
  p.languages = (render_list){language_count, &p, fill_language};
  put_list(&p, "languages", &p.languages);
  put(&p, "has_languages", view->link && language_count > 1 ? "1" : NULL);
  put(&p, "session", view->session);
  put(&p, "failure_url", view->failure_url);
  put(&p, "rezip", view->rezip ? "1" : NULL);
  p.consents = (render_list){view->consent_count, view, fill_consent};
  put_list(&p, "consents", &p.consents);
  catalog_size(&p.limit, p.language, view->limit_bytes);
  put(&p, "limit", p.limit.text);
  snprintf(p.limit_bytes, sizeof p.limit_bytes, "%llu", (unsigned long long)view->limit_bytes);
  put(&p, "limit_bytes", p.limit_bytes);
  if (view->reason)
    page_reason(&p, view->reason);
  put(&p, "error", p.reason.text);
  put(&p, "file_error", view->reason_of_file ? p.reason.text : NULL);
  put(&p, "consent_error", view->reason_of_consent ? p.reason.text : NULL);
  return page_end(&p, out, "upload.html");
}

/* The heading of a reason's own page. */
static const char *reason_title(const page *p, const char *reason) {
  char key[64];
  int length = snprintf(key, sizeof key, "title.%s", reason);
  const char *title = length > 0 && (size_t)length < sizeof key ? catalog_text(p->language, key) : NULL;
  return title ? title : catalog_text(p->language, "failed.title");
}

int upload_page_result(buffer *out, const upload_view *view, upload_result result) {
  page p;
  page_begin(&p, view, result != UPLOAD_RESULT_NOT_VALID);
  const char *title = NULL, *text = NULL, *kind = "bad", *type = "error", *reason = NULL, *back = view->failure_url;
  switch (result) {
  case UPLOAD_RESULT_DONE:
    title = catalog_text(p.language, "done.title");
    text = catalog_text(p.language, "done.text");
    kind = "good";
    type = "success";
    back = view->success_url;
    break;
  case UPLOAD_RESULT_REASON:
    reason = view->reason ? view->reason : "upload_failed";
    page_reason(&p, reason);
    title = reason_title(&p, reason);
    text = p.reason.text;
    kind = strcmp(reason, "already_uploaded") == 0 ? "good" : "bad";
    type = strcmp(reason, "link_expired") == 0 || strcmp(reason, "session_expired") == 0 ? "expired" : "error";
    break;
  case UPLOAD_RESULT_CANCELED:
    title = catalog_text(p.language, "canceled.title");
    text = catalog_text(p.language, "canceled.text");
    kind = "plain";
    type = "cancel";
    reason = "user_canceled";
    break;
  case UPLOAD_RESULT_NOT_VALID:
    title = catalog_text(p.language, "not_valid.title");
    text = catalog_text(p.language, "not_valid.text");
    back = NULL;
    break;
  }
  if (result == UPLOAD_RESULT_DONE ||
      (reason && strcmp(reason, "session_expired") != 0 && result == UPLOAD_RESULT_REASON))
    for (size_t i = 0; i < p.count; i++) /* the link leads nowhere any more */
      if (strcmp(p.fields[i].name, "link") == 0)
        p.fields[i].text = NULL;
  put(&p, "title", title);
  put(&p, "text", text);
  put(&p, "kind", kind);
  put(&p, "page", result == UPLOAD_RESULT_NOT_VALID ? "not_valid" : type);
  put(&p, "reason", reason);
  put(&p, "done", result == UPLOAD_RESULT_DONE ? "1" : NULL);
  put(&p, "reference", result == UPLOAD_RESULT_NOT_VALID ? NULL : view->sample_id);
  put(&p, "back_url", back);
  return page_end(&p, out, "result.html");
}
