#include "suite.h"
#include <dtcgeno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static char path[] = "test_liftover.XXXXXX";

static void write_file(const char *text) {
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(text, 1, strlen(text), f), strlen(text));
  ck_assert_int_eq(fclose(f), 0);
}

/* Two small assemblies: 1 and 2 of 1,000 and 1,100 bases; the MT of the caller. */
static dtc_status load(uint32_t mt_from, uint32_t mt_to, dtc_liftover **out, dtc_diag *diag) {
  dtc_assembly from = {.build = DTC_BUILD_NCBI36}, to = {.build = DTC_BUILD_GRCH37};
  from.length[1] = from.length[2] = 1000;
  to.length[1] = to.length[2] = 1100;
  from.length[DTC_CONTIG_MT] = mt_from;
  to.length[DTC_CONTIG_MT] = mt_to;
  return dtc_liftover_load_path(path, &from, &to, NULL, out, diag);
}

static dtc_liftover *loaded(const char *text, uint32_t mt_from, uint32_t mt_to) {
  dtc_liftover *l = NULL;
  dtc_diag diag;
  write_file(text);
  ck_assert_msg(load(mt_from, mt_to, &l, &diag) == DTC_OK, "%s", diag.expected);
  return l;
}

static void lifts(const dtc_liftover *l, unsigned contig, uint32_t position, unsigned to, uint32_t to_position,
                  int minus) {
  dtc_lifted out;
  ck_assert_int_eq(dtc_liftover_map(l, contig, position, &out), DTC_LIFT_OK);
  ck_assert_uint_eq(out.contig, to);
  ck_assert_uint_eq(out.position, to_position);
  ck_assert_int_eq(out.minus, minus);
}

static void stays(const dtc_liftover *l, unsigned contig, uint32_t position, dtc_lift why) {
  dtc_lifted out;
  ck_assert_int_eq(dtc_liftover_map(l, contig, position, &out), why);
}

#define PLUS "chain 90 1 1000 + 10 310 1 1100 + 20 340 1\n100 50 70\n150\n\n"

START_TEST(blocks_and_gaps) {
  dtc_liftover *l = loaded("# a comment\n" PLUS, 0, 0);
  stays(l, 1, 0, DTC_LIFT_UNMAPPED);
  stays(l, 1, 10, DTC_LIFT_UNMAPPED);
  lifts(l, 1, 11, 1, 21, 0);
  lifts(l, 1, 110, 1, 120, 0);
  stays(l, 1, 111, DTC_LIFT_UNMAPPED);
  stays(l, 1, 160, DTC_LIFT_UNMAPPED);
  lifts(l, 1, 161, 1, 191, 0);
  lifts(l, 1, 310, 1, 340, 0);
  stays(l, 1, 311, DTC_LIFT_UNMAPPED);
  stays(l, 2, 11, DTC_LIFT_UNMAPPED);
  stays(l, 99, 11, DTC_LIFT_UNMAPPED);
  stays(l, 1, UINT32_MAX, DTC_LIFT_UNMAPPED);
  dtc_liftover_free(l);
}
END_TEST

START_TEST(a_minus_block_runs_backwards) {
  /* 0-based 100..150 of the minus strand of 1,100 bases is 950..1,000 of the contig, read from its end. */
  dtc_liftover *l = loaded("chain 90 chr1 1000 + 0 50 chr2 1100 - 100 150 1\n50\n", 0, 0);
  lifts(l, 1, 1, 2, 1000, 1);
  lifts(l, 1, 50, 2, 951, 1);
  dtc_liftover_free(l);
}
END_TEST

START_TEST(the_highest_score_decides_where_chains_overlap) {
  static const char low[] = "chain 10 1 1000 + 0 300 2 1100 + 500 800 1\n300\n\n";
  static const char high[] = "chain 90 1 1000 + 100 200 1 1100 + 0 100 2\n100\n\n";
  char text[512];
  for (int order = 0; order < 2; order++) {
    snprintf(text, sizeof text, "%s%s", order ? high : low, order ? low : high);
    dtc_liftover *l = loaded(text, 0, 0);
    lifts(l, 1, 100, 2, 600, 0);
    lifts(l, 1, 101, 1, 1, 0);
    lifts(l, 1, 200, 1, 100, 0);
    lifts(l, 1, 201, 2, 701, 0);
    lifts(l, 1, 300, 2, 800, 0);
    dtc_liftover_free(l);
  }
}
END_TEST

