#include "genotype-convert/report/html_report.h"

#include <string.h>

static void print_text(output *o, const char *text) { output_write(o, text, strlen(text)); }

static void print_head(output *o) {
  print_text(
      o,
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Genotype report</title>\n<style>\n"
      ":root{color-scheme:light "
      "dark;--ink:#1c2430;--paper:#fff;--line:#c9d0da;--call:#2563a8;--miss:#b4531a;--rail:#e6eaf0}\n"
      "@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--paper:#161b22;--line:#3a4452;--call:#6fa8e8;--miss:#"
      "e8965a;"
      "--rail:#2a323d}}\n"
      "body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:46rem;margin:0 auto;"
      "padding:1rem}\n");
  print_text(
      o, "h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid "
         "var(--line)}\n"
         "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem "
         "0;vertical-align:top;"
         "border-bottom:1px solid "
         "var(--line)}th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
         ".verdict{border-left:.4rem solid var(--call);padding:.5rem 1rem}.verdict.refused{border-color:var(--miss)}\n"
         "svg{width:100%;height:auto;display:block}svg text{font-size:12px;fill:var(--ink)}.call{fill:var(--call)}"
         ".miss{fill:var(--miss)}.rail{fill:var(--rail)}.wide{overflow-x:auto}\n"
         "@media(max-width:40rem){svg text{font-size:20px}}\n"
         "@media print{body{max-width:none;padding:0}h2{break-after:avoid}svg,table{break-inside:avoid}}\n"
         "</style>\n</head>\n<body>\n<main>\n<h1>Genotype report</h1>\n");
}

