#include "genotype-convert/options.h"

#include "genotype-convert/psam.h"

#include "common/number.h"
#include "common/output.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  OPT_ASSEMBLY = 256,
  OPT_CHAIN,
  OPT_CHR_PREFIX,
  OPT_SPLIT_X_PAR,
  OPT_SPLIT_CONTIGS,
  OPT_VCF_VERSION,
  OPT_DROP_NO_CALLS,
  OPT_VARIANTS_ONLY,
  OPT_PROFILE,
  OPT_SEX,
  OPT_MIN_ROWS,
  OPT_MAX_SIZE,
  OPT_MAX_UNPACKED,
  OPT_MAX_ROWS,
  OPT_STRICT,
  OPT_ASSEMBLIES,
  OPT_SANDBOX,
  OPT_NO_SANDBOX,
  OPT_REPORT,
  OPT_REPORT_HTML,
  OPT_REJECTS,
  OPT_TABLE,
  OPT_MULTIQC,
  OPT_PSAM,
  OPT_THREADS,
  OPT_PROGRESS,
  OPT_FAST,
  OPT_SAMPLES_FILE,
  OPT_JOBS,
  OPT_SUMMARY,
  OPT_COMPARE
};

#define BYTES_MOST 1000000000000000u

static const struct option long_options[] = {{"fasta-ref", required_argument, NULL, 'f'},
                                             {"sites", required_argument, NULL, 'T'},
                                             {"output", required_argument, NULL, 'o'},
                                             {"output-type", required_argument, NULL, 'O'},
                                             {"write-index", optional_argument, NULL, 'W'},
                                             {"sample", required_argument, NULL, 's'},
                                             {"assembly", required_argument, NULL, OPT_ASSEMBLY},
                                             {"chain", required_argument, NULL, OPT_CHAIN},
                                             {"chr-prefix", required_argument, NULL, OPT_CHR_PREFIX},
                                             {"split-x-par", no_argument, NULL, OPT_SPLIT_X_PAR},
                                             {"split-contigs", no_argument, NULL, OPT_SPLIT_CONTIGS},
                                             {"vcf-version", required_argument, NULL, OPT_VCF_VERSION},
                                             {"drop-no-calls", no_argument, NULL, OPT_DROP_NO_CALLS},
                                             {"variants-only", no_argument, NULL, OPT_VARIANTS_ONLY},
                                             {"profile", required_argument, NULL, OPT_PROFILE},
                                             {"sex", required_argument, NULL, OPT_SEX},
                                             {"min-rows", required_argument, NULL, OPT_MIN_ROWS},
                                             {"max-size", required_argument, NULL, OPT_MAX_SIZE},
                                             {"max-unpacked", required_argument, NULL, OPT_MAX_UNPACKED},
                                             {"max-rows", required_argument, NULL, OPT_MAX_ROWS},
                                             {"strict", no_argument, NULL, OPT_STRICT},
                                             {"assemblies", required_argument, NULL, OPT_ASSEMBLIES},
                                             {"report", required_argument, NULL, OPT_REPORT},
                                             {"report-html", required_argument, NULL, OPT_REPORT_HTML},
                                             {"rejects", required_argument, NULL, OPT_REJECTS},
                                             {"table", required_argument, NULL, OPT_TABLE},
                                             {"psam", required_argument, NULL, OPT_PSAM},
                                             {"threads", required_argument, NULL, OPT_THREADS},
                                             {"progress", no_argument, NULL, OPT_PROGRESS},
                                             {"sandbox", no_argument, NULL, OPT_SANDBOX},
                                             {"no-sandbox", no_argument, NULL, OPT_NO_SANDBOX},
                                             {"fast", no_argument, NULL, OPT_FAST},
                                             {"samples-file", required_argument, NULL, OPT_SAMPLES_FILE},
                                             {"jobs", required_argument, NULL, OPT_JOBS},
                                             {"summary", required_argument, NULL, OPT_SUMMARY},
                                             {"multiqc", required_argument, NULL, OPT_MULTIQC},
                                             {"compare", no_argument, NULL, OPT_COMPARE},
                                             {"verbose", no_argument, NULL, 'v'},
                                             {"quiet", no_argument, NULL, 'q'},
                                             {"help", no_argument, NULL, 'h'},
                                             {"version", no_argument, NULL, 'V'},
                                             {NULL, 0, NULL, 0}};

