#include "python/native/rows.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct rows {
  atomic_size_t holders;
  pthread_mutex_t indexing;
  dtc_table *table;
};

rows *rows_new(dtc_table *table) {
  rows *r = malloc(sizeof *r);
  if (!r)
    return NULL;
  if (pthread_mutex_init(&r->indexing, NULL) != 0) {
    free(r);
    return NULL;
  }
  atomic_init(&r->holders, 1);
  r->table = table;
  return r;
}

rows *rows_hold(rows *r) {
  atomic_fetch_add_explicit(&r->holders, 1, memory_order_relaxed);
  return r;
}

void rows_drop(rows *r) {
  if (!r || atomic_fetch_sub_explicit(&r->holders, 1, memory_order_acq_rel) != 1)
    return;
  dtc_table_free(r->table);
  pthread_mutex_destroy(&r->indexing);
  free(r);
}

const dtc_calls *rows_calls(const rows *r) { return dtc_table_calls(r->table); }

const dtc_reject *rows_reject(const rows *r, size_t i) { return dtc_table_reject(r->table, i); }

dtc_status rows_find_id(rows *r, const char *id, size_t *row) {
  pthread_mutex_lock(&r->indexing);
  dtc_status status = dtc_table_index_ids(r->table);
  if (status == DTC_OK)
    *row = dtc_table_find_id(r->table, id);
  pthread_mutex_unlock(&r->indexing);
  return status;
}

size_t rows_find_position(const rows *r, unsigned contig, uint32_t position) {
  return dtc_table_find_position(r->table, contig, position);
}
