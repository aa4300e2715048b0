/* align.c - Tan, Abecasis, Kang 2015 (doi 10.1093/bioinformatics/btv112): while all alleles end alike, drop the end;
 * where one is then empty, put the base before in front of all. Then drop what all begin with, but for an anchor. */
#include "vcf/sites/align.h"

#include <string.h>

/* Bases an indel may wander to the left; repeats are shorter. */
enum { SHIFT_MAX = 20000 };

static int end_alike(unsigned n, char *const *text, const uint32_t *bytes) {
  for (unsigned i = 1; i < n; i++)
    if (text[i][bytes[i] - 1] != text[0][bytes[0] - 1])
      return 0;
  return n > 1;
}

static int begin_alike(unsigned n, char *const *text) {
  for (unsigned i = 1; i < n; i++)
    if (text[i][0] != text[0][0])
      return 0;
  return n > 1;
}

static void extremes(unsigned n, const uint32_t *bytes, uint32_t *shortest, uint32_t *longest) {
  *shortest = *longest = bytes[0];
  for (unsigned i = 1; i < n; i++) {
    *shortest = bytes[i] < *shortest ? bytes[i] : *shortest;
    *longest = bytes[i] > *longest ? bytes[i] : *longest;
  }
}

static void put_in_front(unsigned n, char *const *text, uint32_t *bytes, char base) {
  for (unsigned i = 0; i < n; i++) {
    memmove(text[i] + 1, text[i], ++bytes[i]);
    text[i][0] = base;
    text[i][bytes[i]] = '\0';
  }
}

static void drop_last(unsigned n, char *const *text, uint32_t *bytes) {
  for (unsigned i = 0; i < n; i++)
    text[i][--bytes[i]] = '\0';
}

static void drop_first(unsigned n, char *const *text, uint32_t *bytes) {
  for (unsigned i = 0; i < n; i++)
    memmove(text[i], text[i] + 1, bytes[i]--);
}

int align_left(sequence *bases, unsigned contig, uint32_t *position, unsigned n, char *const *text, uint32_t *bytes) {
  uint32_t shortest, longest;
  for (int shift = 0; shift < SHIFT_MAX && end_alike(n, text, bytes); shift++) {
    extremes(n, bytes, &shortest, &longest);
    if (longest == 1)
      break;
    if (shortest == 1) {
      char before = *position > 1 ? sequence_base(bases, contig, *position - 1) : 0;
      if (bases->failed)
        return 0;
      if (!before || before == 'N')
        break;
      put_in_front(n, text, bytes, before);
      --*position;
    }
    drop_last(n, text, bytes);
  }
  for (extremes(n, bytes, &shortest, &longest); shortest > 1 && begin_alike(n, text); shortest--) {
    drop_first(n, text, bytes);
    ++*position;
  }
  return 1;
}
