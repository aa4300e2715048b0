/* het_calls - the heterozygous calls of an export: cc het_calls.c $(pkg-config --cflags --libs dtcgeno) */
#include <dtcgeno.h>

#include <stdio.h>

static int is_het(unsigned genotype) {
  unsigned first = DTC_GENOTYPE_FIRST(genotype), second = DTC_GENOTYPE_SECOND(genotype);
  return !DTC_GENOTYPE_IS_NO_CALL(genotype) && second != DTC_ALLELE_NONE && first != second;
}

int main(int argc, char **argv) {
  dtc_table *table;
  char text[1024];
  if (argc != 2) {
    fputs("usage: het_calls EXPORT\n", stderr);
    return 2;
  }
  dtc_verdict *verdict = dtc_verdict_new(NULL);
  if (!verdict)
    return 3;
  dtc_status status = dtc_table_load_path(argv[1], NULL, &table, verdict);
  if (status != DTC_OK) {
    dtc_verdict_line(verdict, text, sizeof text);
    fprintf(stderr, "%s: %s\n", argv[1], text);
    dtc_verdict_free(verdict);
    return 1;
  }
  const dtc_calls *calls = dtc_table_calls(table);
  for (size_t i = 0; i < calls->count; i++) {
    unsigned genotype = calls->genotype[i];
    if (!is_het(genotype))
      continue;
    dtc_calls_id(calls, i, text);
    printf("%s\t%s\t%lu\t%c%c\n", text, dtc_contig_name(calls->contig[i]), (unsigned long)calls->position[i],
           dtc_allele_letter(DTC_GENOTYPE_FIRST(genotype)), dtc_allele_letter(DTC_GENOTYPE_SECOND(genotype)));
  }
  dtc_table_free(table);
  dtc_verdict_free(verdict);
  return fflush(stdout) == 0 ? 0 : 3;
}
