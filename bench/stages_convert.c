/* stages_convert.c - the second half of bench/stages: from the table to the bytes of the output. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "genotype-convert/bgzf_block.h"
#include "genotype-convert/block_writer.h"
#include "genotype-convert/header.h"
#include "genotype-convert/index.h"
#include "genotype-convert/reference.h"
#include "genotype-convert/resolve.h"
#include "genotype-convert/vcf_text.h"

/* ---- what genotype-convert itself wrote: the result every stage must come to */

typedef struct bytes {
  unsigned char *at;
  size_t length;
} bytes;

static bytes read_file(const char *path, const char *suffix) {
  char name[4096];
  bytes b = {0};
  snprintf(name, sizeof name, "%s%s", path, suffix);
  FILE *f = fopen(name, "rb");
  if (!f || fseek(f, 0, SEEK_END) != 0)
    stage_die("%s cannot be read", name);
  b.length = (size_t)ftell(f);
  rewind(f);
  b.at = malloc(b.length + 1);
  if (!b.at || fread(b.at, 1, b.length, f) != b.length)
    stage_die("%s cannot be read", name);
  fclose(f);
  return b;
}

/* One block of BGZF: its bytes and its text. */
typedef struct block {
  const unsigned char *packed;
  size_t packed_bytes;
  const char *text;
  size_t text_bytes;
} block;

typedef struct bgzf_file {
  bytes packed, text;
  block *blocks;
  size_t count;
  size_t header_bytes; /* of the text */
} bgzf_file;

/* SAM specification, 4.1: BSIZE in the extra field, at 16 in the files that we write; ISIZE in the last four bytes. */
static size_t le16(const unsigned char *at) { return at[0] | (size_t)at[1] << 8; }

static bgzf_file bgzf_read(const char *path, const char *suffix) {
  bgzf_file f = {.packed = read_file(path, suffix)};
  const unsigned char *at = f.packed.at, *end = at + f.packed.length;
  f.blocks = calloc(f.packed.length / BGZF_EOF_BYTES + 1, sizeof *f.blocks);
  f.text.at = malloc((f.packed.length / BGZF_EOF_BYTES + 1) * BGZF_OUTPUT_MAX);
  for (; at < end; f.count++) {
    size_t size = end - at < BGZF_EOF_BYTES ? 0 : le16(at + 16) + 1;
    if (size < BGZF_EOF_BYTES || size > (size_t)(end - at) || le16(at + 12) != 0x4342)
      stage_die("%s%s is no BGZF", path, suffix);
    z_stream z = {.next_in = (unsigned char *)at, .avail_in = (uInt)size, .next_out = f.text.at + f.text.length, .avail_out = BGZF_OUTPUT_MAX};
    if (inflateInit2(&z, 31) != Z_OK || inflate(&z, Z_FINISH) != Z_STREAM_END)
      stage_die("%s%s is damaged", path, suffix);
    f.blocks[f.count] = (block){at, size, (char *)f.text.at + f.text.length, z.total_out};
    f.text.length += z.total_out;
    inflateEnd(&z);
    at += size;
  }
  while (f.header_bytes < f.text.length && f.text.at[f.header_bytes] == '#')
    f.header_bytes = (size_t)((unsigned char *)memchr(f.text.at + f.header_bytes, '\n', f.text.length - f.header_bytes) - f.text.at) + 1;
  return f;
}

static void bgzf_free(bgzf_file *f) {
  free(f->packed.at);
  free(f->text.at);
  free(f->blocks);
}

/* ---- the reference */

typedef struct lookup {
  subject *s;
  const dtc_assembly *assembly;
  const char *sequence, *sites;
  char *found; /* NULL, or one letter a row */
} lookup;

static reference *open_reference(const lookup *l) {
  char message[600];
  reference *r = NULL;
  if (reference_open(l->sequence, l->sites, l->assembly, &r, message, sizeof message) != DTC_OK)
    stage_die("%s", message);
  return r;
}

static char letter_at(reference *r, int sites, uint32_t position) {
  if (!sites)
    return reference_base(r, position);
  const reference_site *site = reference_snv(r, position);
  return site ? site->alleles[0][0] : 0;
}

