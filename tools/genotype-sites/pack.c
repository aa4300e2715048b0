/* pack: a FASTA as UCSC .2bit. */
#include "config.h"

#include "common/output.h"
#include "genotype-sites/commands.h"

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

static int pack_into(const char *path, const char *name, uint64_t *sequences, fault *f) {
  dtc_diag diag = {0};
  output *o = output_open_file(name, f);
  int failed = !o;
  if (!failed && dtc_sequence_pack(path, output_fd(o), sequences, &diag) != DTC_OK)
    failed = fault_of(f, &diag);
  failed = failed || output_complete(o, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}

int command_pack(const sites_options *o, fault *f) {
  char *name = o->output ? strdup(o->output) : default_output(o->files[0]);
  uint64_t sequences;
  int failed = name ? pack_into(o->files[0], name, &sequences, f) : fault_memory(f);
  if (!failed && !o->quiet)
    fprintf(stderr, "genotype-sites: %" PRIu64 " sequences in %s\n", sequences, name);
  free(name);
  return failed;
}
