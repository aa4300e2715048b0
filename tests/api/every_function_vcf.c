/* every_function_vcf - calls every function of libdtcgeno-vcf as a program outside does: C99 and C++.
 * every_function_vcf EXPORT ASSEMBLIES FASTA EMPTY_FOLDER FASTA38 SITES38 CHAIN38, the last three of GRCh38. */
#include <dtcgeno-vcf.h>

#include <htslib/vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(what)                                                      \
  do {                                                                   \
    if (!(what)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
      exit(1);                                                           \
    }                                                                    \
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
  CHECK(dtc_reference_sites_digest(other) == NULL && dtc_reference_sites_count(other) == 0);
  CHECK(!dtc_reference_chr_prefix(other));
  dtc_reference_remember(other);
  CHECK(strchr("ACGT", dtc_reference_base(other, 1, 500)) && dtc_reference_base(other, 99, 500) == 0);
  CHECK(dtc_reference_snv(other, 1, 500, letters) == 1 && letters[0] == dtc_reference_base(other, 1, 500));
  CHECK(dtc_reference_snv(other, 99, 500, letters) == 0 && letters[0] == '\0');
  CHECK(dtc_reference_length(other, 1) > 500 && dtc_reference_length(other, 99) == 0);
  CHECK(dtc_reference_bases(other, 1, 499, 3, letters) == 1 && letters[1] == dtc_reference_base(other, 1, 500));
  CHECK(dtc_reference_bases(other, 1, dtc_reference_length(other, 1), 2, letters) == 0);
  CHECK(dtc_reference_bases(other, 99, 1, 1, letters) == 0);
  CHECK(dtc_reference_get_sites(other) == NULL);
  CHECK(dtc_reference_check_sites(other, NULL, other, NULL) == DTC_INVALID_ARGUMENT);
  CHECK(dtc_reference_compile_sites(other, -1, NULL) == DTC_INVALID_ARGUMENT);
  dtc_reference_free(other);
}

/* Three letters that share both ends become one, in its place. */
static void aligning(dtc_reference *r) {
  char ref[8], alt[8], first;
  char *alleles[2];
  uint32_t position = 499, bytes[2] = {3, 3};
  alleles[0] = ref;
  alleles[1] = alt;
  CHECK(dtc_reference_bases(r, 1, position, 3, ref) == 1);
  ref[3] = '\0';
  strcpy(alt, ref);
  first = alt[1] = ref[1] == 'A' ? 'C' : 'A';
  CHECK(dtc_reference_align_left(r, 1, &position, 2, alleles, bytes) == 1);
  CHECK(position == 500 && bytes[0] == 1 && bytes[1] == 1 && ref[0] == dtc_reference_base(r, 1, 500));
  CHECK(alt[0] == first && alt[1] == '\0');
}

/* A sequence and a table in the forms that open at once: what they are of is what they give. */
static void packing(const char *fasta, const char *table, const dtc_assembly *assembly, const char *folder) {
  char path[4096];
  dtc_diag diag;
  dtc_reference *of = NULL, *fast = NULL;
  const dtc_sites_facts *facts;
  uint64_t sequences = 0;
  int i;
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_reference_open(fasta, table, assembly, &of, &diag) == DTC_OK);
  facts = dtc_reference_get_sites(of);
  CHECK(facts && facts->snvs + facts->indels == dtc_reference_sites_count(of) && facts->contigs[1].snvs > 0);
  for (i = 0; i < 2; i++) {
    FILE *out;
    snprintf(path, sizeof path, "%s/%s", folder, i ? "compiled" : "2bit");
    out = fopen(path, "wb");
    CHECK(out);
    CHECK((i ? dtc_reference_compile_sites(of, fileno(out), &diag)
             : dtc_sequence_pack(fasta, fileno(out), &sequences, &diag)) == DTC_OK);
    CHECK(fclose(out) == 0);
    CHECK(dtc_reference_open(i ? NULL : path, i ? path : NULL, NULL, &fast, &diag) == DTC_OK);
    if (i) {
      CHECK(dtc_reference_get_sites(fast)->is_compiled && dtc_reference_get_sites(fast)->indels == facts->indels);
      CHECK(strcmp(dtc_reference_sites_digest(fast), dtc_reference_sites_digest(of)) == 0);
      CHECK(dtc_reference_check_sites(fast, assembly, of, &diag) == DTC_OK);
    } else {
      CHECK(sequences > 0 && dtc_reference_length(fast, 1) == dtc_reference_length(of, 1));
      CHECK(dtc_reference_base(fast, 1, 500) == dtc_reference_base(of, 1, 500));
    }
    dtc_reference_free(fast);
    CHECK(remove(path) == 0);
  }
  CHECK(dtc_sequence_pack("/nowhere", -1, NULL, &diag) == DTC_IO_OPEN && diag.expected[0]);
  dtc_reference_free(of);
}

