/* resolve.c - the way of a table through the resolver. */
#include "vcf/resolve/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/block.h"
#include "base/diag.h"
#include "vcf/resolve/parts.h"

const char *reject_word(reject_why why) {
  static const char *const words[] = {
#define DTC_X(name, word) word,
      REJECT_LIST(DTC_X)
#undef DTC_X
  };
  return (unsigned)why < REJECT_COUNT ? words[why] : "";
}

/* Build 36 as everybody knows it: its mitochondrial sequence is not the one the vendors number by. */
static int mt_is_doubtful(const dtc_assembly *from) {
  const dtc_assembly *known = dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_NCBI36);
  if (from->build != DTC_BUILD_NCBI36 || !known || from->length[DTC_CONTIG_MT] != known->length[DTC_CONTIG_MT])
    return 0;
  return !from->md5[DTC_CONTIG_MT][0] || strcmp(from->md5[DTC_CONTIG_MT], known->md5[DTC_CONTIG_MT]) == 0;
}

void resolve_memory_free(resolve_memory *m) {
  free(m->block);
  *m = (resolve_memory){0};
}

int resolve_memory_reserve(resolve_memory *m, size_t bytes) {
  if (bytes <= m->bytes)
    return 1;
  resolve_memory_free(m);
  m->block = block_new(bytes);
  m->bytes = m->block ? bytes : 0;
  return m->block != NULL;
}

dtc_status resolve_calls(const dtc_calls *calls, const resolve_options *options, const resolve_sink *sink,
                         resolve_report *report, dtc_diag *diag) {
  resolve_memory own = {0};
  resolver r = {.calls = calls,
                .options = options,
                .sink = sink,
                .report = report,
                .reference = options->reference,
                .memory_kept = options->memory ? options->memory : &own};
  for (unsigned g = 0; g < 256; g++)
    r.traits[g] = (uint8_t)genotype_traits(g);
  memset(report, 0, sizeof *report);
  report->rows = calls->count;
  reference_begin(options->reference);
  r.has_names = reference_has_names(options->reference);
  r.mt_doubtful = mt_is_doubtful(options->from);
  mt_check(&r);
  r.tally = calloc(1, sizeof *r.tally);
  dtc_status status = r.tally ? place_rows(&r) : DTC_OUT_OF_MEMORY;
  if (status == DTC_OK && !r.stopped)
    status = look_at_places(&r);
  if (status == DTC_OK && !r.stopped)
    status = strand_check(&r, diag);
  if (status == DTC_OK && !r.stopped && !repeats_find(&r))
    status = DTC_OUT_OF_MEMORY;
  if (status == DTC_OK && !r.stopped)
    status = group_rows(&r);
  if (status == DTC_OK && r.stopped)
    status = DTC_STOPPED;
  if (status == DTC_OK && reference_failed(options->reference))
    status = diag_set(diag, DTC_IO_READ, (place){0, 0, 0}, "the reference could not be read to its end");
  else if (status != DTC_OK && (!diag || diag->status != status))
    diag_set(diag, status, (place){0, 0, 0}, "%s", dtc_status_text(status));
  resolve_memory_free(&own);
  repeats_free(r.repeats);
  free(r.tally);
  free(r.indel);
  free(r.group);
  free(r.ids.id);
  free(r.ids.slot);
  free(r.og);
  return status;
}

dtc_status resolve_run(dtc_table *table, const resolve_options *options, const resolve_sink *sink,
                       resolve_report *report, dtc_diag *diag) {
  dtc_status status = dtc_table_sort(table);
  if (status != DTC_OK)
    return diag_set(diag, status, (place){0, 0, 0}, "sorting the rows");
  return resolve_calls(dtc_table_calls(table), options, sink, report, diag);
}
