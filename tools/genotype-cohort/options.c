#include "genotype-cohort/options.h"

#include "common/command_line.h"
#include "common/output.h"

#include <dtcgeno-vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] = "Usage: genotype-cohort [-f REF.fa] [-T SITES] -o COHORT.bcf EXPORT...\n"
                           "One indexed VCF or BCF of many persons, from exports of any vendors and arrays.\n"
                           "\n"
                           "  -f, --fasta-ref FILE    reference: FASTA (plain or bgzip) or .2bit\n"
                           "  -T, --sites FILE        site table; one of -f and -T is needed, both are best\n"
                           "  -o, --output FILE       the file to write, with its index beside it\n"
                           "  -O, --output-type b|z   BCF or compressed VCF (default: by the name of -o)\n"
                           "      --intersection      only sites that every export has (default: all sites)\n"
                           "      --samples-file TSV  export and sample name on each line (default: the\n"
                           "                          exports' numbers)\n"
                           "      --chr-prefix        chr1 ... chrM (default: 1 ... MT)\n"
                           "      --assembly NAME     the assembly (default: the first export's)\n"
                           "      --chain FILE        UCSC chain from another assembly to that of\n"
                           "                          --assembly, for the exports that need it; several of\n"
                           "                          one direction must agree\n"
                           "      --assemblies FILE   assemblies that replace or add to the built-in ones\n"
                           "      --psam FILE         samples and their sex for plink2\n"
                           "      --fam FILE          the same for plink 1.9\n"
                           "      --table FILE        vendor, array, sex, call rate and heterozygosity of\n"
                           "                          each person\n"
                           "      --relatives FILE    kinship (KING-robust) of each pair, with duplicates\n"
                           "                          and relatives named\n"
                           "      --report FILE       a page of it all, HTML\n"
                           "  -q, --quiet             say nothing but errors\n"
                           "      --no-sandbox        go on without confinement to the files named here\n"
                           "  -h, --help              print this help\n"
                           "  -V, --version           print the version\n"
                           "\n"
                           "Example: genotype-cohort -T GRCh37.sites.bcf -o all.bcf --report all.html *.zip\n"
                           "Exit status: 0 written; 1 an export was left out, or nothing could be written;\n"
                           "2 wrong usage; 3 trouble.\n";

static int take_assemblies(void *opaque, const char *path, fault *f) {
  cohort_options *o = opaque;
  dtc_diag diag = {0};
  dtc_status status = dtc_assemblies_load_path(path, NULL, &o->own, &diag);
  o->assemblies = o->own;
  return status == DTC_OK
             ? 0
             : fault_set(f, EXIT_USAGE, "%s(%llu): %s", path, (unsigned long long)diag.line, dtc_status_text(status));
}

enum { NAME_BYTES_MAX = 80 };

/* What a sample may be called in a VCF's header and in plink's files. */
static int is_name(const char *text) {
  size_t length = strlen(text);
  for (size_t i = 0; i < length; i++)
    if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || strchr(",;:", text[i]))
      return 0;
  return length > 0 && length <= NAME_BYTES_MAX && strcmp(text, "0") != 0;
}

