/* genotype-score: polygenic scores, principal axes and ancestry proportions. */
#include "genotype-score/compiled_scores.h"
#include "genotype-score/frequencies.h"
#include "genotype-score/options.h"
#include "genotype-score/panel.h"
#include "genotype-score/results.h"

#include "common/confinement.h"
#include "common/temporary.h"

#include <htslib/hts_log.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

typedef struct run {
  results results;
  allele_names *names;
  groups groups;
  places *places;
} run;

static int no_such_assembly(const score_options *o, fault *f) {
  return fault_set(f, EXIT_USAGE, "%s: no such assembly (GRCh37, GRCh38, NCBI36)", o->assembly);
}

/* The assembly of the genotypes: the header's, or the one that is named where the header is silent. */
static int find_build(const score_options *o, const places *p, dtc_build *build, fault *f) {
  dtc_build named = o->assembly ? dtc_build_parse(o->assembly) : DTC_BUILD_UNKNOWN;
  *build = places_build(p);
  if (o->assembly && named == DTC_BUILD_UNKNOWN)
    return no_such_assembly(o, f);
  if (named != DTC_BUILD_UNKNOWN && *build != DTC_BUILD_UNKNOWN && named != *build)
    return fault_set(f, EXIT_REFUSED, "the genotypes are of %s by their header, not of %s", dtc_build_name(*build),
                     o->assembly);
  if (*build == DTC_BUILD_UNKNOWN)
    *build = named;
  return 0;
}

static int load_tables(run *r, const score_options *o, fault *f) {
  dtc_build build;
  results *x = &r->results;
  x->scores.names = x->axes.names = x->populations.alleles = r->names;
  x->scores.policy = o->policy;
  if (find_build(o, r->places, &build, f) != 0)
    return -1;
  for (size_t i = 0; i < o->score_count; i++)
    if (score_set_load(&x->scores, o->scores[i], build, f) != 0)
      return -1;
  if ((o->axes && axes_load(&x->axes, o->axes, f) != 0) ||
      (o->populations && populations_load(&x->populations, o->populations, f) != 0) ||
      (o->reference && (reference_load(&x->reference, o->reference, f) != 0 ||
                        reference_check(&x->reference, &o->policy, o->reference, f) != 0)))
    return -1;
  size_t persons = places_sample_count(r->places);
  return score_set_start(&x->scores, persons, f) != 0 || axes_start(&x->axes, persons, f) != 0 ||
                 populations_start(&x->populations, persons, f) != 0
             ? -1
             : 0;
}

static int is_wanted(void *owner, uint64_t place) {
  results *x = owner;
  return score_set_wants(&x->scores, place) || (x->populations.count && populations_want(&x->populations, place));
}

static int read_genotypes(run *r, fault *f) {
  results *x = &r->results;
  int got;
  if (!x->axes.count) /* axes know variants by their IDs, which may stand anywhere */
    places_want(r->places, is_wanted, x);
  while ((got = places_next(r->places, f)) > 0) {
    score_set_meet(&x->scores, r->places);
    if (x->populations.count)
      populations_meet(&x->populations, r->places);
    if (x->axes.count)
      axes_meet(&x->axes, r->places);
  }
  return got < 0 ? -1 : score_set_finish(&x->scores, f);
}

typedef int writer(const results *r, output *o, fault *f);

/* All files are whole before any has its name. */
static int write_results(const results *r, const score_options *o, fault *f) {
  const char *const paths[] = {o->output, o->tsv, o->html};
  writer *const writers[] = {write_json, write_table, write_page};
  output *outputs[3] = {NULL};
  int failed = 0;
  for (int i = 0; !failed && i < 3; i++) {
    if (i && !paths[i])
      continue;
    outputs[i] = output_open(paths[i], f);
    failed = !outputs[i] || writers[i](r, outputs[i], f) != 0 || output_finish(outputs[i], NULL, 0, f) != 0;
  }
  for (int i = 0; !failed && i < 3; i++)
    failed = outputs[i] && output_publish(outputs[i], f) != 0;
  if (!failed)
    failed = output_settle((const output *const *)outputs, 3, f) != 0;
  for (int i = 0; i < 3; i++)
    output_free(outputs[i]);
  return failed ? -1 : 0;
}

