#include "genotype-impute/row.h"

#include <math.h>
#include <string.h>

void row_free(row *r) {
  if (r->bcf)
    bcf_destroy(r->bcf);
  *r = (row){.position = 0};
}

int row_same_alleles(const row *a, const row *b) { return view_equal(a->ref, b->ref) && view_equal(a->alt, b->alt); }

static const uint8_t *take_text(const uint8_t *at, const uint8_t *end, view *to) {
  bcf_values text;
  at = bcf_take_text(at, end, &text);
  *to = (view){at ? (const char *)text.at : NULL, at ? text.n : 0};
  return at;
}

/* ID and alleles. 0; -1: they are damaged. */
static int read_names(row *r) {
  bcf_part part = bcf_shared(r->bcf);
  const uint8_t *at = take_text(part.at, part.end, &r->id);
  view other;
  r->ref = r->alt = (view){NULL, 0};
  for (uint32_t i = 0; at && i < r->bcf->n_allele; i++)
    at = take_text(at, part.end, i == 0 ? &r->ref : i == 1 ? &r->alt : &other);
  r->filters = at;
  return at ? 0 : -1;
}

float row_info(const row *r, int key) {
  const uint8_t *at = r->filters, *end = bcf_shared(r->bcf).end;
  bcf_values value;
  int32_t of;
  float number;
  at = bcf_take_values(at, end, 1, &value);
  for (uint32_t i = 0; at && i < r->bcf->n_info; i++) {
    if (!(at = bcf_take_field(at, end, 1, &of, &value)))
      break;
    if (of < 0 || of != key)
      continue;
    if (value.type != BCF_BT_FLOAT || value.n != 1)
      break;
    memcpy(&number, value.at, sizeof number);
    return number;
  }
  return NAN;
}

int row_formats(const row *r, const int *keys, bcf_values *values, size_t count) {
  bcf_part part = bcf_individual(r->bcf);
  const uint8_t *at = part.at;
  bcf_values value;
  int32_t key;
  size_t wanted = count;
  for (size_t k = 0; k < count; k++)
    values[k].at = NULL;
  for (uint32_t i = 0; wanted && i < r->bcf->n_fmt; i++) {
    if (!(at = bcf_take_field(at, part.end, r->bcf->n_sample, &key, &value)))
      return -1;
    for (size_t k = 0; k < count; k++)
      if (key >= 0 && key == keys[k]) {
        values[k] = value;
        wanted--;
      }
  }
  return 0;
}

int row_file_next(row_file *r, fault *f) {
  unsigned contig;
  int got = bcf_stream_next(r->stream, &contig, &r->position, f);
  r->more = got > 0;
  return got < 0 ? -1 : 0;
}

int row_file_open(row_file *r, const char *path, const char *shown, fault *f) {
  *r = (row_file){.stream = bcf_stream_open(path, shown, f)};
  return r->stream ? row_file_next(r, f) : -1;
}

int row_file_take(row_file *r, row *to, fault *f) {
  if (bcf_stream_take(r->stream, &to->bcf, f) != 0)
    return -1;
  to->position = r->position;
  if (read_names(to) != 0)
    return fault_set(f, EXIT_TROUBLE, "a record at position %u is damaged", to->position);
  return row_file_next(r, f);
}

void row_file_free(row_file *r) {
  bcf_stream_free(r->stream);
  *r = (row_file){.stream = NULL};
}