/* What is said in several places and must agree at the end. */
typedef struct spelled {
  const char *type;
  int progress;
} spelled;

static int wrong(fault *f, const char *option, const char *value, const char *expected) {
  return fault_set(f, EXIT_USAGE, "%s %s: %s", option, value, expected);
}

static int out_of_range(const char *option, const char *text, const char *kind, uint64_t least, uint64_t most,
                        fault *f) {
  return fault_set(f, EXIT_USAGE, "%s %s: expected %s from %llu to %llu", option, text, kind, (unsigned long long)least,
                   (unsigned long long)most);
}

static int parse_number(const char *option, const char *text, uint64_t least, uint64_t most, uint64_t *out, fault *f) {
  uint64_t value;
  if (!number_read(text, &value) || value < least || value > most)
    return out_of_range(option, text, "a whole number", least, most, f);
  *out = value;
  return 0;
}

static int parse_bytes(const char *option, const char *text, uint64_t *out, fault *f) {
  uint64_t value;
  if (!number_read_bytes(text, &value) || value < 1 || value > BYTES_MOST)
    return out_of_range(option, text, "a number of bytes, such as 26214400 or 25M,", 1, BYTES_MOST, f);
  *out = value;
  return 0;
}

static int parse_int(const char *option, const char *text, int least, int most, int *out, fault *f) {
  uint64_t value = 0;
  if (parse_number(option, text, (uint64_t)least, (uint64_t)most, &value, f) != 0)
    return -1;
  *out = (int)value;
  return 0;
}

/* Returns the index of text in words, or -1 with the fault set. */
static int parse_word(const char *option, const char *text, const char *const *words, fault *f) {
  char all[128] = "";
  for (int i = 0; words[i]; i++) {
    if (strcmp(text, words[i]) == 0)
      return i;
    size_t used = strlen(all);
    snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", words[i]);
  }
  return fault_set(f, EXIT_USAGE, "%s %s: expected one of %s", option, text, all);
}

static int parse_assembly(options *o, const char *text, fault *f) {
  o->build = dtc_build_parse(text);
  if (o->build == DTC_BUILD_GRCH37 || o->build == DTC_BUILD_GRCH38)
    return 0;
  return wrong(f, "--assembly", text, "expected GRCh37 or GRCh38");
}

static int parse_sample(options *o, const char *text, fault *f) {
  if (text[0] == '\0' || strpbrk(text, "\t\n\r"))
    return fault_set(f, EXIT_USAGE, "--sample: a name without tabs and line ends was expected");
  o->sample = text;
  return 0;
}

static int parse_index(options *o, const char *text, fault *f) {
  static const char *const words[] = {"csi", "tbi", NULL};
  if (text && text[0] == '=') /* -W=tbi, as bcftools takes it */
    text++;
  int i = text ? parse_word("--write-index", text, words, f) : 0;
  if (i < 0)
    return -1;
  o->index = i == 0 ? DTC_INDEX_CSI : DTC_INDEX_TBI;
  return 0;
}

static int parse_choice(options *o, int option, const char *text, fault *f) {
  static const char *const chr_words[] = {"auto", "yes", "no", NULL};
  static const char *const sex_words[] = {"auto", "male", "female", NULL};
  static const char *const profile_words[] = {"imputation", "pharmcat", NULL};
  static const char *const version_words[] = {"4.2", "4.3", NULL};
  int i;
  switch (option) {
  case OPT_CHR_PREFIX:
    i = parse_word("--chr-prefix", text, chr_words, f);
    o->chr = (dtc_chr)i;
    break;
  case OPT_VCF_VERSION:
    i = parse_word("--vcf-version", text, version_words, f);
    o->vcf_minor = i + 2;
    break;
  case OPT_SEX:
    i = parse_word("--sex", text, sex_words, f);
    o->sex = i == 1 ? DTC_SEX_MALE : i == 2 ? DTC_SEX_FEMALE : DTC_SEX_UNDETERMINED;
    break;
  default:
    i = parse_word("--profile", text, profile_words, f);
    o->profile_imputation = i == 0;
    o->profile_pharmcat = i == 1;
    break;
  }
  return i < 0 ? -1 : 0;
}

static int add_chain(options *o, const char *path, fault *f) {
  if (o->n_chains == OPTIONS_CHAINS_MAX)
    return fault_set(f, EXIT_USAGE, "--chain: at most %d chain files", OPTIONS_CHAINS_MAX);
  o->chains[o->n_chains++] = path;
  return 0;
}

