#include "genotype-score/proportions.h"

#include <math.h>
#include <string.h>

enum { K = PROPORTIONS_MOST, EM_STEPS = 5, NEWTON_STEPS = 100, BLOCKS = PROPORTIONS_BLOCKS };
/* A frequency of 0 in a panel is rarely one of the population: no single allele may rule it out. */
static const double least_frequency = 1e-3;

/* The log likelihood and its first two derivatives, the second one's sign turned. */
typedef struct slope {
  double value, gradient[K], information[K][K];
} slope;

static double clipped(float frequency) {
  double p = frequency;
  return p < least_frequency ? least_frequency : p > 1 - least_frequency ? 1 - least_frequency : p;
}

/* Over rows [from, to). second: the information, too. */
static void climb(const proportions_input *in, const double *share, size_t from, size_t to, int second, slope *s) {
  size_t n = in->populations;
  memset(s, 0, sizeof *s);
  for (size_t j = from; j < to; j++) {
    double copies = in->copies[j], p[K], f = 0;
    if (isnan(copies))
      continue;
    for (size_t k = 0; k < n; k++) {
      p[k] = clipped(in->frequency[j * n + k]);
      f += share[k] * p[k];
    }
    double a = copies / f, b = (2 - copies) / (1 - f);
    s->value += copies * log(f) + (2 - copies) * log1p(-f);
    for (size_t k = 0; k < n; k++)
      s->gradient[k] += a * p[k] + b * (1 - p[k]);
    for (size_t k = 0; second && k < n; k++)
      for (size_t l = 0; l <= k; l++)
        s->information[k][l] += a / f * p[k] * p[l] + b / (1 - f) * (1 - p[k]) * (1 - p[l]);
  }
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < k; l++)
      s->information[l][k] = s->information[k][l];
}

/* Solves n equations in place by elimination with pivots. 0, or 1 where they are singular. */
static int solve(double m[K + 1][K + 2], size_t n) {
  for (size_t c = 0; c < n; c++) {
    size_t pivot = c;
    for (size_t r = c + 1; r < n; r++)
      if (fabs(m[r][c]) > fabs(m[pivot][c]))
        pivot = r;
    if (!(fabs(m[pivot][c]) > 1e-300))
      return 1;
    for (size_t k = c; pivot != c && k <= n; k++) {
      double swap = m[c][k];
      m[c][k] = m[pivot][k];
      m[pivot][k] = swap;
    }
    for (size_t r = 0; r < n; r++) {
      double factor = r == c ? 0 : m[r][c] / m[c][c];
      for (size_t k = c; factor != 0 && k <= n; k++)
        m[r][k] -= factor * m[c][k];
    }
  }
  return 0;
}

/* The step within the free shares, the fixed ones going to 0; *level is the sum constraint's multiplier. */
static int step_within(const slope *s, const double *share, const int *fixed, size_t n, double *step, double *level) {
  double m[K + 1][K + 2];
  size_t free_of[K], count = 0;
  double rest = 0;
  for (size_t k = 0; k < n; k++) {
    if (!fixed[k])
      free_of[count++] = k;
    step[k] = fixed[k] ? -share[k] : 0;
    rest += step[k];
  }
  for (size_t i = 0; i < count; i++) {
    size_t k = free_of[i];
    double right = s->gradient[k];
    for (size_t l = 0; l < n; l++)
      right -= s->information[k][l] * step[l]; /* of the fixed ones: the free are still 0 */
    for (size_t j = 0; j < count; j++)
      m[i][j] = s->information[k][free_of[j]];
    m[i][i] *= 1 + 1e-10; /* two populations may be alike */
    m[i][count] = 1;
    m[i][count + 1] = right;
    m[count][i] = 1;
  }
  m[count][count] = 0;
  m[count][count + 1] = -rest;
  if (count == 0 || solve(m, count + 1) != 0)
    return 1;
  for (size_t i = 0; i < count; i++)
    step[free_of[i]] = m[i][count + 1] / m[i][i];
  *level = m[count][count + 1] / m[count][count];
  return 0;
}

