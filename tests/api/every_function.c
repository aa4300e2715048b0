/* every_function - calls every function of libdtcgeno as a program outside does: C99 and C++, from an installed header.
 * every_function EXPORT ASSEMBLIES CHAIN. EXPORT: 23andMe's, accepted. */
#include <dtcgeno.h>

#include <fcntl.h>
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

static char *bytes;
static size_t length_bytes;

static void read_file(const char *path) {
  FILE *f = fopen(path, "rb");
  CHECK(f != NULL);
  bytes = (char *)malloc(1 << 20);
  length_bytes = fread(bytes, 1, 1 << 20, f);
  CHECK(length_bytes > 0 && length_bytes < 1 << 20);
  fclose(f);
}

static void words(void) {
  unsigned i;
  dtc_build build = DTC_BUILD_UNKNOWN;
  CHECK(dtc_accession_parse("NC_000001.10", 12, &build) == 1 && build == DTC_BUILD_GRCH37);
  CHECK(strcmp(dtc_version(), DTC_VERSION) == 0 && dtc_version_number() == DTC_VERSION_NUMBER);
  CHECK(dtc_library_version("zlib")[0] == '1' && dtc_library_version("libzip")[0] && !dtc_library_version("bzip2"));
  CHECK(dtc_status_count() > DTC_NOT_FOUND && dtc_reason_count() > DTC_REASON_INTERNAL_ERROR);
  for (i = 0; i < dtc_status_count(); i++) {
    dtc_status s = (dtc_status)i;
    CHECK(dtc_status_slug(s)[0] && dtc_status_text(s)[0] && dtc_status_class(s) <= DTC_CLASS_INTERNAL);
    CHECK(dtc_status_reason(s) < (dtc_reason)dtc_reason_count());
  }
  CHECK(strcmp(dtc_reason_slug(DTC_REASON_ZIP_CORRUPT), "zip_corrupt") == 0);
  CHECK(dtc_reason_advice(DTC_REASON_ZIP_CORRUPT)[0]);
  CHECK(strcmp(dtc_status_advice(DTC_ZIP_DEFLATE), dtc_reason_advice(DTC_REASON_ZIP_CORRUPT)) == 0);
  CHECK(strcmp(dtc_status_advice(DTC_ZIP_NESTED), dtc_reason_advice(DTC_REASON_ZIP_UNEXPECTED_CONTENTS)) != 0);
  CHECK(dtc_warning_count() > DTC_WARNING_BUILD_UNCERTAIN);
  for (i = 0; i < dtc_warning_count(); i++)
    CHECK(dtc_warning_slug((dtc_warning)i)[0] && dtc_warning_text((dtc_warning)i)[0]);
  CHECK(dtc_warning_slug((dtc_warning)dtc_warning_count())[0] == '\0');
  CHECK(dtc_build_count() > DTC_BUILD_GRCH38 && dtc_build_parse("hg19") == DTC_BUILD_GRCH37);
  CHECK(dtc_build_parse("B38") == DTC_BUILD_GRCH38 && dtc_build_parse("3") == 0 && dtc_build_parse("b") == 0);
  CHECK(strcmp(dtc_build_ucsc(DTC_BUILD_NCBI36), "hg18") == 0 && strcmp(dtc_build_ucsc((dtc_build)99), "") == 0);
  CHECK(dtc_build_version(DTC_BUILD_GRCH37) == 37 && dtc_build_version((dtc_build)99) == 0);
  CHECK(strcmp(dtc_build_name(DTC_BUILD_GRCH38), "GRCh38") == 0);
  CHECK(dtc_contig_parse("chrM", 4) == DTC_CONTIG_MT && strcmp(dtc_contig_name(DTC_CONTIG_X), "X") == 0);
  CHECK(strcmp(dtc_sex_name(DTC_SEX_FEMALE), "female") == 0);
}

static void genotypes(void) {
  uint8_t g = dtc_genotype_make(DTC_ALLELE_A, DTC_ALLELE_G);
  CHECK(g == DTC_GENOTYPE(DTC_ALLELE_A, DTC_ALLELE_G));
  CHECK(dtc_genotype_first(g) == DTC_ALLELE_A && dtc_genotype_second(g) == DTC_ALLELE_G);
  CHECK(!dtc_genotype_is_no_call(g));
  CHECK(dtc_genotype_is_no_call(dtc_genotype_make(DTC_ALLELE_MISSING, DTC_ALLELE_MISSING)));
  CHECK(dtc_allele_letter(DTC_ALLELE_T) == 'T');
}

static void vendors(void) {
  unsigned i;
  CHECK(dtc_vendor_count() >= 3 && dtc_vendor_at(dtc_vendor_count()) == NULL);
  for (i = 0; i < dtc_vendor_count(); i++) {
    const dtc_vendor *v = dtc_vendor_at(i);
    CHECK(v && dtc_vendor_find(v->name) == v && v->title[0] && v->suffix[0] == '.' && v->text_suffix[0] == '.');
    CHECK(strncmp(v->url, "https://", 8) == 0 && v->steps[0] && v->steps[0][0]);
    for (const dtc_misplaced *m = dtc_vendor_misplaced(v->name); m->rs; m++)
      CHECK(m->written > 0 && m->written < DTC_CONTIG_COUNT && m->contig < DTC_CONTIG_COUNT && m->position > 0);
    CHECK(strcmp(dtc_vendor_label(v->name, 7), "7") == 0);
    CHECK(dtc_vendor_deletion_at_last(v->name) == (strcmp(v->name, "23andme") == 0));
  }
  CHECK(dtc_vendor_find("nobody") == NULL && dtc_vendor_find(NULL) == NULL);
}

