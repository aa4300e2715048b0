/* test_resolve.c - the table of rules from a row to a record, row by row. */
#include "resolving.h"

#include <string.h>

START_TEST(test_snv) {
  rows r = {.count = 0};
  add(&r, 1, 1, 1, "GA");
  add(&r, 1, 2, 2, "AA");
  add(&r, 1, 3, 3, "GG");
  add(&r, 1, 4, 4, "--");
  add(&r, 1, 6, 6, "GC");
  expect(&r, WITH_BOTH,
         "1:1 rs1 A>G 0/1 PASS;1:2 rs2 C>A 1/1 PASS;1:3 rs3 G 0/0 PASS;1:4 rs4 T ./. PASS;1:6 rs6 A>G,C 1/2 PASS;");
  expect(
      &r, WITH_FASTA,
      "1:1 rs1 A>G 0/1 PASS;1:2 rs2 C>A 1/1 PASS;1:3 rs3 G 0/0 PASS;1:4 rs4 T ./. PASS;1:6 rs6 A ./. NonRefHet C/G;");
  expect(&r, WITH_SITES,
         "1:1 rs1 A>G 0/1 PASS;row 1 SITE_UNKNOWN;row 2 SITE_UNKNOWN;row 3 SITE_UNKNOWN;1:6 rs6 A>G,C 1/2 PASS;");
}
END_TEST

START_TEST(test_observed_alleles_follow_the_table) {
  rows r = {.count = 0};
  add(&r, 1, 201, 201, "GA"); /* AC>GC in the table */
  add(&r, 1, 206, 206, "AA"); /* only a symbolic ALT */
  expect(&r, WITH_SITES, "1:201 rs201 A>G 0/1 PASS;1:206 rs206 A 0/0 PASS;");
}
END_TEST

START_TEST(test_strand) {
  rows r = {.count = 0};
  add(&r, 1, 1, 1, "CT");   /* A>G, complemented */
  add(&r, 1, 6, 6, "TT");   /* A>G,C holds C and G: looks alike on both strands */
  add(&r, 1, 11, 11, "AT"); /* as given */
  add(&r, 1, 21, 23, "AC"); /* A>G: fits on neither strand */
  expect(&r, WITH_BOTH,
         "1:1 rs1 A>G 0/1 PASS FLIP;1:6 rs6 A>G,C ./. AlleleMismatch T/T;1:11 rs11 A>T 0/1 PASS;1:21 rs23 A>G ./. "
         "AlleleMismatch A/C;");
}
END_TEST

START_TEST(test_ploidy) {
  rows r = {.count = 0};
  add(&r, DTC_CONTIG_X, 1, 1, "A");
  add(&r, DTC_CONTIG_X, 3, 2, "AA"); /* doubled letters collapse */
  add(&r, DTC_CONTIG_X, 4, 3, "CT");
  add(&r, DTC_CONTIG_X, 101, 4, "AG"); /* PAR1 */
  add(&r, DTC_CONTIG_Y, 2, 5, "C");
  add(&r, DTC_CONTIG_Y, 7, 6, "--");
  add(&r, DTC_CONTIG_MT, 8, 7, "GG");
  expect(&r, WITH_FASTA,
         "X:1 rs1 A 0 PASS;X:3 rs2 G>A 1 PASS;X:4 rs3 T . HetHaploid C/T;X:101 rs4 A>G 0/1 PASS;Y:2 rs5 C 0 PASS;Y:7 "
         "rs6 C . PASS;MT:8 rs7 G 0 PASS;");
  setting woman = WITH_FASTA;
  woman.sex = DTC_SEX_FEMALE;
  expect(&r, woman,
         "row 4 FEMALE_Y;row 5 FEMALE_Y;X:1 rs1 A 0/0 PASS;X:3 rs2 G>A 1/1 PASS;X:4 rs3 T>C 0/1 PASS;X:101 rs4 A>G 0/1 "
         "PASS;MT:8 rs7 G 0 PASS;");
  ck_assert_uint_eq(report.female_y_calls, 1);
  setting unknown = WITH_FASTA;
  unknown.sex = DTC_SEX_UNDETERMINED;
  expect(&r, unknown,
         "X:1 rs1 A 0 PASS;X:3 rs2 G>A 1/1 PASS;X:4 rs3 T>C 0/1 PASS;X:101 rs4 A>G 0/1 PASS;Y:2 rs5 C 0 PASS;Y:7 rs6 C "
         ". PASS;MT:8 rs7 G 0 PASS;");
}
END_TEST

