#include "genotype-impute/options.h"

#include "common/command_line.h"
#include "common/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int take_engine(void *opaque, const char *value, fault *f) {
  if (engine_parse(value) == ENGINE_COUNT)
    return fault_set(f, EXIT_USAGE, "--engine %s: expected eagle-minimac4 or beagle", value);
  ((impute_options *)opaque)->engines |= 1u << engine_parse(value);
  return 0;
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
  static const char *const chr_words[] = {"no", "yes", "auto", NULL};
  int chr = 2, jobs = 1, threads = 1;
  uint64_t memory_mib = 8192, cpu_seconds = 86400;
  size_t inputs;
  *o = (impute_options){.prepare = argc > 1 && strcmp(argv[1], "prepare") == 0};
  const command_option options[] = {
      {"panel", .text = &o->panel},
      {"output", 'o', .text = &o->output},
      {"engine", .take = take_engine},
      {"map", .list = {o->maps, &o->n_maps, OPTIONS_MAPS_MAX}},
      {"assembly", .build = &o->build},
      {"chain", .list = {o->chains, &o->n_chains, OPTIONS_CHAINS_MAX}},
      {"jobs", .integer = &jobs, .least = 1, .most = 64},
      {"threads", .integer = &threads, .least = 1, .most = 256},
      {"memory", .number = &memory_mib, .least = 1, .most = 1u << 24},
      {"time-limit", .number = &cpu_seconds, .least = 1, .most = 1u << 24},
      {"work", .text = &o->work},
      {"chromosomes", .text = &o->chromosomes},
      {"parts", .flag = &o->parts},
      {"report", .text = &o->report},
      {"sample", 's', .text = &o->sample},
      {"samples-file", .text = &o->samples_file},
      {"chr-prefix", .word = &chr, .words = chr_words},
      {"no-sandbox", .flag = &o->limits.open},
      {"quiet", 'q', .flag = &o->quiet},
  };
  const command_line line = {"genotype-impute", help, options, sizeof options / sizeof *options, o};
  argv += o->prepare;
  int go = command_line_read(&line, argc - o->prepare, argv, &inputs, f);
  if (go <= 0)
    return go;
  o->chr_prefix = chr < 2 ? chr : -1;
  o->jobs = (unsigned)jobs;
  o->limits.threads = (unsigned)threads;
  o->limits.memory_bytes = memory_mib << 20;
  o->limits.cpu_seconds = (unsigned)cpu_seconds;
  if (o->samples_file && read_samples(o, f) != 0)
    return -1;
  for (size_t i = 1; i <= inputs; i++)
    if (add_input(o, argv[i], NULL, f) != 0)
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
