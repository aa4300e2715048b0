/* allele.h - alleles as small numbers, equal where the sequences are: what rows of scores and records are matched by.
 */
#ifndef SCORE_ALLELE_H
#define SCORE_ALLELE_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t allele;
/* The four bases, of which complement is 3 - base. UNKNOWN: none is said, or what is said is no sequence of ACGT. */
enum { ALLELE_A, ALLELE_C, ALLELE_G, ALLELE_T };
#define ALLELE_UNKNOWN UINT32_MAX

typedef struct allele_names allele_names;

/* NULL without memory. */
allele_names *allele_names_new(void);
void allele_names_free(allele_names *names);
/* The number of a sequence, lower case as upper case; a new one is remembered. 0, or -1 without memory. */
int allele_learn(allele_names *names, const char *text, size_t length, allele *out);
/* The same for a terminated text, without remembering: ALLELE_UNKNOWN where it was never learnt. */
allele allele_find(const allele_names *names, const char *text);

static inline int allele_is_base(allele a) { return a <= ALLELE_T; }
static inline int allele_is_palindrome(allele a, allele b) {
  return allele_is_base(a) && allele_is_base(b) && a + b == 3;
}
/* ALLELE_UNKNOWN for what is not one base: an indel is never flipped. */
static inline allele allele_complement(allele a) { return allele_is_base(a) ? 3 - a : ALLELE_UNKNOWN; }

#endif
