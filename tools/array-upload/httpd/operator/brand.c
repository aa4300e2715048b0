/* A project's branding: the form of a brand (deeds/brand.h), and back. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/deeds/brand.h"
#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/operator/operator.h"

enum { TEXTS = 9, LISTS = 2, SWITCHES = 2, USES_MAX = CONSENTS_MAX - 1 };
static const char *const texts[TEXTS] = {"name",     "logo",        "colour",          "language",    "purpose",
                                         "deletion", "privacy_url", "consent_version", "consent_text"};
static const char *const lists[LISTS] = {"embed_origins", "redirect_origins"};
/* What holds where a brand does not say. */
static const struct {
  const char *key;
  int preset;
} switches[SWITCHES] = {{"extensions", 1}, {"rezip", 0}};

/* ---- to the form ---------------------------------------------------------------------------------------------------
 */
static const char *lines_of(struct request *r, const json_t *list) {
  const char *all = NULL;
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *line = json_string_value(json_array_get(list, i));
    if (line != NULL)
      all = all == NULL ? line : arena_printf(&r->arena, "%s\n%s", all, line);
  }
  return all;
}

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

/* `brand` lives as long as the page is made. */
static enum MHD_Result brand_page(struct request *r, unsigned status, operator_brand_view *view,
                                  const struct project *p, const json_t *brand) {
  operator_value values[TEXTS + LISTS + SWITCHES];
  operator_use uses[USES_MAX];
  const json_t *further = json_object_get(brand, "further_uses");
  buffer out = {0};
  size_t n = 0, n_uses = json_array_size(further) < USES_MAX ? json_array_size(further) : USES_MAX;
  for (size_t i = 0; i < TEXTS; i++)
    values[n++] = (operator_value){texts[i], text_of(brand, texts[i])};
  for (size_t i = 0; i < LISTS; i++)
    values[n++] = (operator_value){lists[i], lines_of(r, json_object_get(brand, lists[i]))};
  for (size_t i = 0; i < SWITCHES; i++) {
    const json_t *value = json_object_get(brand, switches[i].key);
    int on = json_is_boolean(value) ? json_is_true(value) : switches[i].preset;
    values[n++] = (operator_value){switches[i].key, on ? "1" : NULL};
  }
  for (size_t i = 0; i < n_uses; i++) {
    const json_t *use = json_array_get(further, i);
    uses[i] = (operator_use){text_of(use, "purpose"), text_of(use, "version"), text_of(use, "text")};
  }
  view->can_manage = r->who.right >= RIGHT_MANAGE;
  if (n_uses < USES_MAX && view->can_manage)
    uses[n_uses++] = (operator_use){NULL, NULL, NULL};
  view->project_id = p->id;
  view->project = p->name;
  view->values = values;
  view->value_count = n;
  view->uses = uses;
  view->use_count = n_uses;
  int made = operator_brand(&out, view);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_brand(struct request *r) {
  operator_brand_view view = {0};
  enum MHD_Result result;
  struct project p;
  if (operator_project_begin(r, RIGHT_READ, &view.frame, &p, &result) != 0)
    return result;
  json_t *brand = p.brand == NULL ? NULL : json_loads(p.brand, 0, NULL);
  result = brand_page(r, 200, &view, &p, brand);
  json_decref(brand);
  return result;
}

/* ---- from the form -------------------------------------------------------------------------------------------------
 */
/* A browser's line ends as one byte, without white space at both ends; NULL when nothing is left. */
static const char *clean(struct request *r, const char *text) {
  char *copy = arena_strdup(&r->arena, text), *to = copy;
  if (copy == NULL)
    return NULL;
  for (const char *from = copy; *from != '\0'; from++)
    if (*from != '\r')
      *to++ = *from;
  while (to > copy && strchr(" \t\n", to[-1]) != NULL)
    to--;
  *to = '\0';
  copy += strspn(copy, " \t\n");
  return *copy == '\0' ? NULL : copy;
}

static void text_set(struct request *r, json_t *object, const char *key, const char *value) {
  const char *text = clean(r, value);
  if (text != NULL)
    json_object_set_new(object, key, json_string(text));
}

static json_t *list_of(struct request *r, const char *value) {
  json_t *list = json_array();
  char *rest = NULL, *lines = (char *)clean(r, value);
  for (char *line = lines == NULL ? NULL : strtok_r(lines, "\n", &rest); line != NULL;
       line = strtok_r(NULL, "\n", &rest)) {
    const char *text = clean(r, line);
    if (text != NULL)
      json_array_append_new(list, json_string(text));
  }
  return list;
}

/* The k-th value of a field that stands there several times, or once. */
static const char *nth(const struct request *r, const char *name, size_t k) {
  const json_t *value = json_object_get(r->data, name);
  return json_string_value(json_is_array(value) ? json_array_get(value, k) : k == 0 ? value : NULL);
}

static json_t *uses_of(struct request *r) {
  json_t *list = json_array();
  for (size_t k = 0; nth(r, "use_purpose", k) != NULL && k < 2 * USES_MAX; k++) {
    json_t *use = json_object();
    text_set(r, use, "purpose", nth(r, "use_purpose", k));
    text_set(r, use, "version", nth(r, "use_version", k));
    text_set(r, use, "text", nth(r, "use_text", k));
    int there = text_of(use, "purpose") != NULL || text_of(use, "text") != NULL;
    if (there)
      json_array_append(list, use);
    json_decref(use);
  }
  return list;
}

/* The whole brand, as the API takes it; the caller's. NULL: no memory. */
static json_t *brand_of(struct request *r) {
  json_t *brand = json_object();
  for (size_t i = 0; i < TEXTS; i++)
    text_set(r, brand, texts[i], operator_field(r, texts[i]));
  for (size_t i = 0; i < LISTS; i++)
    json_object_set_new(brand, lists[i], list_of(r, operator_field(r, lists[i])));
  for (size_t i = 0; i < SWITCHES; i++)
    json_object_set_new(brand, switches[i].key, json_boolean(operator_field(r, switches[i].key) != NULL));
  json_object_set_new(brand, "further_uses", uses_of(r));
  if (!r->arena.failed)
    return brand;
  json_decref(brand);
  return NULL;
}

static enum MHD_Result brand_save(struct request *r, operator_brand_view *view, struct project *p,
                                  const json_t *brand) {
  struct faults faults = {0};
  struct deed d = deed_of(r, &faults);
  char *text = json_dumps(brand, JSON_COMPACT);
  p->brand = arena_strdup(&r->arena, text);
  free(text);
  const char *path = arena_printf(&r->arena, "/operator/projects/%s/brand?done=brand", p->id);
  enum store_result done = p->brand == NULL || path == NULL ? STORE_ERROR : project_change(&d, p);
  if (done == STORE_OK)
    return operator_redirect(r, path);
  view->fault = brand_fault(brand, &view->wrong);
  view->frame.error =
      view->wrong != NULL ? "Nothing was changed. See what is marked below." : operator_fault(r, done, &faults);
  return brand_page(r, operator_status(done, &faults), view, p, brand);
}

enum MHD_Result operator_post_brand(struct request *r) {
  operator_brand_view view = {0};
  enum MHD_Result result;
  struct project p;
  if (operator_project_begin(r, RIGHT_MANAGE, &view.frame, &p, &result) != 0)
    return result;
  json_t *brand = brand_of(r);
  if (brand == NULL)
    return operator_reply_fault(r, &view.frame, STORE_ERROR, NULL);
  result = brand_save(r, &view, &p, brand);
  json_decref(brand);
  return result;
}
