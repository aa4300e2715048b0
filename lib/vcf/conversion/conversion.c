/* conversion.c - records one by one: the resolver writes what a step of it makes into a buffer, packed, and whoever
 * asks takes them from there. */
#include <dtcgeno-vcf.h>

#include "base/counts.h"
#include "base/diag.h"
#include "vcf/conversion/conversion.h"
#include "vcf/conversion/options.h"
#include "vcf/reference/reference.h"
#include "vcf/resolve/resolve.h"
#include "vcf/writer/header.h"
#include "vcf/writer/hts_header.h"
#include "vcf/writer/hts_record.h"

#include <stdlib.h>
#include <string.h>

struct dtc_conversion {
  dtc_conversion_options options; /* chr is decided */
  uint64_t build_markers[BUILD_COUNT];
  resolve_sink sink;
  resolve_report report;
  resolve_memory memory; /* kept from one table to the next */
  resolver *resolver;
  char *header_text;
  size_t header_bytes;
  /* records by dtc_conversion_run() */
  int (*on_record)(void *opaque, const dtc_record *record);
  void *opaque;
  /* records by dtc_conversion_next(): those that the last step made and nobody took yet, packed */
  bcf_hdr_t *header;
  int contig_index[DTC_CONTIG_COUNT];
  char *packed;
  size_t at, length, capacity_bytes;
  int more; /* a step may make more */
  dtc_conversion_sums sums;
  dtc_diag diag;
};