static int take_option(options *o, spelled *s, int option, char *value, fault *f) {
  switch (option) {
  case 'f':
    o->sequence = value;
    return 0;
  case 'T':
    o->sites = value;
    return 0;
  case 'o':
    o->output = value;
    return 0;
  case 'O':
    s->type = value;
    return 0;
  case 'W':
    return parse_index(o, value, f);
  case 's':
    return parse_sample(o, value, f);
  case 'v':
    o->verbose = 1;
    return 0;
  case 'q':
    o->quiet = 1;
    return 0;
  case OPT_ASSEMBLY:
    return parse_assembly(o, value, f);
  case OPT_CHAIN:
    return add_chain(o, value, f);
  case OPT_SPLIT_X_PAR:
    o->split_x_par = 1;
    return 0;
  case OPT_SPLIT_CONTIGS:
    o->split_contigs = 1;
    return 0;
  case OPT_DROP_NO_CALLS:
    o->drop_no_calls = 1;
    return 0;
  case OPT_VARIANTS_ONLY:
    o->variants_only = 1;
    return 0;
  case OPT_MIN_ROWS:
    return parse_number("--min-rows", value, 1, 1000000000, &o->min_rows, f);
  case OPT_MAX_SIZE:
    return parse_bytes("--max-size", value, &o->max_size, f);
  case OPT_MAX_UNPACKED:
    return parse_bytes("--max-unpacked", value, &o->max_unpacked, f);
  case OPT_MAX_ROWS:
    return parse_number("--max-rows", value, 1, 1000000000, &o->max_rows, f);
  case OPT_STRICT:
    o->strict = 1;
    return 0;
  case OPT_ASSEMBLIES:
    o->assemblies = value;
    return 0;
  case OPT_REPORT:
    o->report = value;
    return 0;
  case OPT_REPORT_HTML:
    o->report_html = value;
    return 0;
  case OPT_REJECTS:
    o->rejects = value;
    return 0;
  case OPT_TABLE:
    o->table = value;
    return 0;
  case OPT_PSAM:
    o->psam = value;
    return 0;
  case OPT_THREADS:
    return parse_int("--threads", value, 0, 64, &o->threads, f);
  case OPT_PROGRESS:
    s->progress = 1;
    return 0;
  case OPT_SANDBOX:
    o->no_sandbox = 0;
    return 0;
  case OPT_NO_SANDBOX:
    o->no_sandbox = 1;
    return 0;
  case OPT_FAST:
    o->fast = 1;
    return 0;
  case OPT_SAMPLES_FILE:
    o->samples_file = value;
    return 0;
  case OPT_JOBS:
    return parse_int("--jobs", value, 1, 64, &o->jobs, f);
  case OPT_SUMMARY:
    o->summary = value;
    return 0;
  case OPT_MULTIQC:
    o->multiqc = value;
    return 0;
  case OPT_COMPARE:
    o->compare = 1;
    return 0;
  default:
    return parse_choice(o, option, value, f);
  }
}

static int ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcasecmp(text + n - m, end) == 0;
}

