#include "genotype-convert/report/batch_report.h"

#include <base/json.h>
#include <stdlib.h>
#include <string.h>

static void put_text(json *j, const char *key, const char *text) {
  json_key(j, key);
  json_string(j, text);
}

typedef struct header {
  const char *key, *title, *description, *format; /* format: NULL of a text */
  int per_cent;
} header;
static const header headers[] = {{"status", "Status", "What became of the export", NULL, 0},
                                 {"vendor", "Vendor", "Who made the export", NULL, 0},
                                 {"array", "Array", "The array that was read", NULL, 0},
                                 {"build", "Build", "Genome build of the export", NULL, 0},
                                 {"sex", "Sex", "Sex by the genotypes, or as given", NULL, 0},
                                 {"rows", "Rows", "Rows of the export", "{:,.0f}", 0},
                                 {"came_through", "% through", "Rows that have a record, of all", "{:,.2f}", 1},
                                 {"rejected", "Not written", "Rows that have no record", "{:,.0f}", 0},
                                 {"call_rate", "% called", "Rows with a genotype, of all", "{:,.2f}", 1},
                                 {"heterozygous", "% het", "Heterozygous rows, of the called ones", "{:,.2f}", 1},
                                 {"warnings", "Warnings", "Codes of warnings, or the reason of a refusal", NULL, 0}};

static void put_headers(json *j) {
  json_key(j, "headers");
  json_object(j);
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    const header *h = &headers[i];
    json_key(j, h->key);
    json_object(j);
    put_text(j, "title", h->title);
    put_text(j, "description", h->description);
    if (h->format)
      put_text(j, "format", h->format);
    if (h->per_cent) {
      put_text(j, "suffix", "%");
      json_key(j, "min");
      json_number(j, 0);
      json_key(j, "max");
      json_number(j, 100);
    }
    json_object_end(j);
  }
  json_object_end(j);
}

/* A figure that is not known has no key. */
static void put_share(json *j, const char *key, double part, double whole) {
  if (part < 0 || whole <= 0)
    return;
  json_key(j, key);
  json_real(j, 100 * part / whole, 4);
}

static void put_number(json *j, const char *key, double number) {
  if (number < 0)
    return;
  json_key(j, key);
  json_number(j, (uint64_t)number);
}

static void put_field(json *j, const char *key, const summary_row *row, summary_column column) {
  if (strcmp(summary_field(row, column), ".") != 0)
    put_text(j, key, summary_field(row, column));
}

static void put_sample(json *j, const sample *s, const summary_row *row) {
  double rows = summary_number(row, SUMMARY_ROWS), called = summary_number(row, SUMMARY_CALLED);
  int refused = strcmp(summary_field(row, SUMMARY_REASON), ".") != 0;
  int done = strcmp(summary_field(row, SUMMARY_OUTPUT), ".") != 0;
  json_key(j, s->name);
  json_object(j);
  put_text(j, "status", row->fields[SUMMARY_STATUS] ? row->fields[SUMMARY_STATUS] : "pending");
  put_field(j, "vendor", row, SUMMARY_VENDOR);
  put_field(j, "array", row, SUMMARY_ARRAY);
  if (!refused) {
    put_field(j, "build", row, SUMMARY_BUILD);
    put_field(j, "sex", row, SUMMARY_SEX);
  }
  put_number(j, "rows", rows);
  if (done) {
    put_share(j, "came_through", summary_came_through(row), rows);
    put_number(j, "rejected", summary_number(row, SUMMARY_REJECTED));
  }
  put_share(j, "call_rate", called, rows);
  put_share(j, "heterozygous", summary_number(row, SUMMARY_HETEROZYGOUS), called);
  put_field(j, "warnings", row, refused ? SUMMARY_REASON : SUMMARY_WARNINGS);
  json_object_end(j);
}

static size_t print_all(const samples *of, const summary_row *rows, char *text, size_t size_bytes) {
  json j;
  json_begin(&j, text, size_bytes);
  json_object(&j);
  put_text(&j, "id", "genotype_convert");
  put_text(&j, "section_name", "genotype-convert");
  put_text(&j, "description", "Raw genotype exports and what of them came through into VCF.");
  put_text(&j, "plot_type", "table");
  json_key(&j, "pconfig");
  json_object(&j);
  put_text(&j, "id", "genotype_convert_table");
  put_text(&j, "title", "genotype-convert: exports");
  put_text(&j, "col1_header", "Sample");
  json_object_end(&j);
  put_headers(&j);
  json_key(&j, "data");
  json_object(&j);
  for (size_t i = 0; i < of->count; i++)
    put_sample(&j, &of->items[i], &rows[i]);
  json_object_end(&j);
  json_object_end(&j);
  return json_end(&j);
}

int batch_multiqc_write(const char *path, const samples *of, const summary_row *rows, fault *f) {
  size_t length = print_all(of, rows, NULL, 0);
  char *text = malloc(length + 1);
  if (!text)
    return fault_memory(f);
  print_all(of, rows, text, length + 1);
  text[length] = '\n';
  output *o = output_open(path, f);
  if (o)
    output_write(o, text, length + 1);
  int failed = !o || output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0 ||
               output_settle((const output *const[]){o}, 1, f) != 0;
  output_free(o);
  free(text);
  return failed ? -1 : 0;
}
