#include "quality/options.h"
#include "quality/pumps.h"
#include "quality/verdict.h"
#include "table/table.h"

/* Where a reader's rows go; a full memory stops it, and is told as such. */
typedef struct loading {
  dtc_table *table;
  dtc_status status;
} loading;

static int take_calls(void *opaque, const dtc_calls *calls) {
  loading *l = opaque;
  l->status = table_append(l->table, calls);
  return l->status != DTC_OK;
}

static int take_reject(void *opaque, const dtc_reject *reject) {
  loading *l = opaque;
  l->status = table_reject(l->table, reject);
  return l->status != DTC_OK;
}

static dtc_status read_all(pump run, const void *from, const dtc_options *options, loading *l, dtc_verdict *verdict) {
  dtc_sink sink = {.on_calls = take_calls, .on_reject = take_reject, .opaque = l};
  dtc_reader *reader = NULL;
  dtc_status status = dtc_reader_new(options, &sink, &reader);
  if (status != DTC_OK)
    return verdict_of_status(status, NULL, verdict);
  pumped container = {DTC_OK, {0}, {0}};
  container.status = run(from, options, reader, &container);
  status = reader_conclude(reader, &container, verdict);
  dtc_reader_free(reader);
  return l->status != DTC_OK ? verdict_of_status(l->status, NULL, verdict) : status;
}

static dtc_status reload(pump run, const void *from, const dtc_options *options, dtc_table *table,
                         dtc_verdict *verdict) {
  loading l = {table, DTC_OK};
  dtc_options own;
  table_clear(table);
  if (options_take(options, DTC_POLICY_REJECT, &own) != DTC_OK)
    return verdict_of_status(DTC_INVALID_ARGUMENT, NULL, verdict);
  dtc_status status = read_all(run, from, &own, &l, verdict);
  if (status != DTC_OK)
    table_clear(table);
  return status;
}

static dtc_status load(pump run, const void *from, const dtc_options *options, dtc_table **out, dtc_verdict *verdict) {
  *out = NULL;
  dtc_options own;
  if (options_take(options, DTC_POLICY_REJECT, &own) != DTC_OK)
    return verdict_of_status(DTC_INVALID_ARGUMENT, NULL, verdict);
  dtc_table *table = table_new(&own.allocator);
  if (!table)
    return verdict_of_status(DTC_OUT_OF_MEMORY, NULL, verdict);
  dtc_status status = reload(run, from, &own, table, verdict);
  if (status != DTC_OK) {
    dtc_table_free(table);
    return status;
  }
  table_done(table);
  *out = table;
  return DTC_OK;
}

dtc_status dtc_table_load_path(const char *path, const dtc_options *options, dtc_table **out, dtc_verdict *verdict) {
  return load(pump_path, path, options, out, verdict);
}

dtc_status dtc_table_load_fd(int fd, const dtc_options *options, dtc_table **out, dtc_verdict *verdict) {
  return load(pump_fd, &fd, options, out, verdict);
}

dtc_status dtc_table_load_memory(const void *bytes, size_t length_bytes, const dtc_options *options, dtc_table **out,
                                 dtc_verdict *verdict) {
  pump_bytes whole = {bytes, length_bytes};
  return load(pump_memory, &whole, options, out, verdict);
}

dtc_status dtc_table_reload_path(const char *path, const dtc_options *options, dtc_table *table, dtc_verdict *verdict) {
  return reload(pump_path, path, options, table, verdict);
}

dtc_status dtc_table_reload_fd(int fd, const dtc_options *options, dtc_table *table, dtc_verdict *verdict) {
  return reload(pump_fd, &fd, options, table, verdict);
}

dtc_status dtc_table_reload_memory(const void *bytes, size_t length_bytes, const dtc_options *options, dtc_table *table,
                                   dtc_verdict *verdict) {
  pump_bytes whole = {bytes, length_bytes};
  return reload(pump_memory, &whole, options, table, verdict);
}
