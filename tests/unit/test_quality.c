#include "quality/quality.h"
#include "quality/verdict.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

/* One batch of one row after the other: what a parser would hand over. */
static void add(quality *q, unsigned contig, uint32_t position, uint8_t genotype, dtc_id_kind kind, uint32_t number) {
  uint8_t kind_ = (uint8_t)kind, contig_ = (uint8_t)contig;
  dtc_calls calls = {.count = 1,
                     .position = &position,
                     .id_number = &number,
                     .id_kind = &kind_,
                     .contig = &contig_,
                     .genotype = &genotype};
  quality_add(q, &calls);
}

#define ck_status(got, want) ck_assert_str_eq(dtc_status_slug(got), dtc_status_slug(want))
#define AA DTC_GENOTYPE(DTC_ALLELE_A, DTC_ALLELE_A)
#define AG DTC_GENOTYPE(DTC_ALLELE_A, DTC_ALLELE_G)
#define A_ DTC_GENOTYPE(DTC_ALLELE_A, DTC_ALLELE_NONE)
#define DI DTC_GENOTYPE(DTC_ALLELE_D, DTC_ALLELE_I)
#define NO DTC_GENOTYPE(DTC_ALLELE_MISSING, DTC_ALLELE_MISSING)
#define NO_ DTC_GENOTYPE(DTC_ALLELE_MISSING, DTC_ALLELE_NONE)

static const dtc_assembly *b37(void) { return dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_GRCH37); }

START_TEST(counts_add_up) {
  quality q;
  quality_init(&q, b37());
  add(&q, 1, 100, AA, DTC_ID_RS, 1);
  add(&q, 1, 101, AG, DTC_ID_RS, 2);
  add(&q, 2, 102, DI, DTC_ID_I, 3);
  add(&q, 2, 103, NO, DTC_ID_RS, 4);
  add(&q, DTC_CONTIG_X, 100000, AG, DTC_ID_RS, 5); /* PAR1 */
  add(&q, DTC_CONTIG_X, 5000000, A_, DTC_ID_RS, 6);
  add(&q, DTC_CONTIG_Y, 20000, AG, DTC_ID_RS, 7); /* PAR1 */
  add(&q, DTC_CONTIG_Y, 5000000, NO_, DTC_ID_RS, 8);
  add(&q, DTC_LABEL_PAR_ON_Y, 20000, AG, DTC_ID_RS, 9);
  add(&q, DTC_CONTIG_MT, 750, A_, DTC_ID_RS, 10);
  add(&q, DTC_CONTIG_NONE, 0, AA, DTC_ID_RS, 11);
  dtc_verdict v = {0};
  quality_fill(&q, &v);
  ck_assert_uint_eq(v.called, 9);
  ck_assert_uint_eq(v.no_calls, 2);
  ck_assert_uint_eq(v.heterozygous, 5);
  ck_assert_uint_eq(v.indels, 1);
  ck_assert_uint_eq(v.contigs[1].rows, 2);
  ck_assert_uint_eq(v.contigs[1].heterozygous, 1);
  ck_assert_uint_eq(v.contigs[2].called, 1);
  ck_assert_uint_eq(v.contigs[DTC_CONTIG_X].rows, 2);
  ck_assert_uint_eq(v.contigs[DTC_CONTIG_Y].rows, 2);
  ck_assert_uint_eq(v.contigs[DTC_LABEL_PAR_ON_Y].rows, 1);
  ck_assert_uint_eq(v.contigs[DTC_CONTIG_NONE].rows, 1);
  ck_assert_uint_eq(v.x_one_letter, 1);
  ck_assert(v.x_het_share == 0.0);
  ck_assert(v.y_call_share == 0.0);
}
END_TEST

