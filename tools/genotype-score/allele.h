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
allele allele_find_longer(const allele_names *names, const char *text, size_t length);
/* How many of several bases were learnt, and their texts in the order of their numbers, which follow ALLELE_T. The
 * texts are the names' own. */
size_t allele_names_count(const allele_names *names);
void allele_names_list(const allele_names *names, const char **texts);

static inline allele allele_of_base(char c) {
  static const uint8_t numbers[256] = {
      ['A'] = 1, ['C'] = 2, ['G'] = 3, ['T'] = 4, ['a'] = 1, ['c'] = 2, ['g'] = 3, ['t'] = 4};
  return (allele)numbers[(unsigned char)c] - 1; /* ALLELE_UNKNOWN is 0 - 1 */
}
/* The same as allele_learn without remembering: ALLELE_UNKNOWN where it was never learnt. */
static inline allele allele_find(const allele_names *names, const char *text, size_t length) {
  return length == 1 ? allele_of_base(*text) : allele_find_longer(names, text, length);
}
static inline int allele_is_base(allele a) { return a <= ALLELE_T; }
static inline int allele_is_palindrome(allele a, allele b) {
  return allele_is_base(a) && allele_is_base(b) && a + b == 3;
}
/* ALLELE_UNKNOWN for what is not one base: an indel is never flipped. */
static inline allele allele_complement(allele a) { return allele_is_base(a) ? 3 - a : ALLELE_UNKNOWN; }

#endif
