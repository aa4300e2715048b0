#include "html_report.h"

#include <string.h>

/* What a reason means to a person: the words of vcf.md in plain language. */
static const char *const reject_meaning[REJECT_COUNT] = {
    [REJECT_NO_POSITION] = "the vendor gave no place on the genome",
    [REJECT_CHROM_UNKNOWN] = "the chromosome is not one we know",
    [REJECT_POS_RANGE] = "the position is beyond the end of its chromosome",
    [REJECT_BAD_ALLELE] = "the genotype is not made of letters that have a meaning here",
    [REJECT_LIFT_UNMAPPED] = "the place does not exist in the other genome build",
    [REJECT_LIFT_CONTIG] = "in the other build the place is on another chromosome or an alternative sequence",
    [REJECT_LIFT_AMBIGUOUS] = "two chain files disagree about the place in the other build",
    [REJECT_FEMALE_Y] = "a marker on Y of a sample without a Y chromosome",
    [REJECT_INDEL_NO_SITE] = "an insertion or deletion whose sequence no site table tells",
    [REJECT_REF_N] = "the reference has no known base there",
    [REJECT_SITE_UNKNOWN] = "the marker is not in the site table and no reference sequence was given",
    [REJECT_STRAND_UNKNOWN] = "an A/T or C/G marker in a file whose strand could not be proven",
    [REJECT_NO_CALL] = "no call, left out as asked",
    [REJECT_NOT_VARIANT] = "same as the reference, left out as asked",
    [REJECT_MT_NOT_RCRS] = "a mitochondrial marker whose numbering is not proven",
    [REJECT_PROFILE] = "a record the chosen consumer does not take",
};

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b2430;--soft:#56616f;--paper:#fff;--card:#f4f6f8;--line:#d4dae1;--called:#2f6fb0;"
    "--missing:#c2571a;--second:#6a4fa3;--good:#1d6f42;--bad:#a8281e}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#a7b1bd;--paper:#12171d;--card:#1c232b;--line:#36414d;--called:#6aa9e6;"
    "--missing:#f09a5e;--second:#b49be6;--good:#6cc793;--bad:#f08a80}}\n"
    "@media print{:root{--ink:#000;--soft:#333;--paper:#fff;--card:#fff;--line:#999;--called:#2f6fb0;--missing:#c2571a;--second:#6a4fa3;"
    "--good:#1d6f42;--bad:#a8281e}figure,table,.cards{break-inside:avoid}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:46rem;background:var(--paper);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif;-webkit-text-size-adjust:100%}\n"
    "h1{font-size:1.6rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}p{margin:.5rem 0}\n"
    ".verdict{border-left:.4rem solid var(--good);padding:.2rem 0 .2rem .9rem;margin:1rem 0}.verdict.bad{border-color:var(--bad)}\n"
    ".verdict strong{color:var(--good)}.verdict.bad strong{color:var(--bad)}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;margin:1rem 0;padding:0}\n"
    ".cards div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}\n"
    ".cards dt{color:var(--soft);font-size:.875rem}.cards dd{margin:0;font-size:1.2rem;font-weight:600;overflow-wrap:anywhere}\n"
    ".cards small{display:block;font-size:.875rem;font-weight:400;color:var(--soft)}\n"
    "figure{margin:.8rem 0}svg{display:block;width:100%;height:auto;max-width:40rem}svg text{font:11px system-ui,sans-serif;fill:var(--ink)}\n"
    "figcaption{color:var(--soft);font-size:.875rem;margin-top:.3rem}\n"
    ".called{fill:var(--called)}.missing{fill:var(--missing)}.second{fill:var(--second)}.axis{stroke:var(--line);fill:none}\n"
    ".track{stroke:var(--line);stroke-width:6;fill:none}.band{stroke:var(--soft);stroke-width:6;fill:none;opacity:.55}\n"
    ".mark{fill:var(--called);stroke:var(--paper);stroke-width:2}\n"
    ".key{display:inline-block;width:.75em;height:.75em;background:var(--called)}.key.missing{background:var(--missing)}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}th:first-child,td:first-child,"
    "td.words,th.words{text-align:left}td.words{color:var(--soft)}caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.3rem}\n"
    "footer{margin-top:2.5rem;color:var(--soft);font-size:.875rem}\n";

