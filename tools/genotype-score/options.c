#include "genotype-score/options.h"

#include "base/view.h"
#include "common/output.h"
#include "genotype-score/reference.h"
#include "genotype-score/text_file.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  OPTION_SCORES = 256,
  OPTION_AXES,
  OPTION_POPULATIONS,
  OPTION_REFERENCE,
  OPTION_POPULATION,
  OPTION_MIN_OVERLAP,
  OPTION_AMBIGUOUS,
  OPTION_MISSING,
  OPTION_DOSAGE,
  OPTION_ASSEMBLY,
  OPTION_TSV,
  OPTION_HTML,
  OPTION_GROUPS,
  OPTION_PANEL,
  OPTION_NO_SANDBOX
};

static const struct option long_options[] = {
    {"scores", required_argument, NULL, OPTION_SCORES},
    {"axes", required_argument, NULL, OPTION_AXES},
    {"populations", required_argument, NULL, OPTION_POPULATIONS},
    {"reference", required_argument, NULL, OPTION_REFERENCE},
    {"population", required_argument, NULL, OPTION_POPULATION},
    {"min-overlap", required_argument, NULL, OPTION_MIN_OVERLAP},
    {"ambiguous", required_argument, NULL, OPTION_AMBIGUOUS},
    {"missing", required_argument, NULL, OPTION_MISSING},
    {"dosage", required_argument, NULL, OPTION_DOSAGE},
    {"assembly", required_argument, NULL, OPTION_ASSEMBLY},
    {"tsv", required_argument, NULL, OPTION_TSV},
    {"html", required_argument, NULL, OPTION_HTML},
    {"groups", required_argument, NULL, OPTION_GROUPS},
    {"panel", required_argument, NULL, OPTION_PANEL},
    {"no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX},
    {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static const char help[] = "Usage: genotype-score [--scores FILE...] [--axes PREFIX] [--populations FILE]\n"
                           "                      [--reference DIST] [-o OUT.json] VCF...\n"
                           "       genotype-score reference [--scores FILE...] [--axes PREFIX]\n"
                           "                      [--groups FILE] --panel PANEL -o DIST\n"
                           "       genotype-score frequencies --groups FILE --panel PANEL -o TABLE.tsv\n"
                           "       genotype-score compile [--assembly NAME] --scores FILE... -o OUT.dtcscore\n"
                           "Polygenic scores, principal axes and ancestry proportions from the genotypes of\n"
                           "VCF or BCF files.\n"
                           "\n"
                           "      --scores FILE...  scoring files of the PGS Catalog, plain or gzip, and\n"
                           "                        what compile has made of them; all in one pass\n"
                           "      --axes PREFIX     plink2's PREFIX.eigenvec.allele and PREFIX.acount (or\n"
                           "                        .afreq): projection\n"
                           "      --populations FILE\n"
                           "                        allele frequencies of reference populations: ancestry\n"
                           "                        proportions\n"
                           "      --reference DIST  how a panel's scores are spread: z and percentile;\n"
                           "                        nearest populations\n"
                           "      --population NAME whose spread to use (default: ALL)\n"
                           "      --min-overlap SHARE\n"
                           "                        of the rows the reference was made with; below it no z\n"
                           "                        (default: 0.75)\n"
                           "      --ambiguous drop|keep\n"
                           "                        A/T and C/G rows: left out (the default), or taken as\n"
                           "                        they stand\n"
                           "      --missing frequency|skip\n"
                           "                        a site without a call counts by its frequency (the\n"
                           "                        default), or not\n"
                           "      --dosage auto|DS|GT\n"
                           "                        FORMAT field to use: DS where there is one, else GT\n"
                           "                        (the default)\n"
                           "      --assembly NAME   assembly of the VCF, where its header names no contig\n"
                           "                        lengths; of compile: whose positions to take\n"
                           "  -o, --output FILE     the file to write (default: standard output)\n"
                           "      --tsv FILE        the same figures as a table, one line a figure\n"
                           "      --html FILE       the same as a page with pictures\n"
                           "      --groups FILE     sample and population of each of the panel's persons,\n"
                           "                        tab-separated\n"
                           "      --panel PANEL     a VCF or BCF with many persons, or a folder of them by\n"
                           "                        chromosome\n"
                           "      --no-sandbox      go on without confinement to the files named here\n"
                           "  -h, --help            print this help\n"
                           "  -V, --version         print the version\n"
                           "\n"
                           "Example: genotype-score --scores PGS000018.txt.gz -o me.json me.imputed.bcf\n"
                           "Exit status: 0 written; 1 an input was refused; 2 wrong usage; 3 trouble.\n";

static int choose(const char *option, const char *value, const char *first, const char *second, int *out, fault *f) {
  if (strcmp(value, first) != 0 && strcmp(value, second) != 0)
    return fault_set(f, EXIT_USAGE, "%s is %s or %s, not %s", option, first, second, value);
  *out = strcmp(value, second) == 0;
  return 0;
}

static int set_dosage(score_options *o, const char *value, fault *f) {
  static const char *const names[] = {"auto", "DS", "GT"};
  for (int i = 0; i < 3; i++)
    if (strcmp(value, names[i]) == 0) {
      o->source = (dosage_source)i;
      return 0;
    }
  return fault_set(f, EXIT_USAGE, "--dosage is auto, DS or GT, not %s", value);
}

/* What the command needs and takes. */
static int check(const score_options *o, fault *f) {
  if (o->policy.missing == MISSING_SKIP && (o->reference || o->command == COMMAND_REFERENCE))
    return fault_set(f, EXIT_USAGE, "a reference is of sums that leave nothing out: --missing skip is not for it");
  if (o->command == COMMAND_COMPILE) {
    if (!o->score_count || !o->output || o->file_count || o->panel || o->groups || o->axes || o->populations ||
        o->reference || o->tsv || o->html)
      return fault_set(f, EXIT_USAGE, "compile needs --scores FILE... and -o FILE; it takes --assembly beside them");
    return 0;
  }
  if (o->command == COMMAND_SCORE) {
    if (o->panel || o->groups)
      return fault_set(f, EXIT_USAGE, "--panel and --groups belong to the commands reference and frequencies");
    if (!o->score_count && !o->axes && !o->populations)
      return fault_set(f, EXIT_USAGE, "nothing to find out: --scores, --axes or --populations is needed");
    if (!o->file_count)
      return fault_set(f, EXIT_USAGE, "a VCF or BCF is needed");
    return 0;
  }
  if (!o->panel || !o->output || o->file_count)
    return fault_set(f, EXIT_USAGE, "--panel PANEL and -o FILE are needed, and no VCF beside them");
  if (o->reference || o->populations || o->tsv || o->html)
    return fault_set(f, EXIT_USAGE, "--reference, --populations, --tsv and --html belong to scoring");
  if (o->command == COMMAND_REFERENCE && !o->score_count && !o->axes)
    return fault_set(f, EXIT_USAGE, "reference needs --scores FILE... or --axes PREFIX");
  if (o->command == COMMAND_FREQUENCIES && !o->groups)
    return fault_set(f, EXIT_USAGE, "frequencies needs --groups FILE");
  return 0;
}

static int take(score_options *o, int c, fault *f) {
  int second;
  switch (c) {
  case OPTION_AXES:
    o->axes = optarg;
    return 0;
  case OPTION_POPULATIONS:
    o->populations = optarg;
    return 0;
  case OPTION_REFERENCE:
    o->reference = optarg;
    return 0;
  case OPTION_POPULATION:
    o->population = optarg;
    return 0;
  case OPTION_ASSEMBLY:
    o->assembly = optarg;
    return 0;
  case OPTION_TSV:
    o->tsv = optarg;
    return 0;
  case OPTION_HTML:
    o->html = optarg;
    return 0;
  case OPTION_GROUPS:
    o->groups = optarg;
    return 0;
  case OPTION_PANEL:
    o->panel = optarg;
    return 0;
  case 'o':
    o->output = optarg;
    return 0;
  case OPTION_NO_SANDBOX:
    o->no_sandbox = 1;
    return 0;
  case OPTION_DOSAGE:
    return set_dosage(o, optarg, f);
  case OPTION_MIN_OVERLAP:
    if (text_real(view_of(optarg), &o->min_overlap) != 0 || o->min_overlap < 0 || o->min_overlap > 1)
      return fault_set(f, EXIT_USAGE, "--min-overlap is a share from 0 to 1, not %s", optarg);
    return 0;
  case OPTION_AMBIGUOUS:
    return choose("--ambiguous", optarg, "drop", "keep", &o->policy.keep_ambiguous, f);
  case OPTION_MISSING:
    if (choose("--missing", optarg, "frequency", "skip", &second, f) != 0)
      return -1;
    o->policy.missing = second ? MISSING_SKIP : MISSING_FREQUENCY;
    return 0;
  }
  return 0; /* read_rest takes all others */
}

static int check_files(const score_options *o, fault *f) {
  const char *const outputs[] = {o->output, o->tsv, o->html};
  const char *const single[] = {o->axes, o->populations, o->reference, o->groups, o->panel};
  const file_names inputs[] = {{single, sizeof single / sizeof *single},
                               {(const char *const *)o->scores, o->score_count},
                               {(const char *const *)o->files, o->file_count}};
  const file_names all = {outputs, sizeof outputs / sizeof *outputs};
  return output_check_inputs(all, inputs, sizeof inputs / sizeof *inputs, f) != 0 ? -1 : output_check_names(all, f);
}

/* '-' in front: words that are no options come as option 1, so that --scores can take several, up to the next option;
 * the last of them is the VCF where none is given otherwise. */
static int read_rest(int argc, char **argv, score_options *o, fault *f) {
  int c, scores = 0;
  optind = 1;
  opterr = 0;
  while ((c = getopt_long(argc, argv, "-:o:hV", long_options, NULL)) != -1) {
    if (c == '?' || c == ':')
      return fault_option(f, c, argv);
    if (c == 'h' || c == 'V') {
      if (c == 'h')
        fputs(help, stdout);
      else
        printf("genotype-score %s\n", dtc_version());
      return 0;
    }
    if (c == OPTION_SCORES || (c == 1 && scores))
      o->scores[o->score_count++] = optarg;
    else if (c == 1)
      o->files[o->file_count++] = optarg;
    else if (take(o, c, f) != 0)
      return -1;
    scores = c == OPTION_SCORES || (c == 1 && scores);
  }
  for (; optind < argc; optind++) /* behind "--" */
    o->files[o->file_count++] = argv[optind];
  if (o->command == COMMAND_SCORE && !o->file_count && o->score_count > 1)
    o->files[o->file_count++] = o->scores[--o->score_count];
  return check(o, f) == 0 && check_files(o, f) == 0 ? 1 : -1;
}

static const char *const commands[] = {"", "reference", "frequencies", "compile"};

int options_read(int argc, char **argv, score_options *o, fault *f) {
  *o = (score_options){.population = EVERYBODY, .min_overlap = 0.75};
  o->scores = calloc((size_t)argc + 1, sizeof *o->scores);
  o->files = calloc((size_t)argc + 1, sizeof *o->files);
  if (!o->scores || !o->files)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (int i = COMMAND_REFERENCE; argc > 1 && i <= COMMAND_COMPILE; i++)
    if (strcmp(argv[1], commands[i]) == 0) {
      o->command = (score_command)i;
      o->policy.panel = i == COMMAND_REFERENCE;
      argv[1] = argv[0];
      argc--;
      argv++;
      break;
    }
  return read_rest(argc, argv, o, f);
}

void options_free(score_options *o) {
  free(o->scores);
  free(o->files);
}