static int count_site(void *opaque, const dtc_site *site) {
  uint64_t *left = (uint64_t *)opaque;
  CHECK(site->contig_name[0] && site->id[0] && site->n_alleles >= 1 && site->alleles[0][0]);
  return --*left == 0;
}

static void reading_sites(const char *vcf, const char *fasta) {
  dtc_diag diag;
  uint64_t left = 3;
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_sites_read(vcf, count_site, &left, NULL) == DTC_STOPPED && left == 0);
  CHECK(dtc_sites_read(vcf, count_site, &left, NULL) == DTC_OK && left < UINT64_MAX - 500);
  CHECK(dtc_sites_read(fasta, count_site, &left, &diag) == DTC_REFERENCE_FILE && diag.expected[0]);
  CHECK(dtc_sites_read("/nowhere", count_site, &left, NULL) == DTC_IO_OPEN);
}

static int count_record(void *opaque, const dtc_record *r) {
  char ids[1024];
  CHECK(r->contig >= 1 && r->position >= 1 && r->n_alleles >= 1 && r->n_alleles <= DTC_RECORD_ALLELES_MAX);
  CHECK(r->rows >= 1 && r->filter < dtc_filter_count() && dtc_filter_id((dtc_filter)r->filter)[0]);
  CHECK(DTC_RECORD_IDS_BYTES(r) <= sizeof ids && dtc_record_ids(r, ids) == strlen(ids) && ids[0]);
  ++*(uint64_t *)opaque;
  return 0;
}

static int stop_at_once(void *opaque, const dtc_record *r) {
  (void)opaque, (void)r;
  return 1;
}

static int add_record(void *opaque, const dtc_record *r) { return dtc_writer_add((dtc_writer *)opaque, r); }

/* Lines of a plain VCF, those of the header apart. */
static uint64_t count_lines(FILE *in, uint64_t *header) {
  uint64_t records = 0;
  int c, is_header = 0, at_begin = 1;
  *header = 0;
  rewind(in);
  while ((c = fgetc(in)) != EOF) {
    if (at_begin)
      is_header = c == '#';
    at_begin = c == '\n';
    if (at_begin)
      ++*(is_header ? header : &records);
  }
  return records;
}

