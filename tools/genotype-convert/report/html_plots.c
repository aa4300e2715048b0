#include "genotype-convert/report/html_report.h"

#include <stdlib.h>

#include "common/page.h"

/* Measures in the units of the viewBox, which is as wide as a text column and scales with the page. */
enum { PLOT_WIDTH = 720, LABEL_WIDTH = 40, STRIP_HEIGHT = 30, STRIP_UP = 18, STRIP_DOWN = 8, BINS = 170 };
enum { SCALE_HEIGHT = 34, MEGABASE = 1000000 };

typedef struct bins {
  uint32_t called[BINS], missing[BINS];
} bins;

static uint32_t longest_contig(const dtc_assembly *a) {
  uint32_t longest = 1;
  for (unsigned c = 1; c < DTC_CONTIG_MT; c++)
    longest = a->length[c] > longest ? a->length[c] : longest;
  return longest;
}

static void count_rows(bins *of, const dtc_calls *calls, uint32_t longest) {
  for (size_t i = 0; i < calls->count; i++) {
    unsigned contig = calls->contig[i];
    uint64_t bin = (uint64_t)calls->position[i] * BINS / ((uint64_t)longest + 1);
    if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_MT || bin >= BINS)
      continue;
    if (DTC_GENOTYPE_IS_NO_CALL(calls->genotype[i]))
      of[contig].missing[bin]++;
    else
      of[contig].called[bin]++;
  }
}

/* One area of steps, up or down from the line at y. */
static void draw_area(output *o, const char *class, const uint32_t *values, unsigned count, double y, double scale) {
  const double step = (double)(PLOT_WIDTH - LABEL_WIDTH) / BINS;
  output_print(o, "<path class=\"%s\" d=\"M%d %.1f", class, LABEL_WIDTH, y);
  for (unsigned i = 0; i < count; i++)
    output_print(o, "V%.1fh%.1f", y - values[i] * scale, step);
  output_print(o, "V%.1fz\"/>", y);
}

static uint32_t highest(const bins *of, int missing) {
  uint32_t most = 1;
  for (unsigned c = 1; c < DTC_CONTIG_MT; c++)
    for (unsigned i = 0; i < BINS; i++) {
      uint32_t value = missing ? of[c].missing[i] : of[c].called[i];
      most = value > most ? value : most;
    }
  return most;
}

/* Every 50 million bases; the last label stands before its place, so that it does not reach out of the picture. */
static void draw_scale(output *o, uint32_t longest, double y) {
  const double width = PLOT_WIDTH - LABEL_WIDTH;
  output_print(o, "<path class=\"axis\" d=\"M%d %.0fH%d\"/>", LABEL_WIDTH, y, PLOT_WIDTH);
  for (unsigned at = 0; (uint64_t)at * MEGABASE <= longest; at += 50) {
    double x = LABEL_WIDTH + width * at * MEGABASE / ((double)longest + 1);
    int last = (uint64_t)(at + 50) * MEGABASE > longest;
    output_print(o,
                 "<path class=\"axis\" d=\"M%.1f %.0fv6\"/><text x=\"%.1f\" y=\"%.0f\" text-anchor=\"%s\">%u%s</text>",
                 x, y, x, y + 26,
                 last ? "end"
                 : at ? "middle"
                      : "start",
                 at, last ? " Mb" : "");
  }
  output_print(o, "\n");
}

