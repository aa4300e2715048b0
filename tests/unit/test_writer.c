/* The writers of genotype-convert, by htslib and by --fast: every record is read back by htslib and must be what was
 * put in; BCF bytes are those that htslib itself makes of the text; the index finds all; the number of threads changes
 * nothing; and what htslib would let pass is found. */
#include "unit/engine_file.h"
#include "vcf/fast/block_writer.h"
#include "vcf/writer/handover.h"
#include "vcf/writer/header.h"
#include "vcf/writer/hts_header.h"
#include "vcf/writer/hts_parcel.h"
#include "vcf/writer/hts_record.h"
#include "vcf/writer/read_back.h"
#include "vcf/writer/vcf_text.h"

#include "suite.h"
#include <errno.h>
#include <fcntl.h>
#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_writer.XXXXXX";
static dtc_assembly assembly;
static char *header;
static size_t header_bytes;

static void setup(void) {
  snprintf(folder, sizeof folder, "/tmp/test_writer.XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  umask(022);
  output_setup();
  assembly = *dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_GRCH37);
  header_facts facts = {.assembly = &assembly,
                        .sample = "SAMPLE",
                        .source = "test 1",
                        .vendor = "23andme",
                        .format = "23andme-2019",
                        .array = "v5",
                        .build = DTC_BUILD_GRCH37,
                        .sex = "male",
                        .has_sequence = 1};
  header = header_text(&facts, &header_bytes);
  ck_assert_ptr_nonnull(header);
}

static void teardown(void) {
  free(header);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  ck_assert_int_eq(system(command), 0);
}

static char *path_of(const char *name) {
  static char path[4][256];
  static int next;
  next = (next + 1) % 4;
  snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
  return path[next];
}

/* A record with room for its parts. */
typedef struct example {
  record r;
  record_id ids[40];
  char alleles[RECORD_ALLELES_MAX][8];
} example;

static const char *const bases[4] = {"A", "C", "G", "T"};

static void example_set(example *e, unsigned contig, uint32_t position, unsigned n) {
  memset(e, 0, sizeof *e);
  record *r = &e->r;
  r->contig = (uint8_t)contig;
  r->position = position;
  r->ploidy = contig >= DTC_CONTIG_Y ? 1 : 2;
  r->n_alleles = (uint8_t)(1 + n % 3);
  for (unsigned i = 0; i < r->n_alleles; i++) {
    r->alleles[i] = bases[(n / 3 + i) % 4];
    r->allele_bytes[i] = 1;
  }
  r->gt[0] = (int8_t)(n % 5 == 0 ? -1 : 0);
  r->gt[1] = (int8_t)(n % 5 == 0 ? -1 : (int)n % r->n_alleles);
  r->ids = e->ids;
  r->n_ids = 1;
  e->ids[0] = (record_id){(uint8_t)(n % 3), n * 7919u};
  r->rows = 1;
  if (n % 11 == 3)
    r->info |= RECORD_FLIP;
  if (n % 13 == 4)
    r->info |= RECORD_REVLIFT;
  if (n % 17 == 5) {
    r->filter = (uint8_t)(1 + n % 4);
    r->gt[0] = r->gt[1] = -1;
    r->og = "A/G,C/C";
  }
  if (n % 19 == 6) {
    r->n_ids = 2;
    e->ids[1] = (record_id){DTC_ID_I, 5000000u + n};
  }
  /* what repeats after 60 records, of one name each: of those the writer may keep the text */
  if (r->n_ids == 1 && !r->info)
    r->shape = (uint16_t)(1 + n % 60 + (r->ploidy == 2 ? 60 : 0) + (r->filter ? 120 : 0));
}

