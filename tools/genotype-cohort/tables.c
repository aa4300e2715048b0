#include "genotype-cohort/tables.h"

#include "common/output.h"
#include "genotype-cohort/cohort_page.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* 1, 2 and 0, as plink writes sexes. */
static int sex_code(dtc_sex sex) { return sex == DTC_SEX_MALE ? 1 : sex == DTC_SEX_FEMALE ? 2 : 0; }

static int write_psam(const cohort *c, const kinship *pairs, size_t count, output *o, fault *f) {
  (void)f, (void)pairs, (void)count;
  output_print(o, "#IID\tSEX\n");
  for (size_t i = 0; i < c->count; i++)
    if (c->persons[i].fault.exit_status == EXIT_WRITTEN)
      output_print(o, "%s\t%d\n", c->persons[i].name, sex_code(c->persons[i].sex));
  return 0;
}

static int write_fam(const cohort *c, const kinship *pairs, size_t count, output *o, fault *f) {
  (void)f, (void)pairs, (void)count;
  for (size_t i = 0; i < c->count; i++)
    if (c->persons[i].fault.exit_status == EXIT_WRITTEN)
      output_print(o, "0\t%s\t0\t0\t%d\t-9\n", c->persons[i].name, sex_code(c->persons[i].sex));
  return 0;
}

static double share(uint64_t part, uint64_t whole) { return whole ? (double)part / (double)whole : 0; }

static int write_persons(const cohort *c, const kinship *pairs, size_t count, output *o, fault *f) {
  (void)f, (void)pairs, (void)count;
  output_print(
      o, "sample\tstate\tvendor\tarray\tsex\trows\trejected\trecords\tcalled\tsites\tcall_rate\theterozygosity\n");
  for (size_t i = 0; i < c->count; i++) {
    const person *p = &c->persons[i];
    if (p->fault.exit_status != EXIT_WRITTEN) {
      output_print(o, "%s\tleft-out\t%s\t%s\t.\t%" PRIu64 "\t.\t.\t.\t.\t.\t.\n", p->name,
                   p->vendor[0] ? p->vendor : ".", p->array[0] ? p->array : ".", p->rows);
      continue;
    }
    output_print(o, "%s\tin\t%s\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%zu\t%.6f\t%.6f\n",
                 p->name, p->vendor, p->array[0] ? p->array : ".", dtc_sex_name(p->sex), p->rows, p->rejected,
                 p->records, p->called, c->order_count, share(p->called, p->records),
                 share(p->heterozygous, p->autosomal));
  }
  return 0;
}

static int write_relatives(const cohort *c, const kinship *pairs, size_t count, output *o, fault *f) {
  (void)f;
  output_print(o, "sample1\tsample2\tsnps\thethet\tibs0\tkinship\trelation\n");
  for (size_t i = 0; i < count; i++) {
    const kinship *k = &pairs[i];
    output_print(o, "%s\t%s\t%" PRIu64 "\t%.6g\t%.6g\t", c->persons[k->first].name, c->persons[k->second].name, k->snps,
                 share(k->het_het, k->snps), share(k->ibs0, k->snps));
    if (isnan(k->value))
      output_print(o, ".\t.\n");
    else
      output_print(o, "%.9f\t%s\n", k->value, relation_words[kinship_relation(k)]);
  }
  return 0;
}

typedef int writer(const cohort *c, const kinship *pairs, size_t count, output *o, fault *f);

static int write_all(const cohort *c, const kinship *pairs, size_t count, fault *f) {
  const cohort_options *from = c->options;
  enum { FILES = 5 };
  const char *const paths[FILES] = {from->psam, from->fam, from->table, from->relatives, from->report};
  writer *const writers[FILES] = {write_psam, write_fam, write_persons, write_relatives, cohort_page_write};
  output *outputs[FILES] = {NULL};
  int failed = 0;
  for (int i = 0; !failed && i < FILES; i++) {
    if (!paths[i])
      continue;
    outputs[i] = output_open(paths[i], f);
    failed =
        !outputs[i] || writers[i](c, pairs, count, outputs[i], f) != 0 || output_finish(outputs[i], NULL, 0, f) != 0;
  }
  for (int i = 0; !failed && i < FILES; i++)
    failed = outputs[i] && output_publish(outputs[i], f) != 0;
  failed = failed || output_settle((const output *const *)outputs, FILES, f) != 0;
  for (int i = 0; i < FILES; i++)
    output_free(outputs[i]);
  return failed ? -1 : 0;
}

int tables_write(const cohort *c, fault *f) {
  size_t count = 0;
  kinship *pairs = NULL;
  if ((c->options->relatives || c->options->report) && !(pairs = kinship_find(c, &count, f)))
    return -1;
  int failed = write_all(c, pairs, count, f);
  free(pairs);
  return failed;
}