START_TEST(test_par_stands_on_x) {
  rows r = {.count = 0};
  add(&r, DTC_CONTIG_X, 111, 1, "AA");
  add(&r, DTC_CONTIG_Y, 61, 2, "AG");         /* X:111 */
  add(&r, DTC_LABEL_PAR_ON_Y, 61, 3, "AG");   /* X:111 */
  add(&r, DTC_LABEL_PAR_ON_Y, 1801, 4, "AA"); /* X:1901 */
  add(&r, DTC_LABEL_PAR_ON_Y, 500, 5, "AA");
  add(&r, DTC_LABEL_PAR_ON_Y, 5000, 6, "AA");
  expect(&r, WITH_FASTA,
         "row 4 CHROM_UNKNOWN;row 5 POS_RANGE;X:111 rs1+rs2+rs3 A ./. DupConflict A/A,A/G,A/G;X:1901 rs4 A 0/0 PASS;");
}
END_TEST

START_TEST(test_indels) {
  rows r = {.count = 0};
  setting s = WITH_BOTH;
  s.last_base = 1;
  add(&r, 1, 21, 23, "AG");
  add(&r, 1, 22, 21, "ID"); /* where another vendor has the start */
  add(&r, 1, 23, 22, "DI"); /* the same indel's other name, at its end */
  add(&r, 1, 31, 31, "II");
  add(&r, 1, 103, 999, "DD"); /* by position: 1:101 has no name */
  add(&r, 1, 105, 998, "DD"); /* too far */
  add(&r, 1, 499, 21, "--");  /* a no-call of an indel's name, far from it */
  expect(&r, s,
         "row 5 INDEL_NO_SITE;1:21 rs23 A>G 0/1 PASS;1:21 rs21+rs22 ACG>A 0/1 PASS;1:31 rs31 A>ACC 1/1 PASS;1:101 "
         "rs999 ACG>A 1/1 PASS;1:499 . T ./. PASS;");
  expect(&r, WITH_FASTA,
         "row 1 INDEL_NO_SITE;row 2 INDEL_NO_SITE;row 3 INDEL_NO_SITE;row 4 INDEL_NO_SITE;row 5 INDEL_NO_SITE;1:21 "
         "rs23 A>G 0/1 PASS;1:499 rs21 T ./. PASS;");
}
END_TEST

/* By place only where this vendor writes it, and never a site that has another rs number. */
START_TEST(test_indels_by_place) {
  rows r = {.count = 0};
  setting last = WITH_BOTH;
  last.last_base = 1;
  add(&r, 1, 31, 990, "II");  /* rs31 stands there */
  add(&r, 1, 102, 991, "DD"); /* 1:101's first deleted base */
  add(&r, 1, 103, 992, "DD"); /* its last one */
  add(&r, 1, 101, 993, "DD");
  add(&r, 1, 31, 5000, "II");
  r.kind[4] = DTC_ID_I; /* has no rs number of its own */
  expect(&r, last,
         "row 0 INDEL_NO_SITE;row 1 INDEL_NO_SITE;row 3 INDEL_NO_SITE;1:31 rs5000 A>ACC 1/1 PASS;1:101 rs992 "
         "ACG>A 1/1 PASS;");
  expect(&r, WITH_BOTH,
         "row 0 INDEL_NO_SITE;row 2 INDEL_NO_SITE;row 3 INDEL_NO_SITE;1:31 rs5000 A>ACC 1/1 PASS;1:101 "
         "rs991 ACG>A 1/1 PASS;");
}
END_TEST

