#include "support.h"
#include "table/ids.h"
#include "base/marker.h"
#include "table/rules.h"
#include "table/table.h"

#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names */

START_TEST(names_are_spelled_again) {
  static const struct {
    const char *name;
    dtc_id_kind kind;
    uint8_t exact;
    uint32_t number;
  } names[] = {{"rs123", DTC_ID_RS, DTC_ID_RS, 123},
               {"rs0", DTC_ID_RS, DTC_ID_RS, 0},
               {"rs4294967295", DTC_ID_RS, DTC_ID_RS, 4294967295u},
               {"rs4294967296", DTC_ID_RS, DTC_ID_OTHER, 0},
               {"rs99999999999", DTC_ID_RS, DTC_ID_OTHER, 0},
               {"rs007", DTC_ID_RS, DTC_ID_OTHER, 0},
               {"i6000001", DTC_ID_I, DTC_ID_I, 6000001},
               {"VGXS34742", DTC_ID_VGXS, DTC_ID_VGXS, 34742},
               {"rs", DTC_ID_OTHER, DTC_ID_OTHER, 0},
               {"rs12x", DTC_ID_OTHER, DTC_ID_OTHER, 0},
               {"kgp12", DTC_ID_OTHER, DTC_ID_OTHER, 0}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    uint32_t number;
    uint8_t exact;
    ck_assert_int_eq(marker_read(view_of(names[i].name), &number, &exact), names[i].kind);
    ck_assert_int_eq(exact, names[i].exact);
    ck_assert_uint_eq(number, names[i].number);
    if (exact == DTC_ID_OTHER)
      continue;
    char text[DTC_ID_TEXT_MAX + 1];
    dtc_calls calls = {.count = 1, .id_number = &number, .id_kind = &exact};
    ck_assert_uint_eq(dtc_calls_id(&calls, 0, text), strlen(names[i].name));
    ck_assert_str_eq(text, names[i].name);
  }
}
END_TEST

START_TEST(letters_of_alleles) {
  const char want[] = "\0ACGTID-";
  for (unsigned a = 0; a < 8; a++)
    ck_assert_int_eq(dtc_allele_letter(a), want[a]);
  ck_assert_int_eq(dtc_allele_letter(8), 0);
}
END_TEST

/* ---- a table of rows made here */

enum { ROWS = 5000 };

typedef struct columns {
  uint32_t position[ROWS], id_number[ROWS], line[ROWS];
  uint8_t id_kind[ROWS], contig[ROWS], genotype[ROWS];
  char names[ROWS * 8];
  size_t count, names_bytes;
} columns;

static void columns_add(columns *c, unsigned contig, uint32_t position, const char *name) {
  size_t i = c->count++;
  c->contig[i] = (uint8_t)contig;
  c->position[i] = position;
  c->line[i] = (uint32_t)i + 21;
  c->genotype[i] = (uint8_t)(i % 119);
  marker_read(view_of(name), &c->id_number[i], &c->id_kind[i]);
  if (c->id_kind[i] != DTC_ID_OTHER)
    return;
  c->id_number[i] = (uint32_t)c->names_bytes;
  c->names[c->names_bytes++] = (char)strlen(name);
  memcpy(c->names + c->names_bytes, name, strlen(name));
  c->names_bytes += strlen(name);
}

static dtc_calls columns_calls(const columns *c, size_t from, size_t count) {
  return (dtc_calls){.count = count,
                     .position = c->position + from,
                     .id_number = c->id_number + from,
                     .id_kind = c->id_kind + from,
                     .contig = c->contig + from,
                     .genotype = c->genotype + from,
                     .line = c->line + from,
                     .names = c->names};
}

