/* options.h - the command line of genotype-sites. */
#ifndef SITES_OPTIONS_H
#define SITES_OPTIONS_H

#include <dtcgeno.h>

#include "common/fault.h"

typedef enum sites_command {
  COMMAND_BUILD,
  COMMAND_VERIFY,
  COMMAND_DESCRIBE,
  COMMAND_COMPILE,
  COMMAND_PACK
} sites_command;

/* Texts and files are those of argv; free with options_free. */
typedef struct sites_options {
  sites_command command;
  const char *fasta, *output, *assemblies_path;
  const char *assembly; /* as given, or NULL */
  const char **vcf, **exports;
  char *const *files;
  size_t vcf_count, export_count, file_count;
  int quiet;
} sites_options;

/* 1: run; 0: done (help, version); -1: the fault is set. */
int options_read(int argc, char **argv, sites_options *o, fault *f);
void options_free(sites_options *o);

#endif
