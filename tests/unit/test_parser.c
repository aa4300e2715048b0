#include "support.h"

#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t chunks[] = {1, 2, 3, 7, 4096, 0, SIZE_MAX};
#define CHUNK_COUNT (sizeof chunks / sizeof *chunks)

/* ---- the files of testdata */

enum {
  FILE_NAME,
  CODE,
  LINE,
  COLUMN,
  TOLERANT,
  REJECTED,
  WHY,
  VENDOR,
  FORMAT,
  ARRAY,
  BUILD,
  WORDING,
  LOOKALIKE,
  UNSORTED,
  UNPLACED,
  POSITIONS,
  ROWS_TWICE,
  CONFLICTS,
  DRIFT,
  FIELD_COUNT
};

/* Cuts a line of expected.tsv in place; returns the line behind it, NULL at the end. */
static char *next_expectation(char *at, char **field) {
  char *end = strchr(at, '\n');
  if (!end)
    return NULL;
  *end = '\0';
  for (int i = 0; i < FIELD_COUNT; i++) {
    field[i] = at;
    at = strchr(at, '\t');
    ck_assert(i + 1 == FIELD_COUNT ? at == NULL : at != NULL);
    if (at)
      *at++ = '\0';
  }
  return end + 1;
}

static uint64_t number(const char *digits) { return strtoull(digits, NULL, 10); }

static void same_text(const char *file, const char *got, const char *want) {
  ck_assert_msg(strcmp(got ? got : "-", want) == 0, "%s: %s instead of %s", file, got ? got : "-", want);
}

static void check_header(char **want, const support_result *r) {
  const char *file = want[FILE_NAME];
  same_text(file, r->foreign ? r->foreign : r->header.vendor, want[VENDOR]);
  if (strcmp(want[BUILD], "-") == 0)
    return;
  same_text(file, dtc_build_name(r->header.build), want[BUILD]);
  same_text(file, r->header.format, want[FORMAT]);
  same_text(file, r->header.array, want[ARRAY]);
  ck_assert_msg(r->header.wording_known == (int)number(want[WORDING]), "%s: wording", file);
  ck_assert_msg(r->header.lookalike == (int)number(want[LOOKALIKE]), "%s: lookalike", file);
  ck_assert_msg(r->headers == 1, "%s: told %d headers", file, r->headers);
}

static void check_refusing(char **want, const support_result *r) {
  const char *file = want[FILE_NAME];
  same_text(file, dtc_status_slug(r->status), want[CODE]);
  ck_assert_msg(r->diag.line == number(want[LINE]) && r->diag.column == number(want[COLUMN]), "%s: at %llu:%llu", file,
                (unsigned long long)r->diag.line, (unsigned long long)r->diag.column);
  ck_assert_msg(r->status == DTC_OK || *r->diag.expected, "%s: no words", file);
  check_header(want, r);
  if (r->status)
    return;
  ck_assert_msg(r->totals.unsorted == number(want[UNSORTED]) && r->totals.unplaced == number(want[UNPLACED]),
                "%s: order", file);
  ck_assert_msg(r->totals.duplicate_positions == number(want[POSITIONS]) &&
                    r->totals.duplicate_rows == number(want[ROWS_TWICE]) &&
                    r->totals.duplicate_conflicts == number(want[CONFLICTS]),
                "%s: duplicates", file);
  char drift[100];
  snprintf(drift, sizeof drift, "%u,%llu,%llu,%llu,%d", r->header.unknown_words,
           (unsigned long long)r->totals.unknown_names, (unsigned long long)r->totals.unknown_chromosomes,
           (unsigned long long)r->totals.repeated_separators, r->totals.no_final_line_end);
  same_text(file, drift, want[DRIFT]);
  ck_assert_msg(r->calls == r->totals.rows && !r->totals.rejected, "%s: rows", file);
}

static void check_tolerant(char **want, const support_result *r) {
  const char *file = want[FILE_NAME];
  same_text(file, dtc_status_slug(r->status), want[TOLERANT]);
  if (r->status)
    return;
  ck_assert_msg(r->rejects == number(want[REJECTED]) && r->totals.rejected == r->rejects, "%s: rejected", file);
  ck_assert_msg(r->calls + r->rejects == r->totals.rows, "%s: sums", file);
  if (r->rejects)
    same_text(file, dtc_status_slug(r->last_reject), want[WHY]);
}

