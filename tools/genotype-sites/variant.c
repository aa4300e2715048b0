#include "config.h"

#include "genotype-sites/variant.h"

#include <string.h>

/* Bases an indel may wander to the left; repeats are shorter. */
enum { SHIFT_MAX = 20000 };

/* Copies a known sequence in upper case. 0 where it is not one, or is too long. */
static int take(const char *from, char *to, uint32_t *bytes) {
  size_t n = strspn(from, "ACGTNacgtn");
  if (!n || from[n] || n > SITES_ALLELE_BYTES_MAX)
    return 0;
  for (size_t i = 0; i <= n; i++)
    to[i] = (char)(from[i] & ~32);
  to[n] = '\0';
  *bytes = (uint32_t)n;
  return 1;
}

/* 1 where the sequence has REF; 0 where not, -1 where it cannot be read. Ambiguous bases of the sequence are not REF.
 */
static int ref_is_right(const variant *v, sequence *bases) {
  char text[SITES_ALLELE_BYTES_MAX];
  if (!sequence_bases(bases, v->contig, v->position, v->ref_bytes, text))
    return bases->failed ? -1 : 0;
  return memcmp(text, v->ref, v->ref_bytes) == 0;
}

static void drop_last(variant *v) {
  v->ref[--v->ref_bytes] = '\0';
  v->alt[--v->alt_bytes] = '\0';
}

static void put_in_front(variant *v, char base) {
  memmove(v->ref + 1, v->ref, ++v->ref_bytes);
  memmove(v->alt + 1, v->alt, ++v->alt_bytes);
  v->ref[0] = v->alt[0] = base;
  v->ref[v->ref_bytes] = v->alt[v->alt_bytes] = '\0';
  v->position--;
}

/* Tan, Abecasis, Kang 2015 (doi 10.1093/bioinformatics/btv112): while both end alike, drop the end; where one is then
 * empty, put the base before in front of both. Then drop what both begin with, but for an anchor. */
static int align_left(variant *v, sequence *bases) {
  for (int shift = 0; shift < SHIFT_MAX; shift++) {
    if (v->ref[v->ref_bytes - 1] != v->alt[v->alt_bytes - 1] || (v->ref_bytes == 1 && v->alt_bytes == 1))
      break;
    if (v->ref_bytes == 1 || v->alt_bytes == 1) {
      char before = v->position > 1 ? sequence_base(bases, v->contig, v->position - 1) : 0;
      if (bases->failed)
        return 0;
      if (!before || before == 'N')
        break;
      put_in_front(v, before);
    }
    drop_last(v);
  }
  while (v->ref_bytes > 1 && v->alt_bytes > 1 && v->ref[0] == v->alt[0]) {
    memmove(v->ref, v->ref + 1, v->ref_bytes--);
    memmove(v->alt, v->alt + 1, v->alt_bytes--);
    v->position++;
  }
  return 1;
}

variant_kind variant_make(variant *v, sequence *bases, unsigned contig, uint32_t position, const char *ref,
                          const char *alt) {
  v->contig = contig;
  v->position = position;
  if (!take(ref, v->ref, &v->ref_bytes) || (alt && !take(alt, v->alt, &v->alt_bytes)))
    return VARIANT_OTHER;
  int right = ref_is_right(v, bases);
  if (right <= 0)
    return right < 0 ? VARIANT_UNREADABLE : VARIANT_WRONG_REF;
  if (strchr(v->ref, 'N') || (alt && strchr(v->alt, 'N')))
    return VARIANT_OTHER;
  if (!alt)
    return v->ref_bytes == 1 ? VARIANT_SNV : VARIANT_OTHER;
  if (strcmp(v->ref, v->alt) == 0)
    return VARIANT_OTHER;
  if (!align_left(v, bases))
    return VARIANT_UNREADABLE;
  if (v->ref_bytes == v->alt_bytes)
    return v->ref_bytes == 1 ? VARIANT_SNV : VARIANT_OTHER;
  return VARIANT_INDEL;
}
