/* genotype-convert: a vendor's genotype export to VCF or BCF. */
#include "common/heap.h"
#include "common/temporary.h"
#include "genotype-convert/batch.h"
#include "genotype-convert/confine.h"
#include "genotype-convert/conversion.h"
#include "genotype-convert/psam.h"
#include "genotype-convert/report/compare.h"
#include "genotype-convert/report/report.h"

#include <htslib/hts_log.h>
#include <stdio.h>
#include <stdlib.h>

/* The line of a refusal begins with the file, as compilers' do; ours begin with our name. */
static void say(const fault *f) {
  if (f->exit_status == EXIT_REFUSED)
    fprintf(stderr, "%s\n", f->message);
  else
    fault_say(f, "genotype-convert");
}

static int convert_one(context *c, fault *f) {
  const options *o = context_options(c);
  workspace *w = workspace_new(c, f);
  if (!w)
    return f->exit_status;
  conversion_job job = {.export_path = o->exports[0],
                        .sample = o->sample,
                        .write_vcf = o->sequence || o->sites,
                        .output = o->output,
                        .report = o->report,
                        .report_html = o->report_html,
                        .rejects = o->rejects,
                        .table = o->table,
                        .show_progress = o->progress};
  static conversion_result result; /* large */
  conversion_run(w, &job, &result);
  *f = result.fault;
  if (f->exit_status == EXIT_WRITTEN && o->psam)
    psam_write(o->psam, &(psam_line){o->sample, result.sex}, 1, f);
  if (f->exit_status == EXIT_WRITTEN && !o->quiet)
    summary_print(&result, job.write_vcf, o->verbose);
  workspace_free(w);
  return f->exit_status;
}

static int run(const options *o, fault *f) {
  if (!o->batch) /* a batch makes its folders first */
    confine(o, NULL);
  context *c = context_new(o, f);
  if (!c)
    return f->exit_status;
  int status = o->compare ? compare_run(c, f) : o->batch ? batch_run(c, f) : convert_one(c, f);
  context_free(c);
  return status;
}

int main(int argc, char **argv) {
  hts_set_log_level(HTS_LOG_OFF); /* what it has to say we say in our own words */
  options o;
  fault f = {0};
  setenv("TZ", "UTC0", 1); /* libzip asks libc for the local time of each archive: a file read each time, and a lock */
  output_setup();
  heap_on_huge_pages();
  if (temporary_guard() != 0)
    return EXIT_TROUBLE;
  int go = options_read(&o, argc, argv, &f);
  if (go == 0)
    return temporary_leave(fflush(stdout) == 0 ? EXIT_WRITTEN : EXIT_TROUBLE);
  if (go < 0) {
    fault_say_usage(&f, "genotype-convert");
    return temporary_leave(EXIT_USAGE);
  }
  int status = options_check_files(&o, &f) == 0 ? run(&o, &f) : f.exit_status;
  if (f.message[0])
    say(&f);
  return temporary_leave(status);
}