static void print_row(output *o, const char *what, const char *value) {
  output_print(o, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", what, value ? value : "unknown");
}

static void print_count(output *o, const char *what, uint64_t count) {
  output_print(o, "<tr><th scope=\"row\">%s</th><td class=\"n\">%llu</td></tr>\n", what, (unsigned long long)count);
}

/* Reasons and texts are our own words; the quotes in them are the only thing that HTML would mind. */
static void print_verdict(output *o, const dtc_verdict *v) {
  dtc_status status = dtc_verdict_status(v);
  if (status == DTC_OK && dtc_verdict_warnings(v, DTC_WARNING_INCOMPLETE)) {
    output_print(o,
                 "<p class=\"verdict refused\"><strong>Accepted, but not whole:</strong> %s. <br>What to do: %s.</p>\n",
                 dtc_warning_text(DTC_WARNING_INCOMPLETE), dtc_reason_advice(DTC_REASON_FILE_INCOMPLETE));
    return;
  }
  if (status == DTC_OK) {
    print_text(o, "<p class=\"verdict\"><strong>Accepted.</strong> The export is whole and was read to its end.</p>\n");
    return;
  }
  output_print(o, "<p class=\"verdict refused\"><strong>Refused:</strong> %s. <br>What to do: %s.<br><small>%s (%s)",
               dtc_status_text(status), dtc_status_advice(status), dtc_reason_slug(dtc_status_reason(status)),
               dtc_status_slug(status));
  if (dtc_verdict_diag(v)->line)
    output_print(o, ", line %llu", (unsigned long long)dtc_verdict_diag(v)->line);
  print_text(o, "</small></p>\n");
}

static void print_export(output *o, const conversion_result *r) {
  const dtc_verdict *v = r->verdict;
  print_text(o, "<h2>What the file is</h2>\n<table>\n");
  print_row(o, "Vendor", dtc_verdict_vendor_title(v));
  print_row(o, "Format", dtc_verdict_format(v));
  print_row(o, "Array", dtc_verdict_array(v));
  print_row(o, "Genome build", dtc_build_name(dtc_verdict_build(v)));
  print_row(o, "Sex", dtc_sex_name(dtc_verdict_sex(v)));
  print_text(o, "</table>\n");
}

static void print_figures(output *o, const dtc_verdict *v) {
  print_text(o, "<h2>Figures</h2>\n<table>\n");
  print_count(o, "Rows", dtc_verdict_rows(v));
  print_count(o, "Called", dtc_verdict_called(v));
  print_count(o, "Without a call", dtc_verdict_no_calls(v));
  uint64_t called = dtc_verdict_called(v), read = called + dtc_verdict_no_calls(v);
  if (read)
    output_print(o, "<tr><th scope=\"row\">Call rate</th><td class=\"n\">%.2f %%</td></tr>\n",
                 100.0 * (double)called / (double)read);
  print_count(o, "Heterozygous", dtc_verdict_heterozygous(v));
  print_count(o, "Insertions and deletions", dtc_verdict_indels(v));
  print_count(o, "Repeated positions", dtc_verdict_duplicate_positions(v));
  print_text(o, "</table>\n");
}

static void print_warnings(output *o, const dtc_verdict *v) {
  int any = 0;
  for (unsigned i = 0; i < dtc_warning_count(); i++) {
    if (!dtc_verdict_warnings(v, (dtc_warning)i))
      continue;
    if (!any++)
      print_text(o, "<h2>Worth knowing</h2>\n<ul>\n");
    output_print(o, "<li>%s (%llu)</li>\n", dtc_warning_text((dtc_warning)i),
                 (unsigned long long)dtc_verdict_warnings(v, (dtc_warning)i));
  }
  if (any)
    print_text(o, "</ul>\n");
}

static void print_conversion(output *o, const conversion_result *r, int write_vcf) {
  static const char *const filters[FILTERS] = {
#define DTC_X(number, name, id, text) text,
      DTC_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  const dtc_conversion_sums *s = &r->sums;
  if (write_vcf) {
    print_text(o, "<h2>What became of the rows</h2>\n<table>\n");
    print_row(o, "Build of the output", dtc_build_name(r->build));
    print_row(o, "Sex used", dtc_sex_name(r->sex));
    print_count(o, "Rows written", s->written);
    print_count(o, "Rows merged into a written record", s->merged);
    print_count(o, "Rows not in the output", conversion_rejected(r));
    for (int i = DTC_FILTER_PASS + 1; i < FILTERS; i++)
      if (r->filtered[i])
        print_count(o, filters[i], r->filtered[i]);
    if (s->flipped)
      print_count(o, "Turned to the plus strand", s->flipped);
    if (s->strand_hets)
      output_print(o,
                   "<tr><th scope=\"row\">Heterozygous calls that hold the reference base</th><td class=\"n\">%.2f "
                   "%%</td></tr>\n",
                   100.0 * (double)s->strand_hets_with_ref / (double)s->strand_hets);
    print_text(o, "</table>\n");
  }
  print_text(o, "<h2>Rows not in the output, by reason</h2>\n");
  html_plot_rejects(o, r->rejected);
}

/* The plots' figures once more, for who cannot see them. */
static void print_contig_table(output *o, const dtc_verdict *v) {
  print_text(o, "<details><summary>The figures of these plots</summary>\n<div class=\"wide\"><table>\n<tr><th "
                "scope=\"col\">Chromosome</th>"
                "<th scope=\"col\" class=\"n\">Rows</th><th scope=\"col\" class=\"n\">Called</th><th scope=\"col\" "
                "class=\"n\">Heterozygous</th>"
                "</tr>\n");
  for (unsigned c = 0; c < DTC_LABEL_COUNT; c++) {
    const dtc_contig_stats *s = dtc_verdict_contig(v, c);
    const char *name = c == DTC_CONTIG_NONE ? "unplaced" : c == DTC_LABEL_PAR_ON_Y ? "PAR" : dtc_contig_name(c);
    if (s->rows)
      output_print(o,
                   "<tr><th scope=\"row\">%s</th><td class=\"n\">%llu</td><td class=\"n\">%llu</td><td "
                   "class=\"n\">%llu</td></tr>\n",
                   name, (unsigned long long)s->rows, (unsigned long long)s->called,
                   (unsigned long long)s->heterozygous);
  }
  print_text(o, "</table></div></details>\n");
}

int html_report_write(const conversion_result *r, int write_vcf, const dtc_table *table, const dtc_assembly *assembly,
                      output *o, fault *f) {
  const dtc_verdict *v = r->verdict;
  int failed = 0;
  print_head(o);
  print_verdict(o, v);
  print_export(o, r);
  if (table && assembly && !r->refused) {
    print_figures(o, v);
    print_warnings(o, v);
    print_conversion(o, r, write_vcf);
    print_text(o, "<h2>Along the chromosomes</h2>\n<p>Called rows above the line, rows without a call below it; each "
                  "on its own scale.</p>\n");
    failed = html_plot_chromosomes(o, dtc_table_calls(table), assembly, f);
    print_text(o, "<h2>Heterozygous calls by chromosome</h2>\n");
    html_plot_heterozygosity(o, v);
    print_text(o, "<h2>X and Y</h2>\n");
    html_plot_sex(o, v);
    print_contig_table(o, v);
  }
  output_print(o, "</main>\n<footer><p><small>genotype-convert %s</small></p></footer>\n</body>\n</html>\n",
               dtc_version());
  return failed;
}