START_TEST(without_rows_there_are_no_shares) {
  quality q;
  quality_init(&q, NULL);
  dtc_verdict v = {0};
  quality_fill(&q, &v);
  ck_assert(v.x_het_share < 0);
  ck_assert(v.y_call_share < 0);
  ck_assert_int_eq(v.sex, DTC_SEX_UNDETERMINED);
  for (int w = 0; w < WARNING_COUNT; w++)
    ck_assert_uint_eq(v.warnings[w], 0);
}
END_TEST

static const struct {
  sex_evidence evidence; /* x called, x het, x one letter, y rows, y called */
  dtc_sex sex;
  int conflict;
  unsigned x_copies; /* 0: not told */
  int y_present;     /* -1: not told */
} sexes[] = {
    {{16000, 0, 16000, 3700, 3450}, DTC_SEX_MALE, 0, 1, 1}, /* one letter */
    {{16000, 2600, 0, 3700, 0}, DTC_SEX_FEMALE, 0, 2, 0},
    {{25000, 50, 0, 1665, 1580}, DTC_SEX_MALE, 0, 1, 1},   /* doubled letters, false hets */
    {{25000, 5000, 0, 1665, 30}, DTC_SEX_FEMALE, 0, 2, 0}, /* a woman's few false Y calls */
    {{14000, 30, 0, 0, 0}, DTC_SEX_MALE, 0, 1, -1},        /* no Y rows in the file */
    {{14000, 2900, 0, 0, 0}, DTC_SEX_FEMALE, 0, 2, -1},
    {{350, 17, 0, 380, 350}, DTC_SEX_MALE, 0, 0, 1}, /* 5 % false hets: Y decides */
    {{350, 17, 0, 0, 0}, DTC_SEX_UNDETERMINED, 0, 0, -1},
    {{350, 17, 330, 380, 350}, DTC_SEX_MALE, 0, 1, 1},
    {{350, 160, 0, 380, 0}, DTC_SEX_FEMALE, 0, 2, 0},
    {{25000, 5000, 0, 1665, 1500}, DTC_SEX_UNDETERMINED, 1, 2, 1}, /* XXY, or two people */
    {{25000, 10, 0, 1665, 0}, DTC_SEX_UNDETERMINED, 1, 1, 0},      /* X0 */
    {{16000, 2600, 9, 3700, 0}, DTC_SEX_UNDETERMINED, 1, 0, 0},    /* one letter and hets */
    {{25000, 5000, 0, 1665, 330}, DTC_SEX_FEMALE, 0, 2, -1},       /* Y unsure */
    {{5, 0, 5, 0, 0}, DTC_SEX_MALE, 0, 1, -1},                     /* one letter needs no number */
    {{59, 0, 0, 9, 9}, DTC_SEX_UNDETERMINED, 0, 0, -1},            /* thin */
    {{0, 0, 0, 0, 0}, DTC_SEX_UNDETERMINED, 0, 0, -1},
    {{0, 0, 0, 400, 380}, DTC_SEX_MALE, 0, 0, 1},
};

START_TEST(sex_by_x_and_y) {
  int conflict = -1;
  ck_assert_int_eq(sex_decide(&sexes[_i].evidence, &conflict), sexes[_i].sex);
  ck_assert_int_eq(conflict, sexes[_i].conflict);
  ck_assert_uint_eq(sex_x_copies(&sexes[_i].evidence), sexes[_i].x_copies);
  ck_assert_int_eq(sex_y_present(&sexes[_i].evidence), sexes[_i].y_present);
}
END_TEST

