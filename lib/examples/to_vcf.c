/* to_vcf - an export as VCF on standard output: cc to_vcf.c $(pkg-config --cflags --libs dtcgeno-vcf) */
#include <dtcgeno-vcf.h>

#include <htslib/hts.h>
#include <htslib/vcf.h>
#include <stdio.h>

static int fail(const char *what, const dtc_diag *diag) {
  fprintf(stderr, "%s: %s (%s)\n", what, dtc_status_text(diag->status), diag->expected);
  return 1;
}

/* 0 when every record was written. */
static int write_records(dtc_conversion *c) {
  htsFile *out = hts_open("-", "w");
  bcf1_t *record = bcf_init();
  int more = out && record && bcf_hdr_write(out, dtc_conversion_header(c)) == 0 ? 1 : -1;
  while (more > 0 && (more = dtc_conversion_next(c, record)) > 0)
    if (bcf_write(out, dtc_conversion_header(c), record) != 0)
      more = -1;
  bcf_destroy(record);
  return out && hts_close(out) == 0 && more == 0 ? 0 : -1;
}

int main(int argc, char **argv) {
  dtc_diag diag = {DTC_OK, 0, 0, 0, 0, "", {0}};
  dtc_verdict *verdict = dtc_verdict_new(NULL);
  dtc_table *table = NULL;
  dtc_conversion *conversion = NULL;
  dtc_conversion_options options;
  dtc_assemblies *own = NULL;
  dtc_options read;
  if (argc < 3 || argc > 4)
    return fputs("usage: to_vcf EXPORT REFERENCE [ASSEMBLIES]\n", stderr), 2;
  if (argc == 4 && dtc_assemblies_load_path(argv[3], NULL, &own, &diag) != DTC_OK)
    return fail(argv[3], &diag);
  dtc_options_init(&read, DTC_POLICY_REJECT);
  read.assemblies = own;
  if (dtc_table_load_path(argv[1], &read, &table, verdict) != DTC_OK)
    return fail(argv[1], dtc_verdict_diag(verdict));
  dtc_conversion_options_init(&options);
  options.from = dtc_assemblies_get(own ? own : dtc_assemblies_builtin(), dtc_verdict_build(verdict));
  if (dtc_reference_open(argv[2], NULL, options.from, &options.reference, &diag) != DTC_OK)
    return fail(argv[2], &diag);
  if (dtc_conversion_open(table, verdict, &options, &conversion, &diag) != DTC_OK)
    return fail(argv[1], &diag);
  int failed = write_records(conversion);
  const dtc_conversion_sums *sums = dtc_conversion_get_sums(conversion);
  fprintf(stderr, "%lu rows in %lu records\n", (unsigned long)sums->rows, (unsigned long)sums->records);
  dtc_conversion_free(conversion);
  dtc_reference_free(options.reference);
  dtc_table_free(table);
  dtc_verdict_free(verdict);
  dtc_assemblies_free(own);
  return failed ? 3 : 0;
}
