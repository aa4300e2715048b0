/* to_vcf - an export as VCF, with its index where the name ends in .vcf.gz or .bcf:
 * cc to_vcf.c $(pkg-config --cflags --libs dtcgeno-vcf) */
#include <dtcgeno-vcf.h>

#include <stdio.h>
#include <stdlib.h>

/* Ends the program, and with it all that it holds. */
static void fail(const char *what, const dtc_diag *diag) {
  fprintf(stderr, "%s: %s (%s)\n", what, dtc_status_text(diag->status), diag->expected);
  exit(dtc_status_class(diag->status) == DTC_CLASS_INPUT ? 1 : 3);
}

int main(int argc, char **argv) {
  dtc_diag diag = {DTC_OK, 0, 0, 0, 0, "", {0}};
  dtc_verdict *verdict = dtc_verdict_new(NULL);
  dtc_table *table;
  dtc_conversion *conversion;
  dtc_conversion_options options;
  if (argc != 4)
    return fputs("usage: to_vcf EXPORT REFERENCE OUTPUT\n", stderr), 2;
  if (!verdict)
    return fputs("out of memory\n", stderr), 3;
  if (dtc_table_load_path(argv[1], NULL, &table, verdict) != DTC_OK)
    fail(argv[1], dtc_verdict_diag(verdict));
  dtc_conversion_options_init(&options);
  options.from = dtc_assemblies_get(dtc_assemblies_builtin(), dtc_verdict_build(verdict));
  if (dtc_reference_open(argv[2], NULL, options.from, &options.reference, &diag) != DTC_OK)
    fail(argv[2], &diag);
  if (dtc_conversion_open(table, verdict, &options, &conversion, &diag) != DTC_OK ||
      dtc_conversion_write(conversion, argv[3], NULL, NULL, &diag) != DTC_OK)
    fail(argv[1], &diag);
  const dtc_conversion_sums *sums = dtc_conversion_get_sums(conversion);
  printf("%lu rows in %lu records\n", (unsigned long)sums->rows, (unsigned long)sums->records);
  dtc_conversion_free(conversion);
  dtc_reference_free(options.reference);
  dtc_table_free(table);
  dtc_verdict_free(verdict);
  return fflush(stdout) == 0 ? 0 : 3;
}
