/* proportions.h - how much of a genome comes from each of K populations whose allele frequencies are known: the maximum
 * of the likelihood of independent markers, copies_j ~ Binomial(2, sum_k share_k frequency_jk), which is concave in the
 * shares (the supervised model of FRAPPE and ADMIXTURE: Alexander, Novembre and Lange 2009, doi 10.1101/gr.094052.109).
 */
#ifndef SCORE_PROPORTIONS_H
#define SCORE_PROPORTIONS_H

#include <stddef.h>

/* LEAST: rows with a call below which there is no estimate; the smallest published panel of ancestry-informative SNPs
 * has 34 (SNPforID: Phillips et al. 2007, doi 10.1016/j.fsigen.2007.06.008), of which a few may fail. */
enum { PROPORTIONS_MOST = 64, PROPORTIONS_LEAST = 30, PROPORTIONS_BLOCKS = 50 };

/* frequency: count rows of `populations` values, each in [0, 1]; copies: one value a row, 0 to 2, NAN where there is no
 * call. Both borrowed. */
typedef struct proportions_input {
  const float *frequency, *copies;
  size_t count, populations;
} proportions_input;

typedef struct proportions {
  double share[PROPORTIONS_MOST]; /* >= 0, of sum 1 */
  /* Standard errors by a jackknife over blocks of rows, which linkage does not flatter; NAN with fewer than blocks. */
  double error[PROPORTIONS_MOST];
  double log_likelihood;
  size_t used; /* rows with a call */
} proportions;

/* Rows in the genome's order. 0; 1: too few rows have a call, or there are no or too many populations; 2: no
 * convergence. */
int proportions_fit(const proportions_input *in, proportions *out);

#endif
