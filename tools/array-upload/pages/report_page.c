#include "array-upload/pages/report_page.h"

#include <math.h>
#include <string.h>

#include "array-upload/pages/person_frame.h"

static void fill_trait(const void *items, size_t index, render_row *row) {
  const struct report_trait *t = &((const report_view *)items)->traits[index];
  int told = isfinite(t->percentile), few = told && t->percentile < 1, most = told && t->percentile > 99;
  render_row_text(row, "name", t->name);
  render_row_format(row, "percentile", "%.1f", told ? t->percentile : 0);
  render_row_format(row, "below", "%.0f", told ? t->percentile : 0);
  render_row_text(row, "compared", told ? "1" : NULL);
  render_row_text(row, "few", few ? "1" : NULL);
  render_row_text(row, "most", most ? "1" : NULL);
  render_row_text(row, "some", told && !few && !most ? "1" : NULL);
  render_row_text(row, "high", t->risk && strcmp(t->risk, "high_risk") == 0 ? "1" : NULL);
  render_row_text(row, "not_high", t->risk && strcmp(t->risk, "not_high_risk") == 0 ? "1" : NULL);
  int named = told && t->population && *t->population && strcmp(t->population, "ALL") != 0;
  render_row_text(row, "population", named ? t->population : NULL);
  render_row_format(row, "samples", "%lld", (long long)t->samples);
  render_row_format(row, "used", "%lld", (long long)t->used);
  render_row_format(row, "rows", "%lld", (long long)t->rows);
}

static void fill_share(const void *items, size_t index, render_row *row) {
  const struct report_share *s = &((const report_view *)items)->shares[index];
  double percent = s->share * 100;
  render_row_text(row, "name", s->name);
  render_row_format(row, "percent", "%.0f", percent > 0 ? percent : 0);
  render_row_text(row, "few", percent < 0.5 ? "1" : NULL);
}

static void begin(struct person_frame *p, const person_view *view) {
  person_frame_view(p, view, "/consumer-report", "report.title");
  person_frame_put(p, "traits", NULL);
  person_frame_put(p, "shares", NULL);
  person_frame_put(p, "shares_shown", NULL);
  person_frame_put(p, "imputed", NULL);
}

int report_page_door(buffer *out, const person_view *view) {
  struct person_frame p;
  begin(&p, view);
  person_frame_put(&p, "door", "1");
  return person_frame_end(&p, out, "report.html");
}

int report_page_main(buffer *out, const report_view *view) {
  struct person_frame p;
  const render_list traits = {view->trait_count, view, fill_trait}, shares = {view->share_count, view, fill_share};
  begin(&p, &view->person);
  person_frame_put(&p, "main", "1");
  person_frame_put_list(&p, "traits", &traits);
  person_frame_put_list(&p, "shares", &shares);
  person_frame_put(&p, "shares_shown", view->share_count ? "1" : NULL);
  person_frame_put(&p, "imputed", view->imputed ? "1" : NULL);
  return person_frame_end(&p, out, "report.html");
}
