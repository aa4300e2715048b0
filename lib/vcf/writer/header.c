#include "vcf/writer/header.h"

#include "vcf/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t header_contig_name(unsigned contig, int chr_prefix, char *name) {
  const char *plain = dtc_contig_name(contig);
  if (chr_prefix && contig == DTC_CONTIG_MT)
    plain = "M";
  return (size_t)snprintf(name, HEADER_CONTIG_NAME_BYTES, "%s%s", chr_prefix ? "chr" : "", plain);
}

int header_contig_index(const dtc_assembly *assembly, unsigned contig) {
  int index = 0;
  for (unsigned c = 1; c < contig; c++)
    index += assembly->length[c] != 0;
  return index;
}

static void write_constant_lines(FILE *f) {
  static const struct {
    const char *id, *description;
  } filters[RECORD_FILTER_COUNT] = {
#define DTC_X(name, id, description) {id, description},
      RECORD_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  fputs("##fileformat=VCFv4.3\n", f);
  for (int i = 0; i < RECORD_FILTER_COUNT; i++)
    fprintf(f, "##FILTER=<ID=%s,Description=\"%s\">\n", filters[i].id, filters[i].description);
  fputs("##INFO=<ID=FLIP,Number=0,Type=Flag,Description=\"Alleles complemented to fit the site list\">\n"
        "##INFO=<ID=REVLIFT,Number=0,Type=Flag,Description=\"Alleles complemented: liftover to the minus strand\">\n"
        "##INFO=<ID=OG,Number=.,Type=String,Description=\"Genotypes as in the export, target strand\">\n"
        "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n",
        f);
}

static void write_contig_lines(FILE *f, const header_facts *facts) {
  const dtc_assembly *a = facts->assembly;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (a->length[c] == 0)
      continue;
    char name[HEADER_CONTIG_NAME_BYTES];
    header_contig_name(c, facts->chr_prefix, name);
    fprintf(f, "##contig=<ID=%s,length=%" PRIu32, name, a->length[c]);
    if (a->md5[c][0])
      fprintf(f, ",md5=%s", a->md5[c]);
    fprintf(f, ",assembly=%s>\n", dtc_build_name(a->build));
  }
}

static void write_fact_line(FILE *f, const char *key, const char *value) {
  if (value)
    fprintf(f, "##%s=%s\n", key, value);
}

static void write_facts(FILE *f, const header_facts *facts) {
  fprintf(f, "##source=genotype-convert %s\n", dtc_version());
  write_fact_line(f, "reference", facts->has_sequence ? dtc_build_name(facts->assembly->build) : NULL);
  write_fact_line(f, "dtcgenoSites", facts->sites_digest);
  write_fact_line(f, "dtcgenoVendor", facts->vendor);
  write_fact_line(f, "dtcgenoFormat", facts->format);
  write_fact_line(f, "dtcgenoArray", facts->array);
  write_fact_line(f, "dtcgenoExportBuild", dtc_build_name(facts->build));
  write_fact_line(f, "dtcgenoSex", facts->sex);
}

char *header_text(const header_facts *facts, size_t *length) {
  char *text = NULL;
  FILE *f = open_memstream(&text, length);
  if (!f)
    return NULL;
  write_constant_lines(f);
  write_contig_lines(f, facts);
  write_facts(f, facts);
  fprintf(f, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t%s\n", facts->sample);
  int failed = ferror(f);
  if (fclose(f) != 0 || failed) {
    free(text);
    return NULL;
  }
  return text;
}
