#include "genotype-convert/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[SUMMARY_COLUMNS] = {
#define DTC_X(name, word) word,
    SUMMARY_LIST(DTC_X)
#undef DTC_X
};

static const char *or_dot(const char *text) { return text && text[0] ? text : "."; }

static void set_text(summary_row *row, summary_column column, const char *text) {
  row->fields[column] = strdup(or_dot(text));
}

static void set_count(summary_row *row, summary_column column, uint64_t count) {
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)count);
  set_text(row, column, text);
}

/* "incomplete,little-written"; NULL when memory runs out. */
static char *warning_codes(const dtc_verdict *v) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (unsigned w = 0, n = 0; out && v && w < dtc_warning_count(); w++)
    if (dtc_verdict_warnings(v, (dtc_warning)w))
      fprintf(out, "%s%s", n++ ? "," : "", dtc_warning_slug((dtc_warning)w));
  if (!out || fclose(out) == 0)
    return text;
  free(text);
  return NULL;
}

static void set_figures(summary_row *row, const conversion_result *r) {
  const dtc_verdict *v = r->verdict;
  if (r->refused) {
    set_text(row, SUMMARY_REASON, dtc_reason_slug(dtc_status_reason(dtc_verdict_status(v))));
    set_text(row, SUMMARY_CODE, dtc_status_slug(dtc_verdict_status(v)));
  }
  set_text(row, SUMMARY_VENDOR, dtc_verdict_vendor(v));
  set_text(row, SUMMARY_FORMAT, dtc_verdict_format(v));
  set_text(row, SUMMARY_ARRAY, dtc_verdict_array(v));
  set_text(row, SUMMARY_BUILD, dtc_build_name(dtc_verdict_build(v)));
  set_text(row, SUMMARY_SEX, dtc_sex_name(r->sex));
  set_count(row, SUMMARY_ROWS, dtc_verdict_rows(v));
  set_count(row, SUMMARY_WRITTEN, r->sums.written);
  set_count(row, SUMMARY_MERGED, r->sums.merged);
  set_count(row, SUMMARY_REJECTED, conversion_rejected(r));
  set_count(row, SUMMARY_RECORDS, r->records);
  set_count(row, SUMMARY_CALLED, dtc_verdict_called(v));
  set_count(row, SUMMARY_HETEROZYGOUS, dtc_verdict_heterozygous(v));
  row->fields[SUMMARY_WARNINGS] = warning_codes(v);
  if (row->fields[SUMMARY_WARNINGS] && !row->fields[SUMMARY_WARNINGS][0]) {
    free(row->fields[SUMMARY_WARNINGS]);
    set_text(row, SUMMARY_WARNINGS, NULL);
  }
}

int summary_row_make(summary_row *row, const sample *s, const char *status, const conversion_result *r,
                     const char *path) {
  memset(row, 0, sizeof *row);
  if (r && r->verdict)
    set_figures(row, r);
  set_text(row, SUMMARY_SAMPLE, s->name);
  set_text(row, SUMMARY_EXPORT, s->export_path);
  set_text(row, SUMMARY_STATUS, status);
  set_text(row, SUMMARY_OUTPUT, path);
  int failed = 0;
  for (int i = 0; i < SUMMARY_COLUMNS; i++) {
    int wanted = i != SUMMARY_WARNINGS || !r || !r->verdict;
    if (!row->fields[i] && wanted)
      set_text(row, (summary_column)i, NULL);
    failed |= !row->fields[i];
  }
  if (failed)
    summary_row_free(row);
  return failed ? -1 : 0;
}

void summary_row_free(summary_row *row) {
  for (int i = 0; i < SUMMARY_COLUMNS; i++)
    free(row->fields[i]);
  memset(row, 0, sizeof *row);
}

const char *summary_field(const summary_row *row, summary_column column) { return or_dot(row->fields[column]); }

double summary_number(const summary_row *row, summary_column column) {
  const char *text = summary_field(row, column);
  char *end;
  double value = strtod(text, &end);
  return end != text && !*end ? value : -1;
}

double summary_came_through(const summary_row *row) {
  double written = summary_number(row, SUMMARY_WRITTEN), merged = summary_number(row, SUMMARY_MERGED);
  return written < 0 || merged < 0 ? -1 : written + merged;
}

