#include "array-upload/pages/person_page.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "array-upload/pages/asset.h"
#include "array-upload/pages/colour.h"
#include "array-upload/pages/embedded.h"
#include "array-upload/pages/render.h"

enum { MAX_FIELDS = 40 };

/* The values of one page, with the texts made for it. */
struct page {
  const catalog *language;
  render_field fields[MAX_FIELDS];
  size_t count;
  char brand_css[32], minutes[12];
  render_list languages, files, agreements, keys;
};

/* A name has one value, the last. */
static void put_field(struct page *p, render_field field) {
  size_t i = 0;
  while (i < p->count && strcmp(p->fields[i].name, field.name) != 0)
    i++;
  if (i < MAX_FIELDS)
    p->fields[i] = field;
  p->count += i == p->count && i < MAX_FIELDS;
}

static void put(struct page *p, const char *name, const char *text) { put_field(p, (render_field){name, text, NULL}); }

static void put_list(struct page *p, const char *name, const render_list *list) {
  put_field(p, (render_field){name, NULL, list});
}

static void fill_language(const void *items, size_t index, render_row *row) {
  const struct page *p = items;
  size_t count;
  const catalog *c = &catalog_list(&count)[index];
  render_row_text(row, "code", c->language);
  render_row_text(row, "label", catalog_text(c, "language.name"));
  render_row_text(row, "current", c == p->language ? "1" : NULL);
}

static void begin(struct page *p, const catalog *language, const page_brand *brand) {
  uint32_t colour;
  size_t count;
  memset(p, 0, sizeof *p);
  p->language = language ? language : catalog_choose(NULL, NULL, NULL);
  put(p, "lang", p->language->language);
  put(p, "dir", p->language->direction);
  put(p, "assets", "/array-data-upload/assets");
  put(p, "css", asset_name("upload.css"));
  put(p, "person_css", asset_name("person.css"));
  if (colour_parse(brand->colour, &colour))
    snprintf(p->brand_css, sizeof p->brand_css, "brand-%06x.css", (unsigned)colour);
  put(p, "brand_css", p->brand_css);
  put(p, "logo", brand->logo);
  put(p, "partner_title", brand->partner && *brand->partner ? brand->partner : brand->operator_name);
  put(p, "partner", brand->partner && *brand->partner ? brand->partner : catalog_text(p->language, "partner.general"));
  put(p, "operator",
      brand->operator_name && *brand->operator_name ? brand->operator_name
                                                    : catalog_text(p->language, "operator.general"));
  int https = brand->privacy_url && strncasecmp(brand->privacy_url, "https://", 8) == 0;
  put(p, "privacy_url", https ? brand->privacy_url : NULL);
  catalog_list(&count);
  p->languages = (render_list){count > 1 ? count : 0, p, fill_language};
  put_list(p, "languages", &p->languages);
}

static int end(struct page *p, buffer *out, const char *file) {
  render_scope scope = {p->fields, p->count, NULL, p->language};
  return render(out, embedded_text(file), &scope) == RENDER_OK;
}