static columns *make_rows(int sorted) {
  columns *c = calloc(1, sizeof *c);
  uint64_t random = 77;
  for (int i = 0; i < ROWS; i++) {
    char name[20];
    snprintf(name, sizeof name, "%s%d", i % 100 ? "rs" : "kg", i);
    unsigned contig = sorted ? 1 + (unsigned)i / 200 : support_random(&random) % DTC_LABEL_COUNT;
    uint32_t position = sorted ? 10 + (uint32_t)i % 200 / 2 : 1 + support_random(&random) % (i % 2 ? 50 : 240000000);
    columns_add(c, contig, position, name);
  }
  return c;
}

/* NULL when memory runs out. */
static dtc_table *fill(const columns *c, const dtc_allocator *a, size_t step) {
  dtc_table *t = table_new(a);
  dtc_status status = t ? DTC_OK : DTC_OUT_OF_MEMORY;
  for (size_t at = 0; at < c->count && !status; at += step) {
    dtc_calls calls = columns_calls(c, at, c->count - at < step ? c->count - at : step);
    status = table_append(t, &calls);
  }
  dtc_reject reject = {.why = DTC_ALLELE_INVALID,
                       .line = 9,
                       .id = "rs1",
                       .chromosome = "1",
                       .position = "100",
                       .genotype = "",
                       .id_bytes = 3,
                       .chromosome_bytes = 1,
                       .position_bytes = 3,
                       .genotype_bytes = 0};
  for (int i = 0; i < 5000 && !status; i++, reject.line++)
    status = table_reject(t, &reject);
  if (status) {
    dtc_table_free(t);
    return NULL;
  }
  table_done(t);
  return t;
}

static void same_row(const dtc_calls *calls, size_t i, const columns *c) {
  size_t k = calls->line[i] - 21;
  dtc_calls original = columns_calls(c, 0, c->count);
  char a[DTC_ID_TEXT_MAX + 1], b[DTC_ID_TEXT_MAX + 1];
  dtc_calls_id(calls, i, a);
  dtc_calls_id(&original, k, b);
  ck_assert_str_eq(a, b);
  ck_assert_uint_eq(calls->position[i], c->position[k]);
  ck_assert_uint_eq(calls->contig[i], c->contig[k]);
  ck_assert_uint_eq(calls->genotype[i], c->genotype[k]);
}

START_TEST(rows_stay_in_the_files_order) {
  columns *c = make_rows(0);
  static const size_t steps[] = {1, 7, 4096, ROWS};
  for (size_t s = 0; s < 4; s++) {
    dtc_table *t = fill(c, NULL, steps[s]);
    const dtc_calls *calls = dtc_table_calls(t);
    ck_assert_uint_eq(calls->count, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
      ck_assert_uint_eq(calls->line[i], i + 21);
      same_row(calls, i, c);
    }
    for (size_t i = 0; i < 5000; i++)
      ck_assert_uint_eq(dtc_table_reject(t, i)->line, 9 + i);
    ck_assert_int_eq(memcmp(dtc_table_reject(t, 4999)->position, "100", 3), 0);
    ck_assert_ptr_null(dtc_table_reject(t, 5000));
    dtc_table_free(t);
  }
  free(c);
}
END_TEST

START_TEST(sort_is_by_place_and_stable) {
  columns *c = make_rows(0);
  dtc_table *t = fill(c, NULL, 100);
  ck_assert_int_eq(dtc_table_sort(t), DTC_OK);
  const dtc_calls *calls = dtc_table_calls(t);
  for (size_t i = 0; i < ROWS; i++) {
    same_row(calls, i, c);
    if (!i)
      continue;
    uint64_t before = (uint64_t)calls->contig[i - 1] << 32 | calls->position[i - 1];
    uint64_t here = (uint64_t)calls->contig[i] << 32 | calls->position[i];
    ck_assert(before < here || (before == here && calls->line[i - 1] < calls->line[i]));
  }
  ck_assert_uint_eq(calls->contig[ROWS - 1], DTC_LABEL_PAR_ON_Y);
  ck_assert_int_eq(dtc_table_sort(t), DTC_OK);
  dtc_table_free(t);
  free(c);
}
END_TEST