/* Text as VCF's writer makes it. */
static char *line_of(const record *r, kstring_t *line) {
  char name[HEADER_CONTIG_NAME_BYTES];
  size_t length = header_contig_name(r->contig, 0, name);
  size_t bound = vcf_text_bound(r);
  ks_resize(line, bound + 1);
  vcf_columns columns;
  char *end = vcf_text_write(line->s, r, name, length, &columns);
  ck_assert_uint_le((size_t)(end - line->s), bound);
  *end = '\0';
  line->l = (size_t)(end - line->s);
  return line->s;
}

static vcf_layout format_of(dtc_file_type type, dtc_index index, int level) {
  return (vcf_layout){.type = type,
                      .level = level,
                      .index = index,
                      .assembly = &assembly,
                      .header = header,
                      .header_bytes = header_bytes};
}

/* Contigs 1, 2, 5, X, Y, MT with `per_contig` records each, far apart and crowded in turns. */
static const unsigned used_contigs[] = {1, 2, 5, DTC_CONTIG_X, DTC_CONTIG_Y, DTC_CONTIG_MT};
enum { USED_CONTIGS = 6 };

static uint32_t position_of(unsigned contig, unsigned i, unsigned per_contig) {
  if (contig == DTC_CONTIG_MT)
    return 1 + i * (16000 / per_contig ? 16000 / per_contig : 1);
  return i % 2 ? 20000 + i * 7000 : 20000 + i * 7000 - 6999 % (i + 1);
}

/* The writers of a type: htslib's, and where there is one that of --fast. */
static unsigned n_engines(dtc_file_type type) { return vcf_engine_for(type, 1) == vcf_engine_for(type, 0) ? 1 : 2; }

static uint64_t write_file(const char *path, const vcf_layout *format, int fast, int threads, unsigned per_contig) {
  fault f = {0};
  vcf_writer *writer = vcf_writer_new(vcf_engine_for(format->type, fast), threads);
  ck_assert_ptr_nonnull(writer);
  engine_file *v = engine_file_open(path, format, writer, &f);
  ck_assert_msg(v != NULL, "%s", f.message);
  unsigned n = 0;
  for (unsigned k = 0; k < USED_CONTIGS; k++)
    for (unsigned i = 0; i < per_contig; i++, n++) {
      example e;
      example_set(&e, used_contigs[k], position_of(used_contigs[k], i, per_contig), n);
      ck_assert_int_eq(engine_file_add(v, &e.r), 0);
    }
  ck_assert_msg(engine_file_close(v, &f) == 0 && engine_file_publish(v, &f) == 0, "%s", f.message);
  uint64_t records = engine_file_records(v);
  struct stat st;
  ck_assert_int_eq(stat(path, &st), 0);
  ck_assert_uint_eq(engine_file_bytes(v), (uint64_t)st.st_size);
  engine_file_free(v);
  vcf_writer_free(writer);
  return records;
}

static char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  ck_assert_ptr_nonnull(file);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  ck_assert_uint_eq(fread(bytes, 1, *length, file), *length);
  fclose(file);
  return bytes;
}

static void assert_same_files(const char *a, const char *b) {
  size_t na, nb;
  char *ba = read_file(a, &na), *bb = read_file(b, &nb);
  ck_assert_uint_eq(na, nb);
  ck_assert_int_eq(memcmp(ba, bb, na), 0);
  free(ba);
  free(bb);
}

/* What htslib makes of a file, record by record, is the line that went in. */
static void assert_reads_back(const char *path, unsigned per_contig) {
  htsFile *in = hts_open(path, "r");
  ck_assert_ptr_nonnull(in);
  bcf_hdr_t *h = bcf_hdr_read(in);
  ck_assert_ptr_nonnull(h);
  bcf1_t *b = bcf_init();
  kstring_t got = {0}, want = {0};
  unsigned n = 0;
  for (unsigned k = 0; k < USED_CONTIGS; k++)
    for (unsigned i = 0; i < per_contig; i++, n++) {
      example e;
      example_set(&e, used_contigs[k], position_of(used_contigs[k], i, per_contig), n);
      ck_assert_int_eq(bcf_read(in, h, b), 0);
      got.l = 0;
      ck_assert_int_eq(vcf_format(h, b, &got), 0);
      ck_assert_str_eq(got.s, line_of(&e.r, &want));
    }
  ck_assert_int_eq(bcf_read(in, h, b), -1);
  free(got.s);
  free(want.s);
  bcf_destroy(b);
  bcf_hdr_destroy(h);
  ck_assert_int_eq(hts_close(in), 0);
}