/* With opening and closing, so that every pass takes the page faults of the mapping that a process takes. */
static lap lookup_pass(void *opaque) {
  const lookup *l = opaque;
  const dtc_calls *c = dtc_table_calls(l->s->table);
  enum { AHEAD = 16 };
  uint64_t sum = 0, from = stage_clock_ns();
  reference *r = open_reference(l);
  unsigned contig = DTC_CONTIG_NONE;
  for (size_t i = 0; i < c->count; i++) {
    if (c->contig[i] >= DTC_CONTIG_COUNT)
      continue;
    if (c->contig[i] != contig)
      reference_contig(r, contig = c->contig[i]);
    if (i + AHEAD < c->count && c->contig[i + AHEAD] == contig)
      reference_prefetch(r, c->position[i + AHEAD]);
    char letter = letter_at(r, l->sites != NULL, c->position[i]);
    sum += (unsigned char)letter;
    if (l->found)
      l->found[i] = letter;
  }
  reference_free(r);
  return (lap){stage_clock_ns() - from, sum};
}

static void measure_lookup(const char *name, lookup *l, const char *truth) {
  uint64_t rows = dtc_table_calls(l->s->table)->count, known = 0;
  l->found = calloc(rows, 1);
  lap first = lookup_pass(l);
  for (uint64_t i = 0; i < rows; i++) {
    known += l->found[i] != 0;
    if (l->found[i] != truth[i] && !(l->sites && l->found[i] == 0))
      stage_die("%s: another base than the .2bit's in row %llu", name, (unsigned long long)i);
  }
  if (known < rows / 2)
    stage_die("%s: no base for most of the rows", name);
  free(l->found);
  l->found = NULL;
  stage_measure(name, rows, 0, lookup_pass, l, first.figure);
}

/* ---- records */

/* Records wait here between the resolver and the stage that is timed: few enough for the second-level cache, many enough that
 * reading the clock does not count. */
enum { WAITING_RECORDS = 256, WAITING_BYTES = 1 << 17, ALLELES_BYTES_MAX = 1 << 16 };

typedef struct conversion {
  subject *s;
  const dtc_assembly *assembly;
  reference *reference;
  const bgzf_file *truth;
  int chr_prefix;
  char name[DTC_CONTIG_COUNT][HEADER_CONTIG_NAME_BYTES];
  size_t name_length[DTC_CONTIG_COUNT];
  /* of a pass */
  uint64_t ns, records, text_bytes;
  record waiting[WAITING_RECORDS];
  size_t n_waiting;
  char arena[WAITING_BYTES];
  size_t arena_used;
  char *lines;
  int compare;
  /* for the index */
  block_writer *blocks;
  struct place {
    uint64_t from, to;
    uint32_t position, span;
    uint8_t contig;
  } *places;
} conversion;

static void run_resolve(conversion *c, int (*on_record)(void *, const record *)) {
  const resolve_options o = {.from = c->assembly,
                             .to = c->assembly,
                             .build_markers = c->s->verdict.build_markers,
                             .reference = c->reference,
                             .sex = c->s->verdict.sex};
  resolve_sink sink = {.on_record = on_record, .opaque = c};
  resolve_report report;
  dtc_diag diag = {0};
  if (resolve_run(c->s->table, &o, &sink, &report, &diag) != DTC_OK)
    stage_die("resolve: %s", dtc_status_text(diag.status));
  uint64_t rejected = 0;
  for (int k = 0; k < REJECT_COUNT; k++)
    rejected += report.rejected[k];
  if (report.written + report.merged + rejected != report.rows)
    stage_die("resolve: rows were lost");
}

static int count_record(void *opaque, const record *r) {
  (void)r;
  ((conversion *)opaque)->records++;
  return 0;
}

static lap resolve_pass(void *opaque) {
  conversion *c = opaque;
  c->records = 0;
  uint64_t from = stage_clock_ns();
  run_resolve(c, count_record);
  return (lap){stage_clock_ns() - from, c->records};
}

static char *write_line(const conversion *c, char *at, const record *r) {
  return vcf_text_write(at, r, c->name[r->contig], c->name_length[r->contig]);
}

/* ---- format */