/* Of every name the row that the slow search finds, first of its name; and after a sort, where an index would lie. */
static void same_by_index(const dtc_table *t) {
  const dtc_calls *calls = dtc_table_calls(t);
  for (size_t i = 0; i < calls->count; i += 61) {
    char id[DTC_ID_TEXT_MAX + 1];
    dtc_calls_id(calls, i, id);
    ck_assert_uint_eq(dtc_table_find_id(t, id), ids_find(calls, NULL, id));
  }
}

START_TEST(rows_are_found) {
  for (int sorted = 0; sorted < 2; sorted++) {
    columns *c = make_rows(sorted);
    dtc_table *t = fill(c, NULL, 4096);
    for (int indexed = 0; indexed < 2; indexed++) {
      ck_assert_uint_eq(dtc_table_find_id(t, "rs4321"), 4321);
      ck_assert_uint_eq(dtc_table_find_id(t, "kg4300"), 4300);
      ck_assert_uint_eq(dtc_table_find_id(t, "rs5000"), SIZE_MAX);
      ck_assert_uint_eq(dtc_table_find_id(t, "kg1"), SIZE_MAX);
      ck_assert_uint_eq(dtc_table_find_id(t, ""), SIZE_MAX);
      ck_assert_int_eq(dtc_table_index_ids(t), DTC_OK);
    }
    same_by_index(t);
    for (int again = 0; again < 2; again++) {
      const dtc_calls *calls = dtc_table_calls(t);
      for (size_t i = 0; i < ROWS; i += 37) {
        size_t first = 0;
        while (calls->contig[first] != calls->contig[i] || calls->position[first] != calls->position[i])
          first++;
        ck_assert_uint_eq(dtc_table_find_position(t, calls->contig[i], calls->position[i]), first);
      }
      ck_assert_uint_eq(dtc_table_find_position(t, 3, 250000000), SIZE_MAX);
      ck_assert_uint_eq(dtc_table_find_position(t, 200, 1), SIZE_MAX);
      ck_assert_int_eq(dtc_table_sort(t), DTC_OK);
      same_by_index(t);
    }
    dtc_table_free(t);
    free(c);
  }
}
END_TEST

START_TEST(an_empty_table_is_one) {
  dtc_table *t = table_new(NULL);
  table_done(t);
  ck_assert_uint_eq(dtc_table_calls(t)->count, 0);
  ck_assert_int_eq(dtc_table_sort(t), DTC_OK);
  ck_assert_uint_eq(dtc_table_find_id(t, "rs1"), SIZE_MAX);
  ck_assert_uint_eq(dtc_table_find_position(t, 1, 1), SIZE_MAX);
  ck_assert_ptr_null(dtc_table_reject(t, 0));
  dtc_table_free(t);
  dtc_table_free(NULL);
}
END_TEST

START_TEST(every_failed_allocation_is_survived) {
  columns *c = make_rows(0);
  for (size_t n = 1;; n++) {
    support_memory m = {.fail_at = n};
    dtc_allocator a = support_allocator(&m);
    dtc_table *t = fill(c, &a, 500);
    if (!t) {
      ck_assert_uint_eq(m.blocks, 0);
      ck_assert_uint_ge(m.calls, n);
      continue;
    }
    dtc_status status = dtc_table_sort(t);
    size_t calls = m.calls;
    ck_assert_int_eq(status, calls >= n && !(status == DTC_OK) ? DTC_OUT_OF_MEMORY : DTC_OK);
    ck_assert_uint_eq(dtc_table_calls(t)->count, ROWS);
    same_row(dtc_table_calls(t), ROWS / 2, c);
    dtc_table_free(t);
    ck_assert_uint_eq(m.blocks, 0);
    if (calls < n)
      break;
  }
  free(c);
}
END_TEST

/* ---- rules across rows */

