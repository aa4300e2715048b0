#include "genotype-convert/report/html_report.h"

#include "common/page.h"
#include "genotype-convert/report/html_rows.h"
#include "genotype-convert/report/words.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void print_row(output *o, const char *what, const char *value) {
  output_print(o, "<tr><th scope=\"row\">%s</th><td>", what);
  page_text(o, value ? value : "unknown");
  output_print(o, "</td></tr>\n");
}

static int warned(const dtc_verdict *v, dtc_warning w) { return dtc_verdict_warnings(v, w) != 0; }

static uint64_t came_through(const conversion_result *r) { return r->sums.written + r->sums.merged; }

/* Of rows, where the warning is of calls: options leave rows out, and nobody is warned of that. */
static int is_little(const conversion_result *r, int write_vcf) {
  return write_vcf && 2 * came_through(r) < dtc_verdict_rows(r->verdict);
}

static int is_doubtful(const conversion_result *r, int write_vcf) {
  static const dtc_warning doubts[] = {DTC_WARNING_INCOMPLETE,      DTC_WARNING_LITTLE_WRITTEN,
                                       DTC_WARNING_STRAND_UNPROVEN, DTC_WARNING_SEX_AGAINST_EVIDENCE,
                                       DTC_WARNING_LOW_CALL_RATE,   DTC_WARNING_BUILD_UNCERTAIN,
                                       DTC_WARNING_SEX_CONFLICT};
  for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++)
    if (warned(r->verdict, doubts[i]))
      return 1;
  return is_little(r, write_vcf) && !r->genes;
}

/* "23andMe export (v5)" */
static void print_kind(output *o, const dtc_verdict *v) {
  const char *title = dtc_verdict_vendor_title(v), *array = dtc_verdict_array(v);
  page_text(o, title ? title : "File of unknown kind");
  if (title)
    output_print(o, " export");
  if (array) {
    output_print(o, " (");
    page_text(o, array);
    output_print(o, ")");
  }
}

static void print_doubts(output *o, const conversion_result *r, int write_vcf) {
  const dtc_verdict *v = r->verdict;
  char missing[100], why[LITTLE_BYTES];
  if (warned(v, DTC_WARNING_INCOMPLETE)) {
    dtc_verdict_missing(v, missing, sizeof missing);
    output_print(o, "<p><strong>The export is not whole:</strong> %s%s. What to do: %s.</p>\n",
                 missing[0] ? "it has no rows on " : dtc_warning_text(DTC_WARNING_INCOMPLETE), missing,
                 dtc_reason_advice(DTC_REASON_FILE_INCOMPLETE));
  }
  if (r->little != LITTLE_NOT) {
    little_text(r, why);
    output_print(o, "<p><strong>%s:</strong> %s. The reasons stand below.</p>\n",
                 r->little == LITTLE_SELECTION ? "Most rows were left out"
                 : r->little == LITTLE_ASKED   ? "No record was written"
                                               : "Less than half of the calls came through",
                 why);
  } else if (is_little(r, write_vcf) && r->genes)
    output_print(o, "<p>Only the positions of the profile were wanted.</p>\n");
  else if (is_little(r, write_vcf))
    output_print(o,
                 "<p><strong>Most rows were left out.</strong> The reasons stand below: options leave rows out.</p>\n");
  for (unsigned i = 0; i < dtc_warning_count(); i++)
    if (warned(v, (dtc_warning)i) &&
        (i == DTC_WARNING_STRAND_UNPROVEN || i == DTC_WARNING_SEX_AGAINST_EVIDENCE || i == DTC_WARNING_LOW_CALL_RATE ||
         i == DTC_WARNING_BUILD_UNCERTAIN || i == DTC_WARNING_SEX_CONFLICT))
      output_print(o, "<p><strong>Worth a second look:</strong> %s.</p>\n", dtc_warning_text((dtc_warning)i));
}

