/* report.c - the report of what was found about a person, behind a link that opens it once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/results.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/link.h"
#include "array-upload/httpd/page/page.h"
#include "array-upload/pages/report_page.h"

enum { TRAITS_MAX = 1000, SHARES_MAX = 200 };

static double number_of(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

static int64_t count_of(const json_t *object, const char *key) {
  double value = number_of(object, key);
  return value > 0 && value < 1e15 ? (int64_t)value : 0;
}

/* Texts stay the JSON's. */
static void trait_read(struct report_trait *t, const json_t *json, const catalog *language) {
  const json_t *trait = json_object_get(json, "trait"), *score = json_object_get(json, "score");
  const json_t *spread = json_object_get(json_object_get(json, "trait_distribution"), "value");
  const char *name = json_string_value(json_object_get(json_object_get(trait, "names"), language->language));
  *t = (struct report_trait){.name = name != NULL ? name : json_string_value(json_object_get(trait, "key")),
                             .percentile = number_of(json_object_get(json, "trait_score"), "percentile"),
                             .risk = json_string_value(json_object_get(json, "risk")),
                             .population = json_string_value(json_object_get(spread, "population")),
                             .samples = count_of(spread, "samples"),
                             .used = count_of(score, "used"),
                             .rows = count_of(score, "rows")};
}

static void traits_read(report_view *view, struct arena *a, const json_t *json) {
  const json_t *list = json_object_get(json, "results");
  size_t n = json_array_size(list);
  n = n > TRAITS_MAX ? TRAITS_MAX : n;
  struct report_trait *traits = arena_alloc(a, (n + 1) * sizeof *traits);
  for (size_t i = 0; traits != NULL && i < n; i++)
    trait_read(&traits[i], json_array_get(list, i), view->person.language);
  view->traits = traits;
  view->trait_count = traits != NULL ? n : 0;
}

static int by_share(const void *a, const void *b) {
  const struct report_share *x = a, *y = b;
  return x->share != y->share ? (x->share < y->share ? 1 : -1) : strcmp(x->name, y->name);
}

static void shares_read(report_view *view, struct arena *a, json_t *json) {
  struct report_share *shares = arena_alloc(a, SHARES_MAX * sizeof *shares);
  const char *name;
  json_t *share;
  size_t n = 0;
  json_object_foreach(json_object_get(json_object_get(json, "ancestry"), "value"), name, share) {
    if (shares != NULL && n < SHARES_MAX && json_is_number(share))
      shares[n++] = (struct report_share){name, json_number_value(share)};
  }
  if (n > 0)
    qsort(shares, n, sizeof *shares, by_share);
  view->shares = shares;
  view->share_count = n;
}

static int is_imputed(struct request *r, const char *sample) {
  struct stage *stages;
  size_t n = 0;
  int imputed = 0;
  if (store_sample_stages(r->store, &r->arena, sample, &stages, &n) == STORE_OK)
    for (size_t i = 0; i < n; i++)
      imputed |= stages[i].name == STAGE_IMPUTE && strcmp(stages[i].state, "succeeded") == 0;
  return imputed;
}

static enum MHD_Result main_page(struct link_call *c) {
  report_view view = {.person = c->view};
  json_t *traits = NULL, *ancestry = NULL;
  buffer out = {0};
  enum result_found found = result_read(c->r, c->link.sample, "traits-json", &traits);
  if (found != RESULT_FOUND)
    return link_store_words(c, found == RESULT_AWAY ? STORE_BUSY : STORE_NONE);
  traits_read(&view, &c->r->arena, traits);
  if (result_read(c->r, c->link.sample, "ancestry-json", &ancestry) == RESULT_FOUND)
    shares_read(&view, &c->r->arena, ancestry);
  view.imputed = is_imputed(c->r, c->link.sample);
  report_page_main(&out, &view);
  json_decref(traits);
  json_decref(ancestry);
  return link_page(c, 200, &out);
}

enum MHD_Result report_get(struct request *r) { return link_door(r, LINK_REPORT, report_page_door); }

enum MHD_Result report_open_post(struct request *r) {
  struct link_call c;
  enum MHD_Result result;
  return link_open(&c, r, LINK_REPORT, report_open, &result) != 0 ? result : main_page(&c);
}

enum MHD_Result report_show(struct request *r) {
  struct link_call c;
  enum MHD_Result result;
  return link_session_load(&c, r, LINK_REPORT, &result) != 0 ? result : main_page(&c);
}
