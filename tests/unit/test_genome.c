#include "base/counts.h"
#include "genome/anchors.h"

#include "suite.h"
#include <dtcgeno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "test_genome.XXXXXX";

static void write_file(const char *text, size_t length) {
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(text, 1, length, f), length);
  ck_assert_int_eq(fclose(f), 0);
}

START_TEST(contig_names_go_both_ways) {
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    const char *name = dtc_contig_name(c);
    char prefixed[16];
    snprintf(prefixed, sizeof prefixed, "chr%s", name);
    ck_assert_uint_eq(dtc_contig_parse(name, strlen(name)), c);
    ck_assert_uint_eq(dtc_contig_parse(prefixed, strlen(prefixed)), c);
  }
  ck_assert_uint_eq(dtc_contig_parse("chrM", 4), DTC_CONTIG_MT);
  ck_assert_uint_eq(dtc_contig_parse("M", 1), DTC_CONTIG_MT);
  static const char *const none[] = {"",   "0",           "01", "23", "26",           "chr",
                                     "XY", "chr1_random", "x",  "1 ", "HG1423_PATCH", "MTX"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    ck_assert_uint_eq(dtc_contig_parse(none[i], strlen(none[i])), DTC_CONTIG_NONE);
  ck_assert_str_eq(dtc_contig_name(DTC_CONTIG_NONE), "0");
  ck_assert_str_eq(dtc_contig_name(1000), "0");
}
END_TEST

START_TEST(build_names) {
  static const char *const names[][2] = {{"36", "NCBI36"},     {"hg18", "NCBI36"}, {"ncbi36", "NCBI36"},
                                         {"37", "GRCh37"},     {"HG19", "GRCh37"}, {"b37", "GRCh37"},
                                         {"GRCH38", "GRCh38"}, {"hg38", "GRCh38"}, {"", "unknown"},
                                         {"3", "unknown"},     {"370", "unknown"}, {"hg19x", "unknown"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    ck_assert_str_eq(dtc_build_name(dtc_build_parse(names[i][0])), names[i][1]);
  ck_assert_str_eq(dtc_build_name((dtc_build)99), "unknown");
}
END_TEST

START_TEST(builtin_assemblies_are_whole) {
  const dtc_assemblies *set = dtc_assemblies_builtin();
  ck_assert_ptr_null(dtc_assemblies_get(set, DTC_BUILD_UNKNOWN));
  ck_assert_ptr_null(dtc_assemblies_get(set, (dtc_build)99));
  for (unsigned b = DTC_BUILD_NCBI36; b < BUILD_COUNT; b++) {
    const dtc_assembly *a = dtc_assemblies_get(set, b);
    ck_assert_int_eq(a->build, b);
    for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
      ck_assert_uint_gt(a->length[c], 0);
      ck_assert_uint_eq(strlen(a->md5[c]), 32);
      ck_assert_uint_eq(strspn(a->md5[c], "0123456789abcdef"), 32);
    }
    for (int k = 0; k < 2; k++)
      ck_assert_uint_eq(a->par[k].x_to - a->par[k].x_from, a->par[k].y_to - a->par[k].y_from);
  }
  const dtc_assembly *b37 = dtc_assemblies_get(set, DTC_BUILD_GRCH37);
  ck_assert_uint_eq(b37->length[1], 249250621);
  ck_assert_uint_eq(b37->length[DTC_CONTIG_MT], 16569);
  ck_assert_uint_eq(dtc_assemblies_get(set, DTC_BUILD_NCBI36)->length[DTC_CONTIG_MT], 16571);
}
END_TEST

static void moves(unsigned contig, uint32_t position, int in_par, unsigned to_contig, uint32_t to_position) {
  const dtc_assembly *b37 = dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_GRCH37);
  ck_assert_int_eq(dtc_assembly_to_x(b37, &contig, &position), in_par);
  ck_assert_uint_eq(contig, to_contig);
  ck_assert_uint_eq(position, to_position);
}

