/* resolve_dump.c - an export through the table and the resolver, printed: records as VCF lines, rejects behind
 * "REJECT".
 *
 *   resolve_dump [-f REF] [-T SITES] [-a ASSEMBLIES] [-b BUILD] [-c CHAIN]... [-s male|female|auto] [-q] EXPORT
 *
 * -b is the output's build; -q prints the sums only. Exit 0, or 1 with a message. */
#include <dtcgeno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/counts.h"
#include "vcf/reference/reference.h"
#include "vcf/resolve/resolve.h"

static const char *const filter_id[] = {
#define DTC_X(number, name, id, text) id,
    DTC_FILTER_LIST(DTC_X)
#undef DTC_X
};

typedef struct dump {
  const dtc_calls *calls;
  const char *vendor;
  int quiet;
  uint64_t sum;
} dump;

static int on_record(void *opaque, const record *r) {
  dump *d = opaque;
  if (d->quiet) {
    d->sum += r->position + (unsigned)r->gt[0] + (unsigned)r->alleles[0][0];
    return 0;
  }
  printf("%s\t%u\t", dtc_contig_name(r->contig), (unsigned)r->position);
  for (size_t i = 0; i < r->n_ids; i++) {
    char text[DTC_ID_TEXT_MAX + 1];
    dtc_calls one = {.count = 1, .id_number = &r->ids[i].number, .id_kind = &r->ids[i].kind, .names = r->names};
    dtc_calls_id(&one, 0, text);
    printf("%s%s", i ? ";" : "", text);
  }
  printf("\t%s\t", r->alleles[0]);
  for (int i = 1; i < r->n_alleles; i++)
    printf("%s%s", i > 1 ? "," : "", r->alleles[i]);
  printf("%s\t.\t%s\t", r->n_alleles < 2 ? "." : "", filter_id[r->filter]);
  const char *between = "";
  if (r->info & RECORD_REVLIFT)
    printf("REVLIFT"), between = ";";
  if (r->info & RECORD_FLIP)
    printf("%sFLIP", between), between = ";";
  if (r->og)
    printf("%sOG=%s", between, r->og), between = ";";
  printf("%s\tGT\t", *between ? "" : ".");
  for (int i = 0; i < r->ploidy; i++) {
    if (i)
      putchar('/');
    if (r->gt[i] < 0)
      putchar('.');
    else
      printf("%d", r->gt[i]);
  }
  putchar('\n');
  return 0;
}

static int on_reject(void *opaque, size_t row, reject_why why) {
  dump *d = opaque;
  char id[DTC_ID_TEXT_MAX + 1];
  if (d->quiet)
    return 0;
  dtc_calls_id(d->calls, row, id);
  printf("REJECT\t%u\t%s\t%s\t%u\t%s\n", (unsigned)d->calls->line[row], id,
         dtc_vendor_label(d->vendor, d->calls->contig[row]), (unsigned)d->calls->position[row], reject_word(why));
  return 0;
}

/* Rows the parser kept out of the calls. */
static void parser_rejects(const dtc_table *table) {
  const dtc_reject *r;
  for (size_t i = 0; (r = dtc_table_reject(table, i)); i++) {
    reject_why why = r->why == DTC_ALLELE_INVALID       ? REJECT_BAD_ALLELE
                     : r->why == DTC_CHROMOSOME_INVALID ? REJECT_CHROM_UNKNOWN
                                                        : REJECT_NO_POSITION;
    printf("REJECT\t%u\t%.*s\t%.*s\t%.*s\t%s\n", (unsigned)r->line, r->id_bytes, r->id, r->chromosome_bytes,
           r->chromosome, r->position_bytes, r->position, reject_word(why));
  }
}

static int fail(const char *what, const char *why) {
  fprintf(stderr, "resolve_dump: %s: %s\n", what, why);
  return 1;
}

typedef struct arguments {
  const char *sequence, *sites, *assemblies, *chain[4], *export;
  int n_chains, quiet;
  dtc_build to;
  dtc_sex sex;
  int sex_given;
} arguments;

