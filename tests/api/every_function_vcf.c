/* every_function_vcf - calls every function of libdtcgeno-vcf as a program outside does: C99 and C++.
 * every_function_vcf EXPORT ASSEMBLIES FASTA */
#include <dtcgeno-vcf.h>

#include <htslib/vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(what)                                                                                                    \
  do {                                                                                                                 \
    if (!(what)) {                                                                                                     \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);                                               \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  } while (0)

static int count_reject(void *opaque, size_t row, dtc_rejection why) {
  (void)row;
  CHECK(why < (dtc_rejection)dtc_rejection_count());
  ++*(uint64_t *)opaque;
  return 0;
}

static void references(dtc_reference *r) {
  char letters[5];
  dtc_reference *other = dtc_reference_clone(r);
  CHECK(other && dtc_reference_has_sequence(other) && !dtc_reference_has_sites(other));
  CHECK(dtc_reference_sites_digest(other) == NULL && !dtc_reference_chr_prefix(other));
  dtc_reference_remember(other);
  CHECK(strchr("ACGT", dtc_reference_base(other, 1, 500)) && dtc_reference_base(other, 99, 500) == 0);
  CHECK(dtc_reference_snv(other, 1, 500, letters) == 1 && letters[0] == dtc_reference_base(other, 1, 500));
  CHECK(dtc_reference_snv(other, 99, 500, letters) == 0 && letters[0] == '\0');
  dtc_reference_free(other);
}

static void conversion(dtc_table *table, const dtc_verdict *v, const dtc_conversion_options *o, uint64_t *told) {
  dtc_diag diag;
  dtc_conversion *c = NULL;
  const dtc_conversion_sums *sums;
  uint64_t rejected = 0, records = 0;
  int32_t contig = 0;
  hts_pos_t position = -1;
  unsigned i;
  int more;
  bcf1_t *b = bcf_init();
  memset(&diag, 0, sizeof diag);
  *told = 0;
  CHECK(dtc_conversion_open(table, v, o, &c, &diag) == DTC_OK);
  CHECK(bcf_hdr_nsamples(dtc_conversion_header(c)) == 1);
  while ((more = dtc_conversion_next(c, b)) == 1) {
    CHECK(bcf_unpack(b, BCF_UN_ALL) == 0 && b->errcode == 0 && b->n_sample == 1);
    CHECK(b->rid > contig || (b->rid == contig && b->pos >= position));
    contig = b->rid;
    position = b->pos;
    records++;
  }
  CHECK(more == 0 && dtc_conversion_next(c, b) == 0 && dtc_conversion_diag(c)->status == DTC_OK);
  sums = dtc_conversion_get_sums(c);
  for (i = 0; i < dtc_rejection_count() + 2; i++)
    rejected += dtc_conversion_rejected(c, (dtc_rejection)i);
  CHECK(records > 0 && sums->records == records && rejected == *told);
  CHECK(sums->rows == dtc_table_calls(table)->count && sums->rows == sums->written + sums->merged + rejected);
  dtc_conversion_free(c);
  bcf_destroy(b);
}

int main(int argc, char **argv) {
  dtc_diag diag;
  dtc_assemblies *own = NULL;
  dtc_options read;
  dtc_conversion_options o;
  dtc_conversion *none = NULL;
  dtc_table *table = NULL;
  dtc_reference *reference = NULL;
  dtc_verdict *v = dtc_verdict_new(NULL);
  uint64_t told = 0;
  unsigned i;
  CHECK(argc == 4);
  memset(&diag, 0, sizeof diag);
  for (i = 0; i < dtc_rejection_count(); i++)
    CHECK(dtc_rejection_word((dtc_rejection)i)[0] && dtc_rejection_text((dtc_rejection)i)[0]);
  CHECK(dtc_assemblies_load_path(argv[2], NULL, &own, &diag) == DTC_OK);
  dtc_options_init(&read, DTC_POLICY_REJECT);
  read.assemblies = own;
  CHECK(dtc_table_load_path(argv[1], &read, &table, v) == DTC_OK);
  dtc_conversion_options_init(&o);
  CHECK(dtc_conversion_open(table, v, &o, &none, NULL) == DTC_INVALID_ARGUMENT && none == NULL);
  o.from = dtc_assemblies_get(own, dtc_verdict_build(v));
  CHECK(dtc_reference_open("/nowhere", NULL, o.from, &reference, &diag) == DTC_IO_OPEN && diag.expected[0]);
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_reference_open(argv[3], NULL, o.from, &reference, &diag) == DTC_OK);
  references(reference);
  o.reference = reference;
  o.on_reject = count_reject;
  o.opaque = &told;
  conversion(table, v, &o, &told);
  o.variants_only = 1;
  conversion(table, v, &o, &told);
  CHECK(told > 0);
  o.sample = "a\tb";
  CHECK(dtc_conversion_open(table, v, &o, &none, &diag) == DTC_INVALID_ARGUMENT && diag.expected[0]);
  dtc_reference_free(reference);
  dtc_table_free(table);
  dtc_verdict_free(v);
  dtc_assemblies_free(own);
  return 0;
}