START_TEST(test_types_read_back) {
  static const dtc_file_type types[] = {DTC_FILE_VCF, DTC_FILE_VCF_BGZF, DTC_FILE_BCF_PLAIN, DTC_FILE_BCF};
  for (int t = 0; t < 4; t++)
    for (int level = 0; level <= 9; level += 3) {
      vcf_layout format = format_of(types[t], DTC_INDEX_NONE, level);
      char *path = path_of("out");
      ck_assert_uint_eq(write_file(path, &format, 0, 2, 3000), 3000u * USED_CONTIGS);
      assert_reads_back(path, 3000);
    }
}
END_TEST

START_TEST(test_fast_reads_back) {
  for (int threads = 1; threads <= 3; threads++) {
    vcf_layout format = format_of(DTC_FILE_VCF_BGZF, DTC_INDEX_TBI, 4);
    char *path = path_of("out");
    write_file(path, &format, 1, threads, 20000);
    assert_reads_back(path, 20000);
  }
}
END_TEST

static void assert_threads_change_nothing(dtc_file_type type, dtc_index index, int fast) {
  vcf_layout format = format_of(type, index, 1);
  char first[64], first_index[80];
  snprintf(first, sizeof first, "%s", path_of("one"));
  snprintf(first_index, sizeof first_index, "%s.csi", first);
  write_file(first, &format, fast, 1, 20000);
  for (int threads = 2; threads <= 4; threads++) {
    write_file(path_of("more"), &format, fast, threads, 20000);
    assert_same_files(first, path_of("more"));
    if (index != DTC_INDEX_NONE)
      assert_same_files(first_index, path_of("more.csi"));
  }
}

START_TEST(test_threads_same_bytes) {
  static const dtc_file_type types[] = {DTC_FILE_VCF, DTC_FILE_VCF_BGZF, DTC_FILE_BCF_PLAIN, DTC_FILE_BCF};
  for (int t = 0; t < 4; t++)
    for (unsigned fast = 0; fast < n_engines(types[t]); fast++) {
      assert_threads_change_nothing(types[t], DTC_INDEX_NONE, (int)fast);
      if (vcf_type_is_bgzf(types[t]))
        assert_threads_change_nothing(types[t], DTC_INDEX_CSI, (int)fast);
    }
}
END_TEST

/* Counts what a query gives and checks it against the positions that went in. */
static void assert_query(htsFile *in, bcf_hdr_t *h, hts_idx_t *bcf_index, tbx_t *tbx, unsigned contig, uint32_t from,
                         uint32_t to, unsigned per_contig) {
  unsigned want = 0, got = 0;
  for (unsigned i = 0; i < per_contig; i++) {
    uint32_t p = position_of(contig, i, per_contig);
    want += p >= from && p <= to;
  }
  int rid = tbx ? tbx_name2id(tbx, dtc_contig_name(contig)) : bcf_hdr_name2id(h, dtc_contig_name(contig));
  ck_assert_int_ge(rid, 0);
  hts_itr_t *it = tbx ? tbx_itr_queryi(tbx, rid, from - 1, to) : bcf_itr_queryi(bcf_index, rid, from - 1, to);
  ck_assert_ptr_nonnull(it);
  kstring_t line = {0};
  bcf1_t *b = bcf_init();
  while ((tbx ? tbx_itr_next(in, tbx, it, &line) : bcf_itr_next(in, it, b)) >= 0)
    got++;
  ck_assert_msg(got == want, "%s:%u-%u: %u instead of %u", dtc_contig_name(contig), from, to, got, want);
  free(line.s);
  bcf_destroy(b);
  hts_itr_destroy(it);
}