START_TEST(other_contigs_are_told_and_lose_a_tie) {
  dtc_liftover *l = loaded("chain 90 1 1000 + 0 100 HG7_PATCH 50000 + 7 107 1\n100\n\n"
                           "chain 10 1 1000 + 0 300 1 1100 + 0 300 2\n300\n\n",
                           0, 0);
  stays(l, 1, 50, DTC_LIFT_OTHER_CONTIG);
  lifts(l, 1, 101, 1, 101, 0);
  dtc_liftover_free(l);
  l = loaded("chain 1 1 1000 + 0 100 HG7_PATCH 50000 + 7 107 1\n100\n\nchain 1 1 1000 + 0 50 1 1100 + 0 50 2\n50\n", 0,
             0);
  lifts(l, 1, 50, 1, 50, 0);
  stays(l, 1, 51, DTC_LIFT_OTHER_CONTIG);
  dtc_liftover_free(l);
}
END_TEST

START_TEST(mt_goes_by_identity_or_through_its_own_chain) {
  static const char mt[] = PLUS "chain 5 M 16571 + 0 16570 MT 16569 + 0 16569 3\n309 1 0\n16260\n";
  dtc_lifted out;
  dtc_liftover *l = loaded(mt, 16571, 16569);
  lifts(l, DTC_CONTIG_MT, 311, DTC_CONTIG_MT, 310, 0);
  dtc_liftover_free(l);
  /* Same length on both sides: identity, whatever the chain says of another MT. */
  l = loaded(mt, 16569, 16569);
  lifts(l, DTC_CONTIG_MT, 750, DTC_CONTIG_MT, 750, 0);
  lifts(l, DTC_CONTIG_MT, 16569, DTC_CONTIG_MT, 16569, 0);
  ck_assert_int_eq(dtc_liftover_map(l, DTC_CONTIG_MT, 16570, &out), DTC_LIFT_UNMAPPED);
  dtc_liftover_free(l);
  /* Neither: the chain speaks of other sequences. */
  l = loaded(mt, 16571, 16000);
  stays(l, DTC_CONTIG_MT, 311, DTC_LIFT_UNMAPPED);
  dtc_liftover_free(l);
}
END_TEST

static const char *const bad_chains[] = {
    "",
    "# nothing\n",
    "\n",
    "chain\n",
    "chaining 90 1 1000 + 0 50 1 1100 + 0 50 1\n50\n",
    "chain x 1 1000 + 0 50 1 1100 + 0 50 1\n50\n",
    "chain 90 1 1000 - 0 50 1 1100 + 0 50 1\n50\n",
    "chain 90 1 1000 * 0 50 1 1100 + 0 50 1\n50\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0\n50\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1 2\n50\n",
    "chain 90 1 1000 + 50 50 1 1100 + 50 50 1\n0\n",
    "chain 90 1 1000 + 60 50 1 1100 + 60 50 1\n0\n",
    "chain 90 1 1000 + 0 1001 1 1100 + 0 1001 1\n1001\n",
    "chain 90 1 1000 + 0 50 1 1100 + 1060 1110 1\n50\n",
    "chain 90 1 1000 + -5 50 1 1100 + 0 50 1\n50\n",
    "chain 90 1 999 + 0 50 1 1100 + 0 50 1\n50\n",
    "chain 90 1 1000 + 0 50 1 1099 + 0 50 1\n50\n",
    "chain 90 1 1100 + 0 50 1 1000 + 0 50 1\n50\n",
    "chain 90 1 1000 + 0 99999999999 1 1100 + 0 50 1\n50\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n20 5 5\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n20 5 5\n\n25\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n20 5 5\n24\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n20 5 5\n26\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n20 5 4\n25\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n20 5\n25\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n0 5 5\n45\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n4294967295 4294967295 4294967295\n50\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n18446744073709551616\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n5x\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\n50\n50\n",
    "chain 90 1 1000 + 0 50 1 1100 + 0 50 1\nchain 90 1 1000 + 0 50 1 1100 + 0 50 2\n50\n",
    "chain 90 HG7_PATCH 1000 + 0 50 1 1100 + 0 50 1\n50\n",
};

