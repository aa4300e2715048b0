#include "genotype-score/reference.h"

#include "genotype-score/text_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEAN = 8, SCORE_FIELDS = MEAN + 2 + QUANTILES }; /* of version 1, without the rows, one less */
static const char head_line[] = "#genotype-score reference 2", old_head_line[] = "#genotype-score reference 1";
static const char ambiguous_line[] = "#ambiguous";
static const char *const ambiguous_words[] = {"drop", "keep"};

/* ------------------------------------------------------------------ writing */

static int by_value(const void *pa, const void *pb) {
  double a = *(const double *)pa, b = *(const double *)pb;
  return a < b ? -1 : a > b;
}

static int write_distribution(output *o, const score *s, const char *population, double *sums, size_t count, fault *f) {
  double mean = 0, squares = 0;
  for (size_t i = 0; i < count; i++)
    mean += sums[i] / (double)count;
  for (size_t i = 0; i < count; i++)
    squares += (sums[i] - mean) * (sums[i] - mean);
  qsort(sums, count, sizeof *sums, by_value);
  if (sums[0] == sums[count - 1]) { /* the mean of equal ones is not that to the last bit */
    mean = sums[0];
    squares = 0;
  }
  if (!isfinite(squares) || !isfinite(mean))
    return fault_set(f, EXIT_REFUSED, "the spread of the score %.60s is no number: its weights are too large", s->name);
  output_print(o, "score\t%s\t%s\t%016" PRIx64 "\t%zu\t%" PRIu64 "\t%" PRIu64 "\t%016" PRIx64 "\t%.17g\t%.17g", s->name,
               population, s->digest, count, s->rows, s->fate[ROW_FOUND], s->persons[0].told, mean,
               count > 1 ? sqrt(squares / (double)(count - 1)) : 0);
  for (size_t q = 0; q < QUANTILES; q++) {
    double at = (double)q / (QUANTILES - 1) * (double)(count - 1);
    size_t below = (size_t)at, above = below + 1 < count ? below + 1 : below;
    output_print(o, "\t%.17g", sums[below] + (sums[above] - sums[below]) * (at - (double)below));
  }
  output_print(o, "\n");
  return 0;
}

/* A spread is of sums over the same rows. With score_policy.panel only GP can tell a row of some persons alone. */
static int check_rows(const score *s, size_t persons, fault *f) {
  for (size_t i = 1; i < persons; i++)
    if (s->persons[i].told != s->persons[0].told)
      return fault_set(f, EXIT_REFUSED, "a person of the panel has other rows of the score %.60s than the others",
                       s->name);
  return 0;
}

/* Everybody, then each population. */
static int write_score(output *o, const score *s, size_t persons, const groups *g, fault *f) {
  if (check_rows(s, persons, f) != 0)
    return -1;
  double *sums = malloc(persons * sizeof *sums);
  if (!sums)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (size_t i = 0; i < persons; i++)
    sums[i] = score_sum(s, i);
  int failed = write_distribution(o, s, EVERYBODY, sums, persons, f);
  for (size_t group = 0; !failed && group < g->count; group++) {
    size_t count = 0;
    for (size_t i = 0; i < persons; i++)
      if (g->of[i] == group)
        sums[count++] = score_sum(s, i);
    if (count)
      failed = write_distribution(o, s, g->names[group], sums, count, f);
  }
  free(sums);
  return failed;
}

int reference_write(output *o, const score_set *s, const axes *a, const groups *g, fault *f) {
  output_print(o, "%s\n%s\t%s\n", head_line, ambiguous_line, ambiguous_words[s->policy.keep_ambiguous != 0]);
  output_print(o, "#score\tname\tpopulation\tdigest\tsamples\trows\tfound\ttold\tmean\tsd\tq0 ... q100\n");
  for (size_t i = 0; i < s->count; i++)
    if (write_score(o, &s->scores[i], s->person_count, g, f) != 0)
      return -1;
  if (a->count)
    output_print(o, "#point\tpopulation\tPC1 ... PC%zu\n", a->count);
  for (size_t i = 0; i < a->person_count; i++) {
    if (a->alleles[i] == 0)
      continue;
    output_print(o, "point\t%s", g->of[i] == SIZE_MAX ? EVERYBODY : g->names[g->of[i]]);
    for (size_t k = 0; k < a->count; k++)
      output_print(o, "\t%.9g", axes_at(a, i, k));
    output_print(o, "\n");
  }
  return 0;
}

