#include "genotype-score/record.h"

#include "common/bcf_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ALLELES = 1024 };

void record_free(record *r) {
  if (r->bcf)
    bcf_destroy(r->bcf);
  free(r->alleles);
  *r = (record){0};
}

static const uint8_t *read_alleles(record *r, const uint8_t *at, const uint8_t *end, const allele_names *names) {
  bcf_values text;
  for (uint32_t i = 0; i < r->bcf->n_allele; i++) {
    if (i < r->n_known && end - at >= 2 && *at == (1 << 4 | BCF_BT_CHAR)) { /* one letter: nearly always */
      r->alleles[i] = allele_of_base((char)at[1]);
      at += 2;
      continue;
    }
    if (!(at = bcf_take_text(at, end, &text)))
      return NULL;
    if (i < r->n_known)
      r->alleles[i] = text.n ? allele_find(names, (const char *)text.at, text.n) : ALLELE_UNKNOWN;
  }
  return at;
}

static record_format format_of(const bcf_values *v) {
  return (record_format){v->at, v->type, v->n, v->n * bcf_values_width(v->type)};
}

/* The fields behind the last one that is wanted are not looked at. */
static int read_formats(record *r, const record_keys *keys) {
  bcf_part part = bcf_individual(r->bcf);
  const uint8_t *at = part.at;
  int wanted = (keys->gt >= 0) + (keys->ds >= 0);
  bcf_values value;
  int32_t key;
  r->gt.at = r->ds.at = NULL;
  for (uint32_t i = 0; wanted && i < r->bcf->n_fmt; i++) {
    if (!(at = bcf_take_field(at, part.end, r->bcf->n_sample, &key, &value)))
      return -1;
    if (key < 0 || (key != keys->gt && key != keys->ds))
      continue;
    *(key == keys->gt ? &r->gt : &r->ds) = format_of(&value);
    wanted--;
  }
  return 0;
}

int record_read(record *r, const record_keys *keys, const allele_names *names) {
  bcf_part part = bcf_shared(r->bcf);
  const uint8_t *at;
  bcf_values id;
  r->n_known = r->bcf->n_allele < MOST_ALLELES ? r->bcf->n_allele : MOST_ALLELES;
  if (r->n_known > r->allele_capacity) {
    allele *larger = realloc(r->alleles, r->n_known * sizeof *larger);
    if (!larger)
      return -2;
    r->alleles = larger;
    r->allele_capacity = r->n_known;
  }
  if (!(at = bcf_take_text(part.at, part.end, &id)) || !(at = read_alleles(r, at, part.end, names)) ||
      read_formats(r, keys) != 0)
    return -1;
  r->filters = at;
  r->id = (const char *)id.at;
  r->id_length = id.n;
  return 0;
}

int record_find_format(const record *r, int key, record_format *out) {
  bcf_part part = bcf_individual(r->bcf);
  const uint8_t *at = part.at;
  bcf_values value;
  int32_t of;
  *out = (record_format){0};
  for (uint32_t i = 0; key >= 0 && !out->at && i < r->bcf->n_fmt; i++) {
    if (!(at = bcf_take_field(at, part.end, r->bcf->n_sample, &of, &value)))
      return -1;
    if (of == key)
      *out = format_of(&value);
  }
  return 0;
}

int record_frequency(const record *r, int key, size_t index, double *out) {
  const uint8_t *at = r->filters, *end = bcf_shared(r->bcf).end;
  bcf_values value;
  int32_t of;
  float told = NAN;
  if (!(at = bcf_take_values(at, end, 1, &value)))
    return -1;
  for (uint32_t i = 0; i < r->bcf->n_info; i++) {
    if (!(at = bcf_take_field(at, end, 1, &of, &value)))
      return -1;
    if (of >= 0 && of == key && value.type == BCF_BT_FLOAT && index > 0 && index <= value.n)
      memcpy(&told, value.at + (index - 1) * sizeof told, sizeof told);
  }
  *out = told >= 0 && told <= 1 ? told : NAN;
  return 0;
}