static int add_person(cohort_options *o, const char *export_path, const char *name, fault *f) {
  char **exports = realloc(o->exports, (o->count + 1) * sizeof *exports);
  if (exports)
    o->exports = exports;
  char **names = exports ? realloc(o->names, (o->count + 1) * sizeof *names) : NULL;
  if (!names)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  o->names = names;
  o->exports[o->count] = strdup(export_path);
  o->names[o->count] = strdup(name);
  o->count++;
  return o->exports[o->count - 1] && o->names[o->count - 1] ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

/* What spreadsheets put in front of the first line, or as one. */
static int check_first_line(const char *path, const char *line, fault *f) {
  if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
    return fault_set(f, EXIT_USAGE, "%s(1): it begins with a byte order mark: save it as UTF-8 without one", path);
  if (!strpbrk(line, "./") && access(line, F_OK) != 0)
    return fault_set(f, EXIT_USAGE, "%s(1): there is no export %s; a line of column names is not wanted", path, line);
  return 0;
}

static int read_samples(cohort_options *o, fault *f) {
  FILE *file = fopen(o->samples_file, "r");
  char *line = NULL;
  size_t capacity = 0;
  int failed = file ? 0 : fault_system(f, o->samples_file, "cannot open it");
  for (uint64_t number = 1; !failed && getline(&line, &capacity, file) > 0; number++) {
    line[strcspn(line, "\r\n")] = '\0';
    char *tab = strchr(line, '\t');
    if (!*line || *line == '#')
      continue;
    if (tab)
      *tab++ = '\0';
    failed = !tab ? fault_set(f, EXIT_USAGE, "%s(%llu): wanted an export, a tab and a sample name", o->samples_file,
                              (unsigned long long)number)
             : !is_name(tab)
                 ? fault_set(f, EXIT_USAGE,
                             "%s(%llu): a sample name has 1 to %d bytes, no blank, ',', ';' or ':', and is not 0",
                             o->samples_file, (unsigned long long)number, NAME_BYTES_MAX)
             : number == 1 && check_first_line(o->samples_file, line, f) != 0 ? -1
                                                                              : add_person(o, line, tab, f);
  }
  free(line);
  if (file)
    fclose(file); /* read only */
  return failed;
}

static int by_name(const void *pa, const void *pb) { return strcmp(*(char *const *)pa, *(char *const *)pb); }

static int check_names(const cohort_options *o, fault *f) {
  char **sorted = malloc((o->count + 1) * sizeof *sorted);
  int failed = 0;
  if (!sorted)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  memcpy(sorted, o->names, o->count * sizeof *sorted);
  qsort(sorted, o->count, sizeof *sorted, by_name);
  for (size_t i = 1; !failed && i < o->count; i++)
    if (strcmp(sorted[i - 1], sorted[i]) == 0)
      failed = fault_set(f, EXIT_USAGE, "two exports would be called %s", sorted[i]);
  free(sorted);
  return failed;
}

static int check_files(const cohort_options *o, fault *f) {
  const char *const outputs[] = {o->output, o->psam, o->fam, o->table, o->relatives, o->report};
  const char *const single[] = {o->sequence, o->sites, o->samples_file};
  const file_names inputs[] = {{single, sizeof single / sizeof *single},
                               {o->chains, o->chain_count},
                               {(const char *const *)o->exports, o->count}};
  const file_names all = {outputs, sizeof outputs / sizeof *outputs};
  return output_check_inputs(all, inputs, sizeof inputs / sizeof *inputs, f) != 0 ? -1 : output_check_names(all, f);
}

static int check(cohort_options *o, fault *f) {
  if (!o->sequence && !o->sites)
    return fault_set(f, EXIT_USAGE, "REF and ALT are needed: -T SITES, -f REF.fa, or both");
  if (!o->output)
    return fault_set(f, EXIT_USAGE, "-o COHORT.bcf is needed");
  if (!o->count)
    return fault_set(f, EXIT_USAGE, "exports are needed, as arguments or by --samples-file");
  if (o->chain_count && o->build == DTC_BUILD_UNKNOWN)
    return fault_set(f, EXIT_USAGE, "--chain: to which assembly? Say it with --assembly");
  if (check_names(o, f) != 0 || output_check_file(o->output, f) != 0 || check_files(o, f) != 0)
    return -1;
  dtc_file_type type = dtc_file_type_of_name(o->output);
  if (!o->mode[0] && type != DTC_FILE_BCF && type != DTC_FILE_VCF_BGZF)
    return fault_set(f, EXIT_USAGE, "-o %s: a name that ends in .bcf or .vcf.gz is needed, or -O b or -O z", o->output);
  if (!o->mode[0])
    snprintf(o->mode, sizeof o->mode, "%s", type == DTC_FILE_BCF ? "wb" : "wz");
  return 0;
}

int options_read(int argc, char **argv, cohort_options *o, fault *f) {
  static const char *const types[] = {"b", "z", NULL};
  int type = -1;
  size_t exports;
  char number[24];
  *o = (cohort_options){.assemblies = dtc_assemblies_builtin()};
  const command_option options[] = {
      {"fasta-ref", 'f', .text = &o->sequence},
      {"sites", 'T', .text = &o->sites},
      {"output", 'o', .text = &o->output},
      {"output-type", 'O', .word = &type, .words = types},
      {"assembly", .build = &o->build},
      {"assemblies", .take = take_assemblies},
      {"intersection", .flag = &o->intersection},
      {"chr-prefix", .flag = &o->chr_prefix},
      {"samples-file", .text = &o->samples_file},
      {"psam", .text = &o->psam},
      {"fam", .text = &o->fam},
      {"table", .text = &o->table},
      {"relatives", .text = &o->relatives},
      {"chain", .list = {o->chains, &o->chain_count, COHORT_CHAINS_MAX}},
      {"report", .text = &o->report},
      {"no-sandbox", .flag = &o->no_sandbox},
      {"quiet", 'q', .flag = &o->quiet},
  };
  const command_line line = {"genotype-cohort", help, options, sizeof options / sizeof *options, o};
  int go = command_line_read(&line, argc, argv, &exports, f);
  if (go <= 0)
    return go;
  if (type >= 0)
    snprintf(o->mode, sizeof o->mode, "w%s", types[type]);
  if (o->samples_file && read_samples(o, f) != 0)
    return -1;
  for (size_t i = 1; i <= exports; i++) {
    snprintf(number, sizeof number, "%zu", o->count + 1);
    if (add_person(o, argv[i], number, f) != 0)
      return -1;
  }
  return check(o, f) == 0 ? 1 : -1;
}

void options_free(cohort_options *o) {
  for (size_t i = 0; i < o->count; i++) {
    free(o->exports[i]);
    free(o->names[i]);
  }
  free(o->exports);
  free(o->names);
  dtc_assemblies_free(o->own);
}