static parser_totals rules_of(const columns *c, size_t step) {
  rules r;
  parser_totals totals;
  memset(&totals, 0, sizeof totals);
  rules_init(&r, vendor_by_slug("ancestrydna"));
  for (size_t at = 0; at < c->count; at += step) {
    dtc_calls calls = columns_calls(c, at, c->count - at < step ? c->count - at : step);
    rules_apply(&r, &calls, &totals);
  }
  return totals;
}

START_TEST(rules_do_not_see_batches) {
  columns *c = calloc(1, sizeof *c);
  const uint8_t AA = DTC_GENOTYPE(1, 1), AG = DTC_GENOTYPE(1, 3), GA = DTC_GENOTYPE(3, 1), A = DTC_GENOTYPE(1, 0),
                DI = DTC_GENOTYPE(6, 5), no = DTC_GENOTYPE(7, 7);
  const struct {
    unsigned contig;
    uint32_t position;
    const char *name;
    uint8_t genotype;
  } rows[] = {{DTC_CONTIG_NONE, 0, "rs1", AA},
              {DTC_CONTIG_NONE, 0, "rs1", AA}, /* no places: not looked at */
              {1, 10, "rs2", AG},
              {1, 10, "rs3", GA},
              {1, 10, "rs4", no}, /* agree */
              {1, 11, "kg2", AA},
              {1, 11, "kg2", AA},
              {1, 11, "kg3", AA}, /* one row twice */
              {1, 12, "rs5", AA},
              {1, 12, "rs6", AG},
              {1, 12, "rs7", AG}, /* one conflict, counted once */
              {1, 13, "rs8", AA},
              {1, 13, "rs9", DI}, /* base and indel */
              {1, 9, "rs10", AA}, /* back */
              {DTC_LABEL_PAR_ON_Y, 5, "rs11", AA},
              {DTC_CONTIG_MT, 4, "rs12", A},
              {DTC_CONTIG_MT, 4, "rs13", AA}, /* 25 before 26 */
              {DTC_CONTIG_Y, 3, "rs14", AA}}; /* back */
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    columns_add(c, rows[i].contig, rows[i].position, rows[i].name);
    c->genotype[i] = rows[i].genotype;
  }
  for (size_t step = 1; step < 30; step++) {
    parser_totals totals = rules_of(c, step);
    ck_assert_uint_eq(totals.unsorted, 2);
    ck_assert_uint_eq(totals.duplicate_positions, 8);
    ck_assert_uint_eq(totals.duplicate_rows, 1);
    ck_assert_uint_eq(totals.duplicate_conflicts, 1);
  }
  free(c);
}
END_TEST

START_TEST(a_long_run_takes_no_more_memory) {
  columns *c = calloc(1, sizeof *c);
  for (int i = 0; i < ROWS; i++) {
    char name[20];
    snprintf(name, sizeof name, "rs%d", i / 2);
    columns_add(c, 1, 100, name);
    c->genotype[i] = DTC_GENOTYPE(1, 1);
  }
  parser_totals totals = rules_of(c, 4096);
  ck_assert_uint_eq(totals.duplicate_positions, ROWS - 1);
  ck_assert_uint_ge(totals.duplicate_rows, RULES_RUN / 2);
  ck_assert_uint_eq(totals.duplicate_conflicts, 0);
  free(c);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("table");
  TCase *tests = tcase_create("table");
  tcase_add_test(tests, names_are_spelled_again);
  tcase_add_test(tests, letters_of_alleles);
  tcase_add_test(tests, rows_stay_in_the_files_order);
  tcase_add_test(tests, sort_is_by_place_and_stable);
  tcase_add_test(tests, rows_are_found);
  tcase_add_test(tests, an_empty_table_is_one);
  tcase_add_test(tests, every_failed_allocation_is_survived);
  tcase_add_test(tests, rules_do_not_see_batches);
  tcase_add_test(tests, a_long_run_takes_no_more_memory);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
