#include "genotype-impute/report.h"

#include "base/json.h"
#include "common/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const unsigned run_bin_from[RUN_BINS] = {0, 10, 50};
const char *const run_fate_words[CALL_FATES] = {"used",      "several_rows", "not_in_panel",
                                                "other_ref", "other_allele", "repeated"};

static void put_count(json *j, const char *key, uint64_t value) {
  json_key(j, key);
  json_number(j, value);
}

static void put_mean(json *j, const char *key, double sum, uint64_t count) {
  json_key(j, key);
  if (count)
    json_real(j, sum / (double)count, 4);
  else
    json_null(j);
}

static void put_bin_bounds(json *j, unsigned k) {
  json_key(j, "maf_from");
  json_real(j, run_bin_from[k] / 1000.0, 3);
  json_key(j, "maf_to");
  json_real(j, k + 1 < RUN_BINS ? run_bin_from[k + 1] / 1000.0 : 0.5, 3);
}

/* A unit's figures over the groups of persons. */
typedef struct unit_sum {
  uint64_t typed_rows, used_rows; /* the most of a group */
  unsigned done, reused;          /* groups */
  double engine_cpu, engine_wall;
  uint64_t engine_memory;
} unit_sum;

static unit_sum sum_of_unit(const run *r, size_t i) {
  unit_sum all = {.done = 0};
  for (uint32_t g = 0; g < r->shared->groups; g++) {
    const unit_work *w = &r->units[g][i];
    const unit_result *s = &r->shared->units[g][i];
    all.typed_rows = s->typed_rows > all.typed_rows ? s->typed_rows : all.typed_rows;
    all.used_rows = s->target_rows > all.used_rows ? s->target_rows : all.used_rows;
    all.done += w->state == UNIT_DONE;
    all.reused += w->state == UNIT_DONE && w->reused;
    all.engine_cpu += w->engine_cpu;
    all.engine_wall += w->engine_wall;
    all.engine_memory = w->engine_memory > all.engine_memory ? w->engine_memory : all.engine_memory;
  }
  return all;
}

static void put_unit(json *j, const run *r, size_t i) {
  const panel_unit *u = &r->panel.units[i];
  const unit_result *s = &r->shared->units[0][i]; /* of all groups, where it is joined */
  unit_sum all = sum_of_unit(r, i);
  json_object(j);
  json_key(j, "name");
  json_string(j, u->name);
  put_count(j, "rows", u->rows);
  put_count(j, "typed_rows", all.typed_rows);
  put_count(j, "used_rows", all.used_rows);
  json_key(j, "state");
  json_string(j, !all.done ? "too_few_typed_rows" : all.reused == all.done ? "taken_over" : "imputed");
  json_key(j, "engine_cpu_seconds");
  json_real(j, all.engine_cpu, 3);
  json_key(j, "engine_wall_seconds");
  json_real(j, all.engine_wall, 3);
  json_key(j, "engine_memory_bytes");
  json_number(j, all.engine_memory);
  json_key(j, "by_frequency");
  json_array(j);
  for (unsigned k = 0; k < RUN_BINS; k++) {
    json_object(j);
    put_bin_bounds(j, k);
    put_count(j, "rows", s->bin_rows[k]);
    put_mean(j, "mean_r2", s->bin_r2[k], s->bin_rows[k]);
    json_object_end(j);
  }
  json_array_end(j);
  json_object_end(j);
}

/* A person's sums over the units of the run. */
static person_unit sum_of(const run *r, uint32_t index) {
  person_unit all = {.typed = 0};
  for (size_t i = 0; i < r->panel.count; i++) {
    const person_unit *u = &r->shared->fates[i][index];
    for (int k = 0; k < CALL_FATES; k++)
      all.fate[k] += u->fate[k];
    all.typed += u->typed;
    all.imputed += u->imputed;
    all.lowconf += u->lowconf;
    all.not_imputed += u->not_imputed;
    all.conflicts += u->conflicts;
    for (unsigned b = 0; b < RUN_BINS; b++) {
      all.bin_count[b] += u->bin_count[b];
      all.bin_gp[b] += u->bin_gp[b];
    }
  }
  return all;
}

static void put_rejections(json *j, const person *p) {
  json_key(j, "rejected");
  json_object(j);
  for (unsigned k = 0; k < RUN_REJECTIONS; k++)
    if (p->rejected[k])
      put_count(j, dtc_rejection_word((dtc_rejection)k), p->rejected[k]);
  json_object_end(j);
}