int html_plot_chromosomes(output *o, const dtc_calls *calls, const dtc_assembly *assembly, fault *f) {
  bins *of = calloc(DTC_CONTIG_MT, sizeof *of);
  if (!of)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  uint32_t longest = longest_contig(assembly);
  count_rows(of, calls, longest);
  double up = (double)STRIP_UP / highest(of, 0), down = (double)STRIP_DOWN / highest(of, 1);
  output_print(
      o,
      "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t1\"><title id=\"t1\">Rows along each chromosome: "
      "called ones above the line, those without a call below</title>\n",
      PLOT_WIDTH, STRIP_HEIGHT * (DTC_CONTIG_MT - 1) + SCALE_HEIGHT);
  for (unsigned c = 1; c < DTC_CONTIG_MT; c++) {
    double y = STRIP_HEIGHT * (c - 1) + STRIP_UP + 1;
    unsigned count = (unsigned)((uint64_t)assembly->length[c] * BINS / longest);
    count = count >= BINS ? BINS : count + 1;
    output_print(o, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%s</text>", LABEL_WIDTH - 6, y + 3,
                 dtc_contig_name(c));
    draw_area(o, "call", of[c].called, count, y, up);
    draw_area(o, "miss", of[c].missing, count, y, -down);
    output_print(o, "\n");
  }
  draw_scale(o, longest, STRIP_HEIGHT * (DTC_CONTIG_MT - 1) + 4);
  char called[PAGE_COUNT_BYTES], missing[PAGE_COUNT_BYTES];
  output_print(
      o,
      "</svg>\n<p><small>A column is %.1f million bases; the highest has %s called rows, the deepest %s without a "
      "call.</small></p>\n",
      (double)longest / BINS / MEGABASE, page_count(highest(of, 0), called), page_count(highest(of, 1), missing));
  free(of);
  return 0;
}

static double heterozygous_share(const dtc_verdict *v, unsigned contig) {
  const dtc_contig_stats *s = dtc_verdict_contig(v, contig);
  return s->called ? (double)s->heterozygous / (double)s->called : 0;
}

/* 5 %, 10 % and so on, above the highest column. */
static double scale_top(const dtc_verdict *v) {
  double most = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    most = heterozygous_share(v, c) > most ? heterozygous_share(v, c) : most;
  int steps = (int)(most / 0.05) + 1;
  return steps * 0.05 > 1 ? 1 : steps * 0.05;
}

void html_plot_heterozygosity(output *o, const dtc_verdict *v) {
  enum { HEIGHT = 180, BASE = 150, TOP = 12, LEFT = 66, COLUMN = 26 };
  double top = scale_top(v);
  output_print(o,
               "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t2\"><title id=\"t2\">Share of "
               "heterozygous calls by chromosome, in per cent</title>\n",
               PLOT_WIDTH, HEIGHT);
  for (int i = 0; i <= 2; i++) {
    double y = BASE - (BASE - TOP) * i / 2.0;
    output_print(o,
                 "<path class=\"axis\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g %%</text>",
                 LEFT, y, PLOT_WIDTH, LEFT - 6, y + 5, 100 * top * i / 2);
  }
  output_print(o, "\n");
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    double height = heterozygous_share(v, c) / top * (BASE - TOP), x = LEFT + (c - 1) * COLUMN + 3;
    /* a phone has room for every other label */
    output_print(o,
                 "<rect class=\"call\" x=\"%.0f\" y=\"%.1f\" width=\"20\" height=\"%.1f\"/><text%s x=\"%.0f\" y=\"%d\" "
                 "text-anchor=\"middle\">%s</text>\n",
                 x, BASE - height, height, c % 2 ? "" : " class=\"wideonly\"", x + 10, BASE + 22, dtc_contig_name(c));
  }
  output_print(o, "</svg>\n");
}

static void draw_gauge(output *o, const char *label, double share) {
  output_print(o, "<span>%s: ", label);
  if (share < 0)
    output_print(o, "no rows</span><span></span>\n");
  else
    output_print(o, "%.1f %%</span><span class=\"rails\"><span class=\"bar\" style=\"width:%.1f%%\"></span></span>\n",
                 share * 100, share * 100);
}

void html_plot_sex(output *o, const dtc_verdict *v) {
  output_print(o, "<div class=\"bars\">\n");
  draw_gauge(o, "X: calls that are heterozygous", dtc_verdict_x_het_share(v));
  draw_gauge(o, "Y: rows that have a call", dtc_verdict_y_call_share(v));
  output_print(o, "</div>\n");
}