/* Where several ALTs could be meant the letters say nothing. */
START_TEST(test_indels_of_several_alts) {
  rows r = {.count = 0};
  add(&r, 1, 301, 301, "II");
  expect(&r, WITH_BOTH, "1:301 rs301 ACG>A,ACGCG ./. AmbiguousIndel I/I;");
  add(&r, 1, 302, 301, "II");
  expect(&r, WITH_BOTH, "1:301 rs301 ACG>A,ACGCG ./. AmbiguousIndel I/I,I/I;");
  r.count = 0;
  add(&r, 1, 301, 301, "DD");
  add(&r, 1, 401, 401, "DD");
  expect(&r, WITH_BOTH, "1:301 rs301 ACG>A,ACGCG ./. AmbiguousIndel D/D;1:401 rs401 A>ACC,ACCCC 0/0 PASS;");
  r.count = 0;
  add(&r, 1, 301, 301, "--");
  add(&r, 1, 401, 401, "DI");
  expect(&r, WITH_BOTH, "1:301 rs301 ACG>A,ACGCG ./. PASS;1:401 rs401 A>ACC,ACCCC ./. AmbiguousIndel D/I;");
  r.count = 0;
  add(&r, 1, 401, 401, "DD");
  add(&r, 1, 401, 401, "II");
  expect(&r, WITH_BOTH, "1:401 rs401 A>ACC,ACCCC ./. DupConflict D/D,I/I;");
}
END_TEST

/* An SNV in a record of an indel is one. */
START_TEST(test_snv_beside_an_indel) {
  rows r = {.count = 0};
  add(&r, 1, 504, 501, "AA");
  add(&r, 1, 502, 501, "DI");
  expect(&r, WITH_SITES, "1:501 rs501 ACGT>A 0/1 PASS;1:504 . T>A 1/1 PASS;");
}
END_TEST

/* A name that the table has elsewhere, or as an indel here. */
START_TEST(test_name_and_place_disagree) {
  rows r = {.count = 0};
  add(&r, 1, 2, 1, "AA");     /* rs1 is 1:1 */
  add(&r, 1, 21, 21, "GG");   /* an indel; alone at its place */
  add(&r, 1, 601, 602, "GG"); /* its second name */
  add(&r, 1, 701, 700, "GG"); /* a name the table does not have */
  add(&r, 2, 501, 31, "ID");  /* an indel of another contig */
  add(&r, 1, 96, 21, "--");   /* a no-call is no doubt */
  expect(&r, WITH_BOTH,
         "1:2 rs1 C ./. SiteMismatch A/A;1:21 rs21 A>G ./. SiteMismatch G/G;1:96 . A ./. PASS;1:601 rs602 A>G 1/1 PASS;"
         "1:701 rs700 A>G 1/1 PASS;2:501 rs31 A ./. SiteMismatch D/I;");
  expect(&r, WITH_SITES,
         "row 0 SITE_MISMATCH;1:21 rs21 A>G ./. SiteMismatch G/G;row 5 SITE_UNKNOWN;1:601 rs602 A>G 1/1 PASS;row 3 "
         "SITE_UNKNOWN;row 4 SITE_MISMATCH;");
  expect(&r, WITH_FASTA,
         "row 4 INDEL_NO_SITE;1:2 rs1 C>A 1/1 PASS;1:21 rs21 A>G 1/1 PASS;1:96 . A ./. PASS;1:601 rs602 A>G 1/1 PASS;"
         "1:701 rs700 A>G 1/1 PASS;");
}
END_TEST

/* A doubtful row neither joins nor spoils the record of one that belongs there. */
START_TEST(test_doubtful_row_beside_another) {
  rows r = {.count = 0};
  add(&r, 1, 1, 6, "AA"); /* rs6 is 1:6 */
  add(&r, 1, 1, 1, "AG");
  add(&r, 1, 21, 21, "GG"); /* an indel's name */
  add(&r, 1, 21, 23, "AG");
  add(&r, 1, 22, 21, "DI");
  expect(
      &r, WITH_BOTH,
      "row 0 SITE_MISMATCH;1:1 rs1 A>G 0/1 PASS;row 2 SITE_MISMATCH;1:21 rs23 A>G 0/1 PASS;1:21 rs21 ACG>A 0/1 PASS;");
}
END_TEST

/* The table's PAR place on Y is the row's on X. */
START_TEST(test_name_of_a_par_place) {
  rows r = {.count = 0};
  add(&r, DTC_CONTIG_X, 111, 802, "AG"); /* Y:61 in the table */
  add(&r, DTC_CONTIG_X, 116, 802, "AG");
  expect(&r, WITH_BOTH, "X:111 rs802 A>G 0/1 PASS;X:116 . A ./. SiteMismatch A/G;");
}
END_TEST

