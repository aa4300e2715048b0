#include "writing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_writer.XXXXXX";
dtc_assembly assembly;
char *header;
size_t header_bytes;

void setup(void) {
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

void teardown(void) {
  free(header);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  ck_assert_int_eq(system(command), 0);
}

char *path_of(const char *name) {
  static char path[4][256];
  static int next;
  next = (next + 1) % 4;
  snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
  return path[next];
}

static const char *const bases[4] = {"A", "C", "G", "T"};

void example_set(example *e, unsigned contig, uint32_t position, unsigned n) {
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
char *line_of(const record *r, kstring_t *line) {
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

vcf_layout format_of(dtc_file_type type, dtc_index index, int level) {
  return (vcf_layout){.type = type,
                      .level = level,
                      .index = index,
                      .assembly = &assembly,
                      .header = header,
                      .header_bytes = header_bytes};
}

/* Contigs 1, 2, 5, X, Y, MT with `per_contig` records each, far apart and crowded in turns. */
const unsigned used_contigs[USED_CONTIGS] = {1, 2, 5, DTC_CONTIG_X, DTC_CONTIG_Y, DTC_CONTIG_MT};

uint32_t position_of(unsigned contig, unsigned i, unsigned per_contig) {
  if (contig == DTC_CONTIG_MT)
    return 1 + i * (16000 / per_contig ? 16000 / per_contig : 1);
  return i % 2 ? 20000 + i * 7000 : 20000 + i * 7000 - 6999 % (i + 1);
}

/* The writers of a type: htslib's, and where there is one that of --fast. */
unsigned n_engines(dtc_file_type type) { return vcf_engine_for(type, 1) == vcf_engine_for(type, 0) ? 1 : 2; }

uint64_t write_file(const char *path, const vcf_layout *format, int fast, int threads, unsigned per_contig) {
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

char *read_file(const char *path, size_t *length) {
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

void assert_same_files(const char *a, const char *b) {
  size_t na, nb;
  char *ba = read_file(a, &na), *bb = read_file(b, &nb);
  ck_assert_uint_eq(na, nb);
  ck_assert_int_eq(memcmp(ba, bb, na), 0);
  free(ba);
  free(bb);
}

bcf_hdr_t *parse_header(void) {
  bcf_hdr_t *h = bcf_hdr_init("r");
  char *copy = strdup(header); /* htslib writes into what it parses */
  ck_assert_int_ge(bcf_hdr_parse(h, copy), 0);
  free(copy);
  return h;
}
