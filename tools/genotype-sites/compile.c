/* compile: a site table in the form that memory holds. */
#include "config.h"

#include "common/output.h"
#include "genotype-sites/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file just written gives the same table: its digest comes from the source, its checksum is right. */
static int read_back(const char *path, const char *shown, dtc_reference *expected, fault *f) {
  dtc_reference *r;
  fault none = {0};
  if (table_open(NULL, path, NULL, &r, &none) != 0)
    return fault_set(f, EXIT_TROUBLE, "%s: what was written cannot be read back", shown);
  const dtc_sites_facts *a = dtc_reference_get_sites(r), *b = dtc_reference_get_sites(expected);
  int same = strcmp(dtc_reference_sites_digest(r), dtc_reference_sites_digest(expected)) == 0 &&
             a->listed_names == b->listed_names && memcmp(a->contigs, b->contigs, sizeof a->contigs) == 0;
  dtc_reference_free(r);
  return same ? 0 : fault_set(f, EXIT_TROUBLE, "%s: what was written is not what was read", shown);
}

static int write_compiled(dtc_reference *table, const char *name, fault *f) {
  dtc_diag diag = {0};
  output *o = output_open_file(name, f);
  int failed = !o;
  if (!failed && dtc_reference_compile_sites(table, output_fd(o), &diag) != DTC_OK)
    failed = fault_of(f, &diag);
  failed = failed || read_back(output_path(o), name, table, f) != 0 || output_complete(o, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}

/* "t.sites.bcf" -> "t.sites.compiled"; malloc'd. */
static char *default_output(const char *path) {
  size_t bytes = strlen(path);
  if (bytes > 4 && strcmp(path + bytes - 4, ".bcf") == 0)
    bytes -= 4;
  char *name = malloc(bytes + sizeof ".compiled");
  if (name) {
    memcpy(name, path, bytes);
    memcpy(name + bytes, ".compiled", sizeof ".compiled");
  }
  return name;
}

int command_compile(const sites_options *o, fault *f) {
  dtc_reference *table;
  dtc_diag diag = {0};
  if (table_open(o->fasta, o->files[0], NULL, &table, f) != 0)
    return -1;
  int failed = o->fasta && dtc_reference_check_sites(table, NULL, table, &diag) != DTC_OK ? fault_of(f, &diag) : 0;
  char *name = o->output ? strdup(o->output) : default_output(o->files[0]);
  if (!failed)
    failed = name ? write_compiled(table, name, f) : fault_memory(f);
  if (!failed && !o->quiet)
    fprintf(stderr, "genotype-sites: %s, %s\n", name, dtc_reference_sites_digest(table));
  free(name);
  dtc_reference_free(table);
  return failed;
}
