/* SVG drawn for a width of 400 units, so that its letters stay legible on a phone that is 390 pixels wide. */
#include "html_report.h"

#include <string.h>

enum { PLOT_WIDTH = 400, LABEL_WIDTH = 30, MAP_BINS = 180 };

const char *html_count(uint64_t value, char *text) {
  char digits[28];
  int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), at = 0;
  for (int k = 0; k < n; k++) {
    text[at++] = digits[k];
    if ((n - k - 1) % 3 == 0 && k + 1 < n)
      text[at++] = ',';
  }
  text[at] = '\0';
  return text;
}

static void figure_begin(FILE *f, const char *id, const char *title, const char *description, int height) {
  fprintf(f,
          "<figure>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">%s</title>\n"
          "<desc id=\"%s-d\">%s</desc>\n",
          PLOT_WIDTH, height, id, id, id, title, id, description);
}

static void figure_end(FILE *f, const char *caption) { fprintf(f, "</svg>\n<figcaption>%s</figcaption>\n</figure>\n", caption); }

/* ---- calls and no-calls along each chromosome */

typedef struct bins {
  uint32_t called[DTC_CONTIG_COUNT][MAP_BINS], missing[DTC_CONTIG_COUNT][MAP_BINS];
} bins;

static uint32_t bin_bases(const dtc_assembly *assembly) {
  uint32_t longest = 0;
  for (unsigned c = 1; c < DTC_CONTIG_MT; c++)
    if (assembly->length[c] > longest)
      longest = assembly->length[c];
  return longest / MAP_BINS + 1;
}

static void bins_fill(bins *b, const dtc_calls *calls, const dtc_assembly *assembly, uint32_t width) {
  memset(b, 0, sizeof *b);
  for (size_t i = 0; i < calls->count; i++) {
    unsigned contig = calls->contig[i];
    uint32_t position = calls->position[i];
    dtc_assembly_to_x(assembly, &contig, &position);
    if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_MT || position == 0 || position > assembly->length[contig])
      continue;
    uint32_t k = (position - 1) / width;
    if (DTC_GENOTYPE_IS_NO_CALL(calls->genotype[i]))
      b->missing[contig][k]++;
    else
      b->called[contig][k]++;
  }
}

/* One path a chromosome and colour: calls stand on the axis, no-calls hang below it, enlarged so that they can be seen. */
enum { MAP_ROW = 20, MAP_UP = 11, MAP_DOWN = 6, MAP_ENLARGED = 10 };

static void bins_draw(FILE *f, const uint32_t *bin, unsigned n, double scale, double axis, double bin_width, int missing) {
  int open = 0;
  for (unsigned k = 0; k < n; k++) {
    double height = bin[k] * scale;
    if (height <= 0)
      continue;
    if (height < 0.4)
      height = 0.4; /* one lost marker must not be invisible */
    if (missing && height > MAP_DOWN)
      height = MAP_DOWN;
    if (!open)
      fprintf(f, "<path class=\"%s\" d=\"", missing ? "missing" : "called");
    open = 1;
    fprintf(f, "M%.1f %.1fv%.1fh%.1fv%.1fz", LABEL_WIDTH + k * bin_width, axis, missing ? height : -height, bin_width,
            missing ? -height : height);
  }
  if (open)
    fprintf(f, "\"/>\n");
}

void html_plot_chromosomes(FILE *f, const dtc_calls *calls, const dtc_assembly *assembly) {
  bins b;
  uint32_t width = bin_bases(assembly), highest = 1;
  bins_fill(&b, calls, assembly, width);
  for (unsigned c = 1; c < DTC_CONTIG_MT; c++)
    for (unsigned k = 0; k < MAP_BINS; k++)
      if (b.called[c][k] > highest)
        highest = b.called[c][k];
  double bin_width = (double)(PLOT_WIDTH - LABEL_WIDTH) / MAP_BINS, scale = (double)MAP_UP / highest;
  figure_begin(f, "map", "Markers along each chromosome",
               "One line a chromosome, its length to scale. Bars above the line are markers with a call, bars below it markers without.",
               MAP_ROW * (DTC_CONTIG_MT - 1) + 2);
  for (unsigned c = 1; c < DTC_CONTIG_MT; c++) {
    double axis = MAP_ROW * c - MAP_DOWN;
    unsigned n = assembly->length[c] / width + 1;
    n = n < MAP_BINS ? n : MAP_BINS;
    fprintf(f, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n<path class=\"axis\" d=\"M%d %.1fh%.1f\"/>\n", LABEL_WIDTH - 6,
            axis, dtc_contig_name(c), LABEL_WIDTH, axis, n * bin_width);
    bins_draw(f, b.called[c], n, scale, axis, bin_width, 0);
    bins_draw(f, b.missing[c], n, scale * MAP_ENLARGED, axis, bin_width, 1);
  }
  char count[28], caption[360];
  snprintf(caption, sizeof caption,
           "<span class=\"key called\"></span> with a call, above the line &ensp; <span class=\"key missing\"></span> without, below it and "
           "enlarged %d times. A bar covers %.1f million bases; the highest holds %s markers.",
           MAP_ENLARGED, width / 1e6, html_count(highest, count));
  figure_end(f, caption);
}