static double share(uint64_t part, uint64_t whole) { return whole ? 100.0 * (double)part / (double)whole : 0; }

static void card(FILE *f, const char *term, const char *value, const char *note) {
  fprintf(f, "<div><dt>%s</dt><dd>%s%s%s%s</dd></div>\n", term, value, note[0] ? "<small>" : "", note, note[0] ? "</small>" : "");
}

static void write_verdict(FILE *f, const dtc_verdict *v) {
  char count[28];
  if (v->status == DTC_OK) {
    fprintf(f, "<p class=\"verdict\"><strong>The file is sound.</strong> It is a %s export%s%s with %s markers on genome build %s.</p>\n",
            v->vendor_title ? v->vendor_title : "genotype", v->array ? " of array " : "", v->array ? v->array : "",
            html_count(v->rows, count), dtc_build_name(v->build));
    return;
  }
  dtc_reason reason = dtc_status_reason(v->status);
  fprintf(f, "<p class=\"verdict bad\"><strong>The file was refused.</strong> In short: %s", dtc_status_text(v->status));
  if (v->diag.line)
    fprintf(f, " (line %llu)", (unsigned long long)v->diag.line);
  fprintf(f, ". What to do: %s. <small>[%s, %s]</small></p>\n", dtc_reason_advice(reason), dtc_reason_slug(reason),
          dtc_status_slug(v->status));
}

static void write_cards(FILE *f, const dtc_verdict *v) {
  char value[64], note[160], count[28];
  fprintf(f, "<dl class=\"cards\">\n");
  card(f, "Vendor", v->vendor_title ? v->vendor_title : "unknown", v->format ? v->format : "");
  card(f, "Array", v->array ? v->array : "not told", "");
  snprintf(note, sizeof note, "header: %s; %llu known markers agree", dtc_build_name(v->build_header),
           (unsigned long long)v->build_markers[v->build]);
  card(f, "Genome build", dtc_build_name(v->build), v->build == DTC_BUILD_UNKNOWN ? "" : note);
  card(f, "Sex of the sample", dtc_sex_name(v->sex), "");
  card(f, "Markers", html_count(v->rows, count), "");
  snprintf(value, sizeof value, "%.2f%%", share(v->called, v->called + v->no_calls));
  snprintf(note, sizeof note, "%s without a call", html_count(v->no_calls, count));
  card(f, "Call rate", value, note);
  snprintf(value, sizeof value, "%.1f%%", share(v->heterozygous, v->called));
  card(f, "Heterozygous", value, "of all calls");
  card(f, "Insertions, deletions", html_count(v->indels, count), "");
  fprintf(f, "</dl>\n");
}

static void write_warnings(FILE *f, const dtc_verdict *v) {
  int any = 0;
  for (unsigned k = 0; k < DTC_WARNING_COUNT_; k++) {
    if (v->warnings[k] == 0)
      continue;
    char count[28];
    fprintf(f, "%s<li>%s <small>(%s, %s)</small></li>\n", any ? "" : "<h2>What we noticed</h2>\n<ul>\n", dtc_warning_text((dtc_warning)k),
            dtc_warning_slug((dtc_warning)k), html_count(v->warnings[k], count));
    any = 1;
  }
  if (any)
    fprintf(f, "</ul>\n");
}