/* Reasons and texts are our own words. */
static void print_refusal(output *o, const dtc_verdict *v) {
  dtc_status status = dtc_verdict_status(v);
  page_verdict_begin(o, PAGE_BAD);
  print_kind(o, v);
  output_print(
      o, ": refused</h1>\n<p><strong>Why:</strong> %s.<br/>\n<strong>What to do:</strong> %s.</p>\n<p><small>%s (%s)",
      dtc_status_text(status), dtc_status_advice(status), dtc_reason_slug(dtc_status_reason(status)),
      dtc_status_slug(status));
  if (dtc_verdict_diag(v)->line)
    output_print(o, ", line %llu", (unsigned long long)dtc_verdict_diag(v)->line);
  output_print(o, "</small></p>\n");
  page_verdict_end(o);
}

static void print_acceptance(output *o, const conversion_result *r, int write_vcf) {
  const dtc_verdict *v = r->verdict;
  char some[PAGE_COUNT_BYTES], all[PAGE_COUNT_BYTES];
  uint64_t rows = dtc_verdict_rows(v), through = came_through(r);
  int doubtful = is_doubtful(r, write_vcf);
  page_verdict_begin(o, doubtful ? PAGE_DOUBTFUL : PAGE_GOOD);
  print_kind(o, v);
  output_print(o, doubtful ? ": accepted, with doubts. " : ": accepted. ");
  if (write_vcf)
    output_print(o, "%s of %s rows came through (%.*f %%)</h1>\n", page_count(through, some), page_count(rows, all),
                 through == rows ? 0 : 2, rows ? 100.0 * (double)through / (double)rows : 0);
  else
    output_print(o, "%s rows were read</h1>\n", page_count(rows, all));
  if (!warned(v, DTC_WARNING_INCOMPLETE) && (r->genes || !is_little(r, write_vcf)))
    output_print(o, "<p>The export is whole and was read to its end.</p>\n");
  print_doubts(o, r, write_vcf);
  page_verdict_end(o);
}

static const char *name_in(const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  return slash ? slash + 1 : path;
}

/* The day, in UTC; SOURCE_DATE_EPOCH is what makes two reports the same. */
static void print_date(output *o) {
  const char *given = getenv("SOURCE_DATE_EPOCH");
  time_t now = given ? (time_t)strtoll(given, NULL, 10) : time(NULL);
  struct tm day;
  char text[32];
  if (gmtime_r(&now, &day) && strftime(text, sizeof text, "%Y-%m-%d", &day))
    print_row(o, "Date of this report", text);
}

static void print_export(output *o, const conversion_result *r, const conversion_job *job, const options *with) {
  const dtc_verdict *v = r->verdict;
  output_print(o, "<h2>What this is</h2>\n<table>\n");
  if (job->sample)
    print_row(o, "Sample", job->sample);
  print_date(o);
  print_row(o, "Vendor", dtc_verdict_vendor_title(v));
  print_row(o, "Format", dtc_verdict_format(v));
  print_row(o, "Array", dtc_verdict_array(v));
  print_row(o, "Genome build of the export", dtc_build_name(dtc_verdict_build(v)));
  print_row(o, "Sex, by the genotypes", dtc_sex_name(dtc_verdict_sex(v)));
  if (!r->refused && job->write_vcf) {
    print_row(o, "Genome build of the output", dtc_build_name(r->build));
    print_row(o, "Sex used", dtc_sex_name(r->sex));
    if (with->sequence)
      print_row(o, "Reference sequence", name_in(with->sequence));
    if (with->sites)
      print_row(o, "Site table", name_in(with->sites));
    if (r->sites_digest[0])
      print_row(o, "Digest of the table", r->sites_digest);
  }
  output_print(o, "</table>\n");
}

static void print_warnings(output *o, const dtc_verdict *v) {
  char count[PAGE_COUNT_BYTES];
  int any = 0;
  for (unsigned i = 0; i < dtc_warning_count(); i++) {
    uint64_t times = dtc_verdict_warnings(v, (dtc_warning)i);
    if (!times)
      continue;
    if (!any++)
      output_print(o, "<h2>Worth knowing</h2>\n<ul>\n");
    output_print(o, times > 1 ? "<li>%s (%s times)</li>\n" : "<li>%s</li>\n", dtc_warning_text((dtc_warning)i),
                 page_count(times, count));
  }
  if (any)
    output_print(o, "</ul>\n");
}