/* ---- heterozygosity by contig */

void html_plot_heterozygosity(FILE *f, const dtc_verdict *verdict) {
  static const int height = 130, base = 108, room = 92;
  double shares[DTC_CONTIG_Y] = {0}, highest = 0.01;
  for (unsigned c = 1; c < DTC_CONTIG_Y; c++) {
    const dtc_contig_stats *s = &verdict->contigs[c];
    shares[c] = s->called ? (double)s->heterozygous / (double)s->called : 0;
    if (shares[c] > highest)
      highest = shares[c];
  }
  double step = (double)(PLOT_WIDTH - LABEL_WIDTH) / (DTC_CONTIG_X);
  figure_begin(f, "het", "Heterozygous calls by chromosome",
               "One bar a chromosome: the share of its calls that have two different letters. The table below has the figures.", height);
  for (unsigned line = 0; line <= 2; line++) {
    double y = base - room * line / 2.0;
    fprintf(f, "<path class=\"axis\" d=\"M%d %.1fh%d\"/>\n<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f%%</text>\n", LABEL_WIDTH, y,
            PLOT_WIDTH - LABEL_WIDTH, LABEL_WIDTH - 4, y + 3.5, highest * 50 * line);
  }
  for (unsigned c = 1; c < DTC_CONTIG_Y; c++) {
    double x = LABEL_WIDTH + (c - 1) * step, h = shares[c] / highest * room;
    fprintf(f, "<path class=\"%s\" d=\"M%.1f %dv%.1fh%.1fv%.1fz\"/>\n", c == DTC_CONTIG_X ? "second" : "called", x + 2, base, -h, step - 4, h);
    if (c % 2 || c == DTC_CONTIG_X)
      fprintf(f, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x + step / 2, base + 14, dtc_contig_name(c));
  }
  figure_end(f, "A person whose parents are not related has about the same share on every autosome; X of a man has next to none.");
}

/* ---- X and Y evidence */

static void gauge(FILE *f, double y, const char *label, double share, double highest, double low, double high, const char *low_word,
                  const char *high_word) {
  double unit = (PLOT_WIDTH - 20) / highest, at = 10 + (share > highest ? highest : share) * unit;
  fprintf(f, "<text x=\"10\" y=\"%.1f\">%s: %s", y - 8, label, share < 0 ? "no markers" : "");
  if (share >= 0)
    fprintf(f, "%.1f%%", share * 100);
  fprintf(f, "</text>\n<path class=\"track\" d=\"M10 %.1fh%d\"/>\n<path class=\"band\" d=\"M10 %.1fh%.1f\"/>\n<path class=\"band\" d=\"M%.1f "
             "%.1fH%d\"/>\n",
          y, PLOT_WIDTH - 20, y, low * unit, 10 + high * unit, y, PLOT_WIDTH - 10);
  fprintf(f, "<text x=\"10\" y=\"%.1f\">%s</text>\n<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", y + 18, low_word,
          PLOT_WIDTH - 10, y + 18, high_word);
  if (share >= 0)
    fprintf(f, "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>\n", at, y);
}

void html_plot_sex(FILE *f, const dtc_verdict *verdict) {
  figure_begin(f, "sex", "Evidence for the sex of the sample",
               "Two scales: the share of heterozygous calls on X, and the share of markers on Y with a call.", 128);
  gauge(f, 28, "Heterozygous on X", verdict->x_het_share, 0.35, 0.03, 0.08, "as a man's", "as a woman's");
  gauge(f, 92, "Called on Y", verdict->y_call_share, 1.0, 0.1, 0.3, "as a woman's", "as a man's");
  figure_end(f, "The regions that X and Y share are left out. Between the marked bands the evidence says nothing.");
}

/* ---- rejects by reason */

void html_plot_rejects(FILE *f, const uint64_t *rejected) {
  static const int row = 34;
  uint64_t highest = 0;
  int shown = 0;
  for (unsigned k = 0; k < REJECT_COUNT; k++) {
    shown += rejected[k] > 0;
    if (rejected[k] > highest)
      highest = rejected[k];
  }
  if (shown == 0)
    return;
  figure_begin(f, "rej", "Rows that were not written, by reason", "One bar a reason; the table below has the figures.", row * shown + 4);
  int at = 0;
  for (unsigned k = 0; k < REJECT_COUNT; k++) {
    if (rejected[k] == 0)
      continue;
    char count[28];
    double width = (PLOT_WIDTH - 2) * ((double)rejected[k] / (double)highest);
    fprintf(f, "<text x=\"0\" y=\"%d\">%s</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", at * row + 13,
            reject_word((reject_why)k), PLOT_WIDTH, at * row + 13, html_count(rejected[k], count));
    fprintf(f, "<path class=\"missing\" d=\"M0 %dv10h%.1fv-10z\"/>\n", at * row + 18, width < 1.5 ? 1.5 : width);
    at++;
  }
  figure_end(f, "Nothing is lost in silence: every row of the file is written, merged into a written one, or counted here.");
}
