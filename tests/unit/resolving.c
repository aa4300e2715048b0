#include "resolving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vcf/reference/reference.h"

/* Contig 1: A at 1, C 2, G 3, T 4, N 5, then the same from 6 on; X and Y have their PARs, MT stands for rCRS. */
static const char unit_bases[] = "ACGTN";
dtc_assembly assembly;
char fasta[128], table[128];
static char folder[64];

char base_at(unsigned position) { return unit_bases[(position - 1) % 5]; }

void write_fasta(unsigned contig_bases) {
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

void setup(void) {
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

void teardown(void) {
  char fai[160];
  snprintf(fai, sizeof fai, "%s.fai", fasta);
  unlink(fai);
  unlink(fasta);
  unlink(table);
  rmdir(folder);
}

unsigned letter(char c) {
  return c == 'A' ? 1 : c == 'C' ? 2 : c == 'G' ? 3 : c == 'T' ? 4 : c == 'I' ? 5 : c == 'D' ? 6 : c == '-' ? 7 : 0;
}

void add(rows *r, unsigned contig, uint32_t position, uint32_t id, const char *genotype) {
  size_t i = r->count++;
  r->contig[i] = (uint8_t)contig;
  r->position[i] = position;
  r->id[i] = id;
  r->kind[i] = DTC_ID_RS;
  r->line[i] = (uint32_t)i + 10;
  r->genotype[i] = DTC_GENOTYPE(letter(genotype[0]), genotype[0] ? letter(genotype[1]) : 0);
}

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

int on_record(void *opaque, const record *r) {
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

int on_reject(void *opaque, size_t row, reject_why why) {
  char text[100];
  snprintf(text, sizeof text, "row %u %s;", (unsigned)row, reject_word(why));
  put(opaque, text);
  return 0;
}

resolve_report report;

dtc_status run(const rows *r, setting s, outcome *o) {
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
void expect_unproven(const rows *r, setting s, const char *text) {
  static outcome o;
  ck_assert_int_eq(run(r, s, &o), DTC_OK);
  ck_assert_str_eq(o.text, text);
}

/* The same in a file whose strand is proven. */
void expect(const rows *r, setting s, const char *text) {
  static rows all;
  all = *r;
  for (uint32_t i = 0; i < PROOF_HETS; i++)
    add(&all, 2, 1 + 5 * i, PROOF_ID + i, "AG");
  expect_unproven(&all, s, text);
  ck_assert_int_eq(report.strand, RESOLVE_STRAND_PLUS);
}
