/* genotype-cohort: one multi-sample file of many exports. */
#include "genotype-cohort/cohort.h"
#include "genotype-cohort/cohort_file.h"
#include "genotype-cohort/tables.h"

#include "common/confinement.h"
#include "common/heap.h"
#include "common/output.h"
#include "common/temporary.h"

#include <htslib/hts_log.h>
#include <stdio.h>

/* Before the first byte of an export. */
static void confine(const cohort_options *o) {
  const char *const outputs[] = {o->output, o->psam, o->fam, o->table, o->relatives, o->report};
  if (o->no_sandbox)
    return;
  confinement *c = confinement_new();
  for (size_t i = 0; i < o->count; i++)
    confinement_read(c, o->exports[i]);
  for (size_t i = 0; i < o->chain_count; i++)
    confinement_read(c, o->chains[i]);
  confinement_read_sequence(c, o->sequence);
  confinement_read_indexed(c, o->sites);
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
    confinement_write(c, outputs[i]);
  confinement_enter(c, "genotype-cohort", o->quiet);
  confinement_free(c);
}

int main(int argc, char **argv) {
  cohort_options options;
  cohort c = {0};
  fault f = {0};
  hts_set_log_level(HTS_LOG_OFF); /* what it has to say we say in our own words */
  output_setup();
  heap_on_huge_pages();
  if (temporary_guard() != 0)
    return EXIT_TROUBLE;
  int go = options_read(argc, argv, &options, &f);
  if (go > 0)
    confine(&options);
  if (go > 0 && cohort_read(&c, &options, &f) == 0 && cohort_settle(&c, &f) == 0 && tables_write(&c, &f) == 0 &&
      cohort_file_write(&c, &f) == 0 && c.in < c.count)
    fault_set(&f, EXIT_REFUSED, "%zu of %zu exports were left out", c.count - c.in, c.count);
  cohort_free(&c);
  options_free(&options);
  if (f.exit_status == EXIT_USAGE)
    fault_say_usage(&f, "genotype-cohort");
  else if (f.exit_status != EXIT_WRITTEN)
    fault_say(&f, "genotype-cohort");
  return temporary_leave(f.exit_status);
}
