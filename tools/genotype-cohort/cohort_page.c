#include "genotype-cohort/cohort_page.h"

#include "common/page.h"

#include <math.h>
#include <stdio.h>

/* Persons farther from the mean than so many standard deviations are marked. */
static const double far_off = 3;
/* Studies leave out samples of which 3 to 7 % of the calls are missing (Anderson et al. 2010, doi
 * 10.1038/nprot.2010.116). */
static const double low_call_rate = 0.95;

typedef struct spread {
  double mean, deviation;
} spread;

static int is_in(const person *p) { return p->fault.exit_status == EXIT_WRITTEN; }
static double share(uint64_t part, uint64_t whole) { return whole ? (double)part / (double)whole : NAN; }
static double call_rate(const person *p) { return share(p->called, p->records); }
static double heterozygosity(const person *p) { return share(p->heterozygous, p->autosomal); }

static spread spread_of(const cohort *c) {
  double sum = 0, squares = 0, n = 0;
  for (size_t i = 0; i < c->count; i++) {
    double value = heterozygosity(&c->persons[i]);
    if (!is_in(&c->persons[i]) || isnan(value))
      continue;
    sum += value;
    squares += value * value;
    n++;
  }
  double mean = n ? sum / n : NAN;
  return (spread){mean, n > 1 ? sqrt(fmax(0, squares / n - mean * mean)) : 0};
}

/* Of fewer than ten persons nobody stands out. */
static int is_far_off(const cohort *c, spread s, double value) {
  return c->in >= 10 && s.deviation > 0 && fabs(value - s.mean) > far_off * s.deviation;
}

static size_t count_pairs(const kinship *pairs, size_t count, relation wanted) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++)
    found += kinship_relation(&pairs[i]) == wanted;
  return found;
}

static void put_verdict(const cohort *c, const kinship *pairs, size_t pair_count, output *o) {
  char text[80], number[PAGE_COUNT_BYTES], all[PAGE_COUNT_BYTES];
  size_t twice = count_pairs(pairs, pair_count, RELATION_DUPLICATE);
  size_t close = count_pairs(pairs, pair_count, RELATION_FIRST);
  page_verdict_begin(o, c->in == c->count && !twice ? PAGE_GOOD : PAGE_DOUBTFUL);
  output_print(o, "%s of %s exports are in the cohort", page_count(c->in, number), page_count(c->count, all));
  output_print(o, "</h1>\n<p>%s of %s.", page_counted(c->order_count, "site", "sites", text, sizeof text),
               dtc_build_name(c->assembly->build));
  if (twice)
    output_print(o, " %s the same person twice, or identical twins: look at them below before you count persons.",
                 page_counted(twice, "pair looks like", "pairs look like", text, sizeof text));
  if (close)
    output_print(o, " %s first-degree relatives.", page_counted(close, "pair are", "pairs are", text, sizeof text));
  output_print(o, "</p>\n");
  page_verdict_end(o);
}

static int put_persons(const cohort *c, spread s, output *o) {
  static const page_column columns[] = {{"Sample", 0, 0},    {"Vendor", 0, 0},      {"Array", 0, 0},
                                        {"Sex", 0, 0},       {"Rows", 1, 0},        {"Not written", 1, 1},
                                        {"Call rate", 1, 0}, {"Heterozygous", 1, 1}};
  enum { COLUMNS = sizeof columns / sizeof *columns };
  char rows[PAGE_COUNT_BYTES], rejected[PAGE_COUNT_BYTES], rate[24], het[24];
  page_table *t = page_table_new(columns, COLUMNS);
  int failed = !t;
  for (size_t i = 0; !failed && i < c->count; i++) {
    const person *p = &c->persons[i];
    if (!is_in(p))
      continue;
    double called = call_rate(p), heterozygous = heterozygosity(p);
    snprintf(rate, sizeof rate, "%.2f %%", 100 * called);
    snprintf(het, sizeof het, "%.2f %%", 100 * heterozygous);
    const page_cell cells[COLUMNS] = {
        {p->name, 0, 0, NULL},
        {p->vendor, 0, 0, NULL},
        {p->array[0] ? p->array : "unknown", 0, 0, NULL},
        {dtc_sex_name(p->sex), 0, p->sex == DTC_SEX_UNDETERMINED, NULL},
        {page_count(p->rows, rows), (double)p->rows, 0, NULL},
        {page_count(p->rejected, rejected), (double)p->rejected, 2 * p->rejected > p->rows, NULL},
        {rate, called, called < low_call_rate, NULL},
        {het, heterozygous, is_far_off(c, s, heterozygous), NULL}};
    failed = page_table_add(t, cells);
  }
  output_print(o, "<h2>Persons</h2>\n");
  failed = failed || page_table_write(t, o, "persons") != 0;
  page_table_free(t);
  return failed;
}

