/* compile: a site table in the form that memory holds. */
#include "config.h"

#include "genotype-sites/commands.h"
#include "genotype-sites/whole_file.h"

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

static int write_compiled(dtc_reference *table, const char *output, fault *f) {
  whole_file file;
  dtc_diag diag = {0};
  int failed = whole_file_open(&file, output, f);
  if (!failed && dtc_reference_compile_sites(table, file.fd, &diag) != DTC_OK)
    failed = fault_of(f, &diag);
  if (!failed)
    failed = read_back(whole_file_path(&file), output, table, f);
  if (!failed)
    failed = whole_file_finish(&file, f);
  if (!failed)
    failed = whole_file_publish(&file, f);
  whole_file_free(&file);
  return failed;
}

/* "t.sites.bcf" -> "t.sites.compiled"; malloc'd. */
static char *default_output(const char *path) {
  size_t bytes = strlen(path);
  if (bytes > 4 && strcmp(path + bytes - 4, ".bcf") == 0)
    bytes -= 4;
  char *output = malloc(bytes + sizeof ".compiled");
  if (output) {
    memcpy(output, path, bytes);
    memcpy(output + bytes, ".compiled", sizeof ".compiled");
  }
  return output;
}

int command_compile(const sites_options *o, fault *f) {
  dtc_reference *table;
  dtc_diag diag = {0};
  if (table_open(o->fasta, o->files[0], NULL, &table, f) != 0)
    return -1;
  int failed = o->fasta && dtc_reference_check_sites(table, NULL, table, &diag) != DTC_OK ? fault_of(f, &diag) : 0;
  char *output = o->output ? strdup(o->output) : default_output(o->files[0]);
  if (!failed)
    failed = output ? write_compiled(table, output, f) : fault_memory(f);
  if (!failed && !o->quiet)
    fprintf(stderr, "genotype-sites: %s, %s\n", output, dtc_reference_sites_digest(table));
  free(output);
  dtc_reference_free(table);
  return failed;
}
