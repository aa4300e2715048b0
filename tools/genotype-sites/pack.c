/* pack: a FASTA as UCSC .2bit. */
#include "config.h"

#include "genotype-sites/commands.h"
#include "genotype-sites/whole_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ref.fa, ref.fasta, ref.fa.gz -> ref.2bit; malloc'd. */
static char *default_output(const char *path) {
  static const char *const endings[] = {".gz", ".bgz", ".fa", ".fasta", ".fna"};
  size_t bytes = strlen(path);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t n = strlen(endings[i]);
    if (bytes > n && memcmp(path + bytes - n, endings[i], n) == 0)
      bytes -= n;
  }
  char *out = malloc(bytes + sizeof ".2bit");
  if (out) {
    memcpy(out, path, bytes);
    memcpy(out + bytes, ".2bit", sizeof ".2bit");
  }
  return out;
}

static int pack_into(const char *path, const char *output, uint64_t *sequences, fault *f) {
  whole_file file;
  dtc_diag diag = {0};
  int failed = whole_file_open(&file, output, f);
  if (!failed && dtc_sequence_pack(path, file.fd, sequences, &diag) != DTC_OK)
    failed = fault_of(f, &diag);
  if (!failed)
    failed = whole_file_finish(&file, f);
  if (!failed)
    failed = whole_file_publish(&file, f);
  whole_file_free(&file);
  return failed;
}

int command_pack(const sites_options *o, fault *f) {
  char *output = o->output ? strdup(o->output) : default_output(o->files[0]);
  uint64_t sequences;
  int failed = output ? pack_into(o->files[0], output, &sequences, f) : fault_memory(f);
  if (!failed && !o->quiet)
    fprintf(stderr, "genotype-sites: %" PRIu64 " sequences in %s\n", sequences, output);
  free(output);
  return failed;
}
