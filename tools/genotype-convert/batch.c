#include "genotype-convert/batch.h"

#include "common/output.h"
#include "genotype-convert/confine.h"
#include "genotype-convert/conversion.h"
#include "genotype-convert/progress.h"
#include "genotype-convert/psam.h"
#include "genotype-convert/report/report.h"
#include "genotype-convert/resume.h"
#include "genotype-convert/samples.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* After the exit statuses: made by an earlier run; not done yet. */
enum { KEPT = EXIT_TROUBLE + 1, PENDING, OUTCOMES };

typedef struct batch {
  context *context;
  const options *options;
  samples samples;
  char *summary; /* its path */
  resume resume;
  atomic_size_t next;
  progress *progress;
  pthread_mutex_t lock;      /* of standard error and what follows */
  int worst;                 /* exit status */
  uint64_t counts[OUTCOMES]; /* by exit status, and kept */
  char **lines;              /* of the summary, by sample; NULL: not reached yet */
  psam_line *people;         /* by sample; without a name: no output */
} batch;

static const char *const outcome_words[OUTCOMES] = {"written", "refused", "failed", "failed", "kept", "pending"};

/* The names of one sample's files. */
typedef struct sample_files {
  char *output, *index, *report, *html, *rejects, *table;
} sample_files;

static const char *suffix_of(const options *o) {
  if (o->type == DTC_FILE_VCF_BGZF)
    return ".vcf.gz";
  return o->type == DTC_FILE_VCF ? ".vcf" : ".bcf";
}

/* folder NULL: the file is not wanted, and NULL is no failure. */
static char *file_name(const char *folder, const char *name, const char *suffix, const char *more, int *failed) {
  char *text = NULL;
  if (!folder)
    return NULL;
  const char *slash = folder[0] && folder[strlen(folder) - 1] == '/' ? "" : "/";
  if (asprintf(&text, "%s%s%s%s%s", folder, slash, name, suffix, more) < 0) {
    *failed = 1;
    return NULL;
  }
  return text;
}

static int sample_files_make(const options *o, const char *name, sample_files *files) {
  int failed = 0;
  int wants_vcf = o->sequence || o->sites;
  files->output = file_name(wants_vcf ? o->output : NULL, name, suffix_of(o), "", &failed);
  files->index = file_name(wants_vcf && o->index ? o->output : NULL, name, suffix_of(o),
                           o->index == DTC_INDEX_TBI ? ".tbi" : ".csi", &failed);
  files->report = file_name(o->report, name, ".json", "", &failed);
  files->html = file_name(o->report_html, name, ".html", "", &failed);
  files->rejects = file_name(o->rejects, name, ".rejects.tsv", "", &failed);
  files->table = file_name(o->table, name, ".table.tsv", "", &failed);
  return failed ? -1 : 0;
}

static void sample_files_free(sample_files *files) {
  free(files->output);
  free(files->index);
  free(files->report);
  free(files->html);
  free(files->rejects);
  free(files->table);
}

/* Outputs are there whole or not at all, so one that is not older than its export and of these options is finished. */
static int is_finished(const resume *r, const sample_files *files, const char *export_path) {
  const char *const wanted[] = {files->output, files->index, files->report, files->html, files->rejects, files->table};
  struct stat source;
  if (stat(export_path, &source) != 0)
    return 0;
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
    if (wanted[i] && !resume_is_finished(r, wanted[i], &source))
      return 0;
  return 1;
}

static const char *or_dot(const char *text) { return text && text[0] ? text : "."; }

/* "incomplete,little-written"; NULL when memory runs out. */
static char *warning_codes(const dtc_verdict *v) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (unsigned w = 0, n = 0; out && v && w < dtc_warning_count(); w++)
    if (dtc_verdict_warnings(v, (dtc_warning)w))
      fprintf(out, "%s%s", n++ ? "," : "", dtc_warning_slug((dtc_warning)w));
  if (!out || fclose(out) == 0)
    return text;
  free(text);
  return NULL;
}

