/* test_resolve_file.c - what the whole file tells: its build, its strand, the numbering of its MT; and the same by two
 * threads as by one. */
#include "resolving.h"

#include <string.h>
#include <unistd.h>

#include "base/counts.h"
#include "vcf/reference/reference.h"

/* Half of the hets hold REF and nothing proves the build: refused. */
START_TEST(test_wrong_build) {
  static rows r;
  static outcome o;
  r.count = 0;
  for (uint32_t i = 0; i < 300; i++)
    add(&r, 1, 1 + i * 5, i, i % 2 ? "AG" : "CT");
  ck_assert_int_eq(run(&r, WITH_FASTA, &o), DTC_BUILD_CONFLICT);
  ck_assert_str_eq(o.text, "");
}
END_TEST

/* Of 300 calls four may be without REF, one and one in a hundred. */
START_TEST(test_strand_is_proven) {
  static rows r;
  static outcome o;
  for (uint32_t wrong = 4; wrong <= 5; wrong++) {
    r.count = 0;
    add(&r, 1, 1, 900, "AT");
    for (uint32_t i = 1; i <= 300; i++)
      add(&r, 1, 1 + i * 5, 10000 + i, i > wrong ? "AG" : "CT");
    ck_assert_int_eq(run(&r, WITH_FASTA, &o), wrong == 4 ? DTC_OK : DTC_STRAND_UNPROVEN);
    ck_assert_int_eq(report.strand, wrong == 4 ? RESOLVE_STRAND_PLUS : RESOLVE_STRAND_UNPROVEN);
    ck_assert_uint_eq(report.strand_hets, 300);
    ck_assert_uint_eq(report.strand_hets_with_ref, 300 - wrong);
    ck_assert_int_eq(run(&r, WITH_BOTH, &o), DTC_OK); /* the table confirms some rows */
    ck_assert_uint_eq(report.rejected[REJECT_STRAND_UNKNOWN] == 0, wrong == 4);
  }
}
END_TEST

/* With fewer than twenty the vendor is believed, but for what looks alike on both strands; unless they speak against
 * it. */
START_TEST(test_strand_is_said) {
  rows r = {.count = 0};
  static outcome o;
  add(&r, 1, 1, 1, "AG");
  add(&r, 1, 2, 900, "CC");
  add(&r, 1, 3, 901, "CC");
  add(&r, 1, 11, 11, "AA");
  expect_unproven(&r, WITH_BOTH,
                  "1:1 rs1 A>G 0/1 PASS;1:2 rs900 C 0/0 PASS;row 2 STRAND_UNKNOWN;row 3 STRAND_UNKNOWN;");
  ck_assert_int_eq(report.strand, RESOLVE_STRAND_SAID);
  for (uint32_t i = 0; i < 6; i++)
    add(&r, 1, 16 + i * 5, 10000 + i, "CT");
  ck_assert_int_eq(run(&r, WITH_FASTA, &o), DTC_BUILD_CONFLICT);
}
END_TEST

/* Not proven: only what the table confirms, as it is or reversed. */
START_TEST(test_strand_by_the_table) {
  static rows r;
  static outcome o;
  static const uint64_t proven[BUILD_COUNT] = {0, 0, 20, 1};
  setting s = WITH_BOTH;
  s.markers = proven;
  r.count = 0;
  add(&r, 1, 1, 1, "AA");   /* A>G */
  add(&r, 1, 1, 1, "TT");   /* the same, reversed */
  add(&r, 1, 2, 900, "CC"); /* no site */
  add(&r, 1, 4, 902, "--");
  add(&r, 1, 6, 6, "CC");     /* A>G,C: looks alike */
  add(&r, 1, 11, 11, "AA");   /* A>T */
  add(&r, 1, 201, 201, "CT"); /* A>G, reversed */
  for (uint32_t i = 0; i < PROOF_HETS; i++)
    add(&r, 2, 1 + 5 * i, PROOF_ID + i, i % 2 ? "AG" : "CT");
  ck_assert_int_eq(run(&r, s, &o), DTC_OK);
  ck_assert_int_eq(report.strand, RESOLVE_STRAND_UNPROVEN);
  ck_assert_str_eq(o.text, "1:1 rs1 A>G 0/0 PASS FLIP;row 2 STRAND_UNKNOWN;1:4 rs902 T ./. PASS;row 4 "
                           "STRAND_UNKNOWN;row 5 STRAND_UNKNOWN;1:201 rs201 A>G 0/1 PASS FLIP;");
}
END_TEST

