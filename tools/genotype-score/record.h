/* record.h - one record of a VCF or BCF, and what scores want of it. */
#ifndef SCORE_RECORD_H
#define SCORE_RECORD_H

#include "common/bcf_stream.h"
#include "genotype-score/allele.h"

#include <stddef.h>
#include <stdint.h>

/* The numbers that the header gives to what is looked for; -1: not in the header. */
typedef struct record_keys {
  int gt, ds, gp, af;
} record_keys;

/* A FORMAT field: n values of `type` a person, `size` bytes together. at NULL: the record has none. */
typedef struct record_format {
  const uint8_t *at;
  unsigned type;
  uint32_t n, size;
} record_format;

typedef struct record {
  uint64_t place; /* marker_place() */
  bcf1_t *bcf;    /* owned; NULL before the first */
  /* of record_read: */
  const char *id;
  size_t id_length;
  allele *alleles; /* owned; n_known of them, REF first; "." and symbolic ones are ALLELE_UNKNOWN */
  size_t n_known, allele_capacity;
  const uint8_t *filters; /* FILTER, then INFO; read by record_frequency */
  record_format gt, ds;
} record;

/* Reads what scores want of every record. 0; -1: it is damaged; -2: no memory. */
int record_read(record *r, const record_keys *keys, const allele_names *names);
void record_free(record *r);

/* After record_read: the FORMAT of this key, at NULL where there is none. 0; -1: the record is damaged. */
int record_find_format(const record *r, int key, record_format *out);

/* After record_read: what the INFO of this key says of an ALT (index from 1), NAN where it is no frequency. 0; -1: the
 * record is damaged. */
int record_frequency(const record *r, int key, size_t index, double *out);

#endif
