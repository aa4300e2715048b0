/* fuzz_text - any bytes as the text of an export, whole and in two other cuttings: one verdict, one place, the same
 * calls. The first byte chooses policy, the next two where the cut falls. */
#include "table/parser.h"

#include "fuzz.h"

typedef struct seen {
  uint64_t digest;
  uint64_t rows, rejects;
} seen;

static dtc_status take_calls(void *opaque, const dtc_calls *calls) {
  seen *s = opaque;
  char id[DTC_ID_TEXT_MAX + 1];
  for (size_t i = 0; i < calls->count; i++) {
    size_t n = dtc_calls_id(calls, i, id);
    FUZZ_CHECK(n > 0 && n <= DTC_ID_TEXT_MAX && id[n] == '\0');
    FUZZ_CHECK(calls->contig[i] < DTC_LABEL_COUNT);
    FUZZ_CHECK((calls->contig[i] == DTC_CONTIG_NONE) == (calls->position[i] == 0));
    unsigned first = DTC_GENOTYPE_FIRST(calls->genotype[i]), second = DTC_GENOTYPE_SECOND(calls->genotype[i]);
    FUZZ_CHECK(first >= DTC_ALLELE_A && first <= DTC_ALLELE_MISSING && second <= DTC_ALLELE_MISSING);
    FUZZ_CHECK(second == DTC_ALLELE_NONE || (first == DTC_ALLELE_MISSING) == (second == DTC_ALLELE_MISSING));
    s->digest = fuzz_digest(s->digest, id, n);
    uint32_t row[4] = {calls->position[i], calls->contig[i], calls->genotype[i], calls->line[i]};
    s->digest = fuzz_digest(s->digest, row, sizeof row);
  }
  s->rows += calls->count;
  return DTC_OK;
}

static dtc_status take_reject(void *opaque, const dtc_reject *reject) {
  seen *s = opaque;
  s->rejects++;
  s->digest = fuzz_digest(s->digest, &reject->line, sizeof reject->line);
  s->digest = fuzz_digest(s->digest, reject->id, reject->id_bytes);
  return DTC_OK;
}

/* Whole when `cut` is 0, in pieces of `piece` bytes from the cut on otherwise. */
static dtc_status parse(const uint8_t *text, size_t size, dtc_policy policy, size_t cut, size_t piece, seen *s,
                        dtc_diag *diag) {
  dtc_options options;
  dtc_options_init(&options, policy);
  options.limits.rows_min = 1;
  parser_sink sink = {NULL, take_calls, take_reject, s};
  parser *p = parser_new(&options, &sink);
  FUZZ_CHECK(p);
  dtc_status status = DTC_OK;
  if (cut > size)
    cut = size;
  if (cut == 0) {
    status = parser_feed(p, text, size);
  } else {
    status = parser_feed(p, text, cut);
    for (size_t at = cut; at < size && status == DTC_OK; at += piece)
      status = parser_feed(p, text + at, size - at < piece ? size - at : piece);
  }
  dtc_status end = parser_finish(p);
  if (status != DTC_OK)
    FUZZ_CHECK(end == status); /* the first error is kept */
  *diag = *parser_get_diag(p);
  FUZZ_CHECK(diag->status == end);
  if (end == DTC_OK)
    FUZZ_CHECK(parser_get_totals(p)->rows == s->rows + s->rejects && parser_get_totals(p)->rejected == s->rejects);
  parser_free(p);
  return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3)
    return 0;
  dtc_policy policy = data[0] & 1 ? DTC_POLICY_REJECT : DTC_POLICY_REFUSE;
  size_t cut = 1 + (size_t)(data[1] | data[2] << 8), pieces[] = {1, 2 + (size_t)(data[0] >> 1)};
  data += 3;
  size -= 3;
  seen whole = {0, 0, 0};
  dtc_diag whole_diag;
  dtc_status status = parse(data, size, policy, 0, 0, &whole, &whole_diag);
  for (size_t k = 0; k < 2; k++) {
    seen parts = {0, 0, 0};
    dtc_diag diag;
    FUZZ_CHECK(parse(data, size, policy, cut, pieces[k], &parts, &diag) == status);
    FUZZ_CHECK(diag.line == whole_diag.line && diag.column == whole_diag.column && diag.byte == whole_diag.byte);
    FUZZ_CHECK(strcmp(diag.expected, whole_diag.expected) == 0);
    if (status == DTC_OK)
      FUZZ_CHECK(parts.digest == whole.digest && parts.rows == whole.rows && parts.rejects == whole.rejects);
  }
  return 0;
}