/* The best step of the quadratic model over the simplex, by an active set. 0, or 1 without one. */
static int best_step(const slope *s, const double *share, size_t n, double *step) {
  int fixed[K] = {0};
  for (size_t tries = 0; tries < 6 * n + 10; tries++) {
    double level, worst = -1e-12;
    size_t at = n;
    if (step_within(s, share, fixed, n, step, &level) != 0)
      return 1;
    for (size_t k = 0; k < n; k++)
      if (!fixed[k] && share[k] + step[k] < worst) {
        worst = share[k] + step[k];
        at = k;
      }
    if (at < n) {
      fixed[at] = 1;
      continue;
    }
    worst = -1e-9 * (1 + fabs(level));
    for (size_t k = 0; k < n; k++) {
      double multiplier = level - s->gradient[k];
      for (size_t l = 0; l < n; l++)
        multiplier += s->information[k][l] * step[l];
      if (fixed[k] && multiplier < worst) {
        worst = multiplier;
        at = k;
      }
    }
    if (at == n)
      return 0;
    fixed[at] = 0;
  }
  return 1;
}

static void normalize(double *share, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++) {
    share[k] = share[k] > 0 ? share[k] : 0;
    sum += share[k];
  }
  for (size_t k = 0; k < n; k++)
    share[k] /= sum;
}

/* One step of expectation and maximization: slow near the end, but always upwards. */
static void em_step(const slope *s, double *share, size_t n) {
  for (size_t k = 0; k < n; k++)
    share[k] *= s->gradient[k];
  normalize(share, n);
}

/* Moves along the step as far as the likelihood grows; the length moved. */
static double move(const proportions_input *in, double *share, const double *step, double value) {
  size_t n = in->populations;
  double length = 1;
  for (int halved = 0; halved < 20; halved++, length /= 2) { /* to 2e-6 */
    double there[K], most = 0;
    slope s;
    for (size_t k = 0; k < n; k++) {
      there[k] = share[k] + length * step[k];
      most = fmax(most, fabs(length * step[k]));
    }
    normalize(there, n);
    climb(in, there, 0, in->count, 0, &s);
    if (s.value >= value) {
      memcpy(share, there, n * sizeof *share);
      return most;
    }
  }
  return 0;
}

/* Delete-one-block estimates from each block's own slope at the maximum. */
static void find_errors(const proportions_input *in, const slope *whole, proportions *out) {
  size_t n = in->populations, done = 0;
  double sum[K] = {0}, squares[K] = {0};
  for (size_t b = 0; b < BLOCKS; b++) {
    slope s;
    double step[K];
    climb(in, out->share, in->count * b / BLOCKS, in->count * (b + 1) / BLOCKS, 1, &s);
    for (size_t k = 0; k < n; k++) {
      s.gradient[k] = whole->gradient[k] - s.gradient[k];
      for (size_t l = 0; l < n; l++)
        s.information[k][l] = whole->information[k][l] - s.information[k][l];
    }
    if (best_step(&s, out->share, n, step) != 0)
      continue;
    done++;
    for (size_t k = 0; k < n; k++) {
      sum[k] += step[k];
      squares[k] += step[k] * step[k];
    }
  }
  for (size_t k = 0; k < n; k++) {
    if (out->used < BLOCKS) {
      out->error[k] = NAN;
      continue;
    }
    double spread = done ? squares[k] - sum[k] * sum[k] / (double)done : 0;
    out->error[k] = done > 1 && spread > 0 ? sqrt(spread * (double)(done - 1) / (double)done) : 0;
  }
}

int proportions_fit(const proportions_input *in, proportions *out) {
  size_t n = in->populations;
  slope s;
  memset(out, 0, sizeof *out);
  for (size_t j = 0; j < in->count; j++)
    out->used += !isnan(in->copies[j]);
  if (n == 0 || n > PROPORTIONS_MOST || out->used < PROPORTIONS_LEAST)
    return 1;
  for (size_t k = 0; k < n; k++)
    out->share[k] = 1.0 / (double)n;
  for (int i = 0; i < EM_STEPS; i++) {
    climb(in, out->share, 0, in->count, 0, &s);
    em_step(&s, out->share, n);
  }
  for (int i = 0; i < NEWTON_STEPS; i++) {
    double step[K];
    climb(in, out->share, 0, in->count, 1, &s);
    double moved = best_step(&s, out->share, n, step) == 0 ? move(in, out->share, step, s.value) : 0;
    if (moved == 0) { /* at the maximum but for rounding, or the model is bad here: EM tells */
      double before[K];
      memcpy(before, out->share, sizeof before);
      em_step(&s, out->share, n);
      for (size_t k = 0; k < n; k++)
        moved = fmax(moved, fabs(out->share[k] - before[k]));
    }
    if (moved < 1e-7) {
      climb(in, out->share, 0, in->count, 1, &s);
      out->log_likelihood = s.value;
      find_errors(in, &s, out);
      return 0;
    }
  }
  return 2;
}
