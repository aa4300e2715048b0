#include "genotype-convert/report/html_report.h"

#include <stdlib.h>

/* Measures in the units of the viewBox, which is as wide as a text column and scales with the page. */
enum { PLOT_WIDTH = 720, LABEL_WIDTH = 40, STRIP_HEIGHT = 30, STRIP_UP = 18, STRIP_DOWN = 8, BINS = 170 };

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
      PLOT_WIDTH, STRIP_HEIGHT * (DTC_CONTIG_MT - 1));
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
  output_print(o, "</svg>\n");
  free(of);
  return 0;
}

void html_plot_heterozygosity(output *o, const dtc_verdict *v) {
  enum { HEIGHT = 150, BASE = 130, COLUMN = 28 };
  double most = 0.01;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    const dtc_contig_stats *s = dtc_verdict_contig(v, c);
    double share = s->called ? (double)s->heterozygous / (double)s->called : 0;
    most = share > most ? share : most;
  }
  output_print(
      o,
      "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t2\"><title id=\"t2\">Share of heterozygous calls by "
      "chromosome; the highest is %.1f %%</title>\n",
      PLOT_WIDTH, HEIGHT, most * 100);
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    const dtc_contig_stats *s = dtc_verdict_contig(v, c);
    double share = s->called ? (double)s->heterozygous / (double)s->called : 0, height = share / most * (BASE - 10);
    double x = (c - 1) * COLUMN + 6;
    output_print(o,
                 "<rect class=\"call\" x=\"%.0f\" y=\"%.1f\" width=\"20\" height=\"%.1f\"/><text x=\"%.0f\" y=\"%d\" "
                 "text-anchor=\"middle\">%s</text>\n",
                 x, BASE - height, height, x + 10, BASE + 14, dtc_contig_name(c));
  }
  output_print(o, "</svg>\n");
}

static void draw_gauge(output *o, double y, const char *label, double share) {
  enum { FROM = 250, WIDE = 380 };
  output_print(
      o, "<text x=\"0\" y=\"%.0f\">%s</text><rect class=\"rail\" x=\"%d\" y=\"%.0f\" width=\"%d\" height=\"14\"/>",
      y + 12, label, FROM, y, WIDE);
  if (share < 0)
    output_print(o, "<text x=\"%d\" y=\"%.0f\">no rows</text>\n", FROM + WIDE + 8, y + 12);
  else
    output_print(o,
                 "<rect class=\"call\" x=\"%d\" y=\"%.0f\" width=\"%.1f\" height=\"14\"/><text x=\"%d\" "
                 "y=\"%.0f\">%.1f %%</text>\n",
                 FROM, y, share * WIDE, FROM + WIDE + 8, y + 12, share * 100);
}

void html_plot_sex(output *o, const dtc_verdict *v) {
  output_print(o,
               "<svg viewBox=\"0 0 %d 50\" role=\"img\" aria-labelledby=\"t3\"><title id=\"t3\">What sex is told by: "
               "heterozygous "
               "calls on X and calls on Y</title>\n",
               PLOT_WIDTH);
  draw_gauge(o, 2, "X: heterozygous calls", dtc_verdict_x_het_share(v));
  draw_gauge(o, 28, "Y: rows with a call", dtc_verdict_y_call_share(v));
  output_print(o, "</svg>\n");
}

void html_plot_rejects(output *o, const uint64_t rejected[REJECTIONS]) {
  enum { FROM = 210, WIDE = 410, LINE = 24 };
  uint64_t most = 0;
  int lines = 0;
  for (int i = 0; i < REJECTIONS; i++) {
    most = rejected[i] > most ? rejected[i] : most;
    lines += rejected[i] != 0;
  }
  if (lines == 0) {
    output_print(o, "<p>None.</p>\n");
    return;
  }
  output_print(o,
               "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t4\"><title id=\"t4\">Rows that are not in "
               "the output, by "
               "reason</title>\n",
               PLOT_WIDTH, lines * LINE);
  for (int i = 0, line = 0; i < REJECTIONS; i++) {
    if (rejected[i] == 0)
      continue;
    double width = (double)rejected[i] / (double)most * WIDE;
    output_print(o,
                 "<text x=\"0\" y=\"%d\">%s</text><rect class=\"miss\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\"/>"
                 "<text x=\"%.1f\" y=\"%d\">%llu</text>\n",
                 line * LINE + 17, dtc_rejection_word((dtc_rejection)i), FROM, line * LINE + 5, width, FROM + width + 6,
                 line * LINE + 17, (unsigned long long)rejected[i]);
    line++;
  }
  output_print(o, "</svg>\n");
}
