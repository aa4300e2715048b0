#include <config.h>

#include "array-upload/worker/findings.h"

#include <math.h>
#include <string.h>

enum { TEXT_MAX = 254 };

/* The one person's object, borrowed from *whole, which the caller releases. NULL: it is not such a file. */
static const json_t *person_of(const struct findings_source *from, json_t **whole) {
  json_error_t error;
  *whole = json_loadb(from->text, from->size, JSON_REJECT_DUPLICATES, &error);
  const json_t *persons = json_object_get(*whole, "persons"), *person = json_array_get(persons, 0);
  const char *sample = json_string_value(json_object_get(person, "sample"));
  return json_integer_value(json_object_get(*whole, "schema")) == 1 && json_array_size(persons) == 1 && sample &&
                 strcmp(sample, from->sample) == 0
             ? person
             : NULL;
}

/* A text of at most TEXT_MAX bytes, or the other one. */
static const char *text_of(const json_t *object, const char *key, const char *otherwise) {
  const char *text = json_string_value(json_object_get(object, key));
  return text && *text && strlen(text) <= TEXT_MAX ? text : otherwise;
}

static json_t *number_or_null(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  if (json_is_integer(value))
    return json_integer(json_integer_value(value));
  double number = json_is_number(value) ? json_number_value(value) : NAN;
  return isfinite(number) ? json_real(number) : json_null();
}

/* ---- traits --------------------------------------------------------------------------------------------------------
 */
static json_t *names_json(const struct trait *t) {
  json_t *names = json_object();
  for (size_t i = 0; t && i < TRAIT_LANGUAGES && t->language[i]; i++)
    if (t->name[i] && *t->name[i])
      json_object_set_new(names, t->language[i], json_string(t->name[i]));
  return names;
}

static const char *risk_of(const struct trait *t, const json_t *percentile) {
  if (!t || isnan(t->high_from) || !json_is_number(percentile))
    return NULL;
  return json_number_value(percentile) >= t->high_from ? "high_risk" : "not_high_risk";
}

static json_t *trait_json(const json_t *score, const struct trait *t, const char *version) {
  const json_t *reference = json_object_get(score, "reference");
  const char *name = text_of(score, "score", "");
  const char *key = t && *t->trait ? t->trait : text_of(score, "trait", name);
  const char *unit = t && *t->unit ? t->unit : text_of(score, "weight_type", "sum");
  json_t *sum = number_or_null(score, "sum"), *percentile = number_or_null(reference, "percentile");
  if (!*name || !json_is_number(sum)) {
    json_decref(sum);
    json_decref(percentile);
    return NULL;
  }
  const char *risk = risk_of(t, percentile);
  json_t *spread = !json_is_object(reference)
                       ? json_null()
                       : json_pack("{s:s, s:o, s:o, s:o}", "population", text_of(reference, "population", ""),
                                   "samples", number_or_null(reference, "samples"), "mean",
                                   number_or_null(reference, "mean"), "sd", number_or_null(reference, "sd"));
  return json_pack("{s:{s:o, s:o, s:o}, s:{s:o, s:s}, s:{s:s, s:o}, s:{s:s}, s:s?, s:{s:s, s:o, s:o, s:o}}",
                   "trait_score", "value", sum, "percentile", percentile, "z", number_or_null(reference, "z"),
                   "trait_distribution", "value", spread, "version", version, "trait", "key", key, "names",
                   names_json(t), "trait_unit", "key", unit, "risk", risk, "score", "name", name, "rows",
                   number_or_null(score, "rows"), "used", number_or_null(score, "used"), "overlap",
                   number_or_null(score, "overlap"));
}

static const struct trait *trait_find(const struct trait *traits, size_t n, const json_t *score) {
  const char *name = text_of(score, "score", "");
  for (size_t i = 0; i < n; i++)
    if (strcmp(traits[i].score, name) == 0)
      return &traits[i];
  return NULL;
}

json_t *findings_traits(const struct findings_source *from, const struct trait *traits, size_t n_traits) {
  json_t *whole, *list = json_array();
  const json_t *person = person_of(from, &whole), *scores = json_object_get(person, "scores");
  int failed = !list || json_array_size(scores) == 0;
  for (size_t i = 0; !failed && i < json_array_size(scores); i++) {
    const json_t *score = json_array_get(scores, i);
    json_t *one = trait_json(score, trait_find(traits, n_traits, score), from->version);
    failed = json_array_append_new(list, one) != 0; /* refuses NULL */
  }
  json_decref(whole);
  if (!failed)
    return json_pack("{s:i, s:o}", "schema", 1, "results", list);
  json_decref(list);
  return NULL;
}

/* ---- ancestry ------------------------------------------------------------------------------------------------------
 */
static int shares_are_whole(const json_t *shares) {
  double sum = 0;
  const char *name;
  json_t *share;
  json_object_foreach((json_t *)(size_t)shares, name, share) {
    double value = json_is_number(share) ? json_number_value(share) : NAN;
    if (!(value >= -1e-6 && value <= 1 + 1e-6) || strlen(name) > TEXT_MAX)
      return 0;
    sum += value;
  }
  return json_object_size(shares) > 0 && fabs(sum - 1) < 1e-3;
}

json_t *findings_ancestry(const struct findings_source *from, int *found) {
  json_t *whole, *out = NULL;
  const json_t *person = person_of(from, &whole), *ancestry = json_object_get(person, "ancestry");
  const json_t *shares = json_object_get(ancestry, "value"), *errors = json_object_get(ancestry, "error");
  *found = !json_is_null(ancestry);
  if (shares_are_whole(shares) && json_is_object(errors))
    out = json_pack("{s:i, s:{s:O}, s:{s:{s:O, s:o, s:o, s:s, s:s}}}", "schema", 1, "ancestry", "value", shares,
                    "metadata", "value", "standard_error", errors, "sites", number_or_null(ancestry, "sites"), "used",
                    number_or_null(ancestry, "used"), "version", from->version, "method",
                    text_of(whole, "tool", "genotype-score"));
  json_decref(whole);
  return out;
}