enum { WIDTH = 720, HEIGHT = 330, LEFT = 80, RIGHT = 700, TOP = 15, BOTTOM = 270 };

typedef struct scale {
  double from, to;
} scale;

static scale widened(double least, double most) {
  double room = most > least ? 0.08 * (most - least) : 0.01;
  return (scale){fmax(0, least - room), fmin(1, most + room)};
}

static double between(scale s, double value, double from, double to) {
  return from + (to - from) * (value - s.from) / (s.to - s.from);
}

static void put_ticks(output *o, scale x, scale y) {
  for (int i = 0; i <= 4; i++) {
    double at_x = x.from + (x.to - x.from) * i / 4, at_y = y.from + (y.to - y.from) * i / 4;
    double px = between(x, at_x, LEFT, RIGHT), py = between(y, at_y, BOTTOM, TOP);
    output_print(o, "<path class=\"axis\" d=\"M%.1f %dv5M%d %.1fh-5\"/>", px, BOTTOM, LEFT, py);
    if (i % 2 == 0)
      output_print(o, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%.1f %%</text>", px, BOTTOM + 24,
                   i == 0   ? "start"
                   : i == 4 ? "end"
                            : "middle",
                   100 * at_x);
    output_print(o, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>\n", LEFT - 8, py + 5, 100 * at_y);
  }
}

/* Each person by call rate and heterozygosity: poor and mixed samples stand apart. */
static void put_picture(const cohort *c, spread s, output *o) {
  double least[2] = {1, 1}, most[2] = {0, 0};
  for (size_t i = 0; i < c->count; i++) {
    const person *p = &c->persons[i];
    if (!is_in(p) || isnan(call_rate(p)) || isnan(heterozygosity(p)))
      continue;
    least[0] = fmin(least[0], call_rate(p));
    most[0] = fmax(most[0], call_rate(p));
    least[1] = fmin(least[1], heterozygosity(p));
    most[1] = fmax(most[1], heterozygosity(p));
  }
  if (least[0] > most[0])
    return;
  scale x = widened(least[0], most[0]), y = widened(least[1], most[1]);
  output_print(o,
               "<h2>Poor and mixed samples stand apart</h2>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" "
               "aria-labelledby=\"s1\"><title id=\"s1\">Each person by call rate, to the right, and share of "
               "heterozygous calls, upwards; the figures are in the table</title>\n"
               "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n",
               WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT);
  put_ticks(o, x, y);
  output_print(o,
               "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">call rate</text><text transform=\"translate(18 %d) "
               "rotate(-90)\" text-anchor=\"middle\">heterozygous, %%</text>\n",
               (LEFT + RIGHT) / 2, HEIGHT - 8, (TOP + BOTTOM) / 2);
  for (size_t i = 0; i < c->count; i++) {
    const person *p = &c->persons[i];
    if (!is_in(p) || isnan(call_rate(p)) || isnan(heterozygosity(p)))
      continue;
    int doubtful = call_rate(p) < low_call_rate || is_far_off(c, s, heterozygosity(p));
    output_print(o, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>", doubtful ? "miss" : "call",
                 between(x, call_rate(p), LEFT, RIGHT), between(y, heterozygosity(p), BOTTOM, TOP));
    page_text(o, p->name);
    output_print(o, "</title></circle>\n");
  }
  output_print(o, "</svg>\n");
}

static int put_relatives(const cohort *c, const kinship *pairs, size_t count, output *o) {
  static const page_column columns[] = {
      {"Sample", 0, 0}, {"and", 0, 0}, {"Kinship", 1, 1}, {"Most likely", 0, 0}, {"Sites", 1, 0}};
  static const char *const meaning[] = {"", "", "second degree: half siblings, grandparent, aunt or uncle",
                                        "first degree: parent and child, or full siblings",
                                        "the same person twice, or identical twins"};
  enum { COLUMNS = sizeof columns / sizeof *columns };
  char value[24], sites[PAGE_COUNT_BYTES], text[80];
  size_t found = 0, unknown = count_pairs(pairs, count, RELATION_UNKNOWN);
  page_table *t = page_table_new(columns, COLUMNS);
  int failed = !t;
  for (size_t i = 0; !failed && i < count; i++) {
    const kinship *k = &pairs[i];
    relation r = kinship_relation(k);
    if (r <= RELATION_NONE)
      continue;
    found++;
    snprintf(value, sizeof value, "%.3f", k->value);
    const page_cell cells[COLUMNS] = {{c->persons[k->first].name, 0, 0, NULL},
                                      {c->persons[k->second].name, 0, 0, NULL},
                                      {value, k->value, 0, NULL},
                                      {meaning[r], 0, r == RELATION_DUPLICATE, NULL},
                                      {page_count(k->snps, sites), (double)k->snps, 0, NULL}};
    failed = page_table_add(t, cells);
  }
  output_print(o, "<h2>Duplicates and relatives</h2>\n");
  if (found)
    failed = failed || page_table_write(t, o, "pairs") != 0;
  else if (unknown < count || !count)
    output_print(o, "<p>None, to the second degree.</p>\n");
  if (unknown)
    output_print(o, "<p>%s fewer than %s SNPs in common: too few to tell.</p>\n",
                 page_counted(unknown, "pair has", "pairs have", text, sizeof text),
                 page_count(KINSHIP_SNPS_MIN, sites));
  page_table_free(t);
  return failed;
}

static void put_left_out(const cohort *c, output *o) {
  if (c->in == c->count)
    return;
  output_print(o, "<h2>Left out</h2>\n<table>\n");
  for (size_t i = 0; i < c->count; i++)
    if (!is_in(&c->persons[i])) {
      output_print(o, "<tr><th scope=\"row\">");
      page_text(o, c->persons[i].name);
      output_print(o, "</th><td>");
      page_text(o, c->persons[i].fault.message);
      output_print(o, "</td></tr>\n");
    }
  output_print(o, "</table>\n");
}

static void put_meaning(spread s, output *o) {
  output_print(o, "<h2>What the figures mean</h2>\n<dl>\n<dt>Call rate</dt><dd>Of the person&#39;s records, how many "
                  "have a genotype. Studies ask for 93 to 97 %%; below 95 %% is marked.</dd>\n"
                  "<dt>Heterozygous</dt><dd>Of the calls on chromosomes 1 to 22, how many have two different alleles.");
  if (!isnan(s.mean))
    output_print(o, " Here %.2f %% on average, with a standard deviation of %.2f.", 100 * s.mean, 100 * s.deviation);
  output_print(o,
               " Arrays differ by their choice of markers. Much more than others have is a sign of two persons in one "
               "sample, much less of related parents or failed calls; %.0f standard deviations are marked.</dd>\n"
               "<dt>Kinship</dt><dd>KING-robust over the autosomal sites that both have: 0.5 for the same genome "
               "twice, 0.25 for the first degree, 0.125 for the second; about 0, or below, for strangers.</dd>\n"
               "<dt>Not written</dt><dd>Rows of the export that have no record, by rules of "
               "genotype-convert.</dd>\n</dl>\n",
               far_off);
}

int cohort_page_write(const cohort *c, const kinship *pairs, size_t pair_count, output *o, fault *f) {
  spread s = spread_of(c);
  page_begin(o, "Cohort", NULL);
  put_verdict(c, pairs, pair_count, o);
  int failed = put_persons(c, s, o) != 0;
  put_picture(c, s, o);
  failed = failed || put_relatives(c, pairs, pair_count, o) != 0;
  put_left_out(c, o);
  put_meaning(s, o);
  page_end(o, "genotype-cohort");
  return failed ? fault_memory(f) : 0;
}