static int write_panel(run *r, const score_options *o, fault *f) {
  if (groups_load(&r->groups, o->groups, r->places, f) != 0)
    return -1;
  output *out = output_open(o->output, f);
  if (!out)
    return -1;
  int failed = o->command == COMMAND_FREQUENCIES
                   ? frequencies_write(out, r->places, &r->groups, f)
                   : load_tables(r, o, f) != 0 || read_genotypes(r, f) != 0 ||
                         reference_write(out, &r->results.scores, &r->results.axes, &r->groups, f) != 0;
  const output *const all[] = {out};
  failed =
      failed || output_finish(out, NULL, 0, f) != 0 || output_publish(out, f) != 0 || output_settle(all, 1, f) != 0;
  output_free(out);
  return failed ? -1 : 0;
}

/* Scoring files of any number and kind into one that is mapped. */
static int compile(run *r, const score_options *o, fault *f) {
  score_set *s = &r->results.scores;
  dtc_build build = o->assembly ? dtc_build_parse(o->assembly) : DTC_BUILD_UNKNOWN;
  if (o->assembly && build == DTC_BUILD_UNKNOWN)
    return no_such_assembly(o, f);
  s->names = r->names;
  for (size_t i = 0; i < o->score_count; i++)
    if (score_set_load(s, o->scores[i], build, f) != 0)
      return -1;
  if (s->compiled_count)
    return fault_set(f, EXIT_REFUSED, "compile takes the texts, not what was compiled before");
  output *out = output_open(o->output, f);
  const output *const all[] = {out};
  int failed = !out || compiled_scores_write(out, s, f) != 0 || output_finish(out, NULL, 0, f) != 0 ||
               output_publish(out, f) != 0 || output_settle(all, 1, f) != 0;
  output_free(out);
  return failed ? -1 : 0;
}

static int work(run *r, const score_options *o, char *const *files, size_t count, fault *f) {
  r->results.options = o;
  r->names = allele_names_new();
  if (!r->names)
    return fault_memory(f);
  if (o->command == COMMAND_COMPILE)
    return compile(r, o, f);
  r->places = places_open(files, count, r->names, o->source, o->fast, f);
  r->results.places = r->places;
  if (!r->places)
    return -1;
  if (o->command != COMMAND_SCORE)
    return write_panel(r, o, f);
  return load_tables(r, o, f) != 0 || read_genotypes(r, f) != 0 ? -1 : write_results(&r->results, o, f);
}

static void run_free(run *r) {
  score_set_free(&r->results.scores);
  axes_free(&r->results.axes);
  populations_free(&r->results.populations);
  reference_free(&r->results.reference);
  groups_free(&r->groups);
  places_free(r->places);
  allele_names_free(r->names);
}

/* What is read by a name that begins so. */
static void read_beside(confinement *c, const char *prefix, const char *suffix) {
  char path[PATH_MAX];
  if (prefix && snprintf(path, sizeof path, "%s%s", prefix, suffix) < (int)sizeof path)
    confinement_read(c, path);
}

/* Before the first byte of a file. */
static void confine(const score_options *o, char *const *files, size_t count) {
  const char *const inputs[] = {o->populations, o->reference, o->groups};
  const char *const outputs[] = {o->output, o->tsv, o->html};
  if (o->no_sandbox)
    return;
  confinement *c = confinement_new();
  for (size_t i = 0; i < o->score_count; i++)
    confinement_read_indexed(c, o->scores[i]);
  for (size_t i = 0; i < count; i++)
    confinement_read_indexed(c, files[i]);
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
    confinement_read_indexed(c, inputs[i]);
  for (int i = 0; i < AXES_FILES; i++)
    read_beside(c, o->axes, axes_suffixes[i]);
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
    confinement_write(c, outputs[i]);
  confinement_enter(c, "genotype-score", 0);
  confinement_free(c);
}

int main(int argc, char **argv) {
  score_options options;
  fault f = {0};
  panel of = {0};
  run r = {0};
  hts_set_log_level(HTS_LOG_OFF); /* what it has to say we say in our own words */
  output_setup();
  if (temporary_guard() != 0)
    return EXIT_TROUBLE;
  int go = options_read(argc, argv, &options, &f);
  if (go > 0 && options.panel)
    go = panel_open(&of, options.panel, &f) == 0 ? 1 : -1;
  char *const *files = options.panel ? of.files : options.files;
  size_t count = options.panel ? of.count : options.file_count;
  if (go > 0) {
    confine(&options, files, count);
    work(&r, &options, files, count, &f);
  }
  run_free(&r);
  panel_free(&of);
  options_free(&options);
  if (f.exit_status == EXIT_USAGE)
    fault_say_usage(&f, "genotype-score");
  else if (f.exit_status != EXIT_WRITTEN)
    fault_say(&f, "genotype-score");
  return temporary_leave(f.exit_status);
}