static void put_person(json *j, const run *r, uint32_t index) {
  const person *p = &r->shared->person[index];
  person_unit s = sum_of(r, index);
  json_object(j);
  json_key(j, "sample");
  json_string(j, p->name);
  if (p->fault.exit_status != EXIT_WRITTEN) {
    json_key(j, "left_out");
    json_string(j, p->fault.message);
    json_object_end(j);
    return;
  }
  put_count(j, "group", p->group + 1);
  json_key(j, "input");
  json_string(j, p->from_vcf ? "vcf" : "export");
  if (!p->from_vcf) {
    json_key(j, "sex");
    json_string(j, dtc_sex_name(p->sex));
  }
  put_count(j, "rows", p->rows);
  if (p->from_vcf) {
    put_count(j, "elsewhere", p->elsewhere);
    put_count(j, "merged", p->merged);
  } else {
    put_count(j, "not_readable", p->parser_rejected);
    put_rejections(j, p);
    put_count(j, "flipped", p->flipped);
  }
  put_count(j, "no_calls", p->no_calls);
  put_count(j, "doubtful", p->doubtful);
  put_count(j, "calls", p->calls);
  json_key(j, "calls_of_the_chromosomes");
  json_object(j);
  for (int k = 0; k < CALL_FATES; k++)
    put_count(j, run_fate_words[k], s.fate[k]);
  json_object_end(j);
  put_count(j, "typed", s.typed);
  put_count(j, "imputed", s.imputed);
  put_count(j, "low_confidence", s.lowconf);
  put_count(j, "not_imputed", s.not_imputed);
  put_count(j, "engine_disagrees", s.conflicts);
  json_key(j, "by_frequency");
  json_array(j);
  for (unsigned b = 0; b < RUN_BINS; b++) {
    json_object(j);
    put_bin_bounds(j, b);
    put_count(j, "imputed", s.bin_count[b]);
    put_mean(j, "mean_gp", s.bin_gp[b], s.bin_count[b]);
    json_object_end(j);
  }
  json_array_end(j);
  json_object_end(j);
}

static size_t write_json(const run *r, char *text, size_t bytes) {
  json j;
  json_begin(&j, text, bytes);
  json_object(&j);
  json_key(&j, "tool");
  json_string(&j, "genotype-impute");
  json_key(&j, "version");
  json_string(&j, dtc_version());
  json_key(&j, "engine");
  json_string(&j, engine_names[r->engine.kind]);
  json_key(&j, "engine_version");
  json_string(&j, r->engine.version);
  json_key(&j, "assembly");
  json_string(&j, dtc_build_name(r->panel.assembly->build));
  put_count(&j, "panel_persons", r->panel.persons);
  json_key(&j, "own_cpu_seconds");
  json_real(&j, r->our_cpu, 3);
  put_count(&j, "own_memory_bytes", r->our_memory);
  put_count(&j, "groups", r->shared->groups);
  json_key(&j, "persons");
  json_array(&j);
  for (uint32_t i = 0; i < r->shared->persons; i++)
    put_person(&j, r, i);
  json_array_end(&j);
  json_key(&j, "chromosomes");
  json_array(&j);
  for (size_t i = 0; i < r->panel.count; i++)
    if (r->wanted[i])
      put_unit(&j, r, i);
  json_array_end(&j);
  json_object_end(&j);
  return json_end(&j);
}

int report_write(const run *r, fault *f) {
  if (!r->options->report)
    return 0;
  size_t length = write_json(r, NULL, 0);
  char *text = malloc(length + 1);
  if (!text)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  write_json(r, text, length + 1);
  text[length] = '\n'; /* in place of the NUL */
  output *o = output_open(r->options->report, f);
  int failed =
      !o || output_write(o, text, length + 1) != 0 || output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0;
  output_free(o);
  free(text);
  return failed ? -1 : 0;
}

void report_say(const run *r) {
  if (r->options->quiet)
    return;
  for (uint32_t i = 0; i < r->shared->persons; i++) {
    const person *p = &r->shared->person[i];
    person_unit s = sum_of(r, i);
    if (p->fault.exit_status == EXIT_WRITTEN)
      fprintf(stderr,
              "genotype-impute: %s: %" PRIu64 " typed, %" PRIu64 " imputed (%" PRIu64 " LOWCONF), %" PRIu64
              " not imputed; engine disagrees with %" PRIu64 " typed\n",
              p->name, s.typed, s.imputed, s.lowconf, s.not_imputed, s.conflicts);
  }
}
