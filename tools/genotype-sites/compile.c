/* compile: a site table in the form that memory holds. */
#include "config.h"

#include "genotype-sites/commands.h"
#include "genotype-sites/whole_file.h"

#include "vcf/reference/check.h"
#include "vcf/sites/sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file just written gives the same table: its digest comes from the source, its checksum is right. */
static int read_back(const char *path, const char *shown, const sites *expected, fault *f) {
  char message[400];
  sites *s;
  if (sites_open(path, NULL, &s, message, sizeof message) != DTC_OK)
    return fault_set(f, EXIT_TROUBLE, "%s: what was written cannot be read back", shown);
  int same = strcmp(s->digest, expected->digest) == 0 && s->indels == expected->indels && s->names == expected->names;
  for (unsigned c = 0; same && c < DTC_CONTIG_COUNT; c++)
    same = s->contig[c].count == expected->contig[c].count;
  sites_free(s);
  return same ? 0 : fault_set(f, EXIT_TROUBLE, "%s: what was written is not what was read", shown);
}

static int write_compiled(const sites *s, const char *output, fault *f) {
  whole_file file;
  int failed = whole_file_open(&file, output, f);
  if (!failed && !sites_write_compiled(s, file.fd))
    failed = fault_system(f, output, "cannot write it");
  if (!failed)
    failed = read_back(whole_file_path(&file), output, s, f);
  if (!failed)
    failed = whole_file_finish(&file, f);
  if (!failed)
    failed = whole_file_publish(&file, f);
  whole_file_free(&file);
  return failed;
}

int command_compile(const sites_options *o, fault *f) {
  const char *path = o->files[0];
  char message[400];
  sites *s = NULL;
  sequence *bases = NULL;
  dtc_status status = o->fasta ? sequence_open(o->fasta, NULL, &bases, message, sizeof message) : DTC_OK;
  if (status == DTC_OK)
    status = sites_open(path, bases, &s, message, sizeof message);
  if (status == DTC_OK && bases)
    status = reference_check_refs(path, s, bases, UINT32_MAX, message, sizeof message);
  sequence_free(bases);
  if (status != DTC_OK) {
    sites_free(s);
    return fault_set(f, exit_for(status), "%s", message);
  }
  size_t bytes = strlen(path);
  if (bytes > 4 && strcmp(path + bytes - 4, ".bcf") == 0)
    bytes -= 4;
  char *output = o->output ? strdup(o->output) : malloc(bytes + sizeof ".compiled");
  if (output && !o->output) {
    memcpy(output, path, bytes);
    memcpy(output + bytes, ".compiled", sizeof ".compiled");
  }
  int failed = output ? write_compiled(s, output, f) : fault_set(f, EXIT_TROUBLE, "out of memory");
  if (!failed && !o->quiet)
    fprintf(stderr, "genotype-sites: %s, %s\n", output, s->digest);
  free(output);
  sites_free(s);
  return failed;
}