static const struct {
  dtc_build header;
  uint64_t votes[BUILD_COUNT];
  dtc_status status;
  dtc_build build;
  int uncertain;
} builds[] = {
    {DTC_BUILD_GRCH37, {0, 0, 71, 0}, DTC_OK, DTC_BUILD_GRCH37, 0},
    {DTC_BUILD_NCBI36, {0, 14, 0, 0}, DTC_OK, DTC_BUILD_NCBI36, 0},
    {DTC_BUILD_GRCH37, {0, 0, 0, 0}, DTC_OK, DTC_BUILD_GRCH37, 1},
    {DTC_BUILD_GRCH37, {0, 0, 9, 0}, DTC_OK, DTC_BUILD_GRCH37, 1},
    {DTC_BUILD_GRCH37, {0, 71, 0, 0}, DTC_BUILD_CONFLICT, DTC_BUILD_UNKNOWN, 0},
    {DTC_BUILD_GRCH37, {0, 0, 0, 10}, DTC_BUILD_CONFLICT, DTC_BUILD_UNKNOWN, 0},
    {DTC_BUILD_GRCH37, {0, 40, 41, 0}, DTC_BUILD_CONFLICT, DTC_BUILD_UNKNOWN, 0},
    {DTC_BUILD_GRCH37, {0, 1, 70, 0}, DTC_OK, DTC_BUILD_GRCH37, 0},
    {DTC_BUILD_UNKNOWN, {0, 0, 0, 12}, DTC_OK, DTC_BUILD_GRCH38, 0},
    {DTC_BUILD_UNKNOWN, {0, 2, 12, 0}, DTC_BUILD_UNSUPPORTED, DTC_BUILD_UNKNOWN, 0},
    {DTC_BUILD_UNKNOWN, {0, 0, 9, 0}, DTC_BUILD_UNSUPPORTED, DTC_BUILD_UNKNOWN, 0},
};

START_TEST(build_by_header_and_markers) {
  dtc_build build = (dtc_build)BUILD_COUNT;
  int uncertain = 0;
  dtc_diag diag = {0};
  ck_assert_int_eq(build_decide(builds[_i].header, builds[_i].votes, &build, &uncertain, &diag), builds[_i].status);
  ck_assert_int_eq(build, builds[_i].build);
  ck_assert_int_eq(diag.status, builds[_i].status);
  if (builds[_i].status == DTC_OK)
    ck_assert_int_eq(uncertain, builds[_i].uncertain);
  if (builds[_i].status == DTC_BUILD_CONFLICT)
    ck_assert_ptr_nonnull(strstr(diag.expected, dtc_build_name(builds[_i].header)));
}
END_TEST

static const struct {
  uint64_t rows, mt_rows, internal_ids;
  uint32_t first_rs, first_position;
  const char *array;
} arrays[] = {
    {638481, 4318, 20000, 548049170, 69869, "v5"},
    {638481, 4318, 20000, 7, 70000, "v5"},
    {598897, 3287, 20000, 12564807, 734462, "v4"},
    {598897, 3287, 20000, 0, 0, "v4"},
    {960604, 2737, 9000, 4477212, 82154, "v3"},
    {960604, 2737, 9000, 4477212, 72017, "v3"},
    {570250, 2000, 3000, 99, 500000, "v2"},
    {570250, 2000, 3000, 4477212, 72017, "v2"},
    {1200000, 5000, 30000, 548049170, 69869, NULL}, /* two tests of one person */
    {900000, 6500, 30000, 548049170, 69869, NULL},
    {638481, 0, 20000, 548049170, 69869, NULL}, /* no MT: not an export of this kind */
    {638481, 4318, 0, 548049170, 69869, NULL},
    {2000, 14, 70, 548049170, 69869, "v5"}, /* a part of an export */
    {2000, 14, 70, 548049170, 69870, NULL},
    {2000, 14, 70, 1, 1, NULL},
};

START_TEST(array_by_rows) {
  quality q;
  quality_init(&q, NULL);
  q.rows = arrays[_i].rows;
  q.internal_ids = arrays[_i].internal_ids;
  q.first_rs = arrays[_i].first_rs;
  q.first_position = arrays[_i].first_position;
  dtc_verdict v = {0};
  v.contigs[DTC_CONTIG_MT].rows = arrays[_i].mt_rows;
  v.vendor = "23andme";
  const char *array = array_by_content(&q, &v);
  if (arrays[_i].array)
    ck_assert_str_eq(array, arrays[_i].array);
  else
    ck_assert_ptr_null(array);
}
END_TEST