/* The same where anchor markers prove the build: then it is the strand, and nothing can be believed; or, where calls do
 * not look like the reference on either strand, it is the reference. */
START_TEST(test_wrong_strand) {
  static rows r;
  static outcome o;
  static const uint64_t proven[BUILD_COUNT] = {0, 0, 20, 1}, doubtful[BUILD_COUNT] = {0, 5, 20, 0};
  setting s = WITH_FASTA;
  for (int other = 0; other < 2; other++) {
    r.count = 0;
    for (uint32_t i = 1; i < 300; i++)
      add(&r, 1, 1 + i * 5, i, i % 3 ? other ? "CC" : "TT" : i % 2 ? "AG" : "CT");
    s.markers = proven;
    ck_assert_int_eq(run(&r, s, &o), other ? DTC_REFERENCE_FILE : DTC_STRAND_UNPROVEN);
    s.markers = doubtful;
    ck_assert_int_eq(run(&r, s, &o), DTC_BUILD_CONFLICT);
    ck_assert_str_eq(o.text, "");
  }
}
END_TEST

/* Build 36 as it is built in: MT rows must show that they are numbered as rCRS is. */
START_TEST(test_mt_of_build_36) {
  static dtc_assembly from;
  static rows r;
  static outcome o;
  from = *dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_NCBI36);
  setting s = WITH_FASTA;
  s.from = &from;
  for (unsigned shift = 0; shift < 2; shift++) {
    r.count = 0;
    for (uint32_t p = 1; p <= 100; p++) {
      char letters[3] = {base_at(p + shift), 0, 0};
      if (letters[0] != 'N')
        add(&r, DTC_CONTIG_MT, p, p, letters);
    }
    ck_assert_int_eq(run(&r, s, &o), DTC_OK);
    ck_assert_uint_eq(report.rejected[REJECT_MT_NOT_RCRS], shift ? 80 : 0);
  }
  from.md5[DTC_CONTIG_MT][0] = 'x'; /* a user's own build 36 is taken at its word */
  ck_assert_int_eq(run(&r, s, &o), DTC_OK);
  ck_assert_uint_eq(report.rejected[REJECT_MT_NOT_RCRS], 0);
}
END_TEST

START_TEST(test_positions_of_another_build) {
  static rows r;
  static outcome o;
  r.count = 0;
  for (uint32_t i = 0; i < 300; i++)
    add(&r, 1, 1 + i * 5 + (i > 150 ? 2000 : 0), i, "AA");
  ck_assert_int_eq(run(&r, WITH_FASTA, &o), DTC_BUILD_CONFLICT);
}
END_TEST

/* As many rows as give a second thread something to do: two at each place, some names at several. */
enum { MANY_ROWS = 5 * CONTIG_BASES * 2 };
static uint32_t many_position[MANY_ROWS], many_id[MANY_ROWS], many_line[MANY_ROWS];
static uint8_t many_kind[MANY_ROWS], many_contig[MANY_ROWS], many_genotype[MANY_ROWS];

static dtc_calls many_rows(uint32_t step) {
  static const uint8_t contigs[] = {1, 2, DTC_CONTIG_X, DTC_CONTIG_Y, DTC_CONTIG_MT};
  for (uint32_t i = 0; i < MANY_ROWS; i++) {
    many_contig[i] = contigs[i / 2 / CONTIG_BASES];
    many_position[i] = 1 + i / 2 % CONTIG_BASES * step;
    many_id[i] = i * 7 % 17001;
    many_line[i] = i;
    many_kind[i] = DTC_ID_RS;
    unsigned ref = letter(base_at(many_position[i]));
    many_genotype[i] = ref == 0 ? DTC_GENOTYPE(1, 1) : DTC_GENOTYPE(ref, 1 + (ref + i / 6 % 2) % 4);
  }
  return (dtc_calls){MANY_ROWS, many_position, many_id, many_kind, many_contig, many_genotype, many_line, NULL};
}