/* Both engines, names and pipes. folder: an empty one. */
static void writing(dtc_table *table, const dtc_verdict *v, dtc_conversion_options *o, const char *folder) {
  static const char *const names[] = {"a.vcf", "a.vcf.gz", "a.bcf"};
  static const dtc_index indexes[] = {DTC_INDEX_NONE, DTC_INDEX_TBI, DTC_INDEX_CSI};
  dtc_diag diag;
  dtc_conversion *c = NULL;
  dtc_writer *w = NULL;
  dtc_writer_options how;
  dtc_target target;
  char path[1024], contig[DTC_CONTIG_NAME_BYTES];
  uint64_t records = 0, bytes = 0, header, lines;
  unsigned i;
  FILE *text = tmpfile();
  memset(&diag, 0, sizeof diag);
  memset(&target, 0, sizeof target);
  CHECK(text && strcmp(dtc_filter_id((dtc_filter)99), "") == 0);
  CHECK(dtc_chr_contig_name(DTC_CHR_YES_MT, DTC_CONTIG_MT, contig) == 5 && strcmp(contig, "chrMT") == 0);
  o->source = "every_function 1";
  o->vcf_minor = 2;
  CHECK(dtc_conversion_open(table, v, o, &c, &diag) == DTC_OK && dtc_conversion_chr(c) == DTC_CHR_NO);
  CHECK(strstr(bcf_hdr_get_version(dtc_conversion_header(c)), "VCFv4.2"));
  CHECK(dtc_conversion_run(c, count_record, &records, &diag) == DTC_OK && records > 0);
  CHECK(dtc_conversion_get_sums(c)->records == records && dtc_conversion_get_sums(c)->strand == DTC_STRAND_PLUS);
  CHECK(dtc_conversion_filtered(c, DTC_FILTER_PASS) > 0 && dtc_conversion_filtered(c, (dtc_filter)99) == 0);
  CHECK(dtc_conversion_run(c, count_record, &records, &diag) == DTC_OK); /* none is left */
  CHECK(dtc_conversion_get_sums(c)->records == records);
  CHECK(dtc_conversion_reopen(c, table, v, o, &diag) == DTC_OK);
  CHECK(dtc_conversion_run(c, stop_at_once, NULL, &diag) == DTC_STOPPED);
  memset(&diag, 0, sizeof diag);

  dtc_writer_options_init(&how);
  how.type = DTC_FILE_VCF;
  CHECK(dtc_conversion_reopen(c, table, v, o, &diag) == DTC_OK);
  CHECK(dtc_writer_new(&how, &w, &diag) == DTC_OK && strcmp(dtc_writer_engine(w), "htslib") == 0);
  target.fd = fileno(text);
  CHECK(dtc_writer_begin(w, c, &target, &diag) == DTC_OK);
  dtc_writer_give_up(w);
  CHECK(dtc_writer_end(w, NULL, NULL) == DTC_INVALID_ARGUMENT);
  CHECK(ftruncate(fileno(text), 0) == 0 && lseek(fileno(text), 0, SEEK_SET) == 0);
  CHECK(dtc_writer_begin(w, c, &target, &diag) == DTC_OK);
  CHECK(dtc_conversion_run(c, add_record, w, &diag) == DTC_OK);
  CHECK(dtc_writer_end(w, &bytes, &diag) == DTC_OK && bytes > 0);
  lines = count_lines(text, &header);
  CHECK(lines == records && header > 10);
  fclose(text);
  dtc_writer_free(w);
  for (i = 0; i < 6; i++) {
    dtc_writer_options_init(&how);
    how.index = indexes[i % 3];
    how.engine = i < 3 ? DTC_ENGINE_ZLIB : DTC_ENGINE_FAST;
    how.threads = 1 + (int)i % 2;
    snprintf(path, sizeof path, "%s/%s", folder, names[i % 3]);
    CHECK(dtc_file_type_of_name(path) != DTC_FILE_AUTO);
    CHECK(dtc_conversion_reopen(c, table, v, o, &diag) == DTC_OK);
    CHECK(dtc_conversion_write(c, path, &how, &bytes, &diag) == DTC_OK && bytes > 0);
  }
  CHECK(dtc_file_type_of_name("a.b/c") == DTC_FILE_VCF && dtc_file_type_of_name("a.VCF.GZ") == DTC_FILE_VCF_BGZF);
  CHECK(dtc_conversion_write(c, "a.zip", NULL, NULL, &diag) == DTC_INVALID_ARGUMENT && diag.expected[0]);
  memset(&diag, 0, sizeof diag);
  how.index = DTC_INDEX_TBI;
  CHECK(dtc_conversion_reopen(c, table, v, o, &diag) == DTC_OK);
  CHECK(dtc_conversion_write(c, path, &how, &bytes, &diag) == DTC_INVALID_ARGUMENT); /* a BCF has no TBI */
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_conversion_write(c, folder, NULL, NULL, &diag) == DTC_IO_WRITE && diag.expected[0]);
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_conversion_write(c, "/nowhere/a.vcf", NULL, NULL, &diag) == DTC_IO_WRITE && diag.system_errno);
  dtc_conversion_free(c);
}

/* Moved by ten bases to another build, where a site table knows each ALT. */
typedef struct lifted {
  dtc_reference *reference;
  uint64_t records, with_alt;
} lifted;

static int look_lifted(void *opaque, const dtc_record *r) {
  lifted *l = (lifted *)opaque;
  char known[5];
  CHECK(dtc_reference_snv(l->reference, r->contig, r->position, known) >= 1 && known[0] == r->alleles[0][0]);
  l->records++;
  l->with_alt += r->n_alleles == 2 && known[1] == r->alleles[1][0];
  return 0;
}