START_TEST(par_rows_move_to_x) {
  /* rs28736870: 25:170770 in one vendor's file, X:220770 in another's */
  moves(DTC_LABEL_PAR_ON_Y, 170770, 1, DTC_CONTIG_X, 220770);
  moves(DTC_CONTIG_Y, 10001, 1, DTC_CONTIG_X, 60001);
  moves(DTC_CONTIG_Y, 2649520, 1, DTC_CONTIG_X, 2699520);
  moves(DTC_CONTIG_Y, 2649521, 0, DTC_CONTIG_Y, 2649521);
  moves(DTC_CONTIG_Y, 10000, 0, DTC_CONTIG_Y, 10000);
  moves(DTC_LABEL_PAR_ON_Y, 59363566, 1, DTC_CONTIG_X, 155260560);
  moves(DTC_LABEL_PAR_ON_Y, 59363567, 0, DTC_LABEL_PAR_ON_Y, 59363567);
  moves(DTC_CONTIG_X, 60001, 1, DTC_CONTIG_X, 60001);
  moves(DTC_CONTIG_X, 154931043, 0, DTC_CONTIG_X, 154931043);
  moves(DTC_CONTIG_X, 154931044, 1, DTC_CONTIG_X, 154931044);
  moves(7, 170770, 0, 7, 170770);
}
END_TEST

static void stands(dtc_par_frame frame, uint32_t position, int what, uint32_t to_position) {
  const dtc_assembly *b37 = dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_GRCH37);
  ck_assert_int_eq(dtc_assembly_place_par(b37, frame, &position), what);
  ck_assert_uint_eq(position, to_position);
}

/* What a position can be alone decides; then the file's frame. */
START_TEST(par_rows_in_two_frames) {
  for (dtc_par_frame f = DTC_PAR_FRAME_UNKNOWN; f <= DTC_PAR_FRAME_MIXED; f++) {
    stands(f, 10001, 1, 60001);          /* in Y's PAR only */
    stands(f, 2660000, 1, 2660000);      /* in X's only */
    stands(f, 155000000, 1, 155000000);  /* beyond Y */
    stands(f, 92686057, 0, 92686057);    /* a marker of X that was called XY */
    stands(f, 155270561, -1, 155270561); /* beyond X */
  }
  stands(DTC_PAR_FRAME_Y, 170770, 1, 220770);
  stands(DTC_PAR_FRAME_X, 170770, 1, 170770);
  stands(DTC_PAR_FRAME_UNKNOWN, 170770, -1, 170770);
  stands(DTC_PAR_FRAME_MIXED, 170770, -1, 170770);
  stands(DTC_PAR_FRAME_X, 5000000, 0, 5000000);
  stands(DTC_PAR_FRAME_Y, 5000000, -1, 5000000);
}
END_TEST

/* dbSNP's names, and those that look like them. */
START_TEST(accessions) {
  static const struct {
    const char *name;
    unsigned contig;
    dtc_build build;
  } names[] = {{"NC_000001.9", 1, DTC_BUILD_NCBI36},
               {"NC_000001.10", 1, DTC_BUILD_GRCH37},
               {"NC_000001.11", 1, DTC_BUILD_GRCH38},
               {"NC_000014.8", 14, DTC_BUILD_GRCH37},
               {"NC_000014.9", 14, DTC_BUILD_GRCH38},
               {"NC_000023.10", DTC_CONTIG_X, DTC_BUILD_GRCH37},
               {"NC_000024.10", DTC_CONTIG_Y, DTC_BUILD_GRCH38},
               {"NC_012920.1", DTC_CONTIG_MT, DTC_BUILD_UNKNOWN},
               {"NC_000001.12", 0, DTC_BUILD_UNKNOWN},
               {"NC_000001", 0, DTC_BUILD_UNKNOWN},
               {"NC_000025.1", 0, DTC_BUILD_UNKNOWN},
               {"NC_060925.1", 0, DTC_BUILD_UNKNOWN},
               {"NC_001807.4", 0, DTC_BUILD_UNKNOWN},
               {"NC_000001.1x", 0, DTC_BUILD_UNKNOWN}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    dtc_build build;
    ck_assert_uint_eq(dtc_accession_parse(names[i].name, strlen(names[i].name), &build), names[i].contig);
    ck_assert_int_eq(build, names[i].build);
    ck_assert_uint_eq(dtc_contig_parse(names[i].name, strlen(names[i].name)), names[i].contig);
  }
}
END_TEST

