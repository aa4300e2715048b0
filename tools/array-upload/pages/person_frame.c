#include "array-upload/pages/person_frame.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "array-upload/pages/asset.h"
#include "array-upload/pages/colour.h"
#include "array-upload/pages/embedded.h"

static void put_field(struct person_frame *p, render_field field) {
  size_t i = 0;
  while (i < p->count && strcmp(p->fields[i].name, field.name) != 0)
    i++;
  if (i < PERSON_FRAME_FIELDS)
    p->fields[i] = field;
  p->count += i == p->count && i < PERSON_FRAME_FIELDS;
}

void person_frame_put(struct person_frame *p, const char *name, const char *text) {
  put_field(p, (render_field){name, text, NULL});
}

void person_frame_put_list(struct person_frame *p, const char *name, const render_list *list) {
  put_field(p, (render_field){name, NULL, list});
}

static void fill_language(const void *items, size_t index, render_row *row) {
  const struct person_frame *p = items;
  size_t count;
  const catalog *c = &catalog_list(&count)[index];
  render_row_text(row, "code", c->language);
  render_row_text(row, "label", catalog_text(c, "language.name"));
  render_row_text(row, "current", c == p->language ? "1" : NULL);
}

void person_frame_begin(struct person_frame *p, const catalog *language, const page_brand *brand, const char *base,
                        const char *title) {
  uint32_t colour;
  size_t count;
  memset(p, 0, sizeof *p);
  p->language = language ? language : catalog_choose(NULL, NULL, NULL);
  static const char *const others[] = {"door", "main", "error", "token", "session"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) /* the layout names them all */
    person_frame_put(p, others[i], NULL);
  person_frame_put(p, "base", base);
  person_frame_put(p, "title", catalog_text(p->language, title));
  person_frame_put(p, "lang", p->language->language);
  person_frame_put(p, "dir", p->language->direction);
  person_frame_put(p, "assets", "/array-data-upload/assets");
  person_frame_put(p, "css", asset_name("upload.css"));
  person_frame_put(p, "person_css", asset_name("person.css"));
  if (colour_parse(brand->colour, &colour))
    snprintf(p->brand_css, sizeof p->brand_css, "brand-%06x.css", (unsigned)colour);
  person_frame_put(p, "brand_css", p->brand_css);
  person_frame_put(p, "logo", brand->logo);
  person_frame_put(p, "partner_title", brand->partner && *brand->partner ? brand->partner : brand->operator_name);
  person_frame_put(p, "partner",
                   brand->partner && *brand->partner ? brand->partner : catalog_text(p->language, "partner.general"));
  person_frame_put(p, "operator",
                   brand->operator_name && *brand->operator_name ? brand->operator_name
                                                                 : catalog_text(p->language, "operator.general"));
  int https = brand->privacy_url && strncasecmp(brand->privacy_url, "https://", 8) == 0;
  person_frame_put(p, "privacy_url", https ? brand->privacy_url : NULL);
  catalog_list(&count);
  p->languages = (render_list){count > 1 ? count : 0, p, fill_language};
  person_frame_put_list(p, "languages", &p->languages);
}

int person_frame_end(struct person_frame *p, buffer *out, const char *file) {
  buffer content = {0};
  int made =
      render(&content, embedded_text(file), &(render_scope){p->fields, p->count, NULL, p->language}) == RENDER_OK;
  person_frame_put(p, "content", content.text);
  made = made && render(out, embedded_text("person_layout.html"),
                        &(render_scope){p->fields, p->count, NULL, p->language}) == RENDER_OK;
  out->failed |= !made;
  buffer_free(&content);
  return made;
}

void person_frame_view(struct person_frame *p, const person_view *view, const char *base, const char *title) {
  static const char *const others[] = {"deleted", "words", "text", "files", "agreements"};
  person_frame_begin(p, view->language, &view->brand, base, title);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) /* the template names them all */
    person_frame_put(p, others[i], NULL);
  person_frame_put(p, "token", view->token);
  person_frame_put(p, "session", view->session);
  person_frame_put(p, "sample_id", view->sample_id);
  snprintf(p->minutes, sizeof p->minutes, "%u", (view->seconds_left + 59) / 60);
  person_frame_put(p, "minutes", p->minutes);
  person_frame_put(p, "notice", view->notice ? catalog_text(p->language, view->notice) : NULL);
  person_frame_put(p, "error", view->error ? catalog_text(p->language, view->error) : NULL);
}
