#include "table/parser.h"

#include "base/alloc.h"
#include "base/diag.h"
#include "table/batch.h"
#include "table/rules.h"
#include "table/scan.h"

struct parser {
  dtc_options options;
  parser_sink sink;
  dtc_status status; /* the first that was not DTC_OK */
  dtc_diag diag;
  lines lines;
  header header;
  int has_bom;
  int in_rows;
  parser_header told;
  const foreign *foreign;
  row_rules row_rules;
  row_phase phase;
  scan scan;
  rules rules;
  parser_totals totals;
  batch batch;
};

parser *parser_new(const dtc_options *options, const parser_sink *sink) {
  dtc_allocator allocator = alloc_or_default(&options->allocator);
  parser *p = alloc_array(&allocator, 1, sizeof *p);
  if (!p)
    return NULL;
  /* Not the columns of the batch, which are written before they are read: they are most of it. */
  memset(p, 0, offsetof(parser, batch));
  p->options = *options;
  p->options.allocator = allocator;
  p->sink = *sink;
  lines_init(&p->lines, &allocator, options->limits.line_bytes);
  header_init(&p->header, &allocator);
  batch_init(&p->batch, &allocator);
  return p;
}

void parser_free(parser *p) {
  if (!p)
    return;
  lines_free(&p->lines);
  header_free(&p->header);
  batch_free(&p->batch);
  alloc_release(&p->options.allocator, p);
}

static dtc_status out_of_memory(parser *p) {
  return diag_set(&p->diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for rows");
}

/* ---- the header */

static void tell_header(parser *p, const vendor_match *match) {
  p->told = (parser_header){.vendor = match->vendor->facts.name,
                            .vendor_title = match->vendor->facts.title,
                            .format = match->format,
                            .array = match->array,
                            .build = match->build,
                            .wording_known = match->wording_known,
                            .unknown_lines = match->unknown_lines,
                            .unknown_words = match->unknown_words,
                            .lookalike = match->lookalike,
                            .is_sequenced = match->is_sequenced,
                            .always = match->vendor->always,
                            .always_unphased = match->vendor->always_unphased,
                            .alone = match->vendor->alone};
}

/* Of one of our vendors, that is: another's file is another's with the mark, too. */
static dtc_status refuse_bom(parser *p) {
  return diag_set(&p->diag, DTC_TEXT_BOM, (place){1, 1, 0}, "text without a byte order mark");
}

static dtc_status header_complete(parser *p) {
  vendor_match match;
  if (p->has_bom && vendor_is_claimed(&p->header))
    return refuse_bom(p);
  dtc_status status = vendor_identify(&p->header, &match, &p->foreign, &p->diag);
  if (match.vendor)
    tell_header(p, &match);
  if (status)
    return status;
  const dtc_assemblies *set = p->options.assemblies ? p->options.assemblies : dtc_assemblies_builtin();
  row_rules_init(&p->row_rules, &match, p->options.policy, set);
  rules_init(&p->rules, match.vendor);
  scan_init(&p->scan, &p->row_rules, p->lines.end);
  /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): vendor_identify sets it, or a status */
  p->phase = match.vendor->writes_phased ? ROW_PHASE_UNSEEN : ROW_UNPHASED;
  header_free(&p->header);
  p->in_rows = 1;
  return p->sink.on_header ? p->sink.on_header(p->sink.opaque, &p->told) : DTC_OK;
}

static dtc_status header_take(parser *p, line *l) {
  p->has_bom |= line_take_bom(l);
  dtc_status status = line_check(l, LINE_ANY_ENCODING, &p->diag);
  if (status)
    return status;
  p->foreign = foreign_by_word(l->text, l->number == 1);
  if (p->foreign)
    return line_fault(l, DTC_VENDOR_FOREIGN, 1, vendor_foreign_words, &p->diag);
  if (p->header.count >= p->options.limits.header_lines)
    return diag_set(&p->diag, DTC_HEADER_TOO_LONG, (place){l->number, 1, l->byte},
                    "a column line within the first %u lines", p->options.limits.header_lines);
  int last = vendor_header_ends(&p->header, l->text);
  if (!header_add(&p->header, l))
    return out_of_memory(p);
  return last ? header_complete(p) : DTC_OK;
}