static int parse(int argc, char **argv, arguments *a) {
  int c;
  memset(a, 0, sizeof *a);
  while ((c = getopt(argc, argv, "f:T:a:b:c:s:q")) != -1) {
    if (c == 'f')
      a->sequence = optarg;
    else if (c == 'T')
      a->sites = optarg;
    else if (c == 'a')
      a->assemblies = optarg;
    else if (c == 'b')
      a->to = dtc_build_parse(optarg);
    else if (c == 'c' && a->n_chains < 4)
      a->chain[a->n_chains++] = optarg;
    else if (c == 'q')
      a->quiet = 1;
    else if (c == 's') {
      a->sex_given = strcmp(optarg, "auto") != 0;
      a->sex = strcmp(optarg, "male") == 0     ? DTC_SEX_MALE
               : strcmp(optarg, "female") == 0 ? DTC_SEX_FEMALE
                                               : DTC_SEX_UNDETERMINED;
    } else
      return 0;
  }
  a->export = argv[optind];
  return a->export != NULL;
}

static double seconds(void) { return (double)clock() / CLOCKS_PER_SEC; }

int main(int argc, char **argv) {
  arguments a;
  dtc_options options;
  dtc_assemblies *own = NULL;
  dtc_diag diag = {0};
  dtc_table *table;
  dtc_verdict *verdict = dtc_verdict_new(NULL);
  char message[512];
  if (!parse(argc, argv, &a))
    return fail("usage", "see the head of the source");
  dtc_options_init(&options, DTC_POLICY_REJECT);
  options.container = DTC_CONTAINER_ANY;
  if (a.assemblies && dtc_assemblies_load_path(a.assemblies, NULL, &own, &diag) != DTC_OK)
    return fail(a.assemblies, diag.expected);
  options.assemblies = own;
  double start = seconds();
  if (!verdict || dtc_table_load_path(a.export, &options, &table, verdict) != DTC_OK)
    return fail(a.export, dtc_status_slug(dtc_verdict_status(verdict)));
  double loaded = seconds();
  const dtc_assemblies *set = own ? own : dtc_assemblies_builtin();
  if (a.to == DTC_BUILD_UNKNOWN)
    a.to = dtc_verdict_build(verdict);
  resolve_options o = {.from = dtc_assemblies_get(set, dtc_verdict_build(verdict)),
                       .to = dtc_assemblies_get(set, a.to)};
  if (!o.from || !o.to)
    return fail(a.export, "the build is not known");
  dtc_liftover *lift[4] = {NULL};
  for (int i = 0; i < a.n_chains; i++)
    if (dtc_liftover_load_path(a.chain[i], o.from, o.to, NULL, &lift[i], &diag) != DTC_OK)
      return fail(a.chain[i], diag.expected);
  o.liftover = lift[0];
  o.vetoes = (const dtc_liftover *const *)&lift[1];
  o.n_vetoes = a.n_chains > 1 ? (size_t)a.n_chains - 1 : 0;
  o.sex = a.sex_given ? a.sex : dtc_verdict_sex(verdict);
  uint64_t markers[BUILD_COUNT];
  for (unsigned b = 0; b < BUILD_COUNT; b++)
    markers[b] = dtc_verdict_build_markers(verdict, (dtc_build)b);
  o.build_markers = markers;
  if (reference_open(a.sequence, a.sites, o.to, &o.reference, message, sizeof message) != DTC_OK)
    return fail("reference", message);
  double opened = seconds();
  dump d = {.vendor = dtc_verdict_vendor(verdict), .quiet = a.quiet};
  resolve_sink sink = {on_record, on_reject, &d};
  resolve_report report;
  dtc_status status = dtc_table_sort(table);
  d.calls = dtc_table_calls(table);
  if (!a.quiet)
    parser_rejects(table);
  if (status == DTC_OK)
    status = resolve_calls(d.calls, &o, &sink, &report, &diag);
  double done = seconds();
  if (status != DTC_OK)
    return fail(dtc_status_slug(status), diag.expected);
  uint64_t rejected = 0;
  for (int i = 0; i < REJECT_COUNT; i++)
    rejected += report.rejected[i];
  fprintf(
      stderr,
      "rows %llu written %llu merged %llu rejected %llu strand %llu/%llu ok %d; ms: load %.1f open %.1f resolve %.1f\n",
      (unsigned long long)report.rows, (unsigned long long)report.written, (unsigned long long)report.merged,
      (unsigned long long)rejected, (unsigned long long)report.strand_hets_with_ref,
      (unsigned long long)report.strand_hets, report.strand, 1e3 * (loaded - start), 1e3 * (opened - loaded),
      1e3 * (done - opened));
  reference_free(o.reference);
  for (int i = 0; i < a.n_chains; i++)
    dtc_liftover_free(lift[i]);
  dtc_table_free(table);
  dtc_assemblies_free(own);
  return report.rows == report.written + report.merged + rejected ? 0 : fail(a.export, "the sums do not close");
}