START_TEST(odd_call_rates_are_told) {
  quality q;
  quality_init(&q, NULL);
  q.tally[1][AA] = 100000;
  dtc_verdict v = {0};
  quality_fill(&q, &v);
  ck_assert_uint_eq(v.warnings[DTC_WARNING_LOOKALIKE], 1);
  ck_assert_uint_eq(v.warnings[DTC_WARNING_LOW_CALL_RATE], 0);
  q.tally[1][NO] = 20000;
  memset(&v, 0, sizeof v);
  quality_fill(&q, &v);
  ck_assert_uint_eq(v.warnings[DTC_WARNING_LOOKALIKE], 0);
  ck_assert_uint_eq(v.warnings[DTC_WARNING_LOW_CALL_RATE], 1);
}
END_TEST

enum { MT = DTC_CONTIG_MT, X = DTC_CONTIG_X, Y = DTC_CONTIG_Y };
#define BIT(label) (1u << (label))
#define AUTOSOMES (BIT(23) - 2)

/* An export by what is in it: rows, the labels with rows, the last row; with a vendor of which every export has the
 * autosomes and, unphased, MT. */
static const struct {
  uint64_t rows;
  uint32_t labels;
  unsigned last_contig;
  uint32_t last_position;
  dtc_build build;
  int is_phased;
  dtc_status is;
  const char *words;
} ends[] = {
    {600000, BIT(8) - 2, 7, 1, DTC_BUILD_GRCH37, 0, DTC_CHROMOSOME_MISSING, "8-22, X, Y, MT"},
    {10000, AUTOSOMES & ~BIT(5), 22, 51000000, DTC_BUILD_GRCH37, 1, DTC_CHROMOSOME_MISSING, "none of 5"},
    {10000, (AUTOSOMES | BIT(MT)) & 0x555555, MT, 1, DTC_BUILD_GRCH37, 0, DTC_CHROMOSOME_MISSING, "MT"},
    {10000, AUTOSOMES | BIT(X) | BIT(Y), Y, 1, DTC_BUILD_GRCH37, 0, DTC_CHROMOSOME_MISSING, "none of MT"},
    {10000, AUTOSOMES | BIT(X) | BIT(Y), Y, 1, DTC_BUILD_GRCH37, 1, DTC_OK, NULL},
    {10000, AUTOSOMES | BIT(MT), MT, 1, DTC_BUILD_GRCH37, 0, DTC_OK, NULL},
    {600000, AUTOSOMES, 22, 51210289, DTC_BUILD_GRCH37, 1, DTC_OK, NULL}, /* autosomes alone */
    {600000, AUTOSOMES, 22, 50499999, DTC_BUILD_GRCH37, 1, DTC_ROWS_CUT_OFF, "chromosome 22"},
    {600000, AUTOSOMES, 22, 49500000, DTC_BUILD_NCBI36, 1, DTC_OK, NULL},
    {600000, AUTOSOMES, 22, 48999999, DTC_BUILD_NCBI36, 1, DTC_ROWS_CUT_OFF, "chromosome 22"},
    {600000, AUTOSOMES, 22, 50200000, DTC_BUILD_GRCH38, 1, DTC_OK, NULL},
    {440000, AUTOSOMES | BIT(X), X, 154898561, DTC_BUILD_GRCH37, 1, DTC_OK, NULL},
    {440000, AUTOSOMES | BIT(X), X, 153999999, DTC_BUILD_GRCH37, 1, DTC_ROWS_CUT_OFF, "chromosome X"},
    {9999, BIT(8) - 2, 7, 1, DTC_BUILD_GRCH37, 0, DTC_OK, NULL}, /* an excerpt */
    {4000, BIT(MT), MT, 16000, DTC_BUILD_GRCH37, 0, DTC_ONE_CHROMOSOME, "those of MT"},
    {16000, BIT(X), X, 155000000, DTC_BUILD_GRCH37, 0, DTC_ONE_CHROMOSOME, "those of X"},
    {999, BIT(Y), Y, 5000000, DTC_BUILD_GRCH37, 0, DTC_OK, NULL},
    {4000, BIT(1), 1, 1, DTC_BUILD_GRCH37, 0, DTC_OK, NULL},
};

