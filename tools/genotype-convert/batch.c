#include "genotype-convert/batch.h"

#include "common/output.h"
#include "common/temporary.h"
#include "genotype-convert/confine.h"
#include "genotype-convert/conversion.h"
#include "common/progress.h"
#include "genotype-convert/psam.h"
#include "genotype-convert/report/batch_report.h"
#include "genotype-convert/report/report.h"
#include "genotype-convert/resume.h"
#include "genotype-convert/samples.h"
#include "genotype-convert/summary.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Of --report-html: the page of the batch, among those of the samples. */
#define PAGE_NAME "index"

/* After the exit statuses: made by an earlier run. */
enum { KEPT = EXIT_TROUBLE + 1, OUTCOMES };
enum { SUMMARY_SECONDS = 5 };

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
  summary_row *rows;         /* by sample */
  summary earlier;           /* of the run before */
  int summary_is_file;
  double summary_written; /* when */
  atomic_int asked;       /* the signal that asks to end; 0: none */
  psam_line *people;      /* by sample; without a name: no output */
} batch;

static const char *const outcome_words[OUTCOMES] = {"written", "refused", "failed", "failed", "kept"};

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

/* The row of an export that was kept: what is known of it from the run that made it. */
static int make_kept_row(const batch *b, size_t i, const char *path, summary_row *row) {
  const sample *s = &b->samples.items[i];
  const summary_row *earlier = summary_find(&b->earlier, s);
  if (summary_row_make(row, s, outcome_words[KEPT], NULL, path) != 0)
    return -1;
  for (int c = SUMMARY_REASON; earlier && c < SUMMARY_COLUMNS; c++) {
    char *text = c == SUMMARY_OUTPUT ? NULL : strdup(summary_field(earlier, (summary_column)c));
    if (text) {
      free(row->fields[c]);
      row->fields[c] = text;
    }
  }
  return 0;
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Now and then while the batch runs, so that little of it is unknown after an end that nothing announces. */
static void write_meanwhile(batch *b) {
  fault ignored = {0}; /* it is written again at the end */
  double now = seconds_now();
  if (!b->summary_is_file || now - b->summary_written < SUMMARY_SECONDS)
    return;
  summary_write(b->summary, &b->samples, b->rows, b->resume.mark, &ignored);
  b->summary_written = now;
}

static void note_outcome(batch *b, size_t i, int outcome, const conversion_result *r, const char *path) {
  summary_row row;
  int done = outcome == EXIT_WRITTEN || outcome == KEPT;
  int lost = outcome == KEPT
                 ? make_kept_row(b, i, path, &row)
                 : summary_row_make(&row, &b->samples.items[i], outcome_words[outcome], r, done ? path : NULL);
  pthread_mutex_lock(&b->lock);
  if (!lost)
    b->rows[i] = row;
  if (done)
    b->people[i] = (psam_line){b->samples.items[i].name, r->sex};
  b->counts[outcome]++;
  int status = outcome == KEPT ? EXIT_WRITTEN : outcome;
  if (lost || status > b->worst)
    b->worst = lost ? EXIT_TROUBLE : status;
  if (outcome == EXIT_WRITTEN && !b->options->quiet) {
    char before[400];
    snprintf(before, sizeof before, "%s%s: ", progress_clear(b->progress), b->samples.items[i].export_path);
    doubts_print(r, before);
  }
  if (status != EXIT_WRITTEN)
    fprintf(stderr, "%s%s%s\n", progress_clear(b->progress),
            outcome == EXIT_REFUSED ? "" : "genotype-convert: ", r->fault.message);
  write_meanwhile(b);
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
  for (size_t i; w && !atomic_load(&b->asked) && (i = atomic_fetch_add(&b->next, 1)) < b->samples.count;)
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

static int write_summary(const batch *b, fault *f) {
  return summary_write(b->summary, &b->samples, b->rows, b->resume.mark, f);
}

static void tell(const batch *b) {
  if (!b->options->quiet)
    fprintf(stderr, "%zu exports: %llu written, %llu kept, %llu refused, %llu failed\n", b->samples.count,
            (unsigned long long)b->counts[EXIT_WRITTEN], (unsigned long long)b->counts[KEPT],
            (unsigned long long)b->counts[EXIT_REFUSED],
            (unsigned long long)b->counts[EXIT_USAGE] + b->counts[EXIT_TROUBLE]);
  if (atomic_load(&b->asked))
    fprintf(stderr, "genotype-convert: stopped; %s tells what is done, and the same command goes on\n", b->summary);
}

/* The summary first: whatever fails behind it, what was done is known. */
static int write_results(const batch *b, fault *f) {
  const options *o = b->options;
  if (write_summary(b, f) != 0 || (o->psam && psam_write(o->psam, b->people, b->samples.count, f) != 0) ||
      (o->multiqc && batch_multiqc_write(o->multiqc, &b->samples, b->rows, f) != 0))
    return -1;
  if (!o->report_html)
    return 0;
  int failed = 0;
  char *page = file_name(o->report_html, PAGE_NAME, ".html", "", &failed);
  failed = page ? batch_page_write(page, &b->samples, b->rows, f) : fault_memory(f);
  free(page);
  return failed;
}

static int check_page_name(const batch *b, fault *f) {
  for (size_t i = 0; b->options->report_html && i < b->samples.count; i++)
    if (strcmp(b->samples.items[i].name, PAGE_NAME) == 0)
      return fault_set(f, EXIT_USAGE, "a sample called %s and --report-html: the page of the batch has that name",
                       PAGE_NAME);
  return 0;
}

/* What it allocates is batch_run's to free. */
static int run_samples(batch *b, fault *f) {
  int failed = 0;
  b->rows = calloc(b->samples.count + 1, sizeof *b->rows);
  b->summary =
      b->options->summary ? strdup(b->options->summary) : file_name(b->options->output, "summary", ".tsv", "", &failed);
  b->people = calloc(b->samples.count + 1, sizeof *b->people);
  if (!b->rows || !b->summary || !b->people)
    return fault_memory(f);
  if (check_page_name(b, f) != 0)
    return -1;
  /* Written before the first output too: whatever stops this run, the next one knows its options. */
  b->summary_is_file = resume_begin(&b->resume, b->options, b->summary);
  if (b->summary_is_file)
    summary_read(&b->earlier, b->summary);
  if (b->summary_is_file && write_summary(b, f) != 0)
    return -1;
  b->summary_written = seconds_now();
  temporary_ask_first(&b->asked);
  /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): b->summary is in the caller's batch */
  b->progress = progress_new(b->options->progress, "exports", b->samples.count);
  run_workers(b);
  progress_free(b->progress);
  temporary_ask_first(NULL);
  for (size_t i = 0; i < b->samples.count; i++)
    if (!b->rows[i].fields[SUMMARY_SAMPLE])
      b->worst = EXIT_TROUBLE;
  tell(b);
  return write_results(b, f);
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
  for (size_t i = 0; b.rows && i < b.samples.count; i++)
    summary_row_free(&b.rows[i]);
  summary_free(&b.earlier);
  free(b.rows);
  free(b.people);
  free(b.summary);
  samples_free(&b.samples);
  pthread_mutex_destroy(&b.lock);
  if (atomic_load(&b.asked) && f->exit_status == EXIT_WRITTEN)
    temporary_end(atomic_load(&b.asked));
  return f->exit_status != EXIT_WRITTEN ? f->exit_status : b.worst;
}
