/* test_resolve.c - the table of rules from a row to a record, row by row, on a tiny genome written by the test. */
#include "base/counts.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vcf/reference/reference.h"
#include "vcf/resolve/resolve.h"

/* Contig 1: A at 1, C 2, G 3, T 4, N 5, then the same from 6 on; X and Y have their PARs, MT stands for rCRS. */
static const char unit_bases[] = "ACGTN";
/* So many plain heterozygous calls prove a strand; what proves it is left out of the outcome: names from PROOF_ID on.
 */
enum { CONTIG_BASES = 2000, ROWS_MAX = 400, PROOF_HETS = 20, PROOF_ID = 100000 };

static dtc_assembly assembly;
static char folder[64], fasta[128], table[128];

static char base_at(unsigned position) { return unit_bases[(position - 1) % 5]; }

static void write_fasta(unsigned contig_bases) {
  FILE *f = fopen(fasta, "w");
  ck_assert_ptr_nonnull(f);
  static const char *const names[] = {"1", "2", "X", "Y", "MT"};
  for (int i = 0; i < 5; i++) {
    fprintf(f, ">%s\n", names[i]);
    for (unsigned p = 1; p <= contig_bases; p++) {
      fputc(base_at(p), f);
      if (p % 50 == 0)
        fputc('\n', f);
    }
  }
  ck_assert_int_eq(fclose(f), 0);
}

static void write_table(void) {
  FILE *f = fopen(table, "w");
  ck_assert_ptr_nonnull(f);
  fputs(
      "##fileformat=VCFv4.3\n##contig=<ID=1,length=2000,assembly=GRCh37>\n##contig=<ID=2,length=2000,assembly=GRCh37>\n"
      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
      "1\t1\trs1\tA\tG\t.\t.\t.\n"
      "1\t6\trs6\tA\tG,C\t.\t.\t.\n"        /* A 6 C 7 G 8 T 9 */
      "1\t11\trs11\tA\tT\t.\t.\t.\n"        /* palindromic */
      "1\t13\trs13\tGTN\tGT\t.\t.\t.\n"     /* REF of unknown sequence: not a site */
      "1\t21\trs21;rs22\tACG\tA\t.\t.\t.\n" /* deletion of CG */
      "1\t21\trs23\tA\tG\t.\t.\t.\n"        /* SNV at the same position */
      "1\t31\trs31\tA\tACC\t.\t.\t.\n"      /* insertion */
      "1\t101\t.\tACG\tA\t.\t.\t.\n"        /* without a name */
      "1\t201\trs201\tAC\tGC\t.\t.\t.\n"    /* an SNV that was not trimmed */
      "1\t206\trs206\tA\t<DEL>\t.\t.\t.\n"
      "1\t301\trs301\tACG\tA,ACGCG\t.\t.\t.\n" /* a shorter and a longer ALT */
      "1\t401\trs401\tA\tACC,ACCCC\t.\t.\t.\n" /* two longer ones */
      "1\t501\trs501\tACGT\tA,ACGA\t.\t.\t.\n" /* an SNV T>A three bases on, beside a deletion */
      "1\t601\trs601;rs602\tA\tG\t.\t.\t.\n",
      f);
  for (unsigned i = 0; i < PROOF_HETS; i++)
    fprintf(f, "2\t%u\t.\tA\tG\t.\t.\t.\n", 1 + 5 * i);
  fputs("X\t106\trs801\tA\tACC\t.\t.\t.\nX\t301\trs803\tA\tACC\t.\t.\t.\nY\t61\trs802\tA\tG\t.\t.\t.\n", f);
  ck_assert_int_eq(fclose(f), 0);
}

