/* genotype-sites: builds and checks the site tables that give REF and ALT. */
#include "config.h"

#include "genotype-sites/commands.h"

#include "common/temporary.h"

#include <errno.h>
#include <htslib/hts_log.h>
#include <stdio.h>
#include <string.h>

int fault_of(fault *f, const dtc_diag *diag) {
  return fault_set(f, diag->status == DTC_REFERENCE_FILE ? EXIT_REFUSED : EXIT_TROUBLE, "%s%s%s", diag->expected,
                   diag->system_errno ? ": " : "", diag->system_errno ? strerror(diag->system_errno) : "");
}

int table_open(const char *fasta, const char *table, const dtc_assembly *assembly, dtc_reference **out, fault *f) {
  dtc_diag diag = {0};
  return dtc_reference_open(fasta, table, assembly, out, &diag) == DTC_OK ? 0 : fault_of(f, &diag);
}

const dtc_assembly *assembly_by_lengths(const dtc_assemblies *assemblies, const uint32_t length[DTC_CONTIG_COUNT]) {
  for (unsigned b = DTC_BUILD_NCBI36; b < dtc_build_count(); b++) {
    const dtc_assembly *a = dtc_assemblies_get(assemblies, (dtc_build)b);
    unsigned known = 0, fit = 0;
    for (unsigned c = 1; a && c < DTC_CONTIG_COUNT; c++) {
      known += length[c] != 0;
      fit += length[c] && length[c] == a->length[c];
    }
    if (known && fit == known)
      return a;
  }
  return NULL;
}

int assembly_named(const sites_options *o, const dtc_assemblies *assemblies, const dtc_assembly **out, fault *f) {
  *out = NULL;
  if (!o->assembly)
    return 0;
  *out = dtc_assemblies_get(assemblies, dtc_build_parse(o->assembly));
  return *out ? 0
              : fault_set(f, EXIT_USAGE, "%s: no such assembly (GRCh37, GRCh38, NCBI36, or one of --assemblies)",
                          o->assembly);
}

static int run(const sites_options *o, const dtc_assemblies *assemblies, fault *f) {
  switch (o->command) {
  case COMMAND_BUILD:
    return command_build(o, assemblies, f);
  case COMMAND_VERIFY:
    return command_verify(o, assemblies, f);
  case COMMAND_DESCRIBE:
    return command_describe(o, f);
  case COMMAND_COMPILE:
    return command_compile(o, f);
  case COMMAND_PACK:
    return command_pack(o, f);
  }
  return fault_set(f, EXIT_TROUBLE, "no such command");
}

int main(int argc, char **argv) {
  sites_options options;
  fault f = {0};
  dtc_assemblies *own = NULL;
  dtc_diag diag;
  memset(&diag, 0, sizeof diag);
  hts_set_log_level(HTS_LOG_OFF); /* what it has to say we say in our own words */
  temporary_setup();
  if (temporary_guard() != 0)
    return EXIT_TROUBLE;
  int go = options_read(argc, argv, &options, &f);
  if (go > 0 && options.assemblies_path) {
    dtc_status status = dtc_assemblies_load_path(options.assemblies_path, NULL, &own, &diag);
    if (status != DTC_OK)
      go = fault_set(&f, status == DTC_ASSEMBLY_FILE ? EXIT_USAGE : EXIT_TROUBLE, "%s(%llu): %s: %s",
                     options.assemblies_path, (unsigned long long)diag.line, dtc_status_text(status), diag.expected);
  }
  if (go > 0)
    run(&options, own ? own : dtc_assemblies_builtin(), &f);
  dtc_assemblies_free(own);
  options_free(&options);
  int failed = ferror(stdout);
  errno = 0;
  if (fclose(stdout) != 0 || failed)
    fault_system(&f, "standard output", "cannot write");
  if (go < 0 && f.exit_status == EXIT_USAGE)
    fault_say_usage(&f, "genotype-sites");
  else if (f.exit_status != EXIT_WRITTEN)
    fault_say(&f, "genotype-sites");
  return temporary_leave(f.exit_status);
}