/* The text ended before the header did. */
static dtc_status header_cut(parser *p, line *rest, int has_rest) {
  if (has_rest) {
    p->has_bom |= line_take_bom(rest);
    dtc_status status = line_check(rest, LINE_ANY_ENCODING, &p->diag);
    if (status)
      return status;
    p->foreign = foreign_by_word(rest->text, rest->number == 1);
    if (p->foreign)
      return line_fault(rest, DTC_VENDOR_FOREIGN, 1, vendor_foreign_words, &p->diag);
    if (!header_add(&p->header, rest))
      return out_of_memory(p);
  }
  /* An empty last line stands for the column line that is not there. */
  line none = {{"", 0}, rest->number, rest->byte};
  if (!header_add(&p->header, &none))
    return out_of_memory(p);
  if (!vendor_is_claimed(&p->header))
    return line_fault(&none, DTC_VENDOR_UNKNOWN, 1, "the header of a raw data export", &p->diag);
  if (p->has_bom)
    return refuse_bom(p);
  if (has_rest)
    return line_fault(rest, DTC_LINE_END_MISSING, rest->text.length + 1, "the end of this line and rows below",
                      &p->diag);
  return line_fault(&none, DTC_HEADER_ENDLESS, 1, "the line of column names and rows", &p->diag);
}

/* ---- rows */

static dtc_status flush(parser *p) {
  if (!p->batch.count)
    return DTC_OK;
  dtc_calls calls = batch_calls(&p->batch);
  rules_apply(&p->rules, &calls, &p->totals);
  dtc_status status = p->sink.on_calls ? p->sink.on_calls(p->sink.opaque, &calls) : DTC_OK;
  batch_clear(&p->batch);
  return status;
}

static uint8_t cut_to_255(size_t n) { return (uint8_t)(n < 255 ? n : 255); }

static dtc_status reject(parser *p, const row *r, const line *l, dtc_status why) {
  char both[2 * 255 + 1];
  view genotype = r->genotype_text[0];
  if (p->row_rules.shape == VENDOR_TAB_ALLELES) {
    size_t a = cut_to_255(genotype.length), b = cut_to_255(r->genotype_text[1].length);
    memcpy(both, genotype.at, a);
    both[a] = '/';
    memcpy(both + a + 1, r->genotype_text[1].at, b);
    genotype = (view){both, a + 1 + b};
  }
  dtc_reject out = {.why = why,
                    .line = l->number,
                    .id = r->id.at,
                    .chromosome = r->chromosome.at,
                    .position = r->position_text.at,
                    .genotype = genotype.at,
                    .id_bytes = cut_to_255(r->id.length),
                    .chromosome_bytes = cut_to_255(r->chromosome.length),
                    .position_bytes = cut_to_255(r->position_text.length),
                    .genotype_bytes = cut_to_255(genotype.length)};
  p->totals.rejected++;
  return p->sink.on_reject ? p->sink.on_reject(p->sink.opaque, &out) : DTC_OK;
}

static void count_drift(parser_totals *totals, unsigned drift) {
  totals->unknown_names += (drift & ROW_DRIFT_NAME) != 0;
  totals->unknown_chromosomes += (drift & ROW_DRIFT_CHROMOSOME) != 0;
  totals->repeated_separators += (drift & ROW_DRIFT_SEPARATOR) != 0;
}

static dtc_status row_take(parser *p, const line *l) {
  row r;
  dtc_status status = row_read(&p->row_rules, l, &p->phase, &r, &p->diag);
  if (status)
    return status;
  int tolerant = p->options.policy == DTC_POLICY_REJECT;
  if (r.fault == DTC_POSITION_BEYOND)
    return diag_set(&p->diag, r.fault, (place){l->number, r.fault_column, l->byte + r.fault_column - 1},
                    "a position up to %lu on this chromosome", (unsigned long)p->row_rules.length[r.contig]);
  if (r.fault && !tolerant)
    return line_fault(l, r.fault, r.fault_column, r.fault_expected, &p->diag);
  if (p->totals.rows >= p->options.limits.rows_max || l->number > UINT32_MAX)
    return diag_set(&p->diag, DTC_TOO_MANY_ROWS, (place){l->number, 1, l->byte}, "at most %llu rows",
                    (unsigned long long)p->options.limits.rows_max);
  p->totals.rows++;
  if (r.fault)
    return reject(p, &r, l, r.fault);
  count_drift(&p->totals, r.drift);
  if (row_is_unplaced(&r)) {
    p->totals.unplaced++;
    if (tolerant)
      return reject(p, &r, l, DTC_POSITION_MISSING);
  }
  if (!batch_add(&p->batch, &r, (uint32_t)l->number))
    return out_of_memory(p);
  return p->batch.count == BATCH_ROWS ? flush(p) : DTC_OK;
}

