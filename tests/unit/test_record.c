/* Records as bytes: BCF's are those that htslib itself makes of the text, and parcels arrive as they were sent. */
#include "writing.h"

#include "vcf/writer/hts_header.h"
#include "vcf/writer/hts_parcel.h"
#include "vcf/writer/hts_record.h"

#include <stdlib.h>
#include <string.h>

static void assert_same_record(const bcf1_t *ours, const bcf1_t *theirs) {
  ck_assert_int_eq(ours->rid, theirs->rid);
  ck_assert_int_eq(ours->pos, theirs->pos);
  ck_assert_int_eq(ours->rlen, theirs->rlen);
  ck_assert_int_eq(bcf_float_is_missing(ours->qual), bcf_float_is_missing(theirs->qual));
  ck_assert_uint_eq(ours->n_info, theirs->n_info);
  ck_assert_uint_eq(ours->n_allele, theirs->n_allele);
  ck_assert_uint_eq(ours->n_fmt, theirs->n_fmt);
  ck_assert_uint_eq(ours->n_sample, theirs->n_sample);
  ck_assert_uint_eq(ours->shared.l, theirs->shared.l);
  ck_assert_uint_eq(ours->indiv.l, theirs->indiv.l);
  ck_assert_int_eq(memcmp(ours->shared.s, theirs->shared.s, ours->shared.l), 0);
  ck_assert_int_eq(memcmp(ours->indiv.s, theirs->indiv.s, ours->indiv.l), 0);
}

/* htslib parses our line and encodes it; the result must be our record to the byte, packed and unpacked, and htslib
 * must make our line of it. */
static void assert_bcf_bytes(const record *r) {
  kstring_t line = {0}, again = {0};
  line_of(r, &line);
  bcf_hdr_t *h = parse_header();
  bcf1_t *b = bcf_init(), *ours = bcf_init();
  char *whole = strdup(line.s);
  line.s[--line.l] = '\0';
  ck_assert_int_eq(vcf_parse(&line, h, b), 0);
  int contig = bcf_hdr_name2id(h, dtc_contig_name(r->contig));
  ck_assert_int_eq(header_contig_index(&assembly, r->contig), contig);
  size_t bound = hts_record_bound(r);
  char *packed = malloc(bound);
  const char *end;
  size_t length = (size_t)(hts_record_pack(packed, r, contig) - packed);
  ck_assert_uint_le(length, bound);
  ck_assert_uint_eq(length, 32 + b->shared.l + b->indiv.l);
  ck_assert_int_eq(hts_record_unpack(ours, packed, &end), 0);
  ck_assert_ptr_eq(end, packed + length);
  assert_same_record(ours, b);
  ck_assert_int_eq(vcf_format(h, ours, &again), 0);
  ck_assert_str_eq(again.s, whole);
  free(whole);
  free(packed);
  free(line.s);
  free(again.s);
  bcf_destroy(b);
  bcf_destroy(ours);
  bcf_hdr_destroy(h);
}

START_TEST(test_bcf_bytes_are_htslibs) {
  for (unsigned n = 0; n < 700; n++) {
    example e;
    example_set(&e, 1 + n % DTC_CONTIG_MT, 1 + n * 331, n);
    assert_bcf_bytes(&e.r);
  }
}
END_TEST

START_TEST(test_long_values) {
  static const size_t lengths[] = {14, 15, 16, 126, 127, 128, 129, 32766, 32767, 32768, 65000};
  static char allele[65001], og[65001];
  for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
    example e;
    example_set(&e, 3, 1000, 1);
    memset(allele, 'A', lengths[k]);
    allele[lengths[k]] = '\0';
    memset(og, 'C', lengths[k]);
    og[lengths[k]] = '\0';
    e.r.alleles[1] = allele;
    e.r.allele_bytes[1] = (uint16_t)lengths[k];
    e.r.og = og;
    assert_bcf_bytes(&e.r);
  }
  for (size_t n_ids = 1; n_ids <= 40; n_ids++) {
    example e;
    example_set(&e, 3, 1000, 1);
    e.r.n_ids = n_ids;
    for (size_t i = 0; i < n_ids; i++)
      e.ids[i] = (record_id){(uint8_t)(i % 3), (uint32_t)(i * 100003)};
    assert_bcf_bytes(&e.r);
  }
}
END_TEST

