/* How a project's upload page looks and what it asks for. */
#include <string.h>

#include "array-upload/pages/catalog.h"
#include "array-upload/pages/operator_frame.h"

enum kind { LINE, AREA, CHOICE, SWITCH };

static const struct brand_field {
  const char *name, *label, *hint, *heading;
  enum kind kind;
} fields[] = {
    {"name", "Name", "Whom people know: it stands where the page says who asks for the file.", NULL, LINE},
    {"colour", "Colour", "As #rrggbb. Where it would be hard to read, the page takes a darker or lighter one.", NULL,
     LINE},
    {"logo", "Logo",
     "A data:image/ address of at most 48 KiB, or a path on this host. Nothing is loaded from elsewhere.", NULL, AREA},
    {"language", "Language", "For browsers that ask for none of the page's languages.", NULL, CHOICE},
    {"purpose", "What the file is used for", "A sentence on the page. Empty: a general one.", NULL, AREA},
    {"deletion", "When it is deleted", "A sentence on the page. Empty: the days of the service.", NULL, AREA},
    {"privacy_url", "Privacy notice", "An https address.", NULL, LINE},
    {"extensions", "People may ask for more time", NULL, NULL, SWITCH},
    {"rezip", "The page may zip an unpacked .txt or .csv itself (it is marked on the sample)", NULL, NULL, SWITCH},
    {"consent_version", "Version of the consent",
     "Without one, the page asks for none. A changed text wants a new version.",
     "Consent without which there is no upload", LINE},
    {"consent_text", "Text of the consent", "Beside the box. Empty: a general one.", NULL, AREA},
    {"embed_origins", "May show the page in a frame", "Origins as https://app.example.com, one a line.", "Other sites",
     AREA},
    {"redirect_origins", "People may be sent back to",
     "Origins, one a line. Empty: to any https address of the session.", NULL, AREA}};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

typedef struct brand {
  const operator_brand_view *view;
  const char *language; /* that is chosen */
  render_list languages;
} brand;

static const char *value_of(const operator_brand_view *view, const char *name) {
  for (size_t i = 0; i < view->value_count; i++)
    if (strcmp(view->values[i].name, name) == 0)
      return view->values[i].value;
  return NULL;
}

static void fill_language(const void *items, size_t index, render_row *row) {
  const brand *b = items;
  size_t n;
  const char *language = catalog_list(&n)[index].language;
  render_row_text(row, "value", language);
  frame_flag(row, "chosen", b->language && strcmp(b->language, language) == 0);
}

static void fill_field(const void *items, size_t index, render_row *row) {
  const brand *b = items;
  const struct brand_field *f = &fields[index];
  render_row_text(row, "name", f->name);
  render_row_text(row, "label", f->label);
  render_row_text(row, "hint", f->hint);
  render_row_text(row, "heading", f->heading);
  render_row_text(row, "value", value_of(b->view, f->name));
  render_row_text(row, "fault", b->view->wrong && strcmp(b->view->wrong, f->name) == 0 ? b->view->fault : NULL);
  frame_flag(row, "line", f->kind == LINE);
  frame_flag(row, "area", f->kind == AREA);
  frame_flag(row, "choice", f->kind == CHOICE);
  frame_flag(row, "switch", f->kind == SWITCH);
  render_row_text(row, "rows", strcmp(f->name, "consent_text") == 0 ? "6" : "3");
  render_row_list(row, "languages", &b->languages);
}

static void fill_use(const void *items, size_t index, render_row *row) {
  const operator_brand_view *view = items;
  render_row_format(row, "number", "%zu", index + 1);
  render_row_text(row, "purpose", view->uses[index].purpose);
  render_row_text(row, "version", view->uses[index].version);
  render_row_text(row, "text", view->uses[index].text);
}

int operator_brand(buffer *out, const operator_brand_view *view) {
  render_row row;
  brand b = {.view = view, .language = value_of(view, "language")};
  render_list list = {FIELD_COUNT, &b, fill_field}, uses = {view->use_count, view, fill_use};
  b.languages = (render_list){0, &b, fill_language};
  catalog_list(&b.languages.count);
  frame_begin(&row, &view->frame);
  render_row_text(&row, "project_id", view->project_id);
  render_row_text(&row, "project", view->project);
  render_row_list(&row, "fields", &list);
  render_row_list(&row, "uses", &uses);
  render_row_text(&row, "uses_fault", view->wrong && strcmp(view->wrong, "further_uses") == 0 ? view->fault : NULL);
  frame_flag(&row, "can_manage", view->can_manage);
  return frame_page(out, &view->frame, "Branding", "projects", "brand.html", &row);
}