/* "2026-12-29" in UTC. */
static void put_day(render_row *row, const char *name, int64_t when) {
  time_t seconds = (time_t)(when / 1000000);
  struct tm tm;
  if (when > 0 && gmtime_r(&seconds, &tm) != NULL)
    render_row_format(row, name, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
  else
    render_row_text(row, name, NULL);
}

static void fill_file(const void *items, size_t index, render_row *row) {
  const person_view *view = items;
  const struct person_file *f = &view->files[index];
  const catalog *language = view->language ? view->language : catalog_choose(NULL, NULL, NULL);
  char key[80];
  buffer size = {0};
  snprintf(key, sizeof key, "person.file.%.60s", f->type);
  const char *what = catalog_text(language, key);
  render_row_text(row, "what", what ? what : f->type);
  if (f->size < 104858) { /* below 0.1 MB */
    render_row_format(row, "size", "%llu KB", (unsigned long long)(f->size + 1023) / 1024);
  } else {
    catalog_size(&size, language, f->size);
    render_row_format(row, "size", "%s", size.text ? size.text : "");
  }
  buffer_free(&size);
  put_day(row, "until", f->until);
  render_row_text(row, "ever", f->until == PERSON_EVER ? "1" : NULL);
  render_row_text(row, "done", f->until == PERSON_DONE ? "1" : NULL);
  render_row_text(row, "after", f->until == PERSON_AFTER ? "1" : NULL);
  render_row_format(row, "days", "%lld", (long long)f->days);
}

static void fill_agreement(const void *items, size_t index, render_row *row) {
  const struct person_agreement *a = &((const person_view *)items)->agreements[index];
  render_row_text(row, "purpose", a->purpose);
  render_row_text(row, "version", a->version);
  render_row_text(row, "consent_text", a->text);
  put_day(row, "given", a->given);
  put_day(row, "withdrawn", a->withdrawn);
  render_row_text(row, "can_withdraw", a->given != 0 && a->withdrawn == 0 ? "1" : NULL);
}

static void view_begin(struct page *p, const person_view *view) {
  static const char *const others[] = {"door", "main", "deleted", "words", "heading", "text", "files", "agreements"};
  begin(p, view->language, &view->brand);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) /* the template names them all */
    put(p, others[i], NULL);
  put(p, "token", view->token);
  put(p, "session", view->session);
  put(p, "sample_id", view->sample_id);
  snprintf(p->minutes, sizeof p->minutes, "%u", (view->seconds_left + 59) / 60);
  put(p, "minutes", p->minutes);
  put(p, "notice", view->notice ? catalog_text(p->language, view->notice) : NULL);
  put(p, "error", view->error ? catalog_text(p->language, view->error) : NULL);
}

int person_page_door(buffer *out, const person_view *view) {
  struct page p;
  view_begin(&p, view);
  put(&p, "door", "1");
  return end(&p, out, "person.html");
}

int person_page_main(buffer *out, const person_view *view) {
  struct page p;
  view_begin(&p, view);
  p.files = (render_list){view->file_count, view, fill_file};
  p.agreements = (render_list){view->agreement_count, view, fill_agreement};
  put(&p, "main", "1");
  put_list(&p, "files", &p.files);
  put_list(&p, "agreements", &p.agreements);
  return end(&p, out, "person.html");
}

int person_page_deleted(buffer *out, const person_view *view) {
  struct page p;
  view_begin(&p, view);
  put(&p, "deleted", "1");
  return end(&p, out, "person.html");
}

int person_page_words(buffer *out, const person_view *view, const char *word) {
  struct page p;
  char key[64];
  view_begin(&p, view);
  put(&p, "words", "1");
  snprintf(key, sizeof key, "%s.title", word);
  put(&p, "heading", catalog_text(p.language, key));
  snprintf(key, sizeof key, "%s.text", word);
  put(&p, "text", catalog_text(p.language, key));
  return end(&p, out, "person.html");
}

static void fill_key(const void *items, size_t index, render_row *row) {
  render_row_text(row, "key", ((const certificate_view *)items)->keys[index]);
}

int certificate_page(buffer *out, const certificate_view *view) {
  struct page p;
  begin(&p, view->language, &view->brand);
  p.keys = (render_list){view->key_count, view, fill_key};
  put_list(&p, "keys", &p.keys);
  put(&p, "given", view->given);
  put(&p, "says", view->says);
  put(&p, "ours", view->verdict && strcmp(view->verdict, "ours") == 0 ? "1" : NULL);
  put(&p, "others", view->verdict && strcmp(view->verdict, "others") == 0 ? "1" : NULL);
  put(&p, "bad", view->verdict && strcmp(view->verdict, "bad") == 0 ? "1" : NULL);
  return end(&p, out, "certificates.html");
}