/* Every file, both policies, every way of cutting it. */
START_TEST(testdata_gets_what_is_written_beside_it) {
  size_t length;
  char *table = support_read("testdata/expected.tsv", &length), *field[FIELD_COUNT];
  int files = 0;
  for (char *at = next_expectation(table, field); at && (at = next_expectation(at, field)); files++) {
    char path[200];
    snprintf(path, sizeof path, "testdata/%s", field[FILE_NAME]);
    size_t bytes;
    char *text = support_read(path, &bytes);
    for (int policy = DTC_POLICY_REFUSE; policy <= DTC_POLICY_REJECT; policy++) {
      dtc_options options = support_options((dtc_policy)policy);
      if (strcmp(field[CODE], "too-few-rows") == 0)
        options.limits.rows_min = 3;
      support_result whole = support_parse(text, bytes, &options, SIZE_MAX);
      if (policy == DTC_POLICY_REFUSE)
        check_refusing(field, &whole);
      else
        check_tolerant(field, &whole);
      for (size_t c = 0; c < CHUNK_COUNT; c++) {
        support_result cut = support_parse(text, bytes, &options, chunks[c]);
        support_same(&whole, &cut, path);
      }
    }
    free(text);
  }
  ck_assert_int_gt(files, 200);
  free(table);
}
END_TEST

/* ---- many rows, made here */

typedef struct buffer {
  char *at;
  size_t length, room;
} buffer;

static void put(buffer *t, const char *bytes, size_t n) {
  if (t->length + n > t->room) {
    t->room = t->room * 2 + n + 4096;
    t->at = realloc(t->at, t->room);
    ck_assert_ptr_nonnull(t->at);
  }
  memcpy(t->at + t->length, bytes, n);
  t->length += n;
}

static void put_text(buffer *t, const char *bytes) { put(t, bytes, strlen(bytes)); }

typedef struct form {
  const char *header, *row, *end;
  const char *genotypes[8];
  const char *chromosomes[6];
} form;

static const form forms[] = {
    {"# This data file generated by 23andMe at: Tue Nov  8 05:06:08 2016\r\n# human assembly build 37\r\n"
     "# rsid\tchromosome\tposition\tgenotype\r\n",
     "%s\t%s\t%u\t%s",
     "\r\n",
     {"AA", "AG", "--", "CT", "II", "DI", "GG", "TC"},
     {"1", "2", "21", "22", "X", "MT"}},
    {"# This data file generated by 23andMe at: Tue Nov  8 05:06:08 2016\n# human assembly build 37\n"
     "# rsid\tchromosome\tposition\tallele1\tallele2\n",
     "%s\t%s\t%u\t%s",
     "\n",
     {"A\tA", "A\tG", "-\t-", "C\tT", "I\tI", "D\tI", "G\tG", "T\tC"},
     {"1", "2", "21", "22", "Y", "MT"}},
    {"#AncestryDNA raw data download\r\n#AncestryDNA array version: V2.0\r\n#human reference build 37.1 coordinates\r\n"
     "rsid\tchromosome\tposition\tallele1\tallele2\r\n",
     "%s\t%s\t%u\t%s",
     "\r\n",
     {"A\tA", "A\tG", "0\t0", "C\tT", "I\tI", "D\tI", "G\tG", "T\tC"},
     {"1", "2", "22", "23", "25", "26"}},
    {"# MyHeritage DNA raw data.\n# human reference build 37.\nRSID,CHROMOSOME,POSITION,RESULT\n",
     "\"%s\",\"%s\",\"%u\",\"%s\"",
     "\n",
     {"AA", "AG", "--", "CT", "II", "DI", "GG", "TC"},
     {"1", "2", "21", "22", "X", "Y"}},
};
#define FORM_COUNT (sizeof forms / sizeof *forms)

