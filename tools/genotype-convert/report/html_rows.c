#include "genotype-convert/report/html_rows.h"

#include "common/page.h"
#include "genotype-convert/report/words.h"

static double per_cent(uint64_t part, uint64_t whole) { return whole ? 100.0 * (double)part / (double)whole : 0; }

static void print_bar(output *o, const char *class, const char *what, uint64_t count, uint64_t rows) {
  char number[PAGE_COUNT_BYTES];
  if (!count)
    return;
  output_print(o,
               "<span>%s: %s (%.2f %%)</span><span class=\"rails\"><span class=\"bar %s\" "
               "style=\"width:%.2f%%\"></span></span>\n",
               what, page_count(count, number), per_cent(count, rows), class, per_cent(count, rows));
}

static void print_reasons(output *o, const conversion_result *r) {
  char number[PAGE_COUNT_BYTES];
  output_print(o, "<h3>Rows not in the output, by reason</h3>\n");
  if (!conversion_rejected(r)) {
    output_print(o, "<p>None.</p>\n");
    return;
  }
  output_print(o,
               "<table>\n<tr><th scope=\"col\" class=\"n\">Rows</th><th scope=\"col\">Why, and what to do</th></tr>\n");
  for (int i = 0; i < REJECTIONS; i++)
    if (r->rejected[i])
      output_print(o, "<tr><td class=\"n\">%s</td><td><strong>%s</strong> <small>(%s)</small><br/>%s</td></tr>\n",
                   page_count(r->rejected[i], number), rejection_text((dtc_rejection)i),
                   dtc_rejection_word((dtc_rejection)i), rejection_advice((dtc_rejection)i));
  output_print(o, "</table>\n");
}

static void print_filters(output *o, const conversion_result *r) {
  char number[PAGE_COUNT_BYTES];
  uint64_t doubtful = 0;
  for (int i = DTC_FILTER_PASS + 1; i < FILTERS; i++)
    doubtful += r->filtered[i];
  if (!doubtful)
    return;
  output_print(
      o, "<h3>Records whose genotype is left out</h3>\n<p>They stand in the file under a FILTER, without a genotype: "
         "a doubtful call is never written as one.</p>\n<table>\n");
  for (int i = DTC_FILTER_PASS + 1; i < FILTERS; i++)
    if (r->filtered[i])
      output_print(o, "<tr><td class=\"n\">%s</td><td>%s <small>(%s)</small></td></tr>\n",
                   page_count(r->filtered[i], number), filter_text((dtc_filter)i), dtc_filter_id((dtc_filter)i));
  output_print(o, "</table>\n");
}

void html_rows_write(output *o, const conversion_result *r, int write_vcf) {
  uint64_t rows = dtc_verdict_rows(r->verdict);
  output_print(o, "<h2>What became of the rows</h2>\n");
  if (write_vcf) {
    output_print(o, "<div class=\"bars\">\n");
    print_bar(o, "call", "Written", r->sums.written, rows);
    print_bar(o, "call", "Part of another row&#39;s record", r->sums.merged, rows);
    print_bar(o, "miss", "Not in the output", conversion_rejected(r), rows);
    output_print(o, "</div>\n");
  }
  print_reasons(o, r);
  if (write_vcf)
    print_filters(o, r);
}

static void begin_figure(output *o, const char *what, uint64_t count) {
  char number[PAGE_COUNT_BYTES];
  output_print(o, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td>", what, page_count(count, number));
}

static void end_figure(output *o) { output_print(o, "</td></tr>\n"); }

static void print_rows_figure(output *o, const dtc_verdict *v) {
  char from[PAGE_COUNT_BYTES], to[PAGE_COUNT_BYTES];
  uint64_t rows = dtc_verdict_rows(v);
  usual_rows usual = usual_rows_of(v);
  begin_figure(o, "Rows", rows);
  output_print(o, "Markers that the vendor lists. ");
  if (!usual.to)
    output_print(o, "How many are usual is not known for this array.");
  else
    output_print(o, "%s for this array, which has %s to %s.",
                 rows < usual.from ? "Fewer than usual"
                 : rows > usual.to ? "More than usual"
                                   : "Usual",
                 page_count(usual.from, from), page_count(usual.to, to));
  end_figure(o);
}

/* Studies leave out samples of which 3 to 7 % of the calls are missing (Anderson et al. 2010, doi
 * 10.1038/nprot.2010.116). */
static void print_call_rate(output *o, const dtc_verdict *v) {
  uint64_t called = dtc_verdict_called(v), read = called + dtc_verdict_no_calls(v);
  double rate = per_cent(called, read);
  if (!read)
    return;
  output_print(o,
               "<tr><th scope=\"row\">Call rate</th><td class=\"n\">%.2f %%</td><td>The share of rows that have a "
               "genotype. %s</td></tr>\n",
               rate,
               rate >= 97   ? "Usual: 97 % is what studies ask for."
               : rate >= 93 ? "A little low: studies ask for 93 to 97 %."
                            : "Low: studies ask for 93 to 97 %. The sample was poor, or rows were blanked.");
}

void html_figures_write(output *o, const dtc_verdict *v) {
  uint64_t called = dtc_verdict_called(v);
  output_print(o, "<h2>Figures</h2>\n<table>\n");
  print_rows_figure(o, v);
  begin_figure(o, "Called", called);
  output_print(o, "Rows that have a genotype.");
  end_figure(o);
  begin_figure(o, "Without a call", dtc_verdict_no_calls(v));
  output_print(o, "Rows where the laboratory could not tell. Every export has some; one without any was edited or "
                  "computed.");
  end_figure(o);
  print_call_rate(o, v);
  begin_figure(o, "Heterozygous", dtc_verdict_heterozygous(v));
  output_print(o,
               "Rows with two different alleles, %.1f %% of the called ones. Arrays differ by their choice of "
               "markers, and so do people by their ancestors.",
               per_cent(dtc_verdict_heterozygous(v), called));
  end_figure(o);
  begin_figure(o, "Insertions and deletions", dtc_verdict_indels(v));
  output_print(o, "Rows with the letters I and D. Usual: some 4,800 for 23andMe v5, 8,100 for AncestryDNA.");
  end_figure(o);
  begin_figure(o, "Repeated positions", dtc_verdict_duplicate_positions(v));
  output_print(o,
               "Places that several rows tell of; they become one record, without a genotype where they disagree. On "
               "23andMe&#39;s MT most places have two or three.");
  end_figure(o);
  output_print(o, "</table>\n");
}