/* ------------------------------------------------------------------ reading */

static int read_digest(view field, uint64_t *out) {
  *out = 0;
  for (size_t i = 0; i < field.length; i++) {
    const char *digits = "0123456789abcdef", *at = field.at[i] ? strchr(digits, field.at[i]) : NULL;
    if (!at)
      return -1;
    *out = *out << 4 | (uint64_t)(at - digits);
  }
  return field.length == 16 ? 0 : -1;
}

static int read_distribution(reference *r, const view *fields, size_t count, fault *f) {
  distribution d = {0};
  const view *figures = &fields[r->tells_rows ? MEAN : MEAN - 1];
  int wrong =
      count != (r->tells_rows ? SCORE_FIELDS : SCORE_FIELDS - 1) || read_digest(fields[3], &d.digest) != 0 ||
      text_unsigned(fields[4], UINT32_MAX, &d.samples) != 0 || text_unsigned(fields[5], UINT32_MAX, &d.rows) != 0 ||
      text_unsigned(fields[6], UINT32_MAX, &d.found) != 0 || (r->tells_rows && read_digest(fields[7], &d.told) != 0) ||
      text_real(figures[0], &d.mean) != 0 || text_real(figures[1], &d.spread) != 0;
  for (size_t q = 0; !wrong && q < QUANTILES; q++)
    wrong = text_real(figures[2 + q], &d.quantile[q]) != 0 || (q && d.quantile[q] < d.quantile[q - 1]);
  if (wrong)
    return 1;
  distribution *larger = realloc(r->distributions, (r->distribution_count + 1) * sizeof *larger);
  if (!larger)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  r->distributions = larger;
  d.score = strndup(fields[1].at, fields[1].length);
  d.population = strndup(fields[2].at, fields[2].length);
  larger[r->distribution_count++] = d;
  return d.score && d.population ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

static int read_point(reference *r, const view *fields, size_t count, fault *f) {
  axes_point p = {0};
  if (count < 3 || count > 2 + AXES_MOST || (r->point_count && count != 2 + r->axis_count))
    return 1;
  r->axis_count = count - 2;
  for (size_t k = 0; k < r->axis_count; k++)
    if (text_real(fields[2 + k], &p.at[k]) != 0)
      return 1;
  axes_point *larger = realloc(r->points, (r->point_count + 1) * sizeof *larger);
  if (!larger)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  r->points = larger;
  p.population = strndup(fields[1].at, fields[1].length);
  larger[r->point_count++] = p;
  return p.population ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

int reference_load(reference *r, const char *path, fault *f) {
  text_file *text = text_file_open(path, f);
  view line, fields[SCORE_FIELDS + 1];
  int got = text ? text_file_line(text, &line, f) : -1;
  r->tells_rows = got > 0 && view_is(line, head_line);
  if (got >= 0 && !r->tells_rows && (got == 0 || !view_is(line, old_head_line)))
    got = fault_set(f, EXIT_REFUSED, "%s is no reference made by `genotype-score reference`", path);
  while (got > 0 && (got = text_file_line(text, &line, f)) > 0) {
    size_t count = text_fields(line, fields, SCORE_FIELDS + 1);
    if (count == 2 && view_is(fields[0], ambiguous_line))
      r->ambiguous = (char)(1 + view_is(fields[1], ambiguous_words[1]));
    int wrong = line.length == 0 || *line.at == '#' ? 0
                : view_is(fields[0], "score")       ? read_distribution(r, fields, count, f)
                : view_is(fields[0], "point")       ? read_point(r, fields, count, f)
                                                    : 1;
    if (wrong > 0)
      fault_set(f, EXIT_REFUSED, "%s(%llu): is no line of a reference", path,
                (unsigned long long)text_file_number(text));
    got = wrong ? -1 : 1;
  }
  text_file_free(text);
  return got;
}

int reference_check(const reference *r, const score_policy *policy, const char *path, fault *f) {
  return !r->ambiguous || (r->ambiguous == 2) == (policy->keep_ambiguous != 0)
             ? 0
             : fault_set(f, EXIT_REFUSED, "%s was made with --ambiguous %s: it is for sums that are made so, too", path,
                         ambiguous_words[r->ambiguous - 1]);
}

void reference_free(reference *r) {
  for (size_t i = 0; i < r->distribution_count; i++) {
    free(r->distributions[i].score);
    free(r->distributions[i].population);
  }
  for (size_t i = 0; i < r->point_count; i++)
    free(r->points[i].population);
  free(r->distributions);
  free(r->points);
}

/* ------------------------------------------------------------------ comparing */

const distribution *reference_find(const reference *r, const score *s, const char *population) {
  for (size_t i = 0; i < r->distribution_count; i++) {
    const distribution *d = &r->distributions[i];
    if (d->digest == s->digest && d->rows == s->rows && strcmp(d->score, s->name) == 0 &&
        strcmp(d->population, population) == 0)
      return d;
  }
  return NULL;
}

double reference_percentile(const distribution *d, double sum) {
  const double *q = d->quantile;
  size_t less = 0, not_more = 0;
  for (size_t i = 0; i < QUANTILES; i++) {
    less += q[i] < sum;
    not_more += q[i] <= sum;
  }
  if (not_more > less) /* it is a quantile; of several equal ones the middle */
    return (double)(less + not_more - 1) / 2;
  if (less == 0)
    return 0;
  return less == QUANTILES ? QUANTILES - 1 : (double)(less - 1) + (sum - q[less - 1]) / (q[less] - q[less - 1]);
}

/* The spread of each axis within populations, pooled. */
static void find_spread(const reference *r, const nearness *near, double (*middle)[AXES_MOST], size_t count,
                        double *spread) {
  for (size_t k = 0; k < r->axis_count; k++) {
    double squares = 0;
    for (size_t i = 0; i < r->point_count; i++)
      for (size_t g = 0; g < count; g++)
        if (strcmp(near[g].population, r->points[i].population) == 0)
          squares += (r->points[i].at[k] - middle[g][k]) * (r->points[i].at[k] - middle[g][k]);
    spread[k] = r->point_count > count ? sqrt(squares / (double)(r->point_count - count)) : 0;
  }
}

static int by_distance(const void *pa, const void *pb) {
  const nearness *a = pa, *b = pb;
  return a->distance < b->distance ? -1 : a->distance > b->distance;
}

size_t reference_nearest(const reference *r, const double *at, nearness *out, size_t most) {
  double(*middle)[AXES_MOST] = calloc(most, sizeof *middle), spread[AXES_MOST];
  size_t count = 0;
  for (size_t i = 0; middle && i < r->point_count; i++) {
    size_t g = 0;
    while (g < count && strcmp(out[g].population, r->points[i].population) != 0)
      g++;
    if (g == most)
      continue;
    if (g == count)
      out[count++] = (nearness){r->points[i].population, 0, 0};
    out[g].samples++;
    for (size_t k = 0; k < r->axis_count; k++)
      middle[g][k] += (r->points[i].at[k] - middle[g][k]) / (double)out[g].samples;
  }
  if (count)
    find_spread(r, out, middle, count, spread);
  for (size_t g = 0; g < count; g++) {
    double squares = 0;
    for (size_t k = 0; k < r->axis_count; k++) {
      double away = (at[k] - middle[g][k]) / (spread[k] > 0 ? spread[k] : 1);
      squares += away * away;
    }
    out[g].distance = sqrt(squares);
  }
  qsort(out, count, sizeof *out, by_distance);
  free(middle);
  return count;
}