static void put_row(buffer *t, const form *f, uint64_t *random, int mutate) {
  char id[40], row[200];
  uint32_t r = support_random(random);
  uint64_t value = support_random(random) >> (support_random(random) % 28);
  if (r % 32 == 5) /* around what 32 bits hold, and beyond */
    value = (uint64_t)UINT32_MAX - 4 + support_random(random) % 9 * (r % 64 == 5 ? 1 : 1000000000);
  const char *prefix = r % 16 ? "rs" : f == &forms[0] || f == &forms[1] ? "i" : f == &forms[2] ? "VGXS" : "kgp";
  snprintf(id, sizeof id, "%s%llu", prefix, (unsigned long long)value);
  uint32_t position = 1 + support_random(random) % (r % 3 ? 16000 : 9);
  int n = snprintf(row, sizeof row, f->row, id, f->chromosomes[support_random(random) % 6], position,
                   f->genotypes[support_random(random) % 8]);
  if (mutate) {
    static const char strange[] = "\t\",;#0123456789-+=.|aAgGnNXYID \r\n\x7f\x80rsi";
    size_t where = support_random(random) % (size_t)n;
    char byte = strange[support_random(random) % (sizeof strange - 1)];
    switch (support_random(random) % 3) {
    case 0:
      row[where] = byte;
      break;
    case 1:
      memmove(row + where, row + where + 1, (size_t)(n - (int)where));
      n--;
      break;
    case 2:
      memmove(row + where + 1, row + where, (size_t)(n - (int)where) + 1);
      row[where] = byte;
      n++;
      break;
    }
  }
  put(t, row, (size_t)n);
  put_text(t, f->end);
}

/* Pieces of one byte never reach the scanner, whole texts nearly always do: both must tell the same. */
START_TEST(scanner_and_exact_reader_agree) {
  const form *f = &forms[_i % (int)FORM_COUNT];
  uint64_t random = (uint64_t)_i + 1;
  for (int round = 0; round < 150; round++) {
    buffer t = {0};
    put_text(&t, f->header);
    int rows = 40 + (int)(support_random(&random) % 40), strange = (int)(support_random(&random) % (uint32_t)rows);
    for (int i = 0; i < rows; i++)
      put_row(&t, f, &random, round && i == strange);
    for (int policy = DTC_POLICY_REFUSE; policy <= DTC_POLICY_REJECT; policy++) {
      dtc_options options = support_options((dtc_policy)policy);
      support_result whole = support_parse(t.at, t.length, &options, SIZE_MAX);
      support_result bytes = support_parse(t.at, t.length, &options, 1);
      support_result cut = support_parse(t.at, t.length, &options, 0);
      support_same(&whole, &bytes, "whole and by the byte");
      support_same(&whole, &cut, "whole and at random");
      if (!round)
        ck_assert_msg(whole.status == DTC_OK, "%s %s", dtc_status_slug(whole.status), whole.diag.expected);
    }
    free(t.at);
  }
}
END_TEST

/* Several batches, and the sums over them. */
START_TEST(batches_are_seamless) {
  const form *f = &forms[_i];
  uint64_t random = 5;
  buffer t = {0};
  put_text(&t, f->header);
  for (int i = 0; i < 10000; i++)
    put_row(&t, f, &random, 0);
  dtc_options options = support_options(DTC_POLICY_REFUSE);
  support_result whole = support_parse(t.at, t.length, &options, SIZE_MAX);
  ck_assert_int_eq(whole.status, DTC_OK);
  ck_assert_uint_eq(whole.calls, 10000);
  for (size_t c = 0; c < CHUNK_COUNT; c++) {
    support_result cut = support_parse(t.at, t.length, &options, chunks[c]);
    support_same(&whole, &cut, "10,000 rows");
  }
  free(t.at);
}
END_TEST

/* ---- limits, sinks, memory */

START_TEST(limits_are_inclusive) {
  const form *f = &forms[0];
  uint64_t random = 9;
  buffer t = {0};
  put_text(&t, f->header);
  for (int i = 0; i < 100; i++)
    put_row(&t, f, &random, 0);
  for (size_t c = 0; c < CHUNK_COUNT; c++) {
    dtc_options o = support_options(DTC_POLICY_REFUSE);
    o.limits.rows_max = o.limits.rows_min = 100;
    o.limits.header_lines = 3;
    o.limits.line_bytes = 66;
    ck_assert_int_eq(support_parse(t.at, t.length, &o, chunks[c]).status, DTC_OK);
    o.limits.rows_max = 99;
    support_result r = support_parse(t.at, t.length, &o, chunks[c]);
    ck_assert_int_eq(r.status, DTC_TOO_MANY_ROWS);
    ck_assert_uint_eq(r.diag.line, 103);
    ck_assert_uint_eq(r.totals.rows, 99);
    o.limits.rows_max = 100, o.limits.rows_min = 101;
    r = support_parse(t.at, t.length, &o, chunks[c]);
    ck_assert_int_eq(r.status, DTC_TOO_FEW_ROWS);
    ck_assert_str_eq(r.diag.expected, "at least 101 rows, found 100");
    o.limits.rows_min = 1, o.limits.header_lines = 2;
    ck_assert_int_eq(support_parse(t.at, t.length, &o, chunks[c]).status, DTC_HEADER_TOO_LONG);
    o.limits.header_lines = 3, o.limits.line_bytes = 65;
    r = support_parse(t.at, t.length, &o, chunks[c]);
    ck_assert_int_eq(r.status, DTC_LINE_TOO_LONG);
    ck_assert_uint_eq(r.diag.column, 66);
    ck_assert_uint_eq(r.diag.line, 1);
  }
  free(t.at);
}
END_TEST