START_TEST(test_names_of_other_kinds) {
  static const char names[] = "\5kgp12\7GSA-X:1";
  example e;
  example_set(&e, 3, 1000, 1);
  e.ids[0] = (record_id){DTC_ID_OTHER, 0};
  e.ids[1] = (record_id){DTC_ID_OTHER, 6};
  e.ids[2] = (record_id){DTC_ID_RS, UINT32_MAX};
  e.r.n_ids = 3;
  e.r.names = names;
  kstring_t line = {0};
  line_of(&e.r, &line);
  ck_assert_ptr_nonnull(strstr(line.s, "\tkgp12;GSA-X:1;rs4294967295\t"));
  free(line.s);
  assert_bcf_bytes(&e.r);
}
END_TEST

/* Sends a record on its way; what arrives is its line. Returns the parcel's length. */
static size_t assert_arrives(parcel_sender *sender, parcel_receiver *receiver, const bcf_hdr_t *h, const record *r) {
  static kstring_t want, got;
  const char *end;
  size_t bound = parcel_bound(sender, r);
  char *parcel = malloc(bound + 8);
  size_t length = (size_t)(parcel_write(sender, parcel, r, header_contig_index(&assembly, r->contig)) - parcel);
  ck_assert_uint_le(length, bound);
  bcf1_t *b = parcel_read(receiver, parcel, &end);
  ck_assert_ptr_nonnull(b);
  ck_assert_ptr_eq(end, parcel + length);
  got.l = 0;
  ck_assert_int_eq(vcf_format(h, b, &got), 0);
  ck_assert_str_eq(got.s, line_of(r, &want));
  ck_assert_int_eq(b->rlen, r->allele_bytes[0]);
  free(parcel);
  return length;
}

/* Records arrive as they were sent, whole or as place and name, whatever the name and the shape's number; a file's
 * shapes mean nothing to the next one. */
START_TEST(test_parcels) {
  static char names[2 + DTC_ID_TEXT_MAX] = {DTC_ID_TEXT_MAX};
  memset(names + 1, 'n', DTC_ID_TEXT_MAX);
  bcf_hdr_t *h = hts_header_new(header, header_bytes);
  parcel_receiver *receiver = parcel_receiver_new();
  for (unsigned file = 0; file < 3; file++) {
    parcel_sender sender = {.whole = file == 2};
    size_t first = 0, last = 0;
    for (unsigned n = 0; n < 5000; n++) {
      example e;
      example_set(&e, 1 + n % DTC_CONTIG_MT, 1 + n * 331, n + file * 7);
      e.r.names = names;
      if (n % 23 == 7 && e.r.shape)
        e.ids[0] = (record_id){DTC_ID_OTHER, 0};
      if (n % 29 == 8 && e.r.shape)
        e.r.shape = (uint16_t)(RECORD_SHAPES - e.r.shape);
      size_t length = assert_arrives(&sender, receiver, h, &e.r);
      first = n == 1 ? length : first;
      last = n % 60 == 1 && n % 23 != 7 && n % 29 != 8 && e.r.shape ? length : last;
    }
    if (sender.whole)
      ck_assert_uint_gt(last, 40);
    else
      ck_assert_uint_lt(last, first / 2);
  }
  parcel_receiver_free(receiver);
  bcf_hdr_destroy(h);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("record");
  TCase *records = tcase_create("records");
  tcase_add_checked_fixture(records, setup, teardown);
  tcase_add_test(records, test_bcf_bytes_are_htslibs);
  tcase_add_test(records, test_long_values);
  tcase_add_test(records, test_names_of_other_kinds);
  tcase_add_test(records, test_parcels);
  suite_add_tcase(suite, records);
  return suite_run(suite);
}
