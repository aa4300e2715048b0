#include "common/page.h"
#include "genotype-convert/report/batch_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct tally {
  size_t written, kept, refused, failed, pending, little, incomplete;
} tally;

static int has_warning(const summary_row *row, const char *code) {
  const char *at = summary_field(row, SUMMARY_WARNINGS);
  while (*at) {
    size_t n = strcspn(at, ",");
    if (n == strlen(code) && strncmp(at, code, n) == 0)
      return 1;
    at += n + (at[n] == ',');
  }
  return 0;
}

static int is_status(const summary_row *row, const char *word) {
  return strcmp(summary_field(row, SUMMARY_STATUS), word) == 0;
}

static tally count(const samples *of, const summary_row *rows) {
  tally t = {0};
  for (size_t i = 0; i < of->count; i++) {
    t.written += is_status(&rows[i], "written");
    t.kept += is_status(&rows[i], "kept");
    t.refused += is_status(&rows[i], "refused");
    t.failed += is_status(&rows[i], "failed");
    t.pending += !rows[i].fields[SUMMARY_SAMPLE];
    t.little += has_warning(&rows[i], dtc_warning_slug(DTC_WARNING_LITTLE_WRITTEN));
    t.incomplete += has_warning(&rows[i], dtc_warning_slug(DTC_WARNING_INCOMPLETE));
  }
  return t;
}

static void put_some(output *o, size_t number, const char *one, const char *many) {
  char text[160];
  if (number)
    output_print(o, " %s.", page_counted(number, one, many, text, sizeof text));
}

static void put_verdict(output *o, const samples *of, const tally *t) {
  char done[PAGE_COUNT_BYTES], all[PAGE_COUNT_BYTES];
  size_t good = t->written + t->kept;
  page_verdict_begin(o, t->failed                                                ? PAGE_BAD
                        : t->refused || t->pending || t->little || t->incomplete ? PAGE_DOUBTFUL
                                                                                 : PAGE_GOOD);
  output_print(o, "%s of %s exports were converted</h1>\n<p>", page_count(good, done), page_count(of->count, all));
  put_some(o, t->kept, "stands from an earlier run", "stand from an earlier run");
  put_some(o, t->refused, "was refused: its page says why", "were refused: their pages say why");
  put_some(o, t->failed, "failed for reasons that lie with this machine",
           "failed for reasons that lie with this machine");
  put_some(o, t->pending, "was not reached: run the same command again",
           "were not reached: run the same command again");
  put_some(o, t->incomplete, "is not whole", "are not whole");
  put_some(o, t->little, "came through with less than half of its calls",
           "came through with less than half of their calls");
  output_print(o, "</p>\n");
  page_verdict_end(o);
}

static double share(double part, double whole) { return part < 0 || whole <= 0 ? NAN : part / whole; }

static const char *per_cent(double value, char text[16]) {
  if (isnan(value))
    return ".";
  snprintf(text, 16, "%.2f %%", 100 * value);
  return text;
}

static const char *counted(double value, char text[PAGE_COUNT_BYTES]) {
  return value < 0 ? "." : page_count((uint64_t)value, text);
}

static int add_row(page_table *t, const sample *s, const summary_row *row) {
  char rows[PAGE_COUNT_BYTES], rejected[PAGE_COUNT_BYTES], through[16], rate[16], link[600];
  double of = summary_number(row, SUMMARY_ROWS), left = summary_number(row, SUMMARY_REJECTED);
  double came = share(summary_came_through(row), of), called = share(summary_number(row, SUMMARY_CALLED), of);
  int done = is_status(row, "written") || is_status(row, "kept");
  int refused = strcmp(summary_field(row, SUMMARY_REASON), ".") != 0;
  snprintf(link, sizeof link, "%s.html", s->name);
  const char *status = row->fields[SUMMARY_STATUS] ? row->fields[SUMMARY_STATUS] : "not reached";
  const char *told = refused ? summary_field(row, SUMMARY_REASON) : summary_field(row, SUMMARY_WARNINGS);
  const page_cell cells[] = {{s->name, 0, 0, row->fields[SUMMARY_STATUS] ? link : NULL},
                             {status, 0, !done, NULL},
                             {summary_field(row, SUMMARY_VENDOR), 0, 0, NULL},
                             {summary_field(row, SUMMARY_ARRAY), 0, 0, NULL},
                             {summary_field(row, SUMMARY_SEX), 0, 0, NULL},
                             {counted(of, rows), of < 0 ? NAN : of, 0, NULL},
                             {done ? per_cent(came, through) : ".", done ? came : NAN, done && came < 0.5, NULL},
                             {counted(done ? left : -1, rejected), done && left >= 0 ? left : NAN, 0, NULL},
                             {per_cent(called, rate), called, called < 0.93, NULL},
                             {told, 0, 0, NULL}};
  return page_table_add(t, cells);
}

int batch_page_write(const char *path, const samples *of, const summary_row *rows, fault *f) {
  static const page_column columns[] = {
      {"Sample", 0, 0}, {"Status", 0, 0},       {"Vendor", 0, 0},      {"Array", 0, 0},  {"Sex", 0, 0},
      {"Rows", 1, 0},   {"Came through", 1, 0}, {"Not written", 1, 1}, {"Called", 1, 0}, {"Warnings or reason", 0, 0}};
  output *o = output_open(path, f);
  page_table *t = o ? page_table_new(columns, sizeof columns / sizeof *columns) : NULL;
  tally sums = count(of, rows);
  if (!o)
    return -1;
  page_begin(o, "Genotype exports", "body{max-width:70rem}\n");
  put_verdict(o, of, &sums);
  int failed = !t;
  for (size_t i = 0; !failed && i < of->count; i++)
    failed = add_row(t, &of->items[i], &rows[i]);
  failed = failed || page_table_write(t, o, "samples") != 0;
  output_print(o,
               "<p>Came through: rows that have a record, alone or together with others. Called: rows with a genotype; "
               "studies ask for 93 to 97 %%. A dot is what is not known.</p>\n");
  page_end(o, "genotype-convert");
  page_table_free(t);
  if (failed)
    fault_memory(f);
  failed = failed || output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0 ||
           output_settle((const output *const[]){o}, 1, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}
