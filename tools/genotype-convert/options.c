#include "genotype-convert/options.h"

#include "genotype-convert/psam.h"

#include "common/command_line.h"
#include "common/output.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MOST 1000000000000000u
#define ROWS_MOST 1000000000u

static int wrong(fault *f, const char *option, const char *value, const char *expected) {
  return fault_set(f, EXIT_USAGE, "%s %s: %s", option, value, expected);
}

static int take_assembly(void *opaque, const char *text, fault *f) {
  options *o = opaque;
  o->build = dtc_build_parse(text);
  if (o->build == DTC_BUILD_GRCH37 || o->build == DTC_BUILD_GRCH38)
    return 0;
  return wrong(f, "--assembly", text, "expected GRCh37 or GRCh38");
}

static int take_sample(void *opaque, const char *text, fault *f) {
  if (text[0] == '\0' || strpbrk(text, "\t\n\r"))
    return fault_set(f, EXIT_USAGE, "--sample: a name without tabs and line ends was expected");
  ((options *)opaque)->sample = text;
  return 0;
}

static int take_index(void *opaque, const char *text, fault *f) {
  options *o = opaque;
  if (text && text[0] == '=') /* -W=tbi, as bcftools takes it */
    text++;
  o->index = text && strcmp(text, "tbi") == 0 ? DTC_INDEX_TBI : DTC_INDEX_CSI;
  if (!text || o->index == DTC_INDEX_TBI || strcmp(text, "csi") == 0)
    return 0;
  return wrong(f, "--write-index", text, "expected one of csi, tbi");
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

/* type: as said by -O; NULL: by the name. */
static int decide_type(options *o, const char *type, fault *f) {
  static const char letters[] = "vzub"; /* in the order of dtc_file_type */
  int level = -1;
  o->type = type_of_name(o);
  if (!type && o->type == DTC_FILE_AUTO)
    return wrong(f, "-o", o->output,
                 "its suffix is none of .vcf, .vcf.gz, .vcf.bgz and .bcf: say what to write with -O");
  if (type) {
    const char *t = type;
    if (!t[0] || !strchr(letters, t[0]) || (t[1] && (t[2] || t[1] < '0' || t[1] > '9')))
      return wrong(f, "-O", t, "expected v, z, u or b; a level 0-9 may follow z and b");
    o->type = (dtc_file_type)(strchr(letters, t[0]) - letters + DTC_FILE_VCF);
    level = t[1] ? t[1] - '0' : -1;
  }
  int compressed = o->type == DTC_FILE_VCF_BGZF || o->type == DTC_FILE_BCF;
  if (level >= 0 && !compressed)
    return wrong(f, "-O", type, "only z and b have a compression level");
  if (level >= 0 && o->fast && o->type == DTC_FILE_VCF_BGZF)
    return fault_set(f, EXIT_USAGE, "--fast has no levels: it and the one in -O %s exclude each other", type);
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

static void decide_threads(options *o) {
  if (o->threads < 0) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    o->threads = o->batch || processors < 1 ? 1 : processors > 4 ? 4 : (int)processors;
  }
  if (o->threads == 0) /* bcftools' word for "none but the main one" */
    o->threads = 1;
  o->progress = !o->quiet && isatty(STDERR_FILENO); /* --progress only says what is so */
}

int options_read(options *o, int argc, char **argv, fault *f) {
  static const char *const chr_words[] = {"auto", "yes", "no", NULL}; /* in the order of dtc_chr */
  static const char *const sex_words[] = {"auto", "male", "female", NULL};
  static const char *const profile_words[] = {"imputation", "pharmcat", NULL};
  static const char *const version_words[] = {"4.2", "4.3", NULL};
  int chr = 0, sex = 0, profile = -1, version = 1;
  const char *type = NULL;
  *o = (options){.sample = "SAMPLE", .threads = -1, .jobs = 1};
  const command_option table[] = {
      {"fasta-ref", 'f', .text = &o->sequence},
      {"sites", 'T', .text = &o->sites},
      {"output", 'o', .text = &o->output},
      {"output-type", 'O', .text = &type},
      {"write-index", 'W', .take = take_index, .is_optional = 1},
      {"sample", 's', .take = take_sample},
      {"assembly", .take = take_assembly},
      {"chain", .list = {o->chains, &o->n_chains, OPTIONS_CHAINS_MAX}},
      {"chr-prefix", .word = &chr, .words = chr_words},
      {"split-x-par", .flag = &o->split_x_par},
      {"split-contigs", .flag = &o->split_contigs},
      {"vcf-version", .word = &version, .words = version_words},
      {"drop-no-calls", .flag = &o->drop_no_calls},
      {"variants-only", .flag = &o->variants_only},
      {"profile", .word = &profile, .words = profile_words},
      {"sex", .word = &sex, .words = sex_words},
      {"min-rows", .number = &o->min_rows, .least = 1, .most = ROWS_MOST},
      {"max-size", .bytes = &o->max_size, .least = 1, .most = BYTES_MOST},
      {"max-unpacked", .bytes = &o->max_unpacked, .least = 1, .most = BYTES_MOST},
      {"max-rows", .number = &o->max_rows, .least = 1, .most = ROWS_MOST},
      {"strict", .flag = &o->strict},
      {"assemblies", .text = &o->assemblies},
      {"report", .text = &o->report},
      {"report-html", .text = &o->report_html},
      {"rejects", .text = &o->rejects},
      {"table", .text = &o->table},
      {"psam", .text = &o->psam},
      {"threads", .integer = &o->threads, .most = 64},
      {"progress", .flag = &o->progress},
      {"sandbox", .no_flag = &o->no_sandbox},
      {"no-sandbox", .flag = &o->no_sandbox},
      {"fast", .flag = &o->fast},
      {"samples-file", .text = &o->samples_file},
      {"jobs", .integer = &o->jobs, .least = 1, .most = 64},
      {"summary", .text = &o->summary},
      {"multiqc", .text = &o->multiqc},
      {"compare", .flag = &o->compare},
      {"verbose", 'v', .flag = &o->verbose},
      {"quiet", 'q', .flag = &o->quiet},
  };
  const command_line line = {"genotype-convert", usage_text, table, sizeof table / sizeof *table, o};
  int go = command_line_read(&line, argc, argv, &o->n_exports, f);
  if (go <= 0)
    return go;
  o->chr = (dtc_chr)chr;
  o->sex = sex == 1 ? DTC_SEX_MALE : sex == 2 ? DTC_SEX_FEMALE : DTC_SEX_UNDETERMINED;
  o->vcf_minor = version + 2;
  o->profile_imputation = profile == 0;
  o->profile_pharmcat = profile == 1;
  o->exports = argv + 1;
  if (decide_pharmcat(o, f) != 0 || decide_work(o, f) != 0 || check_psam(o, f) != 0 || decide_type(o, type, f) != 0)
    return -1;
  decide_threads(o);
  return 1;
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
