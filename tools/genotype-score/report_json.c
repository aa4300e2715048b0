#include "genotype-score/results.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>

static void put_count(json *j, const char *key, uint64_t value) {
  json_key(j, key);
  json_number(j, value);
}

static void put_text(json *j, const char *key, const char *value) {
  json_key(j, key);
  json_string(j, value);
}

static void put_double(json *j, const char *key, double value) {
  json_key(j, key);
  json_double(j, value);
}

static void put_standing(json *j, const standing *st) {
  json_key(j, "reference");
  if (!st->distribution) {
    json_null(j);
    return;
  }
  json_object(j);
  put_text(j, "population", st->distribution->population);
  put_count(j, "samples", st->distribution->samples);
  put_double(j, "mean", st->distribution->mean);
  put_double(j, "sd", st->distribution->spread);
  put_double(j, "overlap", st->overlap);
  put_double(j, "z", st->note == STANDING_TOLD ? st->z : NAN);
  put_double(j, "percentile", st->note == STANDING_TOLD ? st->percentile : NAN);
  put_text(j, "note", st->note == STANDING_TOLD ? NULL : standing_words[st->note]);
  json_object_end(j);
}

static void put_score(json *j, const results *r, const score *s, size_t person) {
  const person_sum *p = &s->persons[person];
  standing st = results_standing(r, s, person);
  json_object(j);
  put_text(j, "score", s->name);
  put_text(j, "trait", s->trait);
  put_text(j, "weight_type", s->weight_type);
  put_text(j, "build", s->build == DTC_BUILD_UNKNOWN ? NULL : dtc_build_name(s->build));
  put_double(j, "sum", score_sum(s, person));
  put_count(j, "rows", s->rows);
  json_key(j, "fate");
  json_object(j);
  for (int k = 0; k < ROW_FATE_COUNT; k++)
    put_count(j, row_fate_words[k], s->fate[k]);
  json_object_end(j);
  put_count(j, "flipped", s->flipped);
  put_count(j, "used", p->used);
  put_count(j, "filled", p->filled);
  put_count(j, "missing", p->missing);
  put_double(j, "overlap", s->rows ? (double)p->used / (double)s->rows : 0);
  put_text(j, "warning", results_warning(s));
  put_standing(j, &st);
  json_object_end(j);
}

static void put_axes(json *j, const results *r, size_t person) {
  const axes *a = &r->axes;
  double at[AXES_MOST];
  nearness near[AXES_MOST];
  json_object(j);
  put_count(j, "variants", a->found);
  put_count(j, "alleles", a->alleles[person]);
  json_key(j, "at");
  json_array(j);
  for (size_t k = 0; k < a->count; k++)
    json_double(j, at[k] = axes_at(a, person, k));
  json_array_end(j);
  size_t count = a->alleles[person] && r->reference.axis_count == a->count
                     ? reference_nearest(&r->reference, at, near, AXES_MOST)
                     : 0;
  json_key(j, "nearest");
  json_array(j);
  for (size_t i = 0; i < count; i++) {
    json_object(j);
    put_text(j, "population", near[i].population);
    put_count(j, "samples", near[i].samples);
    put_double(j, "distance", near[i].distance);
    json_object_end(j);
  }
  json_array_end(j);
  json_object_end(j);
}

static void put_ancestry(json *j, const populations *p, size_t person) {
  proportions found;
  if (populations_fit(p, person, &found) != 0) {
    json_null(j);
    return;
  }
  json_object(j);
  put_count(j, "sites", p->site_count);
  put_count(j, "used", found.used);
  json_key(j, "value");
  json_object(j);
  for (size_t k = 0; k < p->count; k++)
    put_double(j, p->names[k], found.share[k]);
  json_object_end(j);
  json_key(j, "error");
  json_object(j);
  for (size_t k = 0; k < p->count; k++)
    put_double(j, p->names[k], found.error[k]);
  json_object_end(j);
  json_object_end(j);
}

static void put_person(json *j, const results *r, size_t person) {
  json_object(j);
  put_text(j, "sample", places_sample(r->places, person));
  json_key(j, "scores");
  json_array(j);
  for (size_t i = 0; i < r->scores.count; i++)
    put_score(j, r, &r->scores.scores[i], person);
  json_array_end(j);
  if (r->axes.count) {
    json_key(j, "axes");
    put_axes(j, r, person);
  }
  if (r->populations.count) {
    json_key(j, "ancestry");
    put_ancestry(j, &r->populations, person);
  }
  json_object_end(j);
}

static int write_person(const results *r, size_t person, output *o, fault *f) {
  json j;
  json_begin(&j, NULL, 0);
  put_person(&j, r, person);
  size_t length = json_end(&j);
  char *text = malloc(length + 1);
  if (!text)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  json_begin(&j, text, length + 1);
  put_person(&j, r, person);
  json_end(&j);
  output_write(o, text, length);
  free(text);
  return 0;
}

int write_json(const results *r, output *o, fault *f) {
  dtc_build build = places_build(r->places);
  output_print(o, "{\"schema\":1,\"tool\":\"genotype-score %s\",\"build\":\"%s\",\"persons\":[\n", dtc_version(),
               dtc_build_name(build));
  for (size_t i = 0; i < places_sample_count(r->places); i++) {
    if (i)
      output_write(o, ",\n", 2);
    if (write_person(r, i, o, f) != 0)
      return -1;
  }
  output_print(o, "\n]}\n");
  return 0;
}