static void assert_index(const char *path, int is_bcf, unsigned per_contig) {
  htsFile *in = hts_open(path, "r");
  bcf_hdr_t *h = bcf_hdr_read(in);
  hts_idx_t *index = is_bcf ? bcf_index_load(path) : NULL;
  tbx_t *tbx = is_bcf ? NULL : tbx_index_load(path);
  ck_assert(index || tbx);
  uint64_t total = 0;
  for (unsigned k = 0; k < USED_CONTIGS; k++) {
    uint64_t mapped = 0, unmapped = 0;
    int rid =
        tbx ? tbx_name2id(tbx, dtc_contig_name(used_contigs[k])) : bcf_hdr_name2id(h, dtc_contig_name(used_contigs[k]));
    ck_assert_int_eq(hts_idx_get_stat(tbx ? tbx->idx : index, rid, &mapped, &unmapped), 0);
    total += mapped;
    assert_query(in, h, index, tbx, used_contigs[k], 1, assembly.length[used_contigs[k]], per_contig);
    for (unsigned i = 0; i < per_contig; i += 1 + per_contig / 97) {
      uint32_t p = position_of(used_contigs[k], i, per_contig);
      assert_query(in, h, index, tbx, used_contigs[k], p, p, per_contig);
      assert_query(in, h, index, tbx, used_contigs[k], p + 1, p + 30000, per_contig);
    }
  }
  ck_assert_uint_eq(total, (uint64_t)per_contig * USED_CONTIGS);
  if (tbx)
    tbx_destroy(tbx);
  if (index)
    hts_idx_destroy(index);
  bcf_hdr_destroy(h);
  hts_close(in);
}

START_TEST(test_index_finds_all) {
  static const struct {
    dtc_file_type type;
    dtc_index kind;
    const char *name;
  } kinds[] = {{DTC_FILE_VCF_BGZF, DTC_INDEX_TBI, "a.vcf.gz"},
               {DTC_FILE_VCF_BGZF, DTC_INDEX_CSI, "b.vcf.gz"},
               {DTC_FILE_BCF, DTC_INDEX_CSI, "c.bcf"}};
  for (int k = 0; k < 3; k++)
    for (unsigned fast = 0; fast < n_engines(kinds[k].type); fast++)
      for (int threads = 1; threads <= 4; threads += 3)
        for (unsigned per_contig = 1; per_contig <= 20000; per_contig *= 20) {
          vcf_layout format = format_of(kinds[k].type, kinds[k].kind, threads);
          char *path = path_of(kinds[k].name);
          write_file(path, &format, (int)fast, threads, per_contig);
          assert_index(path, kinds[k].type == DTC_FILE_BCF, per_contig);
        }
}
END_TEST

static bcf_hdr_t *parse_header(void) {
  bcf_hdr_t *h = bcf_hdr_init("r");
  char *copy = strdup(header); /* htslib writes into what it parses */
  ck_assert_int_ge(bcf_hdr_parse(h, copy), 0);
  free(copy);
  return h;
}

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

