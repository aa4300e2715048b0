#include "config.h"

#include "genotype-sites/variant.h"

#include <string.h>

/* Copies a known sequence in upper case. 0 where it is not one, or is too long. */
static int take(const char *from, char *to, uint32_t *bytes) {
  size_t n = strspn(from, "ACGTNacgtn");
  if (!n || from[n] || n > VARIANT_ALLELE_BYTES_MAX)
    return 0;
  for (size_t i = 0; i <= n; i++)
    to[i] = (char)(from[i] & ~32);
  to[n] = '\0';
  *bytes = (uint32_t)n;
  return 1;
}

/* 1 where the sequence has REF; 0 where not, -1 where it cannot be read. Ambiguous bases of the sequence are not REF.
 */
static int ref_is_right(const variant *v, dtc_reference *bases) {
  char text[VARIANT_ALLELE_BYTES_MAX];
  int read = dtc_reference_bases(bases, v->contig, v->position, v->ref_bytes, text);
  return read <= 0 ? read : memcmp(text, v->ref, v->ref_bytes) == 0;
}

/* 0 where the sequence cannot be read. */
static int normalise(variant *v, dtc_reference *bases) {
  char *const text[2] = {v->ref, v->alt};
  uint32_t bytes[2] = {v->ref_bytes, v->alt_bytes};
  int read = dtc_reference_align_left(bases, v->contig, &v->position, 2, text, bytes);
  v->ref_bytes = bytes[0];
  v->alt_bytes = bytes[1];
  return read > 0;
}

variant_kind variant_make(variant *v, dtc_reference *bases, unsigned contig, uint32_t position, const char *ref,
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
  if (!normalise(v, bases))
    return VARIANT_UNREADABLE;
  if (v->ref_bytes == v->alt_bytes)
    return v->ref_bytes == 1 ? VARIANT_SNV : VARIANT_OTHER;
  return VARIANT_INDEL;
}

void variant_group_begin(variant_group *group, unsigned contig, uint32_t position) {
  group->contig = contig;
  group->position = position;
  group->n_alleles = 0;
}

int variant_group_add(variant_group *group, const char *allele) {
  unsigned n = group->n_alleles;
  if (n == DTC_RECORD_ALLELES_MAX || !take(allele, group->text[n], &group->bytes[n]))
    return 0;
  group->n_alleles++;
  return 1;
}

int variant_group_align(variant_group *group, dtc_reference *bases) {
  char *text[DTC_RECORD_ALLELES_MAX];
  for (unsigned i = 0; i < group->n_alleles; i++)
    text[i] = group->text[i];
  return dtc_reference_align_left(bases, group->contig, &group->position, group->n_alleles, text, group->bytes) > 0;
}

void variant_of_group(variant *v, const variant_group *group, unsigned i) {
  v->contig = group->contig;
  v->position = group->position;
  v->ref_bytes = group->bytes[0];
  v->alt_bytes = group->bytes[i];
  memcpy(v->ref, group->text[0], group->bytes[0] + 1);
  memcpy(v->alt, group->text[i], group->bytes[i] + 1);
}
