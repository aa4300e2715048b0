/* report_page.c - one section a person, with pictures; it stands alone and fits into another page. The words promise
 * nothing: a score is a place among the persons of a panel, no diagnosis. */
#include "common/page.h"
#include "genotype-score/results.h"

#include <math.h>

enum { WIDTH = 640, HEIGHT = 150, BASE = 125, PLOT = 420 };
static const char *const colours[] = {"#2563a8", "#b4531a", "#2e8b57", "#8a5fb0",
                                      "#c23b6b", "#7a7a2a", "#1a8f9c", "#6b6b6b"};
enum { COLOUR_COUNT = sizeof colours / sizeof *colours };

static const char style[] =
    ".area{fill:var(--call);fill-opacity:.35}.here{stroke:var(--miss);stroke-width:2}.person{fill:var(--miss);"
    "stroke:var(--ink)}section table{width:auto}\n";

/* The spread of the panel as a bell of its mean and standard deviation, and the person's place in it. */
static void draw_bell(output *o, double z) {
  enum { STEPS = 80 };
  double shown = z < -4 ? -4 : z > 4 ? 4 : z, scale = WIDTH / 8.0;
  output_print(o,
               "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>Where the score stands among the persons of the panel"
               "</title><path class=\"area\" d=\"M0 %d",
               WIDTH, HEIGHT, BASE);
  for (int i = 0; i <= STEPS; i++) {
    double at = -4 + 8.0 * i / STEPS;
    output_print(o, "L%.1f %.1f", (at + 4) * scale, BASE - 115 * exp(-at * at / 2));
  }
  output_print(o, "L%d %dz\"/><line class=\"here\" x1=\"%.1f\" x2=\"%.1f\" y1=\"5\" y2=\"%d\"/>", WIDTH, BASE,
               (shown + 4) * scale, (shown + 4) * scale, BASE);
  output_print(o,
               "<text x=\"2\" y=\"%d\">lower</text><text x=\"%d\" y=\"%d\" text-anchor=\"middle\">the panel's mean"
               "</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">higher</text></svg>\n",
               BASE + 18, WIDTH / 2, BASE + 18, WIDTH - 2, BASE + 18);
}

static void put_score(output *o, const results *r, const score *s, size_t person) {
  const person_sum *p = &s->persons[person];
  standing st = results_standing(r, s, person);
  output_print(o, "<h3>");
  page_text(o, s->trait ? s->trait : s->name);
  output_print(o, " <small>(");
  page_text(o, s->name);
  char used[PAGE_COUNT_BYTES], rows[PAGE_COUNT_BYTES];
  output_print(o, ")</small></h3>\n<p>%s of the score's %s positions have a call here.", page_count(p->used, used),
               page_count(s->rows, rows));
  if (results_warning(s))
    output_print(o, " Note: %s.", results_warning(s));
  if (st.note == STANDING_TOLD) {
    output_print(o, " Of the %llu persons of the panel (", (unsigned long long)st.distribution->samples);
    page_text(o, st.distribution->population);
    output_print(o, "), about %.0f %% have a lower score.</p>\n", st.percentile);
    draw_bell(o, st.z);
  } else {
    output_print(o, " It is not compared with others: %s.</p>\n", standing_words[st.note]);
  }
}

/* The number of the population among those of the points, for its colour. */
static size_t colour_of(const nearness *near, size_t count, const char *population) {
  for (size_t i = 0; i < count; i++)
    if (near[i].population == population || strcmp(near[i].population, population) == 0)
      return i % COLOUR_COUNT;
  return COLOUR_COUNT - 1;
}

/* A linear scale over the points and the person. */
typedef struct scale {
  double from, to;
} scale;

static scale scale_of(const reference *r, size_t axis, double person) {
  scale s = {person, person};
  for (size_t i = 0; i < r->point_count; i++) {
    s.from = fmin(s.from, r->points[i].at[axis]);
    s.to = fmax(s.to, r->points[i].at[axis]);
  }
  if (!(s.to > s.from))
    s.to = s.from + 1;
  return s;
}

static double place_on(scale s, double value) { return 15 + (PLOT - 30) * (value - s.from) / (s.to - s.from); }