/* One such record with every engine and number of threads, found by its place. */
static void assert_large(int fast, int threads) {
  static char allele[65536];
  memset(allele, 'G', 65535);
  vcf_layout format = format_of(DTC_FILE_VCF_BGZF, DTC_INDEX_TBI, 4);
  fault f = {0};
  vcf_writer *writer = vcf_writer_new(vcf_engine_for(DTC_FILE_VCF_BGZF, fast), threads);
  char *path = path_of("large.vcf.gz");
  engine_file *v = engine_file_open(path, &format, writer, &f);
  for (unsigned i = 0; i < 5; i++) {
    example e;
    example_set(&e, 1, 1000 + i * 100000, 1);
    e.r.alleles[0] = allele;
    e.r.allele_bytes[0] = 65535;
    ck_assert_int_eq(engine_file_add(v, &e.r), 0);
  }
  ck_assert_int_eq(engine_file_close(v, &f) | engine_file_publish(v, &f), 0);
  engine_file_free(v);
  vcf_writer_free(writer);
  tbx_t *tbx = tbx_index_load(path);
  htsFile *in = hts_open(path, "r");
  kstring_t line = {0};
  hts_itr_t *it = tbx_itr_querys(tbx, "1:260000-260000"); /* inside the third REF */
  ck_assert_int_ge(tbx_itr_next(in, tbx, it, &line), 0);
  ck_assert_int_eq(strncmp(line.s, "1\t201000\t", 9), 0);
  ck_assert_int_lt(tbx_itr_next(in, tbx, it, &line), 0);
  hts_itr_destroy(it);
  free(line.s);
  hts_close(in);
  tbx_destroy(tbx);
}

START_TEST(test_record_larger_than_a_block) {
  for (int fast = 0; fast <= 1; fast++)
    for (int threads = 1; threads <= 2; threads++)
      assert_large(fast, threads);
}
END_TEST

static int count_sink(void *opaque, const void *bytes, size_t length) {
  (void)bytes;
  *(size_t *)opaque += length;
  return *(size_t *)opaque > 100000 ? -1 : 0;
}

START_TEST(test_failed_sink_is_told) {
  for (int threads = 1; threads <= 3; threads++) {
    size_t bytes = 0;
    block_writer *blocks = block_writer_new(threads);
    block_writer_begin(blocks, 0, count_sink, &bytes);
    static char text[BGZF_INPUT_MAX];
    for (int i = 0; i < 50; i++)
      block_writer_put(blocks, text, sizeof text);
    ck_assert_int_eq(block_writer_end(blocks), -1);
    block_writer_free(blocks);
  }
}
END_TEST

/* Whatever goes wrong before publish leaves nothing behind; an older file stays. */
static void assert_nothing_left(int fast) {
  char *path = path_of("kept.vcf.gz");
  vcf_layout format = format_of(DTC_FILE_VCF_BGZF, DTC_INDEX_TBI, 4);
  write_file(path, &format, 0, 1, 5);
  size_t before_bytes, after_bytes;
  char *before = read_file(path, &before_bytes);
  fault f = {0};
  vcf_writer *writer = vcf_writer_new(vcf_engine_for(DTC_FILE_VCF_BGZF, fast), 2);
  engine_file *v = engine_file_open(path, &format, writer, &f);
  example e;
  example_set(&e, 1, 77, 1);
  engine_file_add(v, &e.r);
  engine_file_free(v);
  vcf_writer_free(writer);
  char *after = read_file(path, &after_bytes);
  ck_assert_uint_eq(before_bytes, after_bytes);
  ck_assert_int_eq(memcmp(before, after, before_bytes), 0);
  free(before);
  free(after);
  char command[128];
  snprintf(command, sizeof command, "test \"$(ls -A '%s' | wc -l)\" = 2", folder);
  ck_assert_int_eq(system(command), 0);
}

START_TEST(test_nothing_left_behind) {
  assert_nothing_left(0);
  assert_nothing_left(1);
}
END_TEST

/* A header that htslib would change without a word, by passing over a line or by an order of its own, is refused. */
START_TEST(test_header_htslib_changes) {
  static const char twice[] = "##FILTER=<ID=PASS,Description=\"All filters passed\">\n";
  bcf_hdr_t *h = hts_header_new(header, header_bytes);
  ck_assert_ptr_nonnull(h);
  bcf_hdr_destroy(h);
  char *wrong = malloc(header_bytes + sizeof twice);
  size_t at = (size_t)(strstr(header, "##INFO") - header);
  memcpy(wrong, header, at);
  memcpy(wrong + at, twice, sizeof twice - 1);
  strcpy(wrong + at + sizeof twice - 1, header + at);
  ck_assert_ptr_null(hts_header_new(wrong, strlen(wrong)));
  free(wrong);
}
END_TEST

