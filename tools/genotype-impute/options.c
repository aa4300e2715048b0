#include "genotype-impute/options.h"

#include "common/output.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  OPTION_PANEL = 256,
  OPTION_ENGINE,
  OPTION_MAP,
  OPTION_ASSEMBLY,
  OPTION_CHAIN,
  OPTION_JOBS,
  OPTION_THREADS,
  OPTION_MEMORY,
  OPTION_TIME,
  OPTION_WORK,
  OPTION_CHROMOSOMES,
  OPTION_PARTS,
  OPTION_REPORT,
  OPTION_SAMPLES,
  OPTION_CHR,
  OPTION_NO_SANDBOX
};

static const struct option long_options[] = {
    {"panel", required_argument, NULL, OPTION_PANEL},
    {"output", required_argument, NULL, 'o'},
    {"engine", required_argument, NULL, OPTION_ENGINE},
    {"map", required_argument, NULL, OPTION_MAP},
    {"assembly", required_argument, NULL, OPTION_ASSEMBLY},
    {"chain", required_argument, NULL, OPTION_CHAIN},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"time-limit", required_argument, NULL, OPTION_TIME},
    {"work", required_argument, NULL, OPTION_WORK},
    {"chromosomes", required_argument, NULL, OPTION_CHROMOSOMES},
    {"parts", no_argument, NULL, OPTION_PARTS},
    {"report", required_argument, NULL, OPTION_REPORT},
    {"sample", required_argument, NULL, 's'},
    {"samples-file", required_argument, NULL, OPTION_SAMPLES},
    {"chr-prefix", required_argument, NULL, OPTION_CHR},
    {"no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static const char help[] = "Usage: genotype-impute prepare -o PANEL/ [--map FILE]... PANEL.bcf...\n"
                           "       genotype-impute --panel PANEL/ -o OUT.bcf EXPORT|VCF...\n"
                           "An imputed VCF or BCF of one or more persons: an engine that is installed does\n"
                           "the phasing and imputing, chromosome by chromosome, in a sandbox.\n"
                           "\n"
                           "  -o, --output FILE      .bcf or .vcf.gz, its index beside it; of prepare the\n"
                           "                         folder\n"
                           "      --panel DIR        the folder that prepare made\n"
                           "      --engine NAME      eagle-minimac4 (default) or beagle; of prepare: only\n"
                           "                         for this one (default: all that are installed)\n"
                           "  -s, --sample NAME      name of the one person (default: SAMPLE)\n"
                           "      --samples-file TSV export and sample name on each line\n"
                           "      --chain FILE       from the export's assembly to the panel's\n"
                           "      --report FILE      what became of it all, as JSON\n"
                           "      --chr-prefix WHICH yes (chr1), no (1) or auto, as the panel (default)\n"
                           "  -q, --quiet            say nothing but errors\n"
                           "\n"
                           "Work, and going on after an end that came too early:\n"
                           "      --jobs N           engines at once (default 1)\n"
                           "      --threads N        threads of each engine (default 1)\n"
                           "      --memory MIB       an engine's memory (default 8192)\n"
                           "      --time-limit S     an engine's CPU time for a chromosome (default 86400)\n"
                           "      --work DIR         folder of the parts (default: OUT.parts, removed in\n"
                           "                         the end)\n"
                           "      --chromosomes LIST only these, as in 1,2,X or 20 or X-PAR1\n"
                           "      --parts            make the parts in --work, and no output\n"
                           "      --no-sandbox       limits only\n"
                           "\n"
                           "Of prepare:\n"
                           "      --map FILE         genetic map: of PLINK, HapMap (Eagle) or SHAPEIT\n"
                           "      --assembly NAME    where the panel's headers do not tell it\n"
                           "\n"
                           "  -h, --help             print this help\n"
                           "  -V, --version          print the version\n"
                           "\n"
                           "Example: genotype-impute --panel 1000G/ -s KIM -o kim.bcf genome.zip\n"
                           "Exit status: 0 written; 1 an input was refused; 2 wrong usage; 3 trouble.\n";

static int number(const char *option, const char *value, unsigned long most, unsigned long *to, fault *f) {
  char *end;
  errno = 0;
  *to = strtoul(value, &end, 10);
  return value[0] >= '0' && value[0] <= '9' && !*end && !errno && *to >= 1 && *to <= most
             ? 0
             : fault_set(f, EXIT_USAGE, "%s %s: expected a number from 1 to %lu", option, value, most);
}

static int take_number(impute_options *o, int c, fault *f) {
  unsigned long n;
  switch (c) {
  case OPTION_JOBS:
    if (number("--jobs", optarg, 64, &n, f) != 0)
      return -1;
    o->jobs = (unsigned)n;
    return 0;
  case OPTION_THREADS:
    if (number("--threads", optarg, 256, &n, f) != 0)
      return -1;
    o->limits.threads = (unsigned)n;
    return 0;
  case OPTION_MEMORY:
    if (number("--memory", optarg, 1ul << 24, &n, f) != 0)
      return -1;
    o->limits.memory_bytes = (uint64_t)n << 20;
    return 0;
  default:
    if (number("--time-limit", optarg, 1ul << 24, &n, f) != 0)
      return -1;
    o->limits.cpu_seconds = (unsigned)n;
    return 0;
  }
}

static int take(impute_options *o, int c, fault *f) {
  switch (c) {
  case OPTION_PANEL:
    o->panel = optarg;
    return 0;
  case 'o':
    o->output = optarg;
    return 0;
  case 's':
    o->sample = optarg;
    return 0;
  case 'q':
    o->quiet = 1;
    return 0;
  case OPTION_ENGINE:
    if (engine_parse(optarg) == ENGINE_COUNT)
      return fault_set(f, EXIT_USAGE, "--engine %s: expected eagle-minimac4 or beagle", optarg);
    o->engines |= 1u << engine_parse(optarg);
    return 0;
  case OPTION_MAP:
    if (o->n_maps == OPTIONS_MAPS_MAX)
      return fault_set(f, EXIT_USAGE, "--map: more than %d of them", OPTIONS_MAPS_MAX);
    o->maps[o->n_maps++] = optarg;
    return 0;
  case OPTION_CHAIN:
    if (o->n_chains == OPTIONS_CHAINS_MAX)
      return fault_set(f, EXIT_USAGE, "--chain: more than %d of them", OPTIONS_CHAINS_MAX);
    o->chains[o->n_chains++] = optarg;
    return 0;
  case OPTION_ASSEMBLY:
    o->build = dtc_build_parse(optarg);
    return o->build ? 0 : fault_set(f, EXIT_USAGE, "--assembly %s: expected GRCh37, GRCh38 or NCBI36", optarg);
  case OPTION_WORK:
    o->work = optarg;
    return 0;
  case OPTION_CHROMOSOMES:
    o->chromosomes = optarg;
    return 0;
  case OPTION_PARTS:
    o->parts = 1;
    return 0;
  case OPTION_REPORT:
    o->report = optarg;
    return 0;
  case OPTION_SAMPLES:
    o->samples_file = optarg;
    return 0;
  case OPTION_CHR:
    o->chr_prefix = strcmp(optarg, "yes") == 0 ? 1 : strcmp(optarg, "no") == 0 ? 0 : -1;
    return o->chr_prefix >= 0 || strcmp(optarg, "auto") == 0
               ? 0
               : fault_set(f, EXIT_USAGE, "--chr-prefix %s: expected auto, yes or no", optarg);
  case OPTION_NO_SANDBOX:
    o->limits.open = 1;
    return 0;
  default:
    return take_number(o, c, f);
  }
}

static int add_input(impute_options *o, const char *path, const char *name, fault *f) {
  char **inputs = realloc(o->inputs, (o->n_inputs + 1) * sizeof *inputs);
  if (inputs)
    o->inputs = inputs;
  char **names = inputs ? realloc(o->names, (o->n_inputs + 1) * sizeof *names) : NULL;
  if (!names)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  o->names = names;
  o->inputs[o->n_inputs] = strdup(path);
  o->names[o->n_inputs] = name ? strdup(name) : NULL;
  return o->inputs[o->n_inputs++] ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

static int read_samples(impute_options *o, fault *f) {
  FILE *file = fopen(o->samples_file, "r");
  char *line = NULL;
  size_t capacity = 0;
  int failed = file ? 0 : fault_system(f, o->samples_file, "cannot open it");
  for (unsigned long at = 1; !failed && getline(&line, &capacity, file) > 0; at++) {
    line[strcspn(line, "\r\n")] = '\0';
    char *tab = strchr(line, '\t');
    if (!*line || *line == '#')
      continue;
    if (tab)
      *tab++ = '\0';
    failed = tab && *tab
                 ? add_input(o, line, tab, f)
                 : fault_set(f, EXIT_USAGE, "%s(%lu): wanted an export, a tab and a sample name", o->samples_file, at);
  }
  free(line);
  if (file)
    fclose(file); /* read only */
  return failed;
}

static int ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

static int check_files(const impute_options *o, fault *f) {
  const char *const outputs[] = {o->output, o->report};
  const file_names inputs[] = {{&o->samples_file, 1},
                               {o->maps, o->n_maps},
                               {o->chains, o->n_chains},
                               {(const char *const *)o->inputs, o->n_inputs}};
  const file_names all = {outputs, sizeof outputs / sizeof *outputs};
  return output_check_inputs(all, inputs, sizeof inputs / sizeof *inputs, f) != 0 ? -1 : output_check_names(all, f);
}

static int check(impute_options *o, fault *f) {
  if (o->prepare) {
    if (!o->output)
      return fault_set(f, EXIT_USAGE, "-o PANEL/ is needed, the folder to make");
    return o->n_inputs ? 0 : fault_set(f, EXIT_USAGE, "the panel's files are needed: phased VCF or BCF");
  }
  if (!o->panel)
    return fault_set(f, EXIT_USAGE, "--panel DIR is needed, a folder made by `genotype-impute prepare`");
  if (o->n_maps || o->build)
    return fault_set(f, EXIT_USAGE, "--map and --assembly are for `genotype-impute prepare`");
  if (!o->output && !(o->parts && o->work))
    return fault_set(f, EXIT_USAGE, "-o OUT.bcf is needed; or --parts with --work DIR");
  if (o->output && !o->parts && !ends_with(o->output, ".bcf") && !ends_with(o->output, ".vcf.gz"))
    return fault_set(f, EXIT_USAGE, "-o %s: expected a name that ends in .bcf or .vcf.gz", o->output);
  if (o->engines & (o->engines - 1))
    return fault_set(f, EXIT_USAGE, "--engine: one is enough");
  return o->n_inputs ? 0 : fault_set(f, EXIT_USAGE, "exports or VCFs are needed, as arguments or by --samples-file");
}

int options_read(int argc, char **argv, impute_options *o, fault *f) {
  *o = (impute_options){.chr_prefix = -1,
                        .jobs = 1,
                        .limits = {.memory_bytes = UINT64_C(8192) << 20, .cpu_seconds = 86400, .threads = 1}};
  if (argc > 1 && strcmp(argv[1], "prepare") == 0) {
    o->prepare = 1;
    argc--;
    argv++;
  }
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":o:s:qhV", long_options, NULL)) != -1;) {
    if (c == ':' || c == '?')
      return fault_option(f, c, argv);
    if (c == 'h')
      fputs(help, stdout);
    else if (c == 'V')
      printf("genotype-impute %s\n", dtc_version());
    if (c == 'h' || c == 'V')
      return 0;
    if (take(o, c, f) != 0)
      return -1;
  }
  if (o->samples_file && read_samples(o, f) != 0)
    return -1;
  for (; optind < argc; optind++)
    if (add_input(o, argv[optind], NULL, f) != 0)
      return -1;
  return check(o, f) == 0 && check_files(o, f) == 0 ? 1 : -1;
}

void options_free(impute_options *o) {
  for (size_t i = 0; i < o->n_inputs; i++) {
    free(o->inputs[i]);
    free(o->names[i]);
  }
  free(o->inputs);
  free(o->names);
}