/* ---- the push side */

/* Keeps the first status, and a place for one that came from the sink. */
static dtc_status keep(parser *p, dtc_status status) {
  if (status && !p->status) {
    p->status = status;
    diag_set(&p->diag, status, (place){p->lines.number, 0, p->lines.byte}, "%s", dtc_status_text(status));
  }
  return p->status;
}

/* Rows of the common form from the front of the piece, which begins so far behind what was given, up to a full batch.
 */
static dtc_status rows_scan(parser *p, view *piece, size_t before_bytes) {
  uint64_t left = p->options.limits.rows_max > p->totals.rows ? p->options.limits.rows_max - p->totals.rows : 0;
  size_t room = BATCH_ROWS - p->batch.count, before = p->batch.count;
  if (p->phase != ROW_UNPHASED || p->lines.limit < SCAN_MARGIN || p->lines.number > UINT32_MAX - BATCH_ROWS)
    return DTC_OK;
  size_t most = left < room ? (size_t)left : room;
  size_t taken = scan_rows(&p->scan, *piece, before_bytes, &p->batch, most, (uint32_t)p->lines.number);
  *piece = (view){piece->at + taken, piece->length - taken};
  lines_skip(&p->lines, p->batch.count - before, taken);
  p->totals.rows += p->batch.count - before;
  return p->batch.count == BATCH_ROWS ? flush(p) : DTC_OK;
}

dtc_status parser_feed(parser *p, const void *bytes, size_t length_bytes) {
  view piece = {bytes, length_bytes};
  while (!p->status && piece.length) {
    line l;
    int got = 0;
    dtc_status status =
        p->in_rows && !lines_held(&p->lines) ? rows_scan(p, &piece, length_bytes - piece.length) : DTC_OK;
    if (!status)
      status = lines_next(&p->lines, &piece, &l, &got, &p->diag);
    if (!status && got)
      status = p->in_rows ? row_take(p, &l) : header_take(p, &l);
    keep(p, status);
  }
  return p->status;
}

/* The last line, which has no end: a row that is whole without, or the file is cut off. */
static dtc_status last_take(parser *p, const line *rest) {
  line l = *rest;
  row r;
  row_phase phase = p->phase;
  if (p->lines.end == LINE_END_CRLF && l.text.length && l.text.at[l.text.length - 1] == '\r')
    l.text.length--;
  if (row_read(&p->row_rules, &l, &phase, &r, NULL) != DTC_OK || r.fault || !row_is_whole(&p->row_rules, &r))
    return line_fault(rest, DTC_LINE_END_MISSING, rest->text.length + 1, "the end of this line", &p->diag);
  p->totals.no_final_line_end = 1;
  return row_take(p, &l);
}

static dtc_status finish(parser *p) {
  line rest;
  int has_rest;
  lines_finish(&p->lines, &rest, &has_rest);
  if (!rest.byte && !has_rest)
    return diag_set(&p->diag, DTC_FILE_EMPTY, (place){0, 0, 0}, "a raw data export, found no bytes");
  if (!p->in_rows)
    return header_cut(p, &rest, has_rest);
  dtc_status status = has_rest ? last_take(p, &rest) : DTC_OK;
  if (!status)
    status = flush(p);
  if (status)
    return status;
  p->totals.is_phased = p->phase == ROW_PHASED;
  uint64_t rows = p->totals.rows, least = p->options.limits.rows_min;
  if (!rows)
    return diag_set(&p->diag, DTC_NO_ROWS, (place){rest.number, 0, rest.byte}, "rows below the header");
  if (rows < least)
    return diag_set(&p->diag, DTC_TOO_FEW_ROWS, (place){rest.number, 0, rest.byte}, "at least %llu rows, found %llu",
                    (unsigned long long)least, (unsigned long long)rows);
  return DTC_OK;
}

dtc_status parser_finish(parser *p) { return p->status ? p->status : keep(p, finish(p)); }

/* ---- what is known */

const parser_header *parser_get_header(const parser *p) { return p->told.vendor ? &p->told : NULL; }

const char *parser_foreign(const parser *p, const char **title) {
  if (title)
    *title = p->foreign ? p->foreign->title : NULL;
  return p->foreign ? p->foreign->slug : NULL;
}

const parser_totals *parser_get_totals(const parser *p) { return &p->totals; }

const dtc_diag *parser_get_diag(const parser *p) { return &p->diag; }