static int read_back_whole(content_sum *meant, const char *path, const char **trouble) {
  int fd = open(path, O_RDONLY);
  read_back r;
  ck_assert_int_ge(fd, 0);
  read_back_begin(&r, fd, path);
  int result = read_back_end(&r, meant, trouble);
  close(fd);
  return result;
}

/* A byte of the text that is not what was meant is found, whatever it is. */
START_TEST(test_read_back_finds_a_byte) {
  static const dtc_file_type types[] = {DTC_FILE_VCF, DTC_FILE_VCF_BGZF, DTC_FILE_BCF};
  for (int t = 0; t < 3; t++) {
    vcf_layout format = format_of(types[t], DTC_INDEX_NONE, 4);
    char *path = path_of("out");
    write_file(path, &format, 0, 1, 40);
    bcf_hdr_t *h = hts_header_new(header, header_bytes);
    content_sum right = {0}, wrong;
    ck_assert_int_eq(content_begin(&right, &format, h), 0);
    BGZF *in = bgzf_open(path, "r");
    static char text[1 << 20];
    ssize_t length = bgzf_read(in, text, sizeof text);
    bgzf_close(in);
    ck_assert_int_gt(length, (ssize_t)right.bytes);
    content_add(&right, text + right.bytes, (size_t)length - right.bytes);
    const char *trouble = NULL;
    ck_assert_int_eq(read_back_whole(&right, path, &trouble), 0);
    for (size_t at = 0; at < (size_t)length; at += 997) {
      text[at] ^= 1;
      wrong = (content_sum){0};
      content_add(&wrong, text, (size_t)length);
      ck_assert_int_eq(read_back_whole(&wrong, path, &trouble), -1);
      ck_assert_ptr_nonnull(trouble);
      text[at] ^= 1;
    }
    bcf_hdr_destroy(h);
  }
}
END_TEST

/* Reads a file back that grows by pieces of any size, as far as it goes; before, `stale` bytes stood in it. Returns
 * what the end says. */
static int read_growing(const char *bytes, size_t length, content_sum meant, size_t stale, size_t *early,
                        const char **trouble) {
  char *path = path_of("growing");
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  read_back r;
  ck_assert_int_eq(ftruncate(fd, (off_t)stale), 0);
  read_back_begin(&r, fd, path);
  *early = 0;
  for (size_t at = 0, n; at < length; at += n) {
    n = 1 + at % 7919;
    n = n < length - at ? n : length - at;
    ck_assert_int_eq(write(fd, bytes + at, n), (ssize_t)n);
    while (read_back_step(&r))
      ++*early;
  }
  int result = read_back_end(&r, &meant, trouble);
  close(fd);
  return result;
}

/* While a file is written, what is read of it is whole blocks only; at the end all of it was read, and what is wrong
 * in it is told, where it was read early too. */
START_TEST(test_read_back_while_written) {
  static const dtc_file_type types[] = {DTC_FILE_VCF, DTC_FILE_VCF_BGZF, DTC_FILE_BCF_PLAIN, DTC_FILE_BCF};
  for (int t = 0; t < 4; t++) {
    vcf_layout format = format_of(types[t], DTC_INDEX_NONE, 1);
    char *path = path_of("out");
    write_file(path, &format, 0, 1, 5000);
    size_t length, early;
    char *bytes = read_file(path, &length);
    content_sum meant = {0};
    BGZF *in = bgzf_open(path, "r");
    static char piece[4096];
    for (ssize_t n; (n = bgzf_read(in, piece, sizeof piece)) > 0;)
      content_add(&meant, piece, (size_t)n);
    bgzf_close(in);
    const char *trouble = NULL;
    ck_assert_int_eq(read_growing(bytes, length, meant, 0, &early, &trouble), 0);
    ck_assert_uint_gt(early, 1);
    ck_assert_int_eq(read_growing(bytes, length, meant, length - 1, &early, &trouble), 0);
    ck_assert_uint_eq(early, 0);
    for (size_t at = 20; at < length - 40; at += length / 40) {
      trouble = NULL;
      bytes[at] ^= 1;
      ck_assert_int_eq(read_growing(bytes, length, meant, 0, &early, &trouble), -1);
      bytes[at] ^= 1;
    }
    free(bytes);
  }
}
END_TEST