/* One line of the summary without its first and last field; malloc'd, NULL when memory runs out. */
static char *summary_line(const sample *s, int outcome, const conversion_result *r, const char *path) {
  char *line;
  const dtc_verdict *v = r->verdict;
  char *warnings = warning_codes(v);
  if (!warnings)
    return NULL;
  int judged = outcome < KEPT && v;
  const char *reason = r->refused ? dtc_reason_slug(dtc_status_reason(dtc_verdict_status(v))) : NULL;
  const char *code = r->refused ? dtc_status_slug(dtc_verdict_status(v)) : NULL;
  int n = asprintf(
      &line, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%llu\t%llu\t%llu\t%llu\t%llu\t%s\t%s", s->name, s->export_path,
      outcome_words[outcome], or_dot(reason), or_dot(code), or_dot(dtc_verdict_vendor(v)),
      or_dot(dtc_verdict_format(v)), or_dot(dtc_verdict_array(v)), judged ? dtc_build_name(dtc_verdict_build(v)) : ".",
      judged ? dtc_sex_name(r->sex) : ".", (unsigned long long)dtc_verdict_rows(v), (unsigned long long)r->sums.written,
      (unsigned long long)r->sums.merged, (unsigned long long)conversion_rejected(r), (unsigned long long)r->records,
      outcome == EXIT_WRITTEN || outcome == KEPT ? or_dot(path) : ".", or_dot(warnings));
  free(warnings);
  return n < 0 ? NULL : line;
}

static void note_outcome(batch *b, size_t i, int outcome, const conversion_result *r, const char *path) {
  char *line = summary_line(&b->samples.items[i], outcome, r, path);
  pthread_mutex_lock(&b->lock);
  b->lines[i] = line;
  if (outcome == EXIT_WRITTEN || outcome == KEPT)
    b->people[i] = (psam_line){b->samples.items[i].name, r->sex};
  b->counts[outcome]++;
  int status = outcome == KEPT ? EXIT_WRITTEN : outcome;
  if (!line || status > b->worst)
    b->worst = line ? status : EXIT_TROUBLE;
  if (outcome == EXIT_WRITTEN && !b->options->quiet) {
    char before[400];
    snprintf(before, sizeof before, "%s%s: ", b->progress ? "\r\033[K" : "", b->samples.items[i].export_path);
    doubts_print(r, before);
  }
  if (status != EXIT_WRITTEN)
    fprintf(stderr, "%s%s%s\n", b->progress ? "\r\033[K" : "",
            outcome == EXIT_REFUSED ? "" : "genotype-convert: ", r->fault.message);
  pthread_mutex_unlock(&b->lock);
  progress_advance(b->progress, 1);
}

static void convert_sample(batch *b, workspace *w, size_t i) {
  const sample *s = &b->samples.items[i];
  conversion_result result;
  sample_files files;
  memset(&result, 0, sizeof result);
  int outcome;
  if (sample_files_make(b->options, s->name, &files) != 0) {
    fault_set(&result.fault, EXIT_TROUBLE, "out of memory");
    outcome = EXIT_TROUBLE;
  } else if (is_finished(&b->resume, &files, s->export_path) &&
             (!b->options->psam || psam_find(b->options->psam, s->name, &result.sex))) {
    outcome = KEPT;
  } else {
    conversion_job job = {.export_path = s->export_path,
                          .sample = s->name,
                          .write_vcf = files.output != NULL,
                          .output = files.output,
                          .report = files.report,
                          .report_html = files.html,
                          .rejects = files.rejects,
                          .table = files.table};
    outcome = conversion_run(w, &job, &result);
  }
  note_outcome(b, i, outcome, &result, files.output);
  sample_files_free(&files);
}

static void *worker_run(void *argument) {
  batch *b = argument;
  fault f = {0};
  workspace *w = workspace_new(b->context, &f);
  for (size_t i; w && (i = atomic_fetch_add(&b->next, 1)) < b->samples.count;)
    convert_sample(b, w, i);
  workspace_free(w);
  return NULL;
}

/* Without memory for a further thread there are fewer of them. */
static void run_workers(batch *b) {
  pthread_t threads[64];
  int started = 0;
  while (started < b->options->jobs - 1 && started < 64 && pthread_create(&threads[started], NULL, worker_run, b) == 0)
    started++;
  worker_run(b);
  while (started > 0)
    pthread_join(threads[--started], NULL);
}

