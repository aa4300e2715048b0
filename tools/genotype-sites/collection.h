/* collection.h - the variants of a table in the making: gathered in any order, joined into records, in the table's
 * order. */
#ifndef SITES_COLLECTION_H
#define SITES_COLLECTION_H

#include "genotype-sites/variant.h"

typedef struct collected {
  uint32_t position;
  uint32_t order; /* as it came */
  uint64_t text;  /* offset in the pool: id, REF, ALT ("" for none), each terminated */
  uint8_t contig;
  uint8_t is_indel;
} collected;

typedef struct collection {
  collected *item;
  size_t count, capacity;
  char *pool;
  size_t pool_bytes, pool_capacity;
} collection;

/* id "." for none. 0 when memory runs out. */
int collection_add(collection *c, const variant *v, variant_kind kind, int has_alt, const char *id);
void collection_free(collection *c);

/* One record of the table. Pointers live until the next record. */
typedef struct site_record {
  unsigned contig;
  uint32_t position;
  const char *id; /* "." for none */
  unsigned n_alleles;
  const char *alleles[DTC_RECORD_ALLELES_MAX];
} site_record;

/* Sorts and joins, and hands each record to take(); stops where that returns other than 0. Returns that, or -1 when
 * memory runs out. May be called again and gives the same. */
int collection_records(collection *c, int (*take)(void *opaque, const site_record *r), void *opaque);

#endif