/* What could not be opened early is told at the end, and nothing is read of it. */
START_TEST(test_read_back_tells_a_failure) {
  static const char zeros[1 << 17];
  char *path = path_of("out"), *gone = path_of("gone");
  int fd = open(path, O_RDWR | O_CREAT, 0600);
  const char *trouble = NULL;
  content_sum meant = {0};
  read_back r;
  ck_assert_int_eq(write(fd, zeros, sizeof zeros), (ssize_t)sizeof zeros);
  read_back_begin(&r, fd, gone);
  ck_assert_int_eq(read_back_step(&r), 0);
  ck_assert_int_eq(read_back_step(&r), 0);
  ck_assert_int_eq(read_back_end(&r, &meant, &trouble), -1);
  ck_assert_int_eq(errno, ENOENT);
  ck_assert_ptr_null(trouble);
  close(fd);
}
END_TEST

static int count_letters(void *opaque, const char *bytes, size_t length) {
  uint64_t *sum = opaque;
  for (size_t i = 0; i < length; i++)
    *sum = *sum * 31 + (unsigned char)bytes[i];
  return length > 300000 ? 7 : 0;
}

/* Has something to do now and then. */
static int idle_at_times(void *opaque) {
  (void)opaque;
  static int turn;
  return ++turn % 3;
}

/* Entries of all sizes arrive whole and in order, with a thread and without, whether the caller idles or waits; a
 * failure is told and nothing waits. */
START_TEST(test_handover) {
  uint64_t sums[3] = {0};
  for (int way = 0; way < 3; way++) {
    const int threaded = way > 0;
    const handover_idler idler = way == 2 ? idle_at_times : NULL;
    handover *h = handover_new(threaded, count_letters, idler, &sums[way]);
    for (unsigned i = 0; i < 20000; i++) {
      size_t length = i == 777 ? 200000 : i % 300;
      char *room = handover_room(h, length + 9);
      memset(room, 'a' + (int)(i % 26), length);
      handover_take(h, length);
    }
    ck_assert_int_eq(handover_finish(h), 0);
    handover_free(h);
    h = handover_new(threaded, count_letters, idler, &sums[way]);
    for (unsigned i = 0; i < 50; i++) {
      memset(handover_room(h, 300001), 'x', 300001);
      handover_take(h, 300001);
    }
    ck_assert_int_eq(handover_finish(h), 7);
    handover_free(h);
    handover_free(handover_new(threaded, count_letters, idler, &sums[way]));
  }
  ck_assert_uint_eq(sums[0], sums[1]);
  ck_assert_uint_eq(sums[0], sums[2]);
}
END_TEST

/* An index of the other kind belongs to older data: it must not stay. */
START_TEST(test_old_index_goes) {
  char *path = path_of("a.vcf.gz");
  vcf_layout format = format_of(DTC_FILE_VCF_BGZF, DTC_INDEX_TBI, 4);
  write_file(path, &format, 0, 1, 50);
  format.index = DTC_INDEX_CSI;
  write_file(path, &format, 1, 1, 60);
  ck_assert_int_ne(access(path_of("a.vcf.gz.tbi"), F_OK), 0);
  ck_assert_int_eq(access(path_of("a.vcf.gz.csi"), F_OK), 0);
  format.index = DTC_INDEX_NONE;
  write_file(path, &format, 0, 1, 70);
  ck_assert_int_ne(access(path_of("a.vcf.gz.csi"), F_OK), 0);
}
END_TEST