static int write_summary_line(const batch *b, size_t i, output *o) {
  static const conversion_result nothing = {.sex = DTC_SEX_UNDETERMINED};
  char number[32];
  char *pending = b->lines[i] ? NULL : summary_line(&b->samples.items[i], PENDING, &nothing, NULL);
  const char *line = pending ? pending : b->lines[i];
  if (!line)
    return -1;
  output_write(o, number, (size_t)snprintf(number, sizeof number, "%zu\t", i + 1));
  output_write(o, line, strlen(line));
  output_write(o, "\t", 1);
  output_write(o, b->resume.mark, strlen(b->resume.mark));
  output_write(o, "\n", 1);
  free(pending);
  return 0;
}

static int write_summary(const batch *b, fault *f) {
  static const char head[] =
      "number\tsample\texport\tstatus\treason\tcode\tvendor\tformat\tarray\tbuild\tsex\trows\twritten\tmerged\t"
      "rejected\trecords\toutput\twarnings\toptions\n";
  output *o = output_open(b->summary, f);
  if (!o)
    return -1;
  int failed = 0;
  output_write(o, head, sizeof head - 1);
  for (size_t i = 0; i < b->samples.count && !failed; i++)
    failed = write_summary_line(b, i, o) != 0 ? fault_set(f, EXIT_TROUBLE, "out of memory") : 0;
  if (!failed)
    failed = output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0 ||
             output_settle((const output *const[]){o}, 1, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}

/* Folders that are not there yet are made; their parents must be. */
static int make_folders(const options *o, fault *f) {
  const char *const folders[] = {o->output, o->report, o->report_html, o->rejects, o->table};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (folders[i] && mkdir(folders[i], 0777) != 0) {
      struct stat st;
      if (errno != EEXIST)
        return fault_system(f, folders[i], "cannot make the folder");
      if (stat(folders[i], &st) != 0 || !S_ISDIR(st.st_mode))
        return fault_set(f, EXIT_USAGE, "%s: with many exports this must be a folder", folders[i]);
    }
  return 0;
}

/* What it allocates is batch_run's to free. */
static int run_samples(batch *b, fault *f) {
  int failed = 0;
  b->lines = calloc(b->samples.count + 1, sizeof *b->lines);
  b->summary =
      b->options->summary ? strdup(b->options->summary) : file_name(b->options->output, "summary", ".tsv", "", &failed);
  b->people = calloc(b->samples.count + 1, sizeof *b->people);
  if (!b->lines || !b->summary || !b->people)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  /* Written before the first output too: whatever stops this run, the next one knows its options. */
  if (resume_begin(&b->resume, b->options, b->summary) && write_summary(b, f) != 0)
    return -1;
  /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): b->summary is in the caller's batch */
  b->progress = progress_new(b->options->progress, "exports", b->samples.count);
  run_workers(b);
  progress_free(b->progress);
  for (size_t i = 0; i < b->samples.count; i++)
    if (!b->lines[i])
      b->worst = EXIT_TROUBLE;
  if (!b->options->quiet)
    fprintf(stderr, "%zu exports: %llu written, %llu kept, %llu refused, %llu failed\n", b->samples.count,
            (unsigned long long)b->counts[EXIT_WRITTEN], (unsigned long long)b->counts[KEPT],
            (unsigned long long)b->counts[EXIT_REFUSED],
            (unsigned long long)b->counts[EXIT_USAGE] + b->counts[EXIT_TROUBLE]);
  if (b->options->psam && psam_write(b->options->psam, b->people, b->samples.count, f) != 0)
    return -1;
  return write_summary(b, f);
}

int batch_run(context *c, fault *f) {
  batch b = {.context = c, .options = context_options(c)};
  pthread_mutex_init(&b.lock, NULL);
  if (make_folders(b.options, f) == 0) {
    /* the samples file may name exports that the command line does not: they must be readable, too */
    if (samples_load(b.options, &b.samples, f) == 0) {
      confine(b.options, &b.samples);
      run_samples(&b, f);
    }
  }
  for (size_t i = 0; b.lines && i < b.samples.count; i++)
    free(b.lines[i]);
  free(b.lines);
  free(b.people);
  free(b.summary);
  samples_free(&b.samples);
  pthread_mutex_destroy(&b.lock);
  return f->exit_status != EXIT_WRITTEN ? f->exit_status : b.worst;
}
