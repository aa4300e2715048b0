/* The writers of genotype-convert, by htslib and by --fast: every record is read back by htslib and must be what was
 * put in; the index finds all; the number of threads changes nothing; and what htslib would let pass is found. */
#include "writing.h"

#include "vcf/fast/block_writer.h"
#include "vcf/writer/hts_header.h"

#include <errno.h>
#include <htslib/hts.h>
#include <htslib/tbx.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
  snprintf(command, sizeof command, "test \"$(ls -A '%s' | wc -l)\" = 2", path_of(""));
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
  TCase *files = tcase_create("files");
  tcase_add_checked_fixture(files, setup, teardown);
  tcase_add_test(files, test_fast_reads_back);
  tcase_add_test(files, test_types_read_back);
  tcase_add_test(files, test_threads_same_bytes);
  tcase_add_test(files, test_index_finds_all);
  tcase_add_test(files, test_record_larger_than_a_block);
  tcase_add_test(files, test_header_htslib_changes);
  tcase_add_test(files, test_failed_sink_is_told);
  tcase_add_test(files, test_nothing_left_behind);
  tcase_add_test(files, test_old_index_goes);
  tcase_add_test(files, test_permissions_and_links);
  tcase_add_test(files, test_header_is_the_contract);
  suite_add_tcase(suite, files);
  return suite_run(suite);
}