static void genomes(const char *assemblies_path, const char *chain_path) {
  dtc_diag diag;
  dtc_assemblies *own = NULL;
  dtc_liftover *lift = NULL;
  dtc_lifted there;
  const dtc_assembly *b37 = dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_GRCH37), *from, *to;
  unsigned contig = DTC_CONTIG_Y;
  uint32_t position = 10001;
  memset(&diag, 0, sizeof diag);
  CHECK(b37 && dtc_assembly_to_x(b37, &contig, &position) && contig == DTC_CONTIG_X && position == 60001);
  position = 59034050; /* the first place of Y's PAR2; of X it is none */
  CHECK(dtc_assembly_place_par(b37, DTC_PAR_FRAME_UNKNOWN, &position) == 1 && position == 154931044);
  CHECK(dtc_assemblies_load_path(assemblies_path, NULL, &own, &diag) == DTC_OK);
  from = dtc_assemblies_get(own, DTC_BUILD_GRCH37);
  to = dtc_assemblies_get(own, DTC_BUILD_GRCH38);
  CHECK(dtc_liftover_load_path(chain_path, from, to, NULL, &lift, &diag) == DTC_OK);
  CHECK(dtc_liftover_map(lift, 1, 1, &there) == DTC_LIFT_OK && there.contig == 1);
  dtc_liftover_free(lift);
  dtc_assemblies_free(own);
  CHECK(dtc_assemblies_load_path("/nowhere", NULL, &own, &diag) == DTC_IO_OPEN && diag.status == DTC_IO_OPEN);
}

static void verdict_says(const dtc_verdict *v) {
  char json[8192], line[1024];
  uint64_t rows = 0;
  unsigned label, w;
  CHECK(dtc_verdict_status(v) == DTC_OK && dtc_verdict_diag(v)->status == DTC_OK);
  CHECK(strcmp(dtc_verdict_vendor(v), "23andme") == 0 && strcmp(dtc_verdict_vendor_title(v), "23andMe") == 0);
  CHECK(dtc_verdict_format(v) != NULL && dtc_verdict_build(v) == dtc_verdict_build_header(v));
  (void)dtc_verdict_array(v);
  CHECK(dtc_verdict_build_markers(v, DTC_BUILD_GRCH37) + 1 > 0 && dtc_verdict_build_markers(v, (dtc_build)99) == 0);
  CHECK(dtc_verdict_sex(v) <= DTC_SEX_FEMALE && dtc_verdict_x_het_share(v) <= 1 && dtc_verdict_y_call_share(v) <= 1);
  CHECK(dtc_verdict_x_copies(v) <= 2 && dtc_verdict_y_present(v) <= 1);
  CHECK(dtc_verdict_par_frame(v) == DTC_PAR_FRAME_UNKNOWN);
  CHECK(dtc_verdict_x_one_letter(v) <= dtc_verdict_rows(v) && dtc_verdict_rejected(v) == 0);
  CHECK(dtc_verdict_called(v) + dtc_verdict_no_calls(v) == dtc_verdict_rows(v) && dtc_verdict_rows(v) > 0);
  CHECK(dtc_verdict_heterozygous(v) + dtc_verdict_indels(v) <= dtc_verdict_rows(v));
  CHECK(dtc_verdict_duplicate_positions(v) <= dtc_verdict_rows(v));
  for (label = 0; label < DTC_LABEL_COUNT; label++)
    rows += dtc_verdict_contig(v, label)->rows;
  CHECK(rows == dtc_verdict_rows(v) && dtc_verdict_contig(v, 1000)->rows == 0);
  for (w = 0; w < dtc_warning_count() + 3; w++)
    (void)dtc_verdict_warnings(v, (dtc_warning)w);
  CHECK(dtc_verdict_json(v, json, sizeof json) == strlen(json) && json[0] == '{');
  CHECK(dtc_verdict_missing(v, line, sizeof line) == strlen(line)); /* a short export may lack some */
  CHECK(dtc_verdict_missing(NULL, line, sizeof line) == 0 && line[0] == '\0');
  CHECK(dtc_verdict_line(v, line, sizeof line) == strlen(line) && strncmp(line, "accepted", 8) == 0);
}

