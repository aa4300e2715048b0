#include "genotype-score/options.h"

#include "base/view.h"
#include "common/command_line.h"
#include "common/output.h"
#include "genotype-score/reference.h"
#include "genotype-score/text_file.h"

#include <stdlib.h>
#include <string.h>

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
                           "      --fast            read the records of a BCF by code of our own instead of\n"
                           "                        htslib's: the same figures in less time\n"
                           "      --no-sandbox      go on without confinement to the files named here\n"
                           "  -h, --help            print this help\n"
                           "  -V, --version         print the version\n"
                           "\n"
                           "Example: genotype-score --scores PGS000018.txt.gz -o me.json me.imputed.bcf\n"
                           "Exit status: 0 written; 1 an input was refused; 2 wrong usage; 3 trouble.\n";

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

static int take_overlap(void *opaque, const char *value, fault *f) {
  score_options *o = opaque;
  if (text_real(view_of(value), &o->min_overlap) != 0 || o->min_overlap < 0 || o->min_overlap > 1)
    return fault_set(f, EXIT_USAGE, "--min-overlap %s: expected a share from 0 to 1", value);
  return 0;
}

static int check_files(const score_options *o, fault *f) {
  const char *const outputs[] = {o->output, o->tsv, o->html};
  const char *const single[] = {o->axes, o->populations, o->reference, o->groups, o->panel};
  const file_names inputs[] = {{single, sizeof single / sizeof *single},
                               {o->scores, o->score_count},
                               {(const char *const *)o->files, o->file_count}};
  const file_names all = {outputs, sizeof outputs / sizeof *outputs};
  return output_check_inputs(all, inputs, sizeof inputs / sizeof *inputs, f) != 0 ? -1 : output_check_names(all, f);
}

static int find_command(const char *word, score_command *out) {
  static const char *const commands[] = {"", "reference", "frequencies", "compile"};
  for (int i = COMMAND_REFERENCE; i <= COMMAND_COMPILE; i++)
    if (strcmp(word, commands[i]) == 0) {
      *out = (score_command)i;
      return 1;
    }
  return 0;
}

int options_read(int argc, char **argv, score_options *o, fault *f) {
  static const char *const ambiguous[] = {"drop", "keep", NULL}, *const missing[] = {"frequency", "skip", NULL},
                           *const dosages[] = {"auto", "DS", "GT", NULL}; /* in the order of dosage_source */
  int skip = 0, source = 0;
  *o = (score_options){
      .population = EVERYBODY, .min_overlap = 0.75, .scores = calloc((size_t)argc + 1, sizeof *o->scores)};
  if (!o->scores)
    return fault_memory(f);
  const command_option options[] = {
      {"scores", .list = {o->scores, &o->score_count, (size_t)argc}, .takes_several = 1},
      {"axes", .text = &o->axes},
      {"populations", .text = &o->populations},
      {"reference", .text = &o->reference},
      {"population", .text = &o->population},
      {"min-overlap", .take = take_overlap},
      {"ambiguous", .word = &o->policy.keep_ambiguous, .words = ambiguous},
      {"missing", .word = &skip, .words = missing},
      {"dosage", .word = &source, .words = dosages},
      {"assembly", .text = &o->assembly},
      {"tsv", .text = &o->tsv},
      {"html", .text = &o->html},
      {"groups", .text = &o->groups},
      {"panel", .text = &o->panel},
      {"fast", .flag = &o->fast},
      {"no-sandbox", .flag = &o->no_sandbox},
      {"output", 'o', .text = &o->output},
  };
  const command_line line = {"genotype-score", help, options, sizeof options / sizeof *options, o};
  int has_command = argc > 1 && find_command(argv[1], &o->command);
  argv += has_command;
  int go = command_line_read(&line, argc - has_command, argv, &o->file_count, f);
  if (go <= 0)
    return go;
  o->policy.missing = skip ? MISSING_SKIP : MISSING_FREQUENCY;
  o->policy.panel = o->command == COMMAND_REFERENCE;
  o->source = (dosage_source)source;
  o->files = argv + 1;
  /* the last word behind --scores is the VCF where none is given otherwise: its place is read */
  if (o->command == COMMAND_SCORE && !o->file_count && o->score_count > 1)
    argv[++o->file_count] = (char *)o->scores[--o->score_count];
  return check(o, f) == 0 && check_files(o, f) == 0 ? 1 : -1;
}

void options_free(score_options *o) { free(o->scores); }