START_TEST(test_permissions_and_links) {
  char target[64], link_path[64];
  snprintf(target, sizeof target, "%s", path_of("target.vcf"));
  snprintf(link_path, sizeof link_path, "%s", path_of("link.vcf"));
  vcf_layout format = format_of(DTC_FILE_VCF, DTC_INDEX_NONE, 0);
  write_file(target, &format, 0, 1, 5);
  struct stat st;
  ck_assert_int_eq(stat(target, &st), 0);
  ck_assert_int_eq(st.st_mode & 0777, 0666 & ~022);
  ck_assert_int_eq(symlink(target, link_path), 0);
  write_file(link_path, &format, 0, 1, 6);
  ck_assert_int_eq(lstat(link_path, &st), 0);
  ck_assert(S_ISLNK(st.st_mode));
}
END_TEST

START_TEST(test_header_is_the_contract) {
  static const char *const lines[] = {
      "##fileformat=VCFv4.3\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n",
      "##contig=<ID=1,length=249250621,md5=1b22b98cdeb4a9304cb5d48026a85128,assembly=GRCh37>\n",
      "##contig=<ID=MT,length=16569,md5=c68f52674c9fb33aef52dcf399755519,assembly=GRCh37>\n",
      "##source=test 1\n",
      "##dtcgenoVendor=23andme\n",
      "##dtcgenoSex=male\n",
      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tSAMPLE\n"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    ck_assert_msg(strstr(header, lines[i]) != NULL, "%s", lines[i]);
  ck_assert_ptr_null(strstr(header, "fileDate"));
  ck_assert_uint_eq(strlen(header), header_bytes);
  bcf_hdr_t *h = parse_header();
  static const struct {
    const char *key;
    int number;
  } keys[] = {{"PASS", 0},
              {"HetHaploid", DTC_FILTER_HET_HAPLOID},
              {"DupConflict", DTC_FILTER_DUP_CONFLICT},
              {"NonRefHet", DTC_FILTER_NON_REF_HET},
              {"AlleleMismatch", DTC_FILTER_ALLELE_MISMATCH},
              {"FLIP", HEADER_KEY_FLIP},
              {"REVLIFT", HEADER_KEY_REVLIFT},
              {"OG", HEADER_KEY_OG},
              {"GT", HEADER_KEY_GT}};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    ck_assert_int_eq(bcf_hdr_id2int(h, BCF_DT_ID, keys[i].key), keys[i].number);
  bcf_hdr_destroy(h);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("writer");
  TCase *tests = tcase_create("writer");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, test_fast_reads_back);
  tcase_add_test(tests, test_types_read_back);
  tcase_add_test(tests, test_threads_same_bytes);
  tcase_add_test(tests, test_index_finds_all);
  tcase_add_test(tests, test_bcf_bytes_are_htslibs);
  tcase_add_test(tests, test_long_values);
  tcase_add_test(tests, test_names_of_other_kinds);
  tcase_add_test(tests, test_parcels);
  tcase_add_test(tests, test_record_larger_than_a_block);
  tcase_add_test(tests, test_header_htslib_changes);
  tcase_add_test(tests, test_read_back_finds_a_byte);
  tcase_add_test(tests, test_read_back_while_written);
  tcase_add_test(tests, test_read_back_tells_a_failure);
  tcase_add_test(tests, test_handover);
  tcase_add_test(tests, test_failed_sink_is_told);
  tcase_add_test(tests, test_nothing_left_behind);
  tcase_add_test(tests, test_old_index_goes);
  tcase_add_test(tests, test_permissions_and_links);
  tcase_add_test(tests, test_header_is_the_contract);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