static void format_waiting(conversion *c) {
  char *at = c->lines;
  uint64_t from = stage_clock_ns();
  for (size_t i = 0; i < c->n_waiting; i++)
    at = write_line(c, at, &c->waiting[i]);
  c->ns += stage_clock_ns() - from;
  size_t n = (size_t)(at - c->lines), offset = c->truth->header_bytes + c->text_bytes;
  if (c->compare && (offset + n > c->truth->text.length || memcmp(c->truth->text.at + offset, c->lines, n) != 0))
    stage_die("format: other lines than those of genotype-convert");
  c->text_bytes += n;
  c->records += c->n_waiting;
  c->n_waiting = c->arena_used = 0;
}

static void *keep(conversion *c, const void *what, size_t n) {
  void *at = memcpy(c->arena + c->arena_used, what, n);
  c->arena_used += (n + 7) & ~(size_t)7;
  return at;
}

static int wait_record(void *opaque, const record *r) {
  conversion *c = opaque;
  size_t need = vcf_text_bound(r) * 2 + r->n_ids * sizeof *r->ids + 64;
  if (need > ALLELES_BYTES_MAX)
    stage_die("format: a record of %zu bytes", need);
  if (c->n_waiting == WAITING_RECORDS || c->arena_used + need > WAITING_BYTES)
    format_waiting(c);
  record *kept = &c->waiting[c->n_waiting++];
  *kept = *r;
  kept->ids = keep(c, r->ids, r->n_ids * sizeof *r->ids);
  if (r->og)
    kept->og = keep(c, r->og, strlen(r->og) + 1);
  if (r->allele_bytes[0] > 1 || (r->n_alleles > 1 && r->allele_bytes[1] > 1)) /* an indel's live until the next record */
    for (unsigned k = 0; k < r->n_alleles; k++)
      kept->alleles[k] = keep(c, r->alleles[k], r->allele_bytes[k] + 1u);
  return 0;
}

static lap format_pass(void *opaque) {
  conversion *c = opaque;
  c->ns = c->records = c->text_bytes = 0;
  run_resolve(c, wait_record);
  format_waiting(c);
  return (lap){c->ns, c->text_bytes};
}

/* ---- compress */

typedef struct compressing {
  const bgzf_file *truth;
  bgzf_block *encoder;
  int compare;
} compressing;

/* The blocks as genotype-convert cut them, but for the empty one at the end. */
static lap compress_pass(void *opaque) {
  const compressing *c = opaque;
  static unsigned char out[BGZF_OUTPUT_MAX];
  uint64_t total = 0, from = stage_clock_ns();
  for (size_t i = 0; i < c->truth->count; i++) {
    const block *b = &c->truth->blocks[i];
    if (b->text_bytes == 0)
      continue;
    size_t n = bgzf_block_compress(c->encoder, b->text, b->text_bytes, out);
    if (c->compare && (n != b->packed_bytes || memcmp(out, b->packed, n) != 0))
      stage_die("compress: other bytes than those of genotype-convert");
    total += n;
  }
  return (lap){stage_clock_ns() - from, total};
}

/* ---- index */

static int throw_away(void *opaque, const void *packed, size_t length) {
  (void)opaque, (void)packed, (void)length;
  return 0;
}

static int place_record(void *opaque, const record *r) {
  conversion *c = opaque;
  struct place *p = &c->places[c->records++];
  char *at = block_writer_room(c->blocks, vcf_text_bound(r));
  p->from = block_writer_tell(c->blocks);
  block_writer_take(c->blocks, (size_t)(write_line(c, at, r) - at));
  p->to = block_writer_tell(c->blocks);
  p->position = r->position;
  p->span = r->allele_bytes[0];
  p->contig = r->contig;
  return 0;
}

/* Writes the file once, as vcf_file.c does, to know where each record stands. */
static void place_records(conversion *c) {
  c->records = 0;
  c->places = calloc(dtc_table_calls(c->s->table)->count, sizeof *c->places);
  c->blocks = block_writer_new(1);
  if (!c->places || !c->blocks || block_writer_begin(c->blocks, BGZF_LINES, throw_away, NULL) != 0)
    stage_die("out of memory");
  block_writer_put(c->blocks, c->truth->text.at, c->truth->header_bytes);
  block_writer_cut(c->blocks);
  run_resolve(c, place_record);
  block_writer_end(c->blocks);
}