static dtc_status stop_at_calls(void *opaque, const dtc_calls *calls) {
  (void)calls;
  ++*(int *)opaque;
  return DTC_STOPPED;
}

START_TEST(a_sink_can_stop) {
  int times = 0;
  dtc_options o = support_options(DTC_POLICY_REFUSE);
  parser_sink sink = {NULL, stop_at_calls, NULL, &times};
  parser *p = parser_new(&o, &sink);
  const char *row = "rs1\t1\t1\tAA\r\n";
  ck_assert_int_eq(parser_feed(p, forms[0].header, strlen(forms[0].header)), DTC_OK);
  ck_assert_ptr_nonnull(parser_get_header(p));
  ck_assert_int_eq(parser_feed(p, row, strlen(row)), DTC_OK);
  ck_assert_int_eq(parser_finish(p), DTC_STOPPED);
  ck_assert_int_eq(parser_finish(p), DTC_STOPPED);
  ck_assert_int_eq(times, 1);
  ck_assert_int_eq(parser_get_diag(p)->status, DTC_STOPPED);
  parser_free(p);
  parser_free(NULL);
}
END_TEST

/* A text that ends inside its header tells what it can. */
START_TEST(cut_headers_are_told) {
  static const struct {
    const char *text;
    size_t length;
    dtc_status status;
  } cut[] = {
#define CUT(text, status) {text, sizeof text - 1, status}
      CUT("# from tellmeGen", DTC_VENDOR_FOREIGN),
      CUT("# a\n# b\0c", DTC_TEXT_NUL),
      CUT("# a", DTC_VENDOR_UNKNOWN),
      CUT("# This data file generated by 23andMe at:", DTC_LINE_END_MISSING),
      CUT("# This data file generated by 23andMe at:\n", DTC_HEADER_ENDLESS),
      CUT("# a\r\n# b\0c\n", DTC_TEXT_NUL),
#undef CUT
  };
  for (size_t i = 0; i < sizeof cut / sizeof *cut; i++)
    for (size_t c = 0; c < CHUNK_COUNT; c++) {
      dtc_options o = support_options(DTC_POLICY_REFUSE);
      support_result r = support_parse(cut[i].text, cut[i].length, &o, chunks[c]);
      ck_assert_msg(r.status == cut[i].status, "%s: %s", cut[i].text, dtc_status_slug(r.status));
      ck_assert_int_eq(r.foreign != NULL, r.status == DTC_VENDOR_FOREIGN);
    }
}
END_TEST

START_TEST(words_name_what_the_vendor_writes) {
  dtc_options o = support_options(DTC_POLICY_REFUSE);
  size_t length;
  char *text = support_read("testdata/23andme/bad-position-beyond.txt", &length);
  support_result r = support_parse(text, length, &o, SIZE_MAX);
  ck_assert_str_eq(r.diag.expected, "a position up to 249250621 on this chromosome");
  free(text);
  text = support_read("testdata/ancestrydna/bad-chromosome-27.txt", &length);
  r = support_parse(text, length, &o, SIZE_MAX);
  ck_assert_str_eq(r.diag.expected, "chromosome 1-26");
  free(text);
}
END_TEST

/* The header's memory is given back in the middle of the text too. */
START_TEST(every_failed_allocation_in_a_cut_header_is_survived) {
  const char *const text =
      "# This data file generated by 23andMe at:\n# and so on, in a line that is longer than sixteen bytes\n# cut";
  const char *const sixteen = /* the line that stands for the columns is the first one without room */
      "# This data file generated by 23andMe at:\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n";
  const char *const texts[] = {text, sixteen};
  const dtc_status statuses[] = {DTC_LINE_END_MISSING, DTC_HEADER_ENDLESS};
  for (size_t k = 0; k < 2; k++)
    for (size_t n = 1;; n++) {
      support_memory m = {.fail_at = n};
      dtc_options o = support_options(DTC_POLICY_REFUSE);
      o.allocator = support_allocator(&m);
      support_result r = support_parse(texts[k], strlen(texts[k]), &o, 7);
      ck_assert_uint_eq(m.blocks, 0);
      ck_assert_int_eq(r.status, m.calls < n ? statuses[k] : DTC_OUT_OF_MEMORY);
      if (m.calls < n)
        break;
    }
}
END_TEST

