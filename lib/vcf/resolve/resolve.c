/* resolve.c - the way of a table through the resolver. */
#include "vcf/resolve/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/block.h"
#include "base/diag.h"
#include "vcf/resolve/parts.h"

void resolve_options_see(resolve_options *options, const dtc_verdict *verdict) {
  if (!verdict)
    return;
  options->x_copies = dtc_verdict_x_copies(verdict);
  options->y_absent = dtc_verdict_y_present(verdict) == 0;
  options->par_frame = dtc_verdict_par_frame(verdict);
  options->deletion_at_last = dtc_vendor_deletion_at_last(dtc_verdict_vendor(verdict));
}

const char *reject_word(reject_why why) {
  static const char *const words[] = {
#define DTC_X(number, name, word, text) [number] = word,
      DTC_REJECTION_LIST(DTC_X)
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

/* What the reference has at the places, and the repeated names; by two threads where that pays. */
static dtc_status look(resolver *r) {
  dtc_status status;
  if (look_with_helper(r, &status))
    return status;
  status = look_at_places(r);
  return status == DTC_OK && !repeats_find(r) ? DTC_OUT_OF_MEMORY : status;
}

/* All that is judged of the file as a whole, and the rows that need no record to be rejected. */
static dtc_status prepare(resolver *r, const dtc_calls *calls, const resolve_options *options, const resolve_sink *sink,
                          resolve_report *report, dtc_diag *diag) {
  *r = (resolver){.calls = calls,
                  .options = options,
                  .sink = sink,
                  .report = report,
                  .reference = options->reference,
                  .memory_kept = options->memory ? options->memory : &r->own_memory};
  for (unsigned g = 0; g < 256; g++)
    r->traits[g] = (uint8_t)genotype_traits(g);
  memset(report, 0, sizeof *report);
  report->rows = calls->count;
  reference_begin(options->reference);
  r->has_names = reference_has_names(options->reference);
  misplaced_begin(r);
  r->mt_doubtful = mt_is_doubtful(options->from);
  mt_check(r);
  r->tally = calloc(1, sizeof *r->tally);
  dtc_status status = r->tally ? place_rows(r) : DTC_OUT_OF_MEMORY;
  if (status == DTC_OK && !r->stopped)
    status = look(r);
  if (status == DTC_OK && !r->stopped)
    status = strand_check(r, diag);
  if (status == DTC_OK && !r->stopped && !singles_begin(r))
    status = DTC_OUT_OF_MEMORY;
  return status;
}

/* status: of what was done so far. */
static dtc_status finish(resolver *r, dtc_status status, dtc_diag *diag) {
  singles_end(r);
  if (status == DTC_OK && r->memory)
    status = DTC_OUT_OF_MEMORY;
  if (status == DTC_OK && r->stopped)
    status = DTC_STOPPED;
  if (status == DTC_OK && reference_failed(r->reference))
    status = diag_set(diag, DTC_IO_READ, (place){0, 0, 0}, "the reference could not be read to its end");
  else if (status != DTC_OK && (!diag || diag->status != status))
    diag_set(diag, status, (place){0, 0, 0}, "%s", dtc_status_text(status));
  return status;
}

static void let_go(resolver *r) {
  singles_end(r);
  resolve_memory_free(&r->own_memory);
  repeats_free(r->repeats);
  free(r->tally);
  free(r->indel);
  free(r->group);
  free(r->ids.id);
  free(r->ids.slot);
  free(r->og);
}

dtc_status resolve_calls(const dtc_calls *calls, const resolve_options *options, const resolve_sink *sink,
                         resolve_report *report, dtc_diag *diag) {
  resolver r;
  dtc_status status = prepare(&r, calls, options, sink, report, diag);
  while (status == DTC_OK && groups_step(&r))
    continue;
  status = finish(&r, status, diag);
  let_go(&r);
  return status;
}

dtc_status resolver_new(const dtc_calls *calls, const resolve_options *options, const resolve_sink *sink,
                        resolve_report *report, resolver **out, dtc_diag *diag) {
  resolver *r = malloc(sizeof *r);
  *out = NULL;
  if (!r)
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for the resolver");
  dtc_status status = prepare(r, calls, options, sink, report, diag);
  if (status != DTC_OK || r->stopped) {
    status = finish(r, status, diag);
    resolver_free(r);
    return status;
  }
  r->own_options = *options;
  r->options = &r->own_options;
  *out = r;
  return DTC_OK;
}

dtc_status resolver_step(resolver *r, int *more, dtc_diag *diag) {
  *more = groups_step(r);
  return *more ? DTC_OK : finish(r, DTC_OK, diag);
}

void resolver_free(resolver *r) {
  if (!r)
    return;
  let_go(r);
  free(r);
}