START_TEST(whole_by_what_every_export_has) {
  quality q;
  quality_init(&q, b37());
  add(&q, ends[_i].last_contig, ends[_i].last_position, AA, DTC_ID_RS, 1);
  q.rows = ends[_i].rows;
  dtc_verdict v = {0};
  v.called = ends[_i].rows;
  v.build = ends[_i].build;
  unsigned labels = (unsigned)__builtin_popcount(ends[_i].labels);
  for (unsigned label = 0; label < DTC_LABEL_COUNT; label++)
    v.contigs[label].rows = ends[_i].labels >> label & 1 ? ends[_i].rows / labels : 0;
  parser_header header = {.always = AUTOSOMES, .always_unphased = BIT(MT), .alone = BIT(X) | BIT(Y) | BIT(MT)};
  dtc_diag diag = {0};
  ck_status(whole_check(&q, &header, ends[_i].is_phased, &v, &diag), ends[_i].is);
  ck_status(diag.status, ends[_i].is);
  if (ends[_i].words)
    ck_assert_msg(strstr(diag.expected, ends[_i].words) != NULL, "%s", diag.expected);
}
END_TEST

/* On a genome whose chromosomes are shorter nothing is told by where they end; of rows out of order the furthest one
 * counts, and markers without a place never. */
START_TEST(where_rows_end) {
  quality q;
  dtc_assembly model = *b37();
  model.length[22] = 60000;
  parser_header header = {.always = 0};
  dtc_verdict v = {.build = DTC_BUILD_GRCH37};
  quality_init(&q, &model);
  add(&q, 22, 59000, AA, DTC_ID_RS, 1);
  q.rows = 10000;
  ck_status(whole_check(&q, &header, 0, &v, NULL), DTC_OK);
  quality_init(&q, b37());
  add(&q, 22, 51210289, AA, DTC_ID_RS, 1);
  add(&q, 22, 20000000, AA, DTC_ID_RS, 1);
  add(&q, DTC_CONTIG_NONE, 0, AA, DTC_ID_RS, 1);
  q.rows = 10000;
  ck_status(whole_check(&q, &header, 0, &v, NULL), DTC_OK);
  quality_init(&q, b37());
  add(&q, 22, 20000000, AA, DTC_ID_RS, 1);
  add(&q, DTC_CONTIG_NONE, 0, AA, DTC_ID_RS, 1);
  q.rows = 10000;
  ck_status(whole_check(&q, &header, 0, &v, NULL), DTC_ROWS_CUT_OFF);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("quality");
  TCase *tcase = tcase_create("quality");
  tcase_add_test(tcase, counts_add_up);
  tcase_add_test(tcase, without_rows_there_are_no_shares);
  tcase_add_loop_test(tcase, sex_by_x_and_y, 0, (int)(sizeof sexes / sizeof *sexes));
  tcase_add_loop_test(tcase, build_by_header_and_markers, 0, (int)(sizeof builds / sizeof *builds));
  tcase_add_loop_test(tcase, array_by_rows, 0, (int)(sizeof arrays / sizeof *arrays));
  tcase_add_test(tcase, odd_call_rates_are_told);
  tcase_add_loop_test(tcase, whole_by_what_every_export_has, 0, (int)(sizeof ends / sizeof *ends));
  tcase_add_test(tcase, where_rows_end);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