#define MD5 "0123456789abcdef0123456789ABCDEF"

START_TEST(an_assembly_of_the_file_replaces_the_builtin_one_whole) {
  static const char text[] =
      "# model\r\nGRCh37\tcontig\t1\t1000\t" MD5 "\nGRCh37\tcontig\tX\t5000\t.\nGRCh37\tcontig\tY\t4000\t.\n"
      "GRCh37\tPAR1\tX:101-200\tY:1-100\nhg38\tcontig\tchrM\t16569\t" MD5;
  write_file(text, sizeof text - 1);
  dtc_assemblies *set = NULL;
  dtc_diag diag;
  ck_assert_int_eq(dtc_assemblies_load_path(path, NULL, &set, &diag), DTC_OK);
  const dtc_assembly *a = dtc_assemblies_get(set, DTC_BUILD_GRCH37);
  ck_assert_uint_eq(a->length[1], 1000);
  ck_assert_str_eq(a->md5[1], "0123456789abcdef0123456789abcdef");
  ck_assert_str_eq(a->md5[DTC_CONTIG_X], "");
  ck_assert_uint_eq(a->length[2], 0);
  ck_assert_uint_eq(a->par[0].x_from, 101);
  ck_assert_uint_eq(a->par[1].x_to, 0);
  ck_assert_uint_eq(dtc_assemblies_get(set, DTC_BUILD_GRCH38)->length[DTC_CONTIG_MT], 16569);
  ck_assert_uint_eq(dtc_assemblies_get(set, DTC_BUILD_NCBI36)->length[1], 247249719);
  dtc_assemblies_free(set);
  dtc_assemblies_free(NULL);
}
END_TEST

/* Each with the line that is wrong. */
static const struct {
  const char *text;
  unsigned line;
} bad_assemblies[] = {
    {"", 0},
    {"# nothing\n", 1},
    {"GRCh37\n", 1},
    {"GRCh39\tcontig\t1\t1000\t.\n", 1},
    {"GRCh37 contig 1 1000 .\n", 1},
    {"GRCh37\tcontig\t1\t1000\n", 1},
    {"GRCh37\tcontig\t1\t1000\t.\t\n", 1},
    {"GRCh37\tcontig\t1\t0\t.\n", 1},
    {"GRCh37\tcontig\t1\t100abc\t.\n", 1},
    {"GRCh37\tcontig\t1\t-5\t.\n", 1},
    {"GRCh37\tcontig\t1\t4294967296\t.\n", 1},
    {"GRCh37\tcontig\t1\t99999999999999999999999\t.\n", 1},
    {"GRCh37\tcontig\t23\t1000\t.\n", 1},
    {"GRCh37\tcontig\t1\t1000\t123\n", 1},
    {"GRCh37\tcontig\t1\t1000\tg123456789abcdef0123456789abcdef\n", 1},
    {"GRCh37\tcontig\t1\t1000\t.\n\nGRCh37\tcontig\t1\t1000\t.\n", 3},
    {"GRCh37\tchromosome\t1\t1000\t.\n", 1},
    {"GRCh37\tPAR1\tX:1-10\tY:1-10\n", 1},
    {"GRCh37\tcontig\tX\t1000\t.\nGRCh37\tcontig\tY\t1000\t.\nGRCh37\tPAR1\tX:1-10\tY:1-11\n", 3},
    {"GRCh37\tcontig\tX\t1000\t.\nGRCh37\tcontig\tY\t1000\t.\nGRCh37\tPAR1\tX:10-1\tY:10-1\n", 3},
    {"GRCh37\tcontig\tX\t1000\t.\nGRCh37\tcontig\tY\t1000\t.\nGRCh37\tPAR1\tX:0-9\tY:0-9\n", 3},
    {"GRCh37\tcontig\tX\t1000\t.\nGRCh37\tcontig\tY\t1000\t.\nGRCh37\tPAR1\tX:1-9\tX:1-9\n", 3},
    {"GRCh37\tcontig\tX\t1000\t.\nGRCh37\tcontig\tY\t1000\t.\nGRCh37\tPAR1\tX:1\tY:1\n", 3},
    {"GRCh37\tcontig\tX\t1000\t.\nGRCh37\tcontig\tY\t1000\t.\nGRCh37\tPAR1\tX:1-9\tY:1-9\nGRCh37\tPAR1\tX:1-9\tY:1-9\n",
     4},
    {"GRCh37\tcontig\tX\t1000\t.\nGRCh37\tcontig\tY\t1000\t.\nGRCh37\tPAR1\tX:995-1004\tY:1-10\n", 3},
};

