#include "quality/reader.h"

#include "base/alloc.h"
#include "quality/options.h"
#include "quality/quality.h"
#include "quality/verdict.h"

#include <string.h>

struct dtc_reader {
  dtc_allocator allocator;
  dtc_options options;
  dtc_sink sink;
  parser *parser;
  int concluded;
  dtc_status text; /* what the parser said in the end */
  quality quality;
};

static dtc_status on_header(void *opaque, const parser_header *header) {
  dtc_reader *r = opaque;
  dtc_build build = header->build == DTC_BUILD_UNKNOWN ? DTC_BUILD_GRCH37 : header->build;
  const dtc_assemblies *set = r->options.assemblies ? r->options.assemblies : dtc_assemblies_builtin();
  quality_set_assembly(&r->quality, dtc_assemblies_get(set, build));
  r->quality.is_sequenced = header->is_sequenced;
  return DTC_OK;
}

static dtc_status on_calls(void *opaque, const dtc_calls *calls) {
  dtc_reader *r = opaque;
  quality_add(&r->quality, calls);
  return r->sink.on_calls && r->sink.on_calls(r->sink.opaque, calls) ? DTC_STOPPED : DTC_OK;
}

static dtc_status on_reject(void *opaque, const dtc_reject *reject) {
  dtc_reader *r = opaque;
  return r->sink.on_reject && r->sink.on_reject(r->sink.opaque, reject) ? DTC_STOPPED : DTC_OK;
}

dtc_status dtc_reader_new(const dtc_options *options, const dtc_sink *sink, dtc_reader **out) {
  *out = NULL;
  dtc_options own;
  dtc_status status = options_take(options, DTC_POLICY_REFUSE, &own);
  if (status != DTC_OK)
    return status;
  dtc_allocator a = alloc_or_default(&own.allocator);
  dtc_reader *r = alloc_zeroed(&a, sizeof *r);
  if (!r)
    return DTC_OUT_OF_MEMORY;
  r->allocator = a;
  r->options = own;
  if (sink)
    r->sink = *sink;
  quality_init(&r->quality, NULL);
  parser_sink inner = {on_header, on_calls, on_reject, r};
  r->parser = parser_new(&r->options, &inner);
  if (!r->parser) {
    alloc_release(&a, r);
    return DTC_OUT_OF_MEMORY;
  }
  *out = r;
  return DTC_OK;
}

void dtc_reader_free(dtc_reader *reader) {
  if (!reader)
    return;
  parser_free(reader->parser);
  dtc_allocator a = reader->allocator;
  alloc_release(&a, reader);
}

dtc_status dtc_reader_feed(dtc_reader *reader, const void *bytes, size_t length_bytes) {
  if (reader->concluded)
    return DTC_INVALID_ARGUMENT;
  return parser_feed(reader->parser, bytes, length_bytes);
}

dtc_status reader_consume(void *reader, const void *bytes, size_t length_bytes) {
  dtc_status status = dtc_reader_feed(reader, bytes, length_bytes);
  return dtc_status_class(status) == DTC_CLASS_INTERNAL ? status : DTC_OK;
}

dtc_status dtc_reader_finish(dtc_reader *reader, dtc_verdict *verdict) {
  pumped whole = {DTC_OK, {0}, {0}};
  return reader_conclude(reader, &whole, verdict);
}

static dtc_status decide_build(dtc_verdict *v) {
  int uncertain = 0;
  dtc_diag diag = {0};
  dtc_status status = build_decide(v->build_header, v->build_markers, &v->build, &uncertain, &diag);
  if (status != DTC_OK)
    v->diag = diag;
  v->warnings[DTC_WARNING_BUILD_UNCERTAIN] = uncertain ? 1 : 0;
  v->warnings[DTC_WARNING_BUILD_36] = v->build == DTC_BUILD_NCBI36 ? 1 : 0;
  return status;
}

/* Incomplete exports are refused, or of a tolerant policy a warning. That they hold one chromosome only says more than
 * that they have too few rows. */
static dtc_status decide_wholeness(const dtc_reader *reader, dtc_status status, dtc_verdict *v) {
  dtc_diag diag = {0};
  dtc_status whole = whole_check(&reader->quality, parser_get_header(reader->parser),
                                 parser_get_totals(reader->parser)->is_phased, v, &diag);
  if (whole == DTC_OK)
    return status;
  if (status == DTC_OK && reader->options.policy == DTC_POLICY_REJECT) {
    v->warnings[DTC_WARNING_INCOMPLETE] = 1;
    return status;
  }
  v->diag = diag;
  return whole;
}

dtc_status reader_conclude(dtc_reader *reader, const pumped *container, dtc_verdict *verdict) {
  dtc_verdict scratch = {0};
  dtc_verdict *v = verdict ? verdict : &scratch;
  if (!reader->concluded)
    reader->text = parser_finish(reader->parser);
  reader->concluded = 1;
  /* The pump's own diag tells its fault; a status it took from the reader has none. */
  int of_container = container->status != DTC_OK && container->diag.status != DTC_OK;
  dtc_status status = container->status != DTC_OK ? container->status : reader->text;
  verdict_of_status(DTC_OK, NULL, v);
  if (status != DTC_OK)
    v->diag = of_container ? container->diag : *parser_get_diag(reader->parser);
  verdict_fill_header(v, reader->parser);
  verdict_fill_totals(v, parser_get_totals(reader->parser));
  quality_fill(&reader->quality, v);
  v->file_bytes = container->facts.file_bytes;
  v->unpacked_bytes = container->facts.unpacked_bytes;
  v->warnings[DTC_WARNING_REZIPPED] = container->facts.rezipped ? 1 : 0;
  v->warnings[DTC_WARNING_IN_FOLDER] = container->facts.in_folder ? 1 : 0;
  if (status == DTC_OK)
    status = decide_build(v);
  if (status == DTC_OK || status == DTC_TOO_FEW_ROWS)
    status = decide_wholeness(reader, status, v);
  if (status == DTC_OK && reader->options.strictness == DTC_STRICT)
    status = verdict_be_strict(v);
  v->status = v->diag.status = status;
  return status;
}