START_TEST(bad_chain_files_are_refused) {
  write_file(bad_chains[_i]);
  dtc_liftover *l = (dtc_liftover *)path;
  dtc_diag diag;
  ck_assert_int_eq(load(0, 0, &l, &diag), DTC_CHAIN_FILE);
  ck_assert_ptr_null(l);
  ck_assert_str_ne(diag.expected, "");
}
END_TEST

START_TEST(gzip_is_read_and_its_damage_seen) {
  gzFile gz = gzopen(path, "wb");
  ck_assert_ptr_nonnull(gz);
  ck_assert_int_eq(gzputs(gz, PLUS), (int)strlen(PLUS));
  ck_assert_int_eq(gzclose(gz), Z_OK);
  dtc_liftover *l = NULL;
  dtc_diag diag;
  ck_assert_int_eq(load(0, 0, &l, &diag), DTC_OK);
  lifts(l, 1, 11, 1, 21, 0);
  dtc_liftover_free(l);
  FILE *f = fopen(path, "rb");
  char bytes[512];
  size_t n = fread(bytes, 1, sizeof bytes, f);
  ck_assert_int_eq(fclose(f), 0);
  for (int damage = 0; damage < 2; damage++) {
    char copy[512];
    memcpy(copy, bytes, n);
    copy[n - 6] ^= (char)(damage ? 1 : 0); /* in the checksum; or cut off inside it */
    f = fopen(path, "wb");
    size_t keep = damage ? n : n - 5;
    ck_assert_uint_eq(fwrite(copy, 1, keep, f), keep);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(load(0, 0, &l, &diag), DTC_CHAIN_FILE);
  }
}
END_TEST

/* Fails the nth allocation. */
typedef struct failing {
  int left, alive;
} failing;

static void *failing_resize(void *opaque, void *block, size_t size_bytes) {
  failing *f = opaque;
  if (f->left-- == 0)
    return NULL;
  f->alive += block == NULL;
  return realloc(block, size_bytes);
}

static void failing_release(void *opaque, void *block) {
  failing *f = opaque;
  f->alive--;
  free(block);
}

START_TEST(every_failed_allocation_is_survived) {
  dtc_assembly from = {.build = DTC_BUILD_NCBI36}, to = {.build = DTC_BUILD_GRCH37};
  from.length[1] = 1000;
  to.length[1] = 1100;
  write_file(PLUS);
  for (int n = 0;; n++) {
    failing f = {n, 0};
    dtc_allocator a = {failing_resize, failing_release, &f};
    dtc_liftover *l = NULL;
    dtc_diag diag;
    dtc_status status = dtc_liftover_load_path(path, &from, &to, &a, &l, &diag);
    if (status == DTC_OK) {
      dtc_liftover_free(l);
      ck_assert_int_gt(n, 4);
      ck_assert_int_eq(f.alive, 0);
      break;
    }
    ck_assert_int_eq(status, DTC_OUT_OF_MEMORY);
    ck_assert_int_eq(f.alive, 0);
  }
}
END_TEST

int main(void) {
  int fd = mkstemp(path);
  if (fd < 0 || close(fd) != 0)
    return EXIT_FAILURE;
  Suite *suite = suite_create("liftover");
  TCase *tcase = tcase_create("liftover");
  tcase_add_test(tcase, blocks_and_gaps);
  tcase_add_test(tcase, a_minus_block_runs_backwards);
  tcase_add_test(tcase, the_highest_score_decides_where_chains_overlap);
  tcase_add_test(tcase, other_contigs_are_told_and_lose_a_tie);
  tcase_add_test(tcase, mt_goes_by_identity_or_through_its_own_chain);
  tcase_add_loop_test(tcase, bad_chain_files_are_refused, 0, (int)(sizeof bad_chains / sizeof *bad_chains));
  tcase_add_test(tcase, gzip_is_read_and_its_damage_seen);
  tcase_add_test(tcase, every_failed_allocation_is_survived);
  suite_add_tcase(suite, tcase);
  int failed = suite_run(suite);
  unlink(path);
  return failed;
}