START_TEST(bad_assembly_files_are_refused_with_their_line) {
  write_file(bad_assemblies[_i].text, strlen(bad_assemblies[_i].text));
  dtc_assemblies *set = (dtc_assemblies *)path;
  dtc_diag diag;
  ck_assert_int_eq(dtc_assemblies_load_path(path, NULL, &set, &diag), DTC_ASSEMBLY_FILE);
  ck_assert_ptr_null(set);
  ck_assert_int_eq(diag.status, DTC_ASSEMBLY_FILE);
  ck_assert_uint_eq(diag.line, bad_assemblies[_i].line);
  ck_assert_str_ne(diag.expected, "");
}
END_TEST

START_TEST(an_endless_line_and_a_missing_file) {
  char *text = malloc(200000);
  ck_assert_ptr_nonnull(text);
  memset(text, 'a', 200000);
  write_file(text, 200000);
  free(text);
  dtc_assemblies *set = NULL;
  dtc_diag diag;
  ck_assert_int_eq(dtc_assemblies_load_path(path, NULL, &set, &diag), DTC_ASSEMBLY_FILE);
  ck_assert_int_eq(dtc_assemblies_load_path("no such file", NULL, &set, &diag), DTC_IO_OPEN);
  ck_assert_int_ne(diag.system_errno, 0);
  ck_assert_int_eq(dtc_assemblies_load_path(".", NULL, &set, &diag), DTC_IO_READ);
}
END_TEST

START_TEST(anchors_vote_by_name_and_position_once) {
  static const uint32_t number[] = {3094315, 3094315, 3094315, 3827760, 3827760, 12345, 3094315};
  static const uint32_t position[] = {752566, 752566, 752567, 108880033, 108897145, 752566, 752566};
  static const uint8_t kind[] = {DTC_ID_RS, DTC_ID_RS, DTC_ID_RS, DTC_ID_RS, DTC_ID_RS, DTC_ID_RS, DTC_ID_I};
  static const uint8_t contig[] = {1, 1, 1, 2, 2, 1, 1};
  dtc_calls calls = {.count = 7, .position = position, .id_number = number, .id_kind = kind, .contig = contig};
  anchors_votes votes;
  anchors_init(&votes);
  anchors_add(&votes, &calls);
  ck_assert_uint_eq(votes.count[DTC_BUILD_NCBI36], 1);
  ck_assert_uint_eq(votes.count[DTC_BUILD_GRCH37], 1);
  ck_assert_uint_eq(votes.count[DTC_BUILD_GRCH38], 1);
}
END_TEST

int main(void) {
  int fd = mkstemp(path);
  if (fd < 0 || close(fd) != 0)
    return EXIT_FAILURE;
  Suite *suite = suite_create("genome");
  TCase *tcase = tcase_create("genome");
  tcase_add_test(tcase, contig_names_go_both_ways);
  tcase_add_test(tcase, build_names);
  tcase_add_test(tcase, builtin_assemblies_are_whole);
  tcase_add_test(tcase, par_rows_move_to_x);
  tcase_add_test(tcase, par_rows_in_two_frames);
  tcase_add_test(tcase, accessions);
  tcase_add_test(tcase, an_assembly_of_the_file_replaces_the_builtin_one_whole);
  tcase_add_loop_test(tcase, bad_assembly_files_are_refused_with_their_line, 0,
                      (int)(sizeof bad_assemblies / sizeof *bad_assemblies));
  tcase_add_test(tcase, an_endless_line_and_a_missing_file);
  tcase_add_test(tcase, anchors_vote_by_name_and_position_once);
  suite_add_tcase(suite, tcase);
  int failed = suite_run(suite);
  unlink(path);
  return failed;
}