/* Older files have these markers one base too high; nothing else is needed to know it. */
START_TEST(test_places_known_to_be_wrong) {
  rows r = {.count = 0};
  add(&r, DTC_CONTIG_MT, 1243, 199474657, "A");
  expect(&r, WITH_FASTA, "");
  ck_assert_uint_eq(report.filtered[DTC_FILTER_SITE_MISMATCH], 1);
}
END_TEST

/* Ploidy is that of the place that is written. */
START_TEST(test_ploidy_follows_the_indel) {
  rows r = {.count = 0};
  add(&r, DTC_CONTIG_X, 108, 801, "DI");
  add(&r, DTC_CONTIG_X, 99, 801, "DI"); /* outside the PAR, its indel inside */
  add(&r, DTC_CONTIG_X, 301, 803, "II");
  expect(&r, WITH_BOTH, "X:106 rs801 A>ACC 0/1 PASS;X:301 rs803 A>ACC 1 PASS;");
}
END_TEST

/* One X and no Y. */
START_TEST(test_one_x_and_no_y) {
  rows r = {.count = 0};
  setting s = WITH_FASTA;
  s.sex = DTC_SEX_UNDETERMINED;
  s.x_copies = 1;
  s.y_absent = 1;
  add(&r, DTC_CONTIG_X, 3, 2, "AA");
  add(&r, DTC_CONTIG_X, 4, 3, "CT");
  add(&r, DTC_CONTIG_X, 8, 4, "--");
  add(&r, DTC_CONTIG_X, 101, 5, "AG");
  add(&r, DTC_CONTIG_Y, 2, 6, "CC");
  expect(&r, s,
         "row 4 FEMALE_Y;X:3 rs2 G>A 1 PASS;X:4 rs3 T . HetHaploid C/T;X:8 rs4 G . PASS;X:101 rs5 A>G 0/1 PASS;");
}
END_TEST

/* One identifier stands in one record. */
START_TEST(test_names_stand_once) {
  rows r = {.count = 0};
  add(&r, 1, 6, 901, "AA");
  add(&r, 1, 6, 902, "AA");
  add(&r, 1, 11, 901, "AA");
  add(&r, 1, 16, 903, "AA");
  add(&r, 1, 26, 902, "AA");
  add(&r, 1, 26, 904, "AA");
  expect(&r, WITH_FASTA, "1:6 rs901+rs902 A 0/0 PASS;1:11 . A 0/0 PASS;1:16 rs903 A 0/0 PASS;1:26 rs904 A 0/0 PASS;");
}
END_TEST

START_TEST(test_indel_conflict) {
  rows r = {.count = 0};
  add(&r, 1, 21, 21, "ID");
  add(&r, 1, 22, 22, "DD");
  expect(&r, WITH_BOTH, "1:21 rs21+rs22 ACG>A ./. DupConflict A/A,A/ACG;");
}
END_TEST

START_TEST(test_places_that_are_none) {
  rows r = {.count = 0};
  add(&r, DTC_CONTIG_NONE, 0, 1, "AA");
  add(&r, 1, 5, 2, "AA");
  add(&r, 1, 2001, 3, "AA");
  add(&r, 2, 2000, 4, "AI");
  add(&r, 3, 1, 5, "AA"); /* a contig the assembly does not have */
  expect(&r, WITH_FASTA, "row 0 NO_POSITION;row 2 POS_RANGE;row 3 BAD_ALLELE;row 4 POS_RANGE;row 1 REF_N;");
}
END_TEST

START_TEST(test_duplicates) {
  rows r = {.count = 0};
  add(&r, 1, 1, 1, "AG");
  add(&r, 1, 1, 2, "GA");
  add(&r, 1, 1, 1, "--");
  add(&r, 1, 2, 3, "CC");
  add(&r, 1, 2, 4, "CT");
  add(&r, 1, 3, 5, "--");
  add(&r, 1, 3, 6, "--");
  add(&r, DTC_CONTIG_MT, 1, 7, "A");
  add(&r, DTC_CONTIG_MT, 1, 8, "AA"); /* one letter and the doubled one agree */
  expect(
      &r, WITH_BOTH,
      "1:1 rs1+rs2 A>G 0/1 PASS;1:2 rs3+rs4 C ./. DupConflict C/C,C/T;1:3 rs5+rs6 G ./. PASS;MT:1 rs7+rs8 A 0 PASS;");
  ck_assert_uint_eq(report.merged, 5);
  ck_assert_uint_eq(report.filtered[DTC_FILTER_DUP_CONFLICT], 1);
}
END_TEST

