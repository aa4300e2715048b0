#include "vcf/writer/header.h"

#include "vcf/record.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

size_t header_contig_name(unsigned contig, int chr_prefix, char *name) {
  const char *plain = dtc_contig_name(contig);
  if (chr_prefix == HEADER_CHR && contig == DTC_CONTIG_MT)
    plain = "M";
  return (size_t)snprintf(name, HEADER_CONTIG_NAME_BYTES, "%s%s", chr_prefix ? "chr" : "", plain);
}

int header_contig_index(const dtc_assembly *assembly, unsigned contig) {
  int index = 0;
  for (unsigned c = 1; c < contig; c++)
    index += assembly->length[c] != 0;
  return index;
}

/* The header so far, in memory that grows. */
typedef struct lines {
  char *text; /* NULL: memory ran out, or nothing was put yet */
  size_t length, capacity_bytes;
  int failed;
} lines;

static int make_room(lines *l, size_t more) {
  if (l->capacity_bytes - l->length >= more)
    return 0;
  size_t wanted = l->capacity_bytes * 2 + more + 4096;
  char *grown = l->failed ? NULL : realloc(l->text, wanted);
  if (!grown) {
    l->failed = 1;
    return -1;
  }
  l->text = grown;
  l->capacity_bytes = wanted;
  return 0;
}

__attribute__((format(printf, 2, 3))) static void put(lines *l, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (n < 0)
    l->failed = 1;
  if (n < 0 || make_room(l, (size_t)n + 1) != 0)
    return;
  va_start(arguments, format);
  vsnprintf(l->text + l->length, (size_t)n + 1, format, arguments);
  va_end(arguments);
  l->length += (size_t)n;
}

static void put_constant_lines(lines *l, int minor_version) {
  static const struct {
    const char *id, *description;
  } filters[RECORD_FILTER_COUNT] = {
#define DTC_X(number, name, id, text) {id, text},
      DTC_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  put(l, "##fileformat=VCFv4.%d\n", minor_version);
  for (int i = 0; i < RECORD_FILTER_COUNT; i++)
    put(l, "##FILTER=<ID=%s,Description=\"%s\">\n", filters[i].id, filters[i].description);
  put(l, "##INFO=<ID=FLIP,Number=0,Type=Flag,Description=\"Alleles complemented to fit the site list\">\n"
         "##INFO=<ID=REVLIFT,Number=0,Type=Flag,Description=\"Alleles complemented: liftover to the minus strand\">\n"
         "##INFO=<ID=OG,Number=.,Type=String,Description=\"Genotypes as in the export, target strand\">\n"
         "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n");
}

static void put_contig_lines(lines *l, const header_facts *facts) {
  const dtc_assembly *a = facts->assembly;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (a->length[c] == 0)
      continue;
    char name[HEADER_CONTIG_NAME_BYTES];
    header_contig_name(c, facts->chr_prefix, name);
    put(l, "##contig=<ID=%s,length=%" PRIu32, name, a->length[c]);
    if (a->md5[c][0])
      put(l, ",md5=%s", a->md5[c]);
    put(l, ",assembly=%s>\n", dtc_build_name(a->build));
  }
}

static void put_fact_line(lines *l, const char *key, const char *value) {
  if (value)
    put(l, "##%s=%s\n", key, value);
}

static void put_facts(lines *l, const header_facts *facts) {
  put_fact_line(l, "source", facts->source);
  put_fact_line(l, "reference", facts->has_sequence ? dtc_build_name(facts->assembly->build) : NULL);
  put_fact_line(l, "dtcgenoSites", facts->sites_digest);
  put_fact_line(l, "dtcgenoVendor", facts->vendor);
  put_fact_line(l, "dtcgenoFormat", facts->format);
  put_fact_line(l, "dtcgenoArray", facts->array);
  put_fact_line(l, "dtcgenoExportBuild", dtc_build_name(facts->build));
  put_fact_line(l, "dtcgenoSex", facts->sex);
}

char *header_text(const header_facts *facts, size_t *length) {
  lines l = {0};
  put_constant_lines(&l, facts->minor_version == 2 ? 2 : 3);
  put_contig_lines(&l, facts);
  put_facts(&l, facts);
  put(&l, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t%s\n", facts->sample);
  if (l.failed) {
    free(l.text);
    return NULL;
  }
  *length = l.length;
  return l.text;
}
