#include "config.h"

#include "genotype-sites/options.h"

#include "common/command_line.h"
#include "common/output.h"

#include <dtcgeno-vcf.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "Usage: genotype-sites build -f REF.fa [--vcf SITES.vcf.gz]...\n"
                           "                            [--exports EXPORT...] -o OUT.sites.bcf\n"
                           "       genotype-sites verify [-f REF.fa] FILE\n"
                           "       genotype-sites describe FILE\n"
                           "       genotype-sites compile [-f REF.fa] FILE [-o OUT]\n"
                           "       genotype-sites pack REF.fa [-o OUT.2bit]\n"
                           "\n"
                           "Builds and checks the site tables that give genotype-convert REF and ALT.\n"
                           "\n"
                           "  build     a table from a reference and known variants (dbSNP, 1000 Genomes,\n"
                           "            ...), as indexed BCF\n"
                           "  verify    is the table whole, unchanged, and of its assembly? With -f: is\n"
                           "            every REF right?\n"
                           "  describe  what the table is and holds\n"
                           "  compile   a form that genotype-convert maps instead of decoding it. With -f:\n"
                           "            indels to the left, and every REF checked\n"
                           "  pack      UCSC .2bit from a FASTA: a quarter of its size, read faster\n"
                           "\n"
                           "  -f, --fasta-ref FILE  reference: FASTA (plain or bgzip, local or a URL) or\n"
                           "                        .2bit\n"
                           "      --vcf FILE        known variants, VCF or BCF, local or a URL (repeatable)\n"
                           "      --exports FILE... only sites of the markers of these exports, by position\n"
                           "                        or name; without --vcf their own alleles are the ALTs\n"
                           "  -o, --output FILE     the file to write\n"
                           "      --assembly NAME   GRCh37, GRCh38 or NCBI36 [the one whose lengths the\n"
                           "                        reference has]\n"
                           "      --assemblies FILE assemblies that replace or add to the built-in ones\n"
                           "  -q, --quiet           only errors\n"
                           "  -h, --help            this help\n"
                           "  -V, --version         the version\n"
                           "\n"
                           "Example: genotype-sites build -f GRCh37.fa --vcf 00-common_all.vcf.gz \\\n"
                           "           -o GRCh37.sites.bcf\n"
                           "\n"
                           "Exit status: 0 done, or the table is right; 1 the table or the reference is\n"
                           "not; 2 wrong usage; 3 input/output or internal error.\n";

static const struct {
  const char *name;
  sites_command command;
} commands[] = {{"build", COMMAND_BUILD},
                {"verify", COMMAND_VERIFY},
                {"describe", COMMAND_DESCRIBE},
                {"compile", COMMAND_COMPILE},
                {"pack", COMMAND_PACK}};

static int find_command(const char *name, sites_command *out) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(name, commands[i].name) == 0) {
      *out = commands[i].command;
      return 1;
    }
  return 0;
}

/* What the command needs and takes. */
static int check(const sites_options *o, fault *f) {
  if (o->command == COMMAND_BUILD) {
    if (o->file_count)
      return fault_set(f, EXIT_USAGE,
                       "build takes no FILE (got %s): known variants go behind --vcf, exports behind --exports",
                       o->files[0]);
    if (!o->fasta || !o->output)
      return fault_set(f, EXIT_USAGE, "build needs -f REF.fa and -o OUT.sites.bcf");
    if (!o->vcf_count && !o->export_count)
      return fault_set(f, EXIT_USAGE, "build needs known variants: --vcf SITES.vcf.gz, or --exports EXPORT...");
    return 0;
  }
  if (o->vcf_count || o->export_count)
    return fault_set(f, EXIT_USAGE, "--vcf and --exports belong to build");
  if (o->file_count != 1)
    return fault_set(f, EXIT_USAGE, "one FILE is needed");
  return 0;
}

static int check_files(const sites_options *o, fault *f) {
  const char *const single[] = {o->fasta, o->assemblies_path};
  const file_names inputs[] = {{single, sizeof single / sizeof *single},
                               {o->vcf, o->vcf_count},
                               {o->exports, o->export_count},
                               {(const char *const *)o->files, o->file_count}};
  if (output_check_file(o->output, f) != 0 ||
      output_check_inputs((file_names){&o->output, 1}, inputs, sizeof inputs / sizeof *inputs, f) != 0)
    return -1;
  dtc_file_type type = o->command == COMMAND_BUILD ? dtc_file_type_of_name(o->output) : DTC_FILE_BCF;
  return type == DTC_FILE_BCF || type == DTC_FILE_VCF_BGZF
             ? 0
             : fault_set(f, EXIT_USAGE, "-o %s: a name that ends in .bcf or .vcf.gz is needed", o->output);
}

int options_read(int argc, char **argv, sites_options *o, fault *f) {
  static const char wanted[] = "build, verify, describe, compile or pack";
  size_t most = (size_t)argc;
  *o = (sites_options){.vcf = calloc(most, sizeof *o->vcf), .exports = calloc(most, sizeof *o->exports)};
  if (!o->vcf || !o->exports)
    return fault_memory(f);
  const command_option options[] = {
      {"fasta-ref", 'f', .text = &o->fasta},
      {"vcf", .list = {o->vcf, &o->vcf_count, most}},
      {"exports", .list = {o->exports, &o->export_count, most}, .takes_several = 1},
      {"output", 'o', .text = &o->output},
      {"assembly", .text = &o->assembly},
      {"assemblies", .text = &o->assemblies_path},
      {"quiet", 'q', .flag = &o->quiet},
  };
  const command_line line = {"genotype-sites", help, options, sizeof options / sizeof *options, NULL};
  int has_command = argc > 1 && argv[1][0] != '-';
  if (has_command && !find_command(argv[1], &o->command))
    return fault_set(f, EXIT_USAGE, "%s is no command: %s", argv[1], wanted);
  int go = command_line_read(&line, argc - has_command, argv + has_command, &o->file_count, f);
  if (go <= 0)
    return go;
  if (!has_command)
    return fault_set(f, EXIT_USAGE, "a command is needed, before all options: %s", wanted);
  o->files = argv + has_command + 1;
  return check(o, f) == 0 && check_files(o, f) == 0 ? 1 : -1;
}

void options_free(sites_options *o) {
  free(o->vcf);
  free(o->exports);
}