static int on_record(void *opaque, const record *r) {
  dtc_conversion *c = opaque;
  if (c->on_record)
    return c->on_record(c->opaque, r);
  size_t need = c->length + hts_record_bound(r);
  if (need > c->capacity_bytes) {
    char *grown = realloc(c->packed, need * 2);
    if (!grown) {
      diag_set(&c->diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for records");
      return -1;
    }
    c->packed = grown;
    c->capacity_bytes = need * 2;
  }
  c->length = (size_t)(hts_record_pack(c->packed + c->length, r, c->contig_index[r->contig]) - c->packed);
  return 0;
}

static int on_reject(void *opaque, size_t row, reject_why why) {
  const dtc_conversion *c = opaque;
  return c->options.on_reject ? c->options.on_reject(c->options.opaque, row, (dtc_rejection)why) : 0;
}

/* AUTO is decided; the words of header.h for the rest. */
static int chr_prefix_of(dtc_chr chr) {
  return chr == DTC_CHR_YES ? HEADER_CHR : chr == DTC_CHR_YES_MT ? HEADER_CHR_MT : HEADER_CHR_NONE;
}

static dtc_status make_header(dtc_conversion *c, const dtc_verdict *verdict) {
  const dtc_conversion_options *o = &c->options;
  header_facts facts = {.assembly = o->to,
                        .chr_prefix = chr_prefix_of(o->chr),
                        .minor_version = o->vcf_minor,
                        .sample = o->sample,
                        .source = o->source,
                        .vendor = dtc_verdict_vendor(verdict),
                        .format = dtc_verdict_format(verdict),
                        .array = dtc_verdict_array(verdict),
                        .build = o->from->build,
                        .sex = dtc_sex_name(o->sex),
                        .sites_digest = dtc_reference_sites_digest(o->reference),
                        .has_sequence = dtc_reference_has_sequence(o->reference)};
  c->header_text = header_text(&facts, &c->header_bytes);
  for (unsigned contig = 1; contig < DTC_CONTIG_COUNT; contig++)
    c->contig_index[contig] = header_contig_index(o->to, contig);
  return c->header_text ? DTC_OK : diag_set(&c->diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for the header");
}

static dtc_status begin(dtc_conversion *c, dtc_table *table, const dtc_verdict *verdict, int keep_memory) {
  const dtc_conversion_options *o = &c->options;
  resolve_options how = {.from = o->from,
                         .to = o->to,
                         .liftover = o->chain_count ? o->chains[0] : NULL,
                         .vetoes = o->chain_count ? o->chains + 1 : NULL,
                         .n_vetoes = o->chain_count ? o->chain_count - 1 : 0,
                         .build_markers = c->build_markers,
                         .reference = o->reference,
                         .sex = o->sex,
                         .drop_no_calls = o->drop_no_calls,
                         .variants_only = o->variants_only,
                         .profile_imputation = o->biallelic_only,
                         .memory = keep_memory ? &c->memory : NULL,
                         .threads = o->threads};
  resolve_options_see(&how, verdict);
  c->sink = (resolve_sink){.on_record = on_record, .on_reject = on_reject, .opaque = c};
  dtc_status status = dtc_table_sort(table);
  if (status != DTC_OK)
    return diag_set(&c->diag, status, (place){0, 0, 0}, "memory for sorting");
  c->more = 1;
  return resolver_new(dtc_table_calls(table), &how, &c->sink, &c->report, &c->resolver, &c->diag);
}

static void let_go(dtc_conversion *c) {
  resolver_free(c->resolver);
  c->resolver = NULL;
  if (c->header)
    bcf_hdr_destroy(c->header);
  c->header = NULL;
  free(c->header_text);
  c->header_text = NULL;
}

/* What follows from a sequence that could not be read is not news. */
static dtc_status judge_reading(dtc_conversion *c, dtc_status status) {
  if (status == DTC_OK || status == DTC_STOPPED || !reference_failed(c->options.reference))
    return status;
  c->diag = (dtc_diag){0};
  return diag_set(&c->diag, DTC_IO_READ, (place){0, 0, 0}, "the sequence read to its end");
}

static dtc_status open_steps(dtc_conversion *c, dtc_table *table, const dtc_verdict *verdict,
                             const dtc_conversion_options *options, int keep_memory, dtc_diag *diag) {
  dtc_status status = conversion_options_take(options, verdict, &c->options, &c->diag);
  for (unsigned b = 0; b < BUILD_COUNT; b++)
    c->build_markers[b] = dtc_verdict_build_markers(verdict, (dtc_build)b);
  if (status == DTC_OK)
    status = make_header(c, verdict);
  if (status == DTC_OK)
    status = judge_reading(c, begin(c, table, verdict, keep_memory));
  if (status != DTC_OK)
    diag_pass(diag, &c->diag);
  return status;
}

dtc_status dtc_conversion_open(dtc_table *table, const dtc_verdict *verdict, const dtc_conversion_options *options,
                               dtc_conversion **out, dtc_diag *diag) {
  *out = NULL;
  dtc_conversion *c = calloc(1, sizeof *c);
  if (!c)
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for a conversion");
  dtc_status status = open_steps(c, table, verdict, options, 0, diag);
  if (status == DTC_OK)
    *out = c;
  else
    dtc_conversion_free(c);
  return status;
}

dtc_status dtc_conversion_reopen(dtc_conversion *c, dtc_table *table, const dtc_verdict *verdict,
                                 const dtc_conversion_options *options, dtc_diag *diag) {
  let_go(c);
  c->on_record = NULL;
  c->at = c->length = 0;
  c->diag = (dtc_diag){0};
  return open_steps(c, table, verdict, options, 1, diag);
}

void dtc_conversion_free(dtc_conversion *c) {
  if (!c)
    return;
  let_go(c);
  resolve_memory_free(&c->memory);
  free(c->packed);
  free(c);
}

dtc_chr dtc_conversion_chr(const dtc_conversion *c) { return c->options.chr; }

void conversion_describe(const dtc_conversion *c, vcf_layout *layout) {
  layout->assembly = c->options.to;
  layout->chr_prefix = chr_prefix_of(c->options.chr);
  layout->header = c->header_text;
  layout->header_bytes = c->header_bytes;
}

bcf_hdr_t *dtc_conversion_header(dtc_conversion *c) {
  if (!c->header)
    c->header = hts_header_new(c->header_text, c->header_bytes);
  return c->header;
}

/* A site table whose REFs are not the sequence's made wrong records. */
static dtc_status step(dtc_conversion *c) {
  dtc_status status = resolver_step(c->resolver, &c->more, &c->diag);
  char words[160];
  if (status == DTC_OK && !c->more && reference_wrong_ref(c->options.reference, words, sizeof words))
    return diag_set(&c->diag, DTC_REFERENCE_FILE, (place){0, 0, 0}, "%s", words);
  return judge_reading(c, status);
}

dtc_status dtc_conversion_run(dtc_conversion *c, int (*take)(void *opaque, const dtc_record *r), void *opaque,
                              dtc_diag *diag) {
  dtc_status status = c->diag.status;
  c->on_record = take;
  c->opaque = opaque;
  while (status == DTC_OK && c->more)
    status = step(c);
  resolver_free(c->resolver); /* what it holds is free again before whoever writes makes an index */
  c->resolver = NULL;
  if (status != DTC_OK)
    diag_pass(diag, &c->diag);
  return status;
}

/* Steps until there is a record to take, or none is left. */
static dtc_status refill(dtc_conversion *c) {
  dtc_status status = DTC_OK;
  c->at = c->length = 0;
  while (status == DTC_OK && c->more && !c->length)
    status = step(c);
  return status;
}

int dtc_conversion_next(dtc_conversion *c, bcf1_t *out) {
  if (c->diag.status != DTC_OK)
    return -1;
  if (c->at == c->length && refill(c) != DTC_OK)
    return -1;
  if (c->at == c->length)
    return 0;
  const char *end;
  if (hts_record_unpack(out, c->packed + c->at, &end) != 0) {
    diag_set(&c->diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for a record");
    return -1;
  }
  c->at = (size_t)(end - c->packed);
  return 1;
}

const dtc_diag *dtc_conversion_diag(const dtc_conversion *conversion) { return &conversion->diag; }

const dtc_conversion_sums *dtc_conversion_get_sums(dtc_conversion *conversion) {
  const resolve_report *r = &conversion->report;
  conversion->sums = (dtc_conversion_sums){.rows = r->rows,
                                           .records = r->records,
                                           .written = r->written,
                                           .merged = r->merged,
                                           .flipped = r->flipped,
                                           .reverse_lifted = r->reverse_lifted,
                                           .strand_hets = r->strand_hets,
                                           .strand_hets_with_ref = r->strand_hets_with_ref,
                                           .strand = (dtc_strand)r->strand,
                                           .female_y_calls = r->female_y_calls,
                                           .rejected_calls = r->rejected_calls};
  return &conversion->sums;
}

dtc_strand dtc_strand_of_hets(uint64_t hets, uint64_t hets_with_ref) {
  return (dtc_strand)resolve_strand_of(hets, hets_with_ref);
}

uint64_t dtc_conversion_rejected(const dtc_conversion *conversion, dtc_rejection why) {
  return (unsigned)why < REJECT_COUNT ? conversion->report.rejected[why] : 0;
}

uint64_t dtc_conversion_filtered(const dtc_conversion *conversion, dtc_filter filter) {
  return (unsigned)filter < RECORD_FILTER_COUNT ? conversion->report.filtered[filter] : 0;
}