static void validating(const char *path) {
  dtc_options options;
  dtc_verdict *v = dtc_verdict_new(NULL);
  int fd = open(path, O_RDONLY);
  CHECK(v && fd >= 0 && dtc_verdict_status(v) == DTC_INTERNAL && dtc_verdict_status(NULL) == DTC_INTERNAL);
  dtc_options_init(&options, DTC_POLICY_REFUSE);
  options.container = DTC_CONTAINER_ANY;
  options.limits.rows_min = 1;
  CHECK(dtc_validate_path(path, &options, v) == DTC_OK);
  verdict_says(v);
  CHECK(dtc_verdict_file_bytes(v) == length_bytes && dtc_verdict_unpacked_bytes(v) == length_bytes);
  CHECK(dtc_validate_fd(fd, &options, v) == DTC_OK);
  verdict_says(v);
  CHECK(dtc_validate_memory(bytes, length_bytes, &options, v) == DTC_OK);
  verdict_says(v);
  CHECK(dtc_identify(bytes, length_bytes, &options, v) == DTC_OK && strcmp(dtc_verdict_vendor(v), "23andme") == 0);
  CHECK(dtc_validate_path(path, NULL, v) == DTC_NOT_A_ZIP);
  dtc_verdict_set_warning(v, DTC_WARNING_LITTLE_WRITTEN, 7);
  CHECK(dtc_verdict_warnings(v, DTC_WARNING_LITTLE_WRITTEN) == 7);
  dtc_verdict_set_status(v, DTC_BUILD_CONFLICT, NULL);
  CHECK(dtc_verdict_status(v) == DTC_BUILD_CONFLICT);
  options.size_bytes = 3;
  CHECK(dtc_validate_path(path, &options, v) == DTC_INVALID_ARGUMENT);
  CHECK(dtc_verdict_status(v) == DTC_INVALID_ARGUMENT);
  dtc_verdict_free(v);
  close(fd);
}

static int count_calls(void *opaque, const dtc_calls *calls) {
  *(size_t *)opaque += calls->count;
  return 0;
}

static void reading(void) {
  dtc_sink sink;
  dtc_reader *reader;
  size_t calls = 0, i;
  dtc_verdict *v = dtc_verdict_new(NULL);
  memset(&sink, 0, sizeof sink);
  sink.on_calls = count_calls;
  sink.opaque = &calls;
  CHECK(dtc_reader_new(NULL, &sink, &reader) == DTC_OK);
  for (i = 0; i < length_bytes; i++)
    CHECK(dtc_reader_feed(reader, bytes + i, 1) == DTC_OK);
  CHECK(dtc_reader_finish(reader, v) == DTC_TOO_FEW_ROWS && calls > 0 && dtc_verdict_rows(v) == calls);
  dtc_reader_free(reader);
  CHECK(dtc_reader_new(NULL, NULL, &reader) == DTC_OK);
  CHECK(dtc_reader_feed(reader, "PK\003\004 and so on\n", 15) == DTC_TEXT_IS_ARCHIVE);
  CHECK(dtc_reader_finish(reader, v) == DTC_TEXT_IS_ARCHIVE && strstr(dtc_verdict_diag(v)->expected, "zip"));
  dtc_reader_free(reader);
  dtc_verdict_free(v);
}

static void table_says(dtc_table *table) {
  const dtc_calls *calls = dtc_table_calls(table);
  char id[DTC_ID_TEXT_MAX + 1];
  size_t i, rows = calls->count;
  CHECK(rows > 0 && dtc_table_reject(table, rows) == NULL);
  for (i = 0; i < rows; i++) {
    CHECK(dtc_calls_id(calls, i, id) == strlen(id));
    CHECK(dtc_table_find_id(table, id) <= i);
  }
  CHECK(dtc_table_find_id(table, "rs4294967295") == SIZE_MAX);
}

static void tables(const char *path) {
  dtc_table *table = NULL;
  const dtc_calls *calls;
  dtc_verdict *v = dtc_verdict_new(NULL);
  int fd = open(path, O_RDONLY);
  CHECK(dtc_table_load_path(path, NULL, &table, v) == DTC_OK);
  table_says(table);
  CHECK(dtc_table_index_ids(table) == DTC_OK);
  table_says(table);
  CHECK(dtc_table_sort(table) == DTC_OK);
  calls = dtc_table_calls(table);
  CHECK(dtc_table_find_position(table, calls->contig[0], calls->position[0]) == 0);
  table_says(table);
  CHECK(dtc_table_reload_path(path, NULL, table, v) == DTC_OK);
  CHECK(dtc_table_reload_fd(fd, NULL, table, v) == DTC_OK);
  CHECK(dtc_table_reload_memory(bytes, length_bytes, NULL, table, v) == DTC_OK);
  table_says(table);
  dtc_table_free(table);
  CHECK(dtc_table_load_fd(fd, NULL, &table, v) == DTC_OK);
  dtc_table_free(table);
  CHECK(dtc_table_load_memory(bytes, length_bytes, NULL, &table, NULL) == DTC_OK);
  dtc_table_free(table);
  CHECK(dtc_table_load_memory("nothing", 7, NULL, &table, v) != DTC_OK && table == NULL);
  dtc_verdict_free(v);
  close(fd);
}

int main(int argc, char **argv) {
  CHECK(argc == 4);
  read_file(argv[1]);
  words();
  genotypes();
  vendors();
  genomes(argv[2], argv[3]);
  validating(argv[1]);
  reading();
  tables(argv[1]);
  free(bytes);
  return 0;
}
