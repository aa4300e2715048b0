#include "base/alloc.h"
#include "quality/verdict.h"

/* What a NULL verdict reads as, and a new one. */
static const dtc_verdict nothing = {
    .status = DTC_INTERNAL, .diag = {.status = DTC_INTERNAL}, .x_het_share = -1, .y_call_share = -1};

const dtc_verdict *verdict_or_nothing(const dtc_verdict *verdict) { return verdict ? verdict : &nothing; }

dtc_verdict *dtc_verdict_new(const dtc_allocator *allocator) {
  dtc_allocator a = alloc_or_default(allocator);
  dtc_verdict *v = alloc_zeroed(&a, sizeof *v);
  if (v) {
    *v = nothing;
    v->allocator = a;
  }
  return v;
}

void dtc_verdict_free(dtc_verdict *verdict) {
  if (!verdict)
    return;
  dtc_allocator a = verdict->allocator;
  alloc_release(&a, verdict);
}

void dtc_verdict_set_status(dtc_verdict *verdict, dtc_status status, const dtc_diag *diag) {
  if (!verdict)
    return;
  verdict->diag = diag ? *diag : (dtc_diag){0};
  verdict->status = verdict->diag.status = status;
}

void dtc_verdict_set_warning(dtc_verdict *verdict, dtc_warning warning, uint64_t count) {
  if (verdict && (unsigned)warning < WARNING_COUNT)
    verdict->warnings[warning] = count;
}

const dtc_diag *dtc_verdict_diag(const dtc_verdict *verdict) { return &verdict_or_nothing(verdict)->diag; }

#define GETTER(type, member) \
  type dtc_verdict_##member(const dtc_verdict *verdict) { return verdict_or_nothing(verdict)->member; }
GETTER(dtc_status, status)
GETTER(const char *, vendor)
GETTER(const char *, vendor_title)
GETTER(const char *, format)
GETTER(const char *, array)
GETTER(dtc_build, build)
GETTER(dtc_build, build_header)
GETTER(dtc_sex, sex)
GETTER(double, x_het_share)
GETTER(double, y_call_share)
GETTER(uint64_t, x_one_letter)
GETTER(uint64_t, rows)
GETTER(uint64_t, rejected)
GETTER(uint64_t, called)
GETTER(uint64_t, no_calls)
GETTER(uint64_t, heterozygous)
GETTER(uint64_t, indels)
GETTER(uint64_t, duplicate_positions)
GETTER(uint64_t, file_bytes)
GETTER(uint64_t, unpacked_bytes)
GETTER(unsigned, x_copies)
GETTER(int, y_present)
GETTER(dtc_par_frame, par_frame)

uint64_t dtc_verdict_build_markers(const dtc_verdict *verdict, dtc_build build) {
  return (unsigned)build < BUILD_COUNT ? verdict_or_nothing(verdict)->build_markers[build] : 0;
}

uint64_t dtc_verdict_warnings(const dtc_verdict *verdict, dtc_warning warning) {
  return (unsigned)warning < WARNING_COUNT ? verdict_or_nothing(verdict)->warnings[warning] : 0;
}

const dtc_contig_stats *dtc_verdict_contig(const dtc_verdict *verdict, unsigned label) {
  return label < DTC_LABEL_COUNT ? &verdict_or_nothing(verdict)->contigs[label] : &nothing.contigs[0];
}
