#include "genotype-score/allele.h"

#include <htslib/khash.h>
#include <stdlib.h>
#include <string.h>

KHASH_MAP_INIT_STR(sequences, allele)

enum { LONGEST_ALLELE = 1000 };

struct allele_names {
  khash_t(sequences) * longer; /* all that are not one base */
};

allele_names *allele_names_new(void) {
  allele_names *names = calloc(1, sizeof *names);
  if (names && !(names->longer = kh_init(sequences))) {
    free(names);
    names = NULL;
  }
  return names;
}

void allele_names_free(allele_names *names) {
  if (!names)
    return;
  for (khint_t k = kh_begin(names->longer); k != kh_end(names->longer); k++)
    if (kh_exist(names->longer, k))
      free((char *)kh_key(names->longer, k));
  kh_destroy(sequences, names->longer);
  free(names);
}

size_t allele_names_count(const allele_names *names) { return kh_size(names->longer); }

void allele_names_list(const allele_names *names, const char **texts) {
  for (khint_t k = kh_begin(names->longer); k != kh_end(names->longer); k++)
    if (kh_exist(names->longer, k))
      texts[kh_value(names->longer, k) - ALLELE_T - 1] = kh_key(names->longer, k);
}

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

int allele_learn(allele_names *names, const char *text, size_t length, allele *out) {
  char sequence[LONGEST_ALLELE + 1];
  *out = ALLELE_UNKNOWN;
  if (length == 1)
    *out = allele_of_base(*text);
  if (length < 2 || length > LONGEST_ALLELE)
    return 0;
  for (size_t i = 0; i < length; i++) {
    if (allele_of_base(text[i]) == ALLELE_UNKNOWN)
      return 0;
    sequence[i] = upper(text[i]);
  }
  sequence[length] = '\0';
  khint_t at = kh_get(sequences, names->longer, sequence);
  if (at == kh_end(names->longer)) {
    int state;
    char *kept = strdup(sequence);
    at = kept ? kh_put(sequences, names->longer, kept, &state) : 0;
    if (!kept || state < 0) {
      free(kept);
      return -1;
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the table keeps the text */
    kh_value(names->longer, at) = ALLELE_T + kh_size(names->longer);
  }
  *out = kh_value(names->longer, at);
  return 0;
}

allele allele_find_longer(const allele_names *names, const char *text, size_t length) {
  char sequence[LONGEST_ALLELE + 1];
  if (length > LONGEST_ALLELE)
    return ALLELE_UNKNOWN;
  for (size_t i = 0; i < length; i++)
    sequence[i] = upper(text[i]);
  sequence[length] = '\0';
  khint_t at = kh_get(sequences, names->longer, sequence);
  return at == kh_end(names->longer) ? ALLELE_UNKNOWN : kh_value(names->longer, at);
}