/* A marker without a place may be a haploid one; one with a place on an autosome is not. */
START_TEST(one_letter_where_there_may_be_one_copy) {
  static const struct {
    const char *row;
    dtc_status status;
  } rows[] = {{"rs1\t0\t0\tA\r\n", DTC_OK},
              {"rs1\tX\t5\tA\r\n", DTC_OK},
              {"rs1\tMT\t5\t-\r\n", DTC_OK},
              {"rs1\t1\t5\tA\r\n", DTC_ALLELE_INVALID},
              {"rs1\t0\t0\tAA\r\n", DTC_OK}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    buffer t = {0};
    put_text(&t, forms[0].header);
    put_text(&t, rows[i].row);
    dtc_options o = support_options(DTC_POLICY_REFUSE);
    o.assemblies = dtc_assemblies_builtin(); /* said, as a caller with assemblies of its own says it */
    ck_assert_int_eq(support_parse(t.at, t.length, &o, 0).status, rows[i].status);
    free(t.at);
  }
}
END_TEST

/* What is longer than a reject can tell is cut, and who wants neither calls nor rejects gets the sums. */
START_TEST(rejects_are_cut_and_sinks_may_be_empty) {
  buffer t = {0};
  put_text(&t, forms[0].header);
  put_text(&t, "rs1\t");
  for (int i = 0; i < 300; i++)
    put_text(&t, "X");
  put_text(&t, "\t5\tA\r\nrs2\t1\t7\tAG\r\n");
  dtc_options o = support_options(DTC_POLICY_REJECT);
  support_result r = support_parse(t.at, t.length, &o, SIZE_MAX);
  ck_assert_int_eq(r.status, DTC_OK);
  ck_assert_uint_eq(r.rejects, 1);
  ck_assert_int_eq(r.last_reject, DTC_CHROMOSOME_INVALID);
  parser_sink none = {0};
  parser *p = parser_new(&o, &none);
  ck_assert_int_eq(parser_feed(p, t.at, t.length), DTC_OK);
  ck_assert_int_eq(parser_finish(p), DTC_OK);
  ck_assert_uint_eq(parser_get_totals(p)->rows, 2);
  ck_assert_uint_eq(parser_get_totals(p)->rejected, 1);
  parser_free(p);
  free(t.at);
}
END_TEST

START_TEST(every_failed_allocation_is_survived) {
  buffer t = {0};
  uint64_t random = 3;
  put_text(&t, forms[3].header);
  for (int i = 0; i < 300; i++)
    put_row(&t, &forms[3], &random, 0);
  size_t failed = 0;
  for (size_t n = 1;; n++) {
    support_memory m = {.fail_at = n};
    dtc_options o = support_options(DTC_POLICY_REJECT);
    o.allocator = support_allocator(&m);
    support_result r = support_parse(t.at, t.length, &o, 37);
    ck_assert_uint_eq(m.blocks, 0);
    if (m.calls < n) {
      ck_assert_int_eq(r.status, DTC_OK);
      break;
    }
    ck_assert_int_eq(r.status, DTC_OUT_OF_MEMORY);
    failed++;
  }
  ck_assert_uint_gt(failed, 4);
  free(t.at);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("parser");
  TCase *tests = tcase_create("parser");
  tcase_add_test(tests, testdata_gets_what_is_written_beside_it);
  tcase_add_loop_test(tests, scanner_and_exact_reader_agree, 0, 4 * (int)FORM_COUNT);
  tcase_add_loop_test(tests, batches_are_seamless, 0, (int)FORM_COUNT);
  tcase_add_test(tests, limits_are_inclusive);
  tcase_add_test(tests, a_sink_can_stop);
  tcase_add_test(tests, cut_headers_are_told);
  tcase_add_test(tests, words_name_what_the_vendor_writes);
  tcase_add_test(tests, every_failed_allocation_in_a_cut_header_is_survived);
  tcase_add_test(tests, one_letter_where_there_may_be_one_copy);
  tcase_add_test(tests, rejects_are_cut_and_sinks_may_be_empty);
  tcase_add_test(tests, every_failed_allocation_is_survived);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