static void write_contigs(FILE *f, const dtc_verdict *v) {
  fprintf(f, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Figures by chromosome\"><table>\n<caption>By chromosome, as the "
             "vendor labels it</caption>\n<thead><tr><th scope=\"col\">Chromosome</th><th scope=\"col\">Markers</th><th scope=\"col\">Called"
             "</th><th scope=\"col\">Heterozygous</th></tr></thead>\n<tbody>\n");
  for (unsigned c = 1; c < DTC_LABEL_COUNT; c++) {
    const dtc_contig_stats *s = &v->contigs[c];
    if (s->rows == 0)
      continue;
    char rows[28];
    fprintf(f, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%.2f%%</td><td>%.2f%%</td></tr>\n",
            c == DTC_LABEL_PAR_ON_Y ? "X and Y (PAR)" : dtc_contig_name(c), html_count(s->rows, rows), share(s->called, s->rows),
            share(s->heterozygous, s->called));
  }
  fprintf(f, "</tbody></table></div>\n");
}

static void count_row(FILE *f, const char *what, uint64_t value, const char *words) {
  char count[28];
  fprintf(f, "<tr><th scope=\"row\">%s</th><td>%s</td><td class=\"words\">%s</td></tr>\n", what, html_count(value, count), words);
}

static void write_conversion(FILE *f, const html_report *r) {
  uint64_t lost = 0;
  for (unsigned k = 0; k < REJECT_COUNT; k++)
    lost += r->rejected[k];
  fprintf(f, "<h2>What became of the rows</h2>\n<p>Converted to VCF on %s.</p>\n", dtc_build_name(r->output_build));
  html_plot_rejects(f, r->rejected);
  fprintf(f, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rows by outcome\"><table>\n<thead><tr><th scope=\"col\">Outcome"
             "</th><th scope=\"col\">Rows</th><th scope=\"col\" class=\"words\">Meaning</th></tr></thead>\n<tbody>\n");
  count_row(f, "written", r->resolved->written, "one record each");
  count_row(f, "merged", r->resolved->merged, "repeats a place that another row was written for");
  for (unsigned k = 0; k < REJECT_COUNT; k++)
    if (r->rejected[k])
      count_row(f, reject_word((reject_why)k), r->rejected[k], reject_meaning[k]);
  count_row(f, "sum", r->resolved->written + r->resolved->merged + lost, "all rows of the file");
  fprintf(f, "</tbody></table></div>\n");
  static const char *const filters[] = {
#define DTC_X(name, id, description) id,
      RECORD_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  static const char *const meanings[] = {
#define DTC_X(name, id, description) description,
      RECORD_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  fprintf(f, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Records by filter\"><table>\n<caption>Records by filter; all but "
             "PASS are written without a genotype</caption>\n<thead><tr><th scope=\"col\">Filter</th><th scope=\"col\">Records</th>"
             "<th scope=\"col\" class=\"words\">Meaning</th></tr></thead>\n<tbody>\n");
  for (unsigned k = 0; k < RECORD_FILTER_COUNT; k++)
    if (r->resolved->filtered[k] || k == RECORD_PASS)
      count_row(f, filters[k], r->resolved->filtered[k], meanings[k]);
  fprintf(f, "</tbody></table></div>\n");
}

int html_report_write(FILE *f, const html_report *r) {
  fprintf(f, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,"
             "initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
             "<meta name=\"robots\" content=\"noindex\">\n<title>Genotype report</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n"
             "<h1>Genotype report</h1>\n",
          style);
  write_verdict(f, r->verdict);
  write_cards(f, r->verdict);
  write_warnings(f, r->verdict);
  if (r->verdict->status == DTC_OK) {
    if (r->calls && r->assembly) {
      fprintf(f, "<h2>Calls along the genome</h2>\n");
      html_plot_chromosomes(f, r->calls, r->assembly);
    }
    fprintf(f, "<h2>Heterozygosity</h2>\n");
    html_plot_heterozygosity(f, r->verdict);
    write_contigs(f, r->verdict);
    fprintf(f, "<h2>Sex chromosomes</h2>\n");
    html_plot_sex(f, r->verdict);
    if (r->resolved)
      write_conversion(f, r);
  }
  fprintf(f, "</main>\n<footer>Made by genotype-convert %s (libdtcgeno). This page holds figures only: no names and no genotypes. It is no "
             "medical advice.</footer>\n</body>\n</html>\n",
          dtc_version());
  return !ferror(f);
}