static void print_genes(output *o, const conversion_result *r) {
  char called[PAGE_COUNT_BYTES], all[PAGE_COUNT_BYTES];
  if (!r->genes)
    return;
  output_print(o,
               "<h2>Genes of the profile</h2>\n<p>Positions without a call are stated as ./., which PharmCAT takes as "
               "not known; a gene with few calls may get no result.</p>\n<table>\n<tr><th scope=\"col\">Gene</th><th "
               "scope=\"col\" class=\"n\">With a call</th><th scope=\"col\" class=\"n\">Positions</th></tr>\n");
  for (size_t i = 0; i < r->gene_count; i++) {
    output_print(o, "<tr><th scope=\"row\">");
    page_text(o, r->genes[i].gene);
    output_print(o, "</th><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
                 page_count(r->genes[i].called, called), page_count(r->genes[i].positions, all));
  }
  output_print(o, "</table>\n");
}

/* The plots' figures once more, for who cannot see them. */
static void print_contig_table(output *o, const dtc_verdict *v) {
  char rows[PAGE_COUNT_BYTES], called[PAGE_COUNT_BYTES], heterozygous[PAGE_COUNT_BYTES];
  output_print(o, "<details><summary>The figures of these plots</summary>\n<div class=\"wide\"><table>\n<tr><th "
                  "scope=\"col\">Chromosome</th><th scope=\"col\" class=\"n\">Rows</th><th scope=\"col\" "
                  "class=\"n\">Called</th><th scope=\"col\" class=\"n\">Heterozygous</th></tr>\n");
  for (unsigned c = 0; c < DTC_LABEL_COUNT; c++) {
    const dtc_contig_stats *s = dtc_verdict_contig(v, c);
    const char *name = c == DTC_CONTIG_NONE ? "unplaced" : c == DTC_LABEL_PAR_ON_Y ? "PAR" : dtc_contig_name(c);
    if (s->rows)
      output_print(
          o,
          "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
          name, page_count(s->rows, rows), page_count(s->called, called), page_count(s->heterozygous, heterozygous));
  }
  output_print(o, "</table></div></details>\n");
}

int html_report_write(const conversion_result *r, const conversion_job *job, const options *with,
                      const dtc_table *table, const dtc_assembly *assembly, output *o, fault *f) {
  const dtc_verdict *v = r->verdict;
  int failed = 0;
  page_begin(o, "Genotype report", NULL);
  if (dtc_verdict_status(v) == DTC_OK)
    print_acceptance(o, r, job->write_vcf);
  else
    print_refusal(o, v);
  print_export(o, r, job, with);
  if (table && assembly && !r->refused) {
    html_rows_write(o, r, job->write_vcf);
    html_figures_write(o, v);
    print_warnings(o, v);
    print_genes(o, r);
    output_print(
        o, "<h2>Along the chromosomes</h2>\n<p>Called rows above each line, rows without a call below it, each on "
           "a scale of its own. Gaps are usual at the middle of a chromosome and at its short arm (13 to 15, 21, "
           "22); a chromosome that ends early is not.</p>\n");
    failed = html_plot_chromosomes(o, dtc_table_calls(table), assembly, f);
    output_print(
        o, "<h2>Heterozygous calls by chromosome</h2>\n<p>Chromosomes 1 to 22 are about the same height. One that "
           "is much lower tells of related parents or of failed calls. Men have none on X and Y, nobody on MT."
           "</p>\n");
    html_plot_heterozygosity(o, v);
    output_print(o, "<h2>X and Y</h2>\n<p>What the sex is told by: a man&#39;s X has hardly any heterozygous call, a "
                    "woman&#39;s Y hardly any call.</p>\n");
    html_plot_sex(o, v);
    print_contig_table(o, v);
  }
  page_end(o, "genotype-convert");
  return failed;
}