static char *make_index(const conversion *c, size_t *length) {
  index_builder *x = index_new(INDEX_TBI, 0, c->assembly, c->chr_prefix);
  for (uint64_t i = 0; i < c->records; i++) {
    const struct place *p = &c->places[i];
    index_add(x, p->contig, p->position, p->span, p->from, p->to);
  }
  char *made = index_finish(x, c->blocks, length);
  index_free(x);
  return made;
}

static lap index_pass(void *opaque) {
  size_t length = 0;
  uint64_t from = stage_clock_ns();
  char *made = make_index(opaque, &length);
  free(made);
  return (lap){stage_clock_ns() - from, length};
}

static void check_index(const conversion *c, const char *path) {
  bgzf_file truth = bgzf_read(path, ".tbi");
  size_t length;
  char *made = make_index(c, &length);
  if (length != truth.text.length || memcmp(made, truth.text.at, length) != 0)
    stage_die("index: other bytes than those of genotype-convert");
  free(made);
  bgzf_free(&truth);
}

/* ---- */

static void measure_lookups(subject *s, const convert_files *files, const dtc_assembly *assembly) {
  uint64_t rows = dtc_table_calls(s->table)->count;
  lookup twobit = {s, assembly, files->twobit, NULL, NULL}, fasta = {s, assembly, files->fasta, NULL, NULL};
  lookup sites = {s, assembly, NULL, files->sites, NULL};
  char *truth = calloc(rows, 1);
  twobit.found = truth;
  lookup_pass(&twobit);
  measure_lookup("look up, .2bit", &twobit, truth);
  if (files->fasta)
    measure_lookup("look up, FASTA", &fasta, truth);
  if (files->sites)
    measure_lookup("look up, site table", &sites, truth);
  free(truth);
}

static uint64_t lines_of(const bgzf_file *f) {
  uint64_t n = 0;
  for (size_t i = f->header_bytes; i < f->text.length; i++)
    n += f->text.at[i] == '\n';
  return n;
}

static void measure_records(conversion *c, const convert_files *files) {
  uint64_t rows = dtc_table_calls(c->s->table)->count, records = lines_of(c->truth);
  uint64_t text_bytes = c->truth->text.length - c->truth->header_bytes;
  stage_measure("resolve, .2bit", rows, 0, resolve_pass, c, records);
  c->lines = malloc((size_t)WAITING_RECORDS * ALLELES_BYTES_MAX);
  c->compare = 1;
  format_pass(c);
  c->compare = 0;
  stage_measure("format VCF", records, text_bytes, format_pass, c, text_bytes);
  free(c->lines);
  compressing z = {c->truth, bgzf_block_new(BGZF_LINES), 1};
  lap first = compress_pass(&z);
  z.compare = 0;
  stage_measure("compress, default", records, c->truth->text.length, compress_pass, &z, first.figure);
  stage_figure("compressed bytes", (double)first.figure);
  bgzf_block_free(z.encoder);
  place_records(c);
  check_index(c, files->output);
  lap index = index_pass(c);
  stage_measure("index, TBI", records, text_bytes, index_pass, c, index.figure);
  block_writer_free(c->blocks);
  free(c->places);
}

void stages_of_convert(subject *s, const convert_files *files) {
  const dtc_assemblies *set = s->options.assemblies ? s->options.assemblies : dtc_assemblies_builtin();
  const dtc_assembly *assembly = dtc_assemblies_get(set, s->verdict.build);
  if (dtc_table_sort(s->table) != DTC_OK)
    stage_die("out of memory");
  measure_lookups(s, files, assembly);
  bgzf_file truth = bgzf_read(files->output, "");
  lookup l = {s, assembly, files->twobit, NULL, NULL};
  conversion *c = calloc(1, sizeof *c);
  if (!c)
    stage_die("out of memory");
  c->s = s;
  c->assembly = assembly;
  c->reference = open_reference(&l);
  c->truth = &truth;
  c->chr_prefix = reference_chr_prefix(c->reference);
  for (unsigned k = 1; k < DTC_CONTIG_COUNT; k++)
    c->name_length[k] = header_contig_name(k, c->chr_prefix, c->name[k]);
  measure_records(c, files);
  reference_free(c->reference);
  free(c);
  bgzf_free(&truth);
}