/* ------------------------------------------------------------------ the file */

static void print_head(FILE *out) {
  fputs("number", out);
  for (int i = 0; i < SUMMARY_COLUMNS; i++)
    fprintf(out, "\t%s", words[i]);
  fputs("\toptions\n", out);
}

static char *head_text(void) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    return NULL;
  print_head(out);
  return fclose(out) == 0 ? text : NULL;
}

/* A line of as many fields as the head has. 0, or -1: it is not kept. */
static int take_line(summary *s, char *line) {
  char *fields[SUMMARY_COLUMNS + 2];
  int count = 0;
  line[strcspn(line, "\n")] = '\0';
  for (char *at = line; at && count < SUMMARY_COLUMNS + 2;) {
    fields[count++] = at;
    if ((at = strchr(at, '\t')))
      *at++ = '\0';
  }
  if (count != SUMMARY_COLUMNS + 2 || strcmp(fields[1 + SUMMARY_ROWS], ".") == 0)
    return 0;
  summary_row *larger = realloc(s->rows, (s->count + 1) * sizeof *larger);
  if (!larger)
    return -1;
  s->rows = larger;
  summary_row *row = &larger[s->count++];
  memset(row, 0, sizeof *row);
  for (int i = 0; i < SUMMARY_COLUMNS; i++)
    if (!(row->fields[i] = strdup(fields[1 + i])))
      return -1;
  return 0;
}

static int by_sample(const void *pa, const void *pb) {
  const summary_row *a = pa, *b = pb;
  int order = strcmp(summary_field(a, SUMMARY_SAMPLE), summary_field(b, SUMMARY_SAMPLE));
  return order ? order : strcmp(summary_field(a, SUMMARY_EXPORT), summary_field(b, SUMMARY_EXPORT));
}

void summary_read(summary *s, const char *path) {
  FILE *in = fopen(path, "r");
  char *line = NULL, *head = head_text();
  size_t size = 0;
  memset(s, 0, sizeof *s);
  if (in && head && getline(&line, &size, in) > 0 && strcmp(line, head) == 0)
    while (getline(&line, &size, in) > 0 && take_line(s, line) == 0)
      ;
  free(line);
  free(head);
  if (in)
    fclose(in); /* read only */
  if (s->count)
    qsort(s->rows, s->count, sizeof *s->rows, by_sample);
}

const summary_row *summary_find(const summary *s, const sample *of) {
  const summary_row wanted = {.fields = {[SUMMARY_SAMPLE] = of->name, [SUMMARY_EXPORT] = of->export_path}};
  return s->count ? bsearch(&wanted, s->rows, s->count, sizeof *s->rows, by_sample) : NULL;
}

void summary_free(summary *s) {
  for (size_t i = 0; i < s->count; i++)
    summary_row_free(&s->rows[i]);
  free(s->rows);
  memset(s, 0, sizeof *s);
}

static int write_row(output *o, size_t number, const sample *s, const summary_row *row, const char *mark) {
  summary_row pending = {{NULL}};
  if (!row->fields[SUMMARY_SAMPLE]) {
    if (summary_row_make(&pending, s, "pending", NULL, NULL) != 0)
      return -1;
    row = &pending;
  }
  output_print(o, "%zu", number);
  for (int i = 0; i < SUMMARY_COLUMNS; i++)
    output_print(o, "\t%s", row->fields[i]);
  output_print(o, "\t%s\n", mark);
  summary_row_free(&pending);
  return 0;
}

int summary_write(const char *path, const samples *of, const summary_row *rows, const char *mark, fault *f) {
  char *head = head_text();
  output *o = head ? output_open(path, f) : NULL;
  int failed = !head ? fault_memory(f) : !o;
  if (!failed)
    output_write(o, head, strlen(head));
  for (size_t i = 0; i < of->count && !failed; i++)
    failed = write_row(o, i + 1, &of->items[i], &rows[i], mark) != 0 ? fault_memory(f) : 0;
  if (!failed)
    failed = output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0 ||
             output_settle((const output *const[]){o}, 1, f) != 0;
  output_free(o);
  free(head);
  return failed ? -1 : 0;
}