static void put_axes(output *o, const results *r, size_t person) {
  const axes *a = &r->axes;
  const reference *ref = &r->reference;
  double at[AXES_MOST];
  nearness near[AXES_MOST];
  if (!a->alleles[person] || ref->axis_count != a->count || a->count < 2)
    return;
  for (size_t k = 0; k < a->count; k++)
    at[k] = axes_at(a, person, k);
  size_t count = reference_nearest(ref, at, near, AXES_MOST);
  scale x = scale_of(ref, 0, at[0]), y = scale_of(ref, 1, at[1]);
  output_print(o,
               "<h3>Among the persons of the panel</h3>\n<p>%zu variants place this genome on axes along which the "
               "panel's persons differ most. Nearest: ",
               a->found);
  for (size_t i = 0; i < count && i < 3; i++) {
    output_print(o, i ? ", " : "");
    page_text(o, near[i].population);
  }
  output_print(
      o,
      ".</p>\n<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>The first two axes: small circles are the panel's "
      "persons, the large one is this genome</title>\n",
      WIDTH, PLOT);
  for (size_t i = 0; i < ref->point_count; i++)
    output_print(o, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", place_on(x, ref->points[i].at[0]),
                 PLOT - place_on(y, ref->points[i].at[1]), colours[colour_of(near, count, ref->points[i].population)]);
  output_print(o, "\n<circle class=\"person\" cx=\"%.1f\" cy=\"%.1f\" r=\"7\"/>\n", place_on(x, at[0]),
               PLOT - place_on(y, at[1]));
  for (size_t i = 0; i < count && i < 16; i++) {
    output_print(o, "<circle cx=\"%d\" cy=\"%zu\" r=\"5\" fill=\"%s\"/><text x=\"%d\" y=\"%zu\">", PLOT + 15,
                 20 + 20 * i, colours[i % COLOUR_COUNT], PLOT + 26, 24 + 20 * i);
    page_text(o, near[i].population);
    output_print(o, "</text>");
  }
  output_print(o, "</svg>\n");
}

static void put_ancestry(output *o, const populations *p, size_t person) {
  proportions found;
  double x = 0;
  if (populations_fit(p, person, &found) != 0)
    return;
  output_print(o,
               "<h3>Reference populations</h3>\n<p>What mixture of the reference populations explains these genotypes "
               "best, by %zu sites. The populations are those of the table used; real ancestors may come from others."
               "</p>\n<svg viewBox=\"0 0 %d 30\" role=\"img\"><title>Shares of the reference populations</title>",
               found.used, WIDTH);
  for (size_t k = 0; k < p->count; k++) {
    output_print(o, "<rect x=\"%.1f\" y=\"2\" width=\"%.1f\" height=\"26\" fill=\"%s\"/>", x * WIDTH,
                 found.share[k] * WIDTH, colours[k % COLOUR_COUNT]);
    x += found.share[k];
  }
  output_print(o, "</svg>\n<table>\n");
  for (size_t k = 0; k < p->count; k++) {
    output_print(
        o,
        "<tr><td><svg viewBox=\"0 0 12 12\" style=\"width:.8rem\"><rect width=\"12\" height=\"12\" fill=\"%s\"/>"
        "</svg></td><th scope=\"row\">",
        colours[k % COLOUR_COUNT]);
    page_text(o, p->names[k]);
    output_print(o, "</th><td class=\"n\">%.1f %%</td>", 100 * found.share[k]);
    if (!isnan(found.error[k]))
      output_print(o, "<td class=\"n\">&#177; %.1f</td>", 100 * found.error[k]);
    output_print(o, "</tr>\n");
  }
  output_print(o, "</table>\n");
  if (isnan(found.error[0]))
    output_print(o, "<p>These are so few sites that no error can be told: the shares are rough.</p>\n");
}

int write_page(const results *r, output *o, fault *f) {
  (void)f;
  page_begin(o, "Scores and ancestry", style);
  for (size_t i = 0; i < places_sample_count(r->places); i++) {
    output_print(o, "<section class=\"genotype-score\">\n<h2>Scores and ancestry: ");
    page_text(o, places_sample(r->places, i));
    output_print(
        o, "</h2>\n<p>Figures from statistics over many people. They are no diagnosis, and say nothing about what will "
           "happen to one person.</p>\n");
    for (size_t s = 0; s < r->scores.count; s++)
      put_score(o, r, &r->scores.scores[s], i);
    if (r->axes.count)
      put_axes(o, r, i);
    if (r->populations.count)
      put_ancestry(o, &r->populations, i);
    output_print(o, "</section>\n");
  }
  page_end(o, "genotype-score");
  return 0;
}