/* A device or a pipe has no suffix that means anything. */
static int is_special(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* AUTO where the output's suffix is another file's. */
static dtc_file_type type_of_name(const options *o) {
  if (o->batch)
    return DTC_FILE_VCF_BGZF;
  return o->output && !is_special(o->output) ? dtc_file_type_of_name(o->output) : DTC_FILE_VCF;
}

static int decide_type(options *o, const spelled *s, fault *f) {
  static const char letters[] = "vzub"; /* in the order of dtc_file_type */
  int level = -1;
  o->type = type_of_name(o);
  if (!s->type && o->type == DTC_FILE_AUTO)
    return wrong(f, "-o", o->output,
                 "its suffix is none of .vcf, .vcf.gz, .vcf.bgz and .bcf: say what to write with -O");
  if (s->type) {
    const char *t = s->type;
    if (!t[0] || !strchr(letters, t[0]) || (t[1] && (t[2] || t[1] < '0' || t[1] > '9')))
      return wrong(f, "-O", t, "expected v, z, u or b; a level 0-9 may follow z and b");
    o->type = (dtc_file_type)(strchr(letters, t[0]) - letters + DTC_FILE_VCF);
    level = t[1] ? t[1] - '0' : -1;
  }
  int compressed = o->type == DTC_FILE_VCF_BGZF || o->type == DTC_FILE_BCF;
  if (level >= 0 && !compressed)
    return wrong(f, "-O", s->type, "only z and b have a compression level");
  if (level >= 0 && o->fast && o->type == DTC_FILE_VCF_BGZF)
    return fault_set(f, EXIT_USAGE, "--fast has no levels: it and the one in -O %s exclude each other", s->type);
  o->level = level >= 0 ? level : DTC_LEVEL_DEFAULT;
  if (o->index == DTC_INDEX_NONE)
    return 0;
  if (!compressed)
    return fault_set(f, EXIT_USAGE, "--write-index: only compressed VCF and BCF have an index: use -O z or -O b");
  if (o->index == DTC_INDEX_TBI && o->type == DTC_FILE_BCF)
    return fault_set(f, EXIT_USAGE, "--write-index=tbi: the index of a BCF is CSI: use --write-index=csi");
  if (!o->output)
    return fault_set(f, EXIT_USAGE, "--write-index: standard output has no index: use -o FILE");
  return 0;
}

static int is_folder(const char *path) {
  struct stat st;
  return ends_with(path, "/") || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* The value of -W stands behind a '=': a word alone is taken for an export. */
static int check_words(const options *o, fault *f) {
  for (size_t i = 0; o->index && i < o->n_exports; i++) {
    const char *word = o->exports[i];
    if ((strcmp(word, "tbi") == 0 || strcmp(word, "csi") == 0) && access(word, F_OK) != 0)
      return fault_set(f, EXIT_USAGE, "-W %s: write -W=%s, in one word", word, word);
  }
  return 0;
}

/* Reports and tables are text: a name that promises more would mislead whoever opens the file. */
static int check_texts(const options *o, fault *f) {
  static const char *const packed[] = {".gz", ".bgz", ".bz2", ".xz", ".zst", ".zip", ".xlsx"};
  const char *const texts[][2] = {
      {"--report", o->report}, {"--report-html", o->report_html}, {"--rejects", o->rejects}, {"--table", o->table}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (size_t k = 0; texts[i][1] && k < sizeof packed / sizeof *packed; k++)
      if (ends_with(texts[i][1], packed[k]))
        return fault_set(f, EXIT_USAGE, "%s %s: this is written as plain text: leave %s out of the name", texts[i][0],
                         texts[i][1], packed[k]);
  return 0;
}

/* One conversion or a batch, and whether there is enough to do it with. */
static int decide_work(options *o, fault *f) {
  if (o->output && strcmp(o->output, "-") == 0)
    o->output = NULL;
  if (check_words(o, f) != 0)
    return -1;
  if (o->compare) {
    if (o->n_exports != 2)
      return fault_set(f, EXIT_USAGE, "--compare: expected two exports, found %zu", o->n_exports);
    return 0;
  }
  o->batch = (o->output && is_folder(o->output)) || o->n_exports > 1 || (o->n_exports == 0 && o->samples_file);
  if (o->n_exports == 0 && !o->batch)
    return fault_set(f, EXIT_USAGE, "no export given");
  if (o->batch && (!o->output || !is_folder(o->output)))
    return fault_set(f, EXIT_USAGE, "several exports need a folder for their outputs: -o FOLDER/");
  if (!o->batch && (o->samples_file || o->summary || o->multiqc))
    return fault_set(f, EXIT_USAGE, "--samples-file, --summary and --multiqc are for many exports: -o FOLDER/");
  if (o->multiqc && !ends_with(o->multiqc, "_mqc.json") && !is_special(o->multiqc))
    return fault_set(f, EXIT_USAGE, "--multiqc %s: MultiQC finds files that end in _mqc.json", o->multiqc);
  if (!o->batch && check_texts(o, f) != 0)
    return -1;
  if (o->n_chains && o->build == DTC_BUILD_UNKNOWN)
    return fault_set(f, EXIT_USAGE, "--chain: to which build? Say it with --assembly GRCh37 or --assembly GRCh38");
  if (o->split_x_par && !o->output)
    return fault_set(f, EXIT_USAGE, "--split-x-par writes several files: use -o FILE");
  if (o->split_contigs && !o->output)
    return fault_set(f, EXIT_USAGE, "--split-contigs writes several files: use -o FILE");
  if (o->sequence || o->sites)
    return 0;
  if (!o->table)
    return fault_set(f, EXIT_USAGE,
                     "REF and ALT need a reference: -f FASTA (for example Ensembl's or 1000 Genomes' GRCh37, then "
                     "`samtools faidx` it)\nor a site table: -T SITES, made once by `genotype-sites build -f ref.fa -o "
                     "GRCh37.sites.bcf`; "
                     "--table FILE alone needs neither");
  if (o->batch || o->output)
    return fault_set(f, EXIT_USAGE, "-o needs -f or -T; without them only --table can be written");
  return 0;
}

/* PharmCAT's own file says all there is to say about the output; a sequence beside it only proves the strand. */
static int decide_pharmcat(options *o, fault *f) {
  if (!o->profile_pharmcat)
    return 0;
  if (!o->sites)
    return fault_set(f, EXIT_USAGE, "--profile pharmcat: -T with PharmCAT's positions file is needed");
  if (o->build == DTC_BUILD_GRCH37 || o->chr == DTC_CHR_NO)
    return fault_set(f, EXIT_USAGE, "--profile pharmcat: PharmCAT reads GRCh38 with chr names only");
  if (o->drop_no_calls || o->variants_only || o->split_contigs || o->split_x_par)
    return fault_set(f, EXIT_USAGE, "--profile pharmcat: every position is stated, in one file");
  o->build = DTC_BUILD_GRCH38;
  o->chr = DTC_CHR_YES;
  return 0;
}

static int check_psam(const options *o, fault *f) {
  return o->psam && !o->batch && !psam_is_name(o->sample)
             ? fault_set(f, EXIT_USAGE, "--psam: plink takes no such name of a sample: use --sample")
             : 0;
}

static void set_defaults(options *o) {
  memset(o, 0, sizeof *o);
  o->sample = "SAMPLE";
  o->vcf_minor = 3;
  o->threads = -1;
  o->jobs = 1;
}

static int decide_threads(options *o, const spelled *s) {
  if (o->threads < 0) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    o->threads = o->batch || processors < 1 ? 1 : processors > 4 ? 4 : (int)processors;
  }
  if (o->threads == 0) /* bcftools' word for "none but the main one" */
    o->threads = 1;
  o->progress = !o->quiet && (s->progress || isatty(STDERR_FILENO)) && isatty(STDERR_FILENO);
  return 0;
}

options_outcome options_parse(options *o, int argc, char **argv, fault *f) {
  spelled s = {0};
  set_defaults(o);
  opterr = 0;
  for (int option; (option = getopt_long(argc, argv, ":f:T:o:O:W::s:vqhV", long_options, NULL)) != -1;) {
    if (option == ':' || option == '?') {
      fault_option(f, option, argv);
      return OPTIONS_WRONG;
    }
    if (option == 'h') {
      usage_print();
      return OPTIONS_DONE;
    }
    if (option == 'V') {
      printf("genotype-convert %s\n", dtc_version());
      return OPTIONS_DONE;
    }
    if (take_option(o, &s, option, optarg, f) != 0)
      return OPTIONS_WRONG;
  }
  o->exports = argv + optind;
  o->n_exports = (size_t)(argc - optind);
  if (decide_pharmcat(o, f) != 0 || decide_work(o, f) != 0 || check_psam(o, f) != 0 || decide_type(o, &s, f) != 0 ||
      decide_threads(o, &s) != 0)
    return OPTIONS_WRONG;
  return OPTIONS_RUN;
}

int options_check_files(const options *o, fault *f) {
  enum { OUTPUTS = 8 };
  int vcf_wanted = o->sequence || o->sites;
  const char *outputs[OUTPUTS] = {o->output                  ? o->output
                                  : vcf_wanted || o->compare ? "-"
                                                             : NULL,
                                  o->report,
                                  o->rejects,
                                  o->table,
                                  o->summary,
                                  o->report_html,
                                  o->psam,
                                  o->multiqc};
  const char *const single[] = {o->sequence, o->sites, o->assemblies, o->samples_file};
  const file_names inputs[] = {{single, 4}, {o->chains, o->n_chains}, {(const char *const *)o->exports, o->n_exports}};
  const file_names all = {outputs, OUTPUTS};
  if (output_check_inputs(all, inputs, 3, f) != 0)
    return -1;
  return o->batch ? 0 : output_check_names(all, f);
}
