#include "vcf/writer/hts_header.h"

#include <htslib/kstring.h>
#include <stdlib.h>
#include <string.h>

/* htslib passes over a line for which it gets no memory: what it holds is asked for again. */
static int says(const bcf_hdr_t *h, const char *text, size_t length) {
  kstring_t again = {0};
  int same = bcf_hdr_format(h, 0, &again) == 0 && again.l == length && memcmp(again.s, text, length) == 0;
  free(again.s);
  return same;
}

bcf_hdr_t *hts_header_new(const char *text, size_t length) {
  bcf_hdr_t *h = bcf_hdr_init("r"); /* "w" would put a version and PASS in front of what we say ourselves */
  char *copy = malloc(length + 1);  /* parsing writes into it */
  int ok = h && copy;
  if (ok) {
    memcpy(copy, text, length);
    copy[length] = '\0';
    ok = bcf_hdr_parse(h, copy) == 0 && says(h, text, length);
  }
  free(copy);
  if (ok)
    return h;
  if (h)
    bcf_hdr_destroy(h);
  return NULL;
}
