/* conversion.c - records one by one: the resolver writes what a step of it makes into a buffer, packed, and whoever
 * asks takes them from there. */
#include <dtcgeno-vcf.h>

#include "base/counts.h"
#include "base/diag.h"
#include "vcf/conversion/options.h"
#include "vcf/resolve/resolve.h"
#include "vcf/writer/header.h"
#include "vcf/writer/hts_record.h"

#include <stdlib.h>
#include <string.h>

struct dtc_conversion {
  dtc_conversion_options options;
  uint64_t build_markers[BUILD_COUNT];
  resolve_sink sink;
  resolve_report report;
  resolver *resolver;
  bcf_hdr_t *header;
  int contig_index[DTC_CONTIG_COUNT];
  /* records that the last step made and nobody took yet */
  char *packed;
  size_t at, length, capacity_bytes;
  int more; /* a step may make more */
  dtc_conversion_sums sums;
  dtc_diag diag;
};

static int on_record(void *opaque, const record *r) {
  dtc_conversion *c = opaque;
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

/* The text is ours, and bcf_hdr_parse() takes it or has no memory; the numbers that records refer to are looked at all
 * the same. */
static bcf_hdr_t *parse_header(char *text) {
  bcf_hdr_t *h = bcf_hdr_init("r");
  int ok = h && bcf_hdr_parse(h, text) == 0 && bcf_hdr_nsamples(h) == 1 &&
           bcf_hdr_id2int(h, BCF_DT_ID, "FLIP") == HEADER_KEY_FLIP &&
           bcf_hdr_id2int(h, BCF_DT_ID, "REVLIFT") == HEADER_KEY_REVLIFT &&
           bcf_hdr_id2int(h, BCF_DT_ID, "OG") == HEADER_KEY_OG && bcf_hdr_id2int(h, BCF_DT_ID, "GT") == HEADER_KEY_GT;
  if (!ok && h)
    bcf_hdr_destroy(h);
  return ok ? h : NULL;
}

static dtc_status make_header(dtc_conversion *c, const dtc_verdict *verdict) {
  const dtc_conversion_options *o = &c->options;
  header_facts facts = {.assembly = o->to,
                        .chr_prefix =
                            o->chr == DTC_CHR_AUTO ? dtc_reference_chr_prefix(o->reference) : o->chr == DTC_CHR_YES,
                        .sample = o->sample,
                        .vendor = dtc_verdict_vendor(verdict),
                        .format = dtc_verdict_format(verdict),
                        .array = dtc_verdict_array(verdict),
                        .build = o->from->build,
                        .sex = dtc_sex_name(o->sex),
                        .sites_digest = dtc_reference_sites_digest(o->reference),
                        .has_sequence = dtc_reference_has_sequence(o->reference)};
  size_t length;
  char *text = header_text(&facts, &length);
  if (text)
    c->header = parse_header(text);
  free(text);
  for (unsigned contig = 1; contig < DTC_CONTIG_COUNT; contig++)
    c->contig_index[contig] = header_contig_index(o->to, contig);
  return c->header ? DTC_OK : diag_set(&c->diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for the header");
}

static dtc_status begin(dtc_conversion *c, dtc_table *table, const dtc_verdict *verdict) {
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
                         .profile_imputation = o->biallelic_only};
  resolve_options_see(&how, verdict);
  c->sink = (resolve_sink){.on_record = on_record, .on_reject = on_reject, .opaque = c};
  dtc_status status = dtc_table_sort(table);
  if (status != DTC_OK)
    return diag_set(&c->diag, status, (place){0, 0, 0}, "memory for sorting");
  c->more = 1;
  return resolver_new(dtc_table_calls(table), &how, &c->sink, &c->report, &c->resolver, &c->diag);
}

dtc_status dtc_conversion_open(dtc_table *table, const dtc_verdict *verdict, const dtc_conversion_options *options,
                               dtc_conversion **out, dtc_diag *diag) {
  *out = NULL;
  dtc_conversion *c = calloc(1, sizeof *c);
  if (!c)
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for a conversion");
  dtc_status status = conversion_options_take(options, verdict, &c->options, &c->diag);
  for (unsigned b = 0; b < BUILD_COUNT; b++)
    c->build_markers[b] = dtc_verdict_build_markers(verdict, (dtc_build)b);
  if (status == DTC_OK)
    status = make_header(c, verdict);
  if (status == DTC_OK)
    status = begin(c, table, verdict);
  if (status == DTC_OK) {
    *out = c;
    return DTC_OK;
  }
  diag_pass(diag, &c->diag);
  dtc_conversion_free(c);
  return status;
}

void dtc_conversion_free(dtc_conversion *conversion) {
  if (!conversion)
    return;
  resolver_free(conversion->resolver);
  if (conversion->header)
    bcf_hdr_destroy(conversion->header);
  free(conversion->packed);
  free(conversion);
}

bcf_hdr_t *dtc_conversion_header(dtc_conversion *conversion) { return conversion->header; }

/* Steps until there is a record to take, or none is left. */
static dtc_status refill(dtc_conversion *c) {
  dtc_status status = DTC_OK;
  c->at = c->length = 0;
  while (status == DTC_OK && c->more && !c->length)
    status = resolver_step(c->resolver, &c->more, &c->diag);
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
                                           .strand_ok = r->strand == RESOLVE_STRAND_PLUS};
  return &conversion->sums;
}

uint64_t dtc_conversion_rejected(const dtc_conversion *conversion, dtc_rejection why) {
  return (unsigned)why < REJECT_COUNT ? conversion->report.rejected[why] : 0;
}