static void lifting(dtc_table *table, const dtc_verdict *v, const dtc_assemblies *own, char **files) {
  dtc_diag diag;
  dtc_liftover *chain = NULL;
  const dtc_liftover *chains[1];
  dtc_conversion *c = NULL;
  dtc_conversion_options o;
  lifted seen;
  memset(&diag, 0, sizeof diag);
  memset(&seen, 0, sizeof seen);
  dtc_conversion_options_init(&o);
  o.from = dtc_assemblies_get(own, dtc_verdict_build(v));
  o.to = dtc_assemblies_get(own, DTC_BUILD_GRCH38);
  CHECK(dtc_reference_open(files[0], files[1], o.from, &o.reference, &diag) == DTC_REFERENCE_FILE && diag.expected[0]);
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_reference_open(files[0], files[1], o.to, &o.reference, &diag) == DTC_OK);
  CHECK(dtc_reference_has_sites(o.reference) && dtc_reference_sites_count(o.reference) > 500 &&
        dtc_reference_sites_claim_build(o.reference));
  CHECK(strncmp(dtc_reference_sites_digest(o.reference), "md5:", 4) == 0);
  CHECK(dtc_conversion_open(table, v, &o, &c, &diag) == DTC_INVALID_ARGUMENT && diag.expected[0]); /* no chain */
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_liftover_load_path(files[2], o.from, o.to, NULL, &chain, &diag) == DTC_OK);
  chains[0] = chain;
  o.chains = chains;
  o.chain_count = 1;
  o.chr = DTC_CHR_YES;
  CHECK(dtc_conversion_open(table, v, &o, &c, &diag) == DTC_OK);
  CHECK(bcf_hdr_name2id(dtc_conversion_header(c), "chrM") == 24);
  seen.reference = dtc_reference_clone(o.reference); /* the conversion's own goes from contig to contig */
  CHECK(dtc_conversion_run(c, look_lifted, &seen, &diag) == DTC_OK);
  CHECK(seen.records > 500 && seen.with_alt == seen.records);
  CHECK(dtc_conversion_get_sums(c)->written == dtc_table_calls(table)->count);
  dtc_conversion_free(c);
  dtc_reference_free(seen.reference);
  dtc_reference_free(o.reference);
  dtc_liftover_free(chain);
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
  CHECK(argc == 8);
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_htslib_version()[0] == '1' && strlen(dtc_htslib_deflates_by()) >= strlen("zlib"));
  for (i = 0; i < dtc_rejection_count(); i++)
    CHECK(dtc_rejection_word((dtc_rejection)i)[0] && dtc_rejection_text((dtc_rejection)i)[0]);
  CHECK(dtc_assemblies_load_path(argv[2], NULL, &own, &diag) == DTC_OK);
  dtc_options_init(&read, DTC_POLICY_REJECT);
  read.assemblies = own;
  CHECK(dtc_table_load_path(argv[1], &read, &table, v) == DTC_OK);
  dtc_conversion_options_init(&o);
  CHECK(dtc_conversion_open(table, v, &o, &none, NULL) == DTC_INVALID_ARGUMENT && none == NULL);
  o.threads = 2;
  o.from = dtc_assemblies_get(own, dtc_verdict_build(v));
  CHECK(dtc_reference_open("/nowhere", NULL, o.from, &reference, &diag) == DTC_IO_OPEN && diag.expected[0]);
  memset(&diag, 0, sizeof diag);
  CHECK(dtc_reference_open(argv[3], NULL, o.from, &reference, &diag) == DTC_OK);
  references(reference);
  aligning(reference);
  packing(argv[5], argv[6], dtc_assemblies_get(own, DTC_BUILD_GRCH38), argv[4]);
  reading_sites(argv[6], argv[3]);
  CHECK(dtc_strand_of_hets(1000, 995) == DTC_STRAND_PLUS && dtc_strand_of_hets(1000, 0) == DTC_STRAND_UNKNOWN);
  CHECK(dtc_strand_of_hets(0, 0) == DTC_STRAND_SAID);
  o.reference = reference;
  o.on_reject = count_reject;
  o.opaque = &told;
  conversion(table, v, &o, &told);
  o.variants_only = 1;
  conversion(table, v, &o, &told);
  CHECK(told > 0);
  o.variants_only = 0;
  writing(table, v, &o, argv[4]);
  lifting(table, v, own, argv + 5);
  o.sample = "a\tb";
  CHECK(dtc_conversion_open(table, v, &o, &none, &diag) == DTC_INVALID_ARGUMENT && diag.expected[0]);
  dtc_reference_free(reference);
  dtc_table_free(table);
  dtc_verdict_free(v);
  dtc_assemblies_free(own);
  return 0;
}