/* What came out in its order, as a sum over the text of each. */
static uint64_t sum_of(uint64_t sum, const outcome *o) {
  for (size_t i = 0; i < o->at; i++)
    sum = (sum ^ (unsigned char)o->text[i]) * 0x100000001b3u;
  return sum;
}

static int sum_record(void *opaque, const record *r) {
  static outcome o;
  o.at = 0;
  on_record(&o, r);
  *(uint64_t *)opaque = sum_of(*(uint64_t *)opaque, &o);
  return 0;
}

static int sum_reject(void *opaque, size_t row, reject_why why) {
  static outcome o;
  o.at = 0;
  on_reject(&o, row, why);
  *(uint64_t *)opaque = sum_of(*(uint64_t *)opaque, &o);
  return 0;
}

/* step: how far apart places stand. keep_bytes: the FASTA is cut off there once it is open. */
static dtc_status run_many(const char *sites, int threads, uint32_t step, off_t keep_bytes, uint64_t *sum) {
  char message[400] = "";
  resolve_options options = {.from = &assembly, .to = &assembly, .sex = DTC_SEX_MALE, .threads = threads};
  ck_assert_msg(reference_open(fasta, sites, &assembly, &options.reference, message, sizeof message) == DTC_OK, "%s",
                message);
  if (keep_bytes)
    ck_assert_int_eq(truncate(fasta, keep_bytes), 0);
  dtc_calls calls = many_rows(step);
  *sum = 0;
  resolve_sink sink = {sum_record, sum_reject, sum};
  dtc_diag diag = {0};
  dtc_status status = resolve_calls(&calls, &options, &sink, &report, &diag);
  reference_free(options.reference);
  return status;
}

START_TEST(test_threads_change_nothing) {
  const char *const sources[] = {NULL, table};
  for (int s = 0; s < 2; s++) {
    uint64_t want, got;
    ck_assert_int_eq(run_many(sources[s], 1, 1, 0, &want), DTC_OK);
    resolve_report told = report;
    ck_assert_uint_gt(told.written, 1000);
    ck_assert_uint_gt(told.merged, 1000);
    for (int threads = 0; threads <= 4; threads += 2) {
      ck_assert_int_eq(run_many(sources[s], threads, 1, 0, &got), DTC_OK);
      ck_assert_uint_eq(got, want);
      ck_assert_int_eq(memcmp(&report, &told, sizeof told), 0);
    }
  }
}
END_TEST

/* Whichever thread meets the end of a file that was whole when it was opened, it is told. */
START_TEST(test_unread_reference_is_told_by_any_thread) {
  enum { STEP = 201, BASES = CONTIG_BASES * STEP };
  for (unsigned contig = 1; contig < DTC_CONTIG_COUNT; contig++)
    assembly.length[contig] = assembly.length[contig] ? BASES : 0;
  for (int whole = 1; whole <= 5; whole++)
    for (int threads = 1; threads <= 2; threads++) {
      uint64_t sum;
      write_fasta(BASES);
      dtc_status status = run_many(NULL, threads, STEP, whole < 5 ? whole * (BASES + BASES / 50 + 4) : 0, &sum);
      ck_assert_int_eq(status, whole < 5 ? DTC_IO_READ : DTC_OK);
    }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("resolve_file");
  TCase *files = tcase_create("files");
  tcase_add_checked_fixture(files, setup, teardown);
  tcase_add_test(files, test_wrong_build);
  tcase_add_test(files, test_strand_is_proven);
  tcase_add_test(files, test_strand_is_said);
  tcase_add_test(files, test_strand_by_the_table);
  tcase_add_test(files, test_wrong_strand);
  tcase_add_test(files, test_mt_of_build_36);
  tcase_add_test(files, test_positions_of_another_build);
  tcase_add_test(files, test_threads_change_nothing);
  tcase_add_test(files, test_unread_reference_is_told_by_any_thread);
  suite_add_tcase(suite, files);
  return suite_run(suite);
}