/* One row of a pair is on the other strand: they agree. */
START_TEST(test_flip_in_a_group) {
  rows r = {.count = 0};
  add(&r, 1, 1, 1, "AG");
  add(&r, 1, 1, 2, "CT");
  expect(&r, WITH_BOTH, "1:1 rs1+rs2 A>G 0/1 PASS FLIP;");
}
END_TEST

START_TEST(test_many_rows_at_one_place) {
  static rows r;
  static outcome o;
  r.count = 0;
  for (uint32_t i = 0; i < ROWS_MAX; i++)
    add(&r, 1, 1, i % 50 + 1001, "AG");
  ck_assert_int_eq(run(&r, WITH_BOTH, &o), DTC_OK);
  ck_assert_uint_eq(report.records, 1);
  ck_assert_uint_eq(report.merged, ROWS_MAX - 1);
  ck_assert_ptr_nonnull(strstr(o.text, "+rs1049+rs1050 A>G 0/1 PASS;"));
}
END_TEST

START_TEST(test_options) {
  rows r = {.count = 0};
  add(&r, 1, 1, 1, "AA");
  add(&r, 1, 2, 2, "--");
  add(&r, 1, 3, 3, "GT");
  add(&r, 1, 3, 4, "GT");
  setting s = WITH_BOTH;
  s.drop = 1;
  expect(&r, s, "1:1 rs1 A>G 0/0 PASS;row 1 NO_CALL;1:3 rs3+rs4 G>T 0/1 PASS;");
  s = WITH_BOTH;
  s.variants = 1;
  expect(&r, s, "row 0 NOT_VARIANT;row 1 NOT_VARIANT;1:3 rs3+rs4 G>T 0/1 PASS;");
  s = WITH_BOTH;
  s.imputation = 1;
  expect(&r, s, "1:1 rs1 A>G 0/0 PASS;row 1 PROFILE;1:3 rs3+rs4 G>T 0/1 PASS;");
}
END_TEST

START_TEST(test_sink_stops) {
  rows r = {.count = 0};
  static outcome o;
  add(&r, 1, 1, 1, "AA");
  add(&r, 1, 2, 2, "CC");
  setting s = WITH_BOTH;
  s.stop_after = 1;
  ck_assert_int_eq(run(&r, s, &o), DTC_STOPPED);
  ck_assert_str_eq(o.text, "1:1 rs1 A>G 0/0 PASS;");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("resolve");
  TCase *rules = tcase_create("rules");
  tcase_add_checked_fixture(rules, setup, teardown);
  tcase_add_test(rules, test_snv);
  tcase_add_test(rules, test_observed_alleles_follow_the_table);
  tcase_add_test(rules, test_strand);
  tcase_add_test(rules, test_ploidy);
  tcase_add_test(rules, test_par_stands_on_x);
  tcase_add_test(rules, test_indels);
  tcase_add_test(rules, test_indels_by_place);
  tcase_add_test(rules, test_indels_of_several_alts);
  tcase_add_test(rules, test_snv_beside_an_indel);
  tcase_add_test(rules, test_name_and_place_disagree);
  tcase_add_test(rules, test_doubtful_row_beside_another);
  tcase_add_test(rules, test_name_of_a_par_place);
  tcase_add_test(rules, test_places_known_to_be_wrong);
  tcase_add_test(rules, test_ploidy_follows_the_indel);
  tcase_add_test(rules, test_one_x_and_no_y);
  tcase_add_test(rules, test_names_stand_once);
  tcase_add_test(rules, test_indel_conflict);
  tcase_add_test(rules, test_places_that_are_none);
  tcase_add_test(rules, test_duplicates);
  tcase_add_test(rules, test_flip_in_a_group);
  tcase_add_test(rules, test_many_rows_at_one_place);
  tcase_add_test(rules, test_options);
  tcase_add_test(rules, test_sink_stops);
  suite_add_tcase(suite, rules);
  return suite_run(suite);
}