static void setup(void) {
  strcpy(folder, "/tmp/test_resolve.XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(fasta, sizeof fasta, "%s/ref.fa", folder);
  snprintf(table, sizeof table, "%s/sites.vcf", folder);
  memset(&assembly, 0, sizeof assembly);
  assembly.build = DTC_BUILD_GRCH37;
  assembly.length[1] = assembly.length[2] = assembly.length[DTC_CONTIG_X] = assembly.length[DTC_CONTIG_Y] =
      CONTIG_BASES;
  assembly.length[DTC_CONTIG_MT] = CONTIG_BASES;
  assembly.par[0] = (dtc_par){101, 200, 51, 150};
  assembly.par[1] = (dtc_par){1901, 2000, 1801, 1900};
  write_fasta(CONTIG_BASES);
  write_table();
}

static void teardown(void) {
  char fai[160];
  snprintf(fai, sizeof fai, "%s.fai", fasta);
  unlink(fai);
  unlink(fasta);
  unlink(table);
  rmdir(folder);
}

/* Rows by hand; names are rs numbers. */
typedef struct rows {
  uint32_t position[ROWS_MAX], id[ROWS_MAX], line[ROWS_MAX];
  uint8_t kind[ROWS_MAX], contig[ROWS_MAX], genotype[ROWS_MAX];
  size_t count;
} rows;

static unsigned letter(char c) {
  return c == 'A' ? 1 : c == 'C' ? 2 : c == 'G' ? 3 : c == 'T' ? 4 : c == 'I' ? 5 : c == 'D' ? 6 : c == '-' ? 7 : 0;
}

static void add(rows *r, unsigned contig, uint32_t position, uint32_t id, const char *genotype) {
  size_t i = r->count++;
  r->contig[i] = (uint8_t)contig;
  r->position[i] = position;
  r->id[i] = id;
  r->kind[i] = DTC_ID_RS;
  r->line[i] = (uint32_t)i + 10;
  r->genotype[i] = DTC_GENOTYPE(letter(genotype[0]), genotype[0] ? letter(genotype[1]) : 0);
}

/* What came out, as text: "1:1 A>G 0/1 PASS" a record, "row 0 REF_N" a reject, a ';' behind each. */
typedef struct outcome {
  char text[40000];
  size_t at;
  int stop_after;
} outcome;

static const char *const filters[] = {
#define DTC_X(number, name, id, text) id,
    DTC_FILTER_LIST(DTC_X)
#undef DTC_X
};

static void put(outcome *o, const char *text) {
  size_t n = strlen(text);
  ck_assert_uint_lt(o->at + n, sizeof o->text);
  memcpy(o->text + o->at, text, n + 1);
  o->at += n;
}

static int on_record(void *opaque, const record *r) {
  outcome *o = opaque;
  char text[300];
  if (r->n_ids && r->ids[0].number >= PROOF_ID)
    return 0;
  snprintf(text, sizeof text, "%s:%u ", dtc_contig_name(r->contig), (unsigned)r->position);
  put(o, text);
  for (size_t i = 0; i < r->n_ids; i++) {
    snprintf(text, sizeof text, "%srs%u", i ? "+" : "", (unsigned)r->ids[i].number);
    put(o, text);
  }
  put(o, r->n_ids ? " " : ". ");
  for (int i = 0; i < r->n_alleles; i++) {
    ck_assert_uint_eq(strlen(r->alleles[i]), r->allele_bytes[i]);
    put(o, i == 0 ? "" : i == 1 ? ">" : ",");
    put(o, r->alleles[i]);
  }
  put(o, " ");
  for (int i = 0; i < r->ploidy; i++) {
    if (r->gt[i] < 0)
      snprintf(text, sizeof text, "%s.", i ? "/" : "");
    else
      snprintf(text, sizeof text, "%s%d", i ? "/" : "", r->gt[i]);
    put(o, text);
  }
  snprintf(text, sizeof text, " %s%s%s%s%s;", filters[r->filter], r->info & RECORD_REVLIFT ? " REVLIFT" : "",
           r->info & RECORD_FLIP ? " FLIP" : "", r->og ? " " : "", r->og ? r->og : "");
  put(o, text);
  return o->stop_after && --o->stop_after == 0;
}

static int on_reject(void *opaque, size_t row, reject_why why) {
  char text[100];
  snprintf(text, sizeof text, "row %u %s;", (unsigned)row, reject_word(why));
  put(opaque, text);
  return 0;
}

typedef struct setting {
  const dtc_assembly *from; /* NULL: that of the output */
  const uint64_t *markers;
  const char *sequence, *sites;
  dtc_sex sex;
  int drop, variants, imputation, stop_after, last_base, y_absent;
  unsigned x_copies;
} setting;

static resolve_report report;

static dtc_status run(const rows *r, setting s, outcome *o) {
  char message[400] = "";
  resolve_options options = {.from = s.from ? s.from : &assembly,
                             .to = &assembly,
                             .build_markers = s.markers,
                             .sex = s.sex,
                             .x_copies = s.x_copies,
                             .y_absent = s.y_absent,
                             .deletion_at_last = s.last_base,
                             .drop_no_calls = s.drop,
                             .variants_only = s.variants,
                             .profile_imputation = s.imputation};
  ck_assert_msg(reference_open(s.sequence, s.sites, &assembly, &options.reference, message, sizeof message) == DTC_OK,
                "%s", message);
  dtc_calls calls = {r->count, r->position, r->id, r->kind, r->contig, r->genotype, r->line, NULL};
  memset(o, 0, sizeof *o);
  o->stop_after = s.stop_after;
  resolve_sink sink = {on_record, on_reject, o};
  dtc_diag diag = {0};
  dtc_status status = resolve_calls(&calls, &options, &sink, &report, &diag);
  uint64_t rejected = 0;
  for (int i = 0; i < REJECT_COUNT; i++)
    rejected += report.rejected[i];
  if (status == DTC_OK)
    ck_assert_uint_eq(report.rows, report.written + report.merged + rejected);
  reference_free(options.reference);
  return status;
}

/* Rows in, text out. */
static void expect_unproven(const rows *r, setting s, const char *text) {
  static outcome o;
  ck_assert_int_eq(run(r, s, &o), DTC_OK);
  ck_assert_str_eq(o.text, text);
}

/* The same in a file whose strand is proven. */
static void expect(const rows *r, setting s, const char *text) {
  static rows all;
  all = *r;
  for (uint32_t i = 0; i < PROOF_HETS; i++)
    add(&all, 2, 1 + 5 * i, PROOF_ID + i, "AG");
  expect_unproven(&all, s, text);
  ck_assert_int_eq(report.strand, RESOLVE_STRAND_PLUS);
}

#define WITH_BOTH ((setting){.sequence = fasta, .sites = table, .sex = DTC_SEX_MALE})
#define WITH_FASTA ((setting){.sequence = fasta, .sex = DTC_SEX_MALE})
#define WITH_SITES ((setting){.sites = table, .sex = DTC_SEX_MALE})

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
  tcase_add_test(rules, test_wrong_build);
  tcase_add_test(rules, test_strand_is_proven);
  tcase_add_test(rules, test_strand_is_said);
  tcase_add_test(rules, test_strand_by_the_table);
  tcase_add_test(rules, test_wrong_strand);
  tcase_add_test(rules, test_mt_of_build_36);
  tcase_add_test(rules, test_positions_of_another_build);
  tcase_add_test(rules, test_threads_change_nothing);
  tcase_add_test(rules, test_unread_reference_is_told_by_any_thread);
  suite_add_tcase(suite, rules);
  return suite_run(suite);
}
