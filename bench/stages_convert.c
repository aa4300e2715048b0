/* stages_convert.c - the second half of bench/stages: from the table to the bytes of the output. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/counts.h"
#include "unit/engine_file.h"
#include "vcf/fast/index.h"
#include "vcf/reference/reference.h"
#include "vcf/resolve/resolve.h"

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

/* A file in BGZF, and its text. */
typedef struct bgzf_file {
  bytes packed, text;
  size_t *begins; /* of each block's text; begins[count] is the end */
  size_t count;
  size_t header_bytes; /* of the text */
} bgzf_file;

/* SAM specification, 4.1: BSIZE stands at 16 in blocks whose extra field holds nothing else, as ours do. */
static size_t le16(const unsigned char *at) { return at[0] | (size_t)at[1] << 8; }

static size_t unpack_block(const unsigned char *at, const unsigned char *end, unsigned char *text, size_t *text_bytes) {
  size_t size = end - at < BGZF_EOF_BYTES ? 0 : le16(at + 16) + 1;
  z_stream z = {.next_in = (unsigned char *)at, .avail_in = (uInt)size, .next_out = text, .avail_out = BGZF_OUTPUT_MAX};
  if (size < BGZF_EOF_BYTES || size > (size_t)(end - at) || le16(at + 12) != 0x4342 || inflateInit2(&z, 31) != Z_OK ||
      inflate(&z, Z_FINISH) != Z_STREAM_END)
    stage_die("a file of genotype-convert's is no BGZF");
  *text_bytes = z.total_out;
  inflateEnd(&z);
  return size;
}

static bgzf_file bgzf_read(const char *path, const char *suffix) {
  bgzf_file f = {.packed = read_file(path, suffix)};
  const unsigned char *at = f.packed.at, *end = at + f.packed.length;
  size_t most = f.packed.length / BGZF_EOF_BYTES + 1;
  f.begins = calloc(most + 1, sizeof *f.begins);
  f.text.at = malloc(most * BGZF_OUTPUT_MAX);
  if (!f.begins || !f.text.at)
    stage_die("out of memory");
  for (size_t got; at < end; f.text.length += got) {
    at += unpack_block(at, end, f.text.at + f.text.length, &got);
    f.begins[++f.count] = f.text.length + got;
  }
  while (f.header_bytes < f.text.length && f.text.at[f.header_bytes] == '#') {
    const unsigned char *line = f.text.at + f.header_bytes;
    f.header_bytes += (size_t)((unsigned char *)memchr(line, '\n', f.text.length - f.header_bytes) - line) + 1;
  }
  return f;
}

static void bgzf_free(bgzf_file *f) {
  free(f->packed.at);
  free(f->text.at);
  free(f->begins);
}

static int same(bytes a, const void *at, size_t length) { return a.length == length && memcmp(a.at, at, length) == 0; }

/* ---- the reference */

typedef struct lookup {
  const subject *s;
  const dtc_assembly *assembly;
  const char *sequence, *sites;
  char *found; /* NULL, or REF of each row, 0 where it is not known */
} lookup;

static reference *open_reference(const lookup *l) {
  char message[600];
  reference *r = NULL;
  if (reference_open(l->sequence, l->sites, l->assembly, &r, message, sizeof message) != DTC_OK)
    stage_die("%s", message);
  return r;
}

static char letter_of(const reference *r, unsigned kind) {
  return kind < REFERENCE_SNV_KINDS ? reference_site_of(r, kind)->alleles[0][0] : kind == REFERENCE_N ? 'N' : 0;
}

/* With opening and closing, so that every pass takes the page faults of the mapping that a process takes. */
static lap lookup_pass(void *opaque) {
  const lookup *l = opaque;
  const dtc_calls *c = dtc_table_calls(l->s->table);
  uint8_t kind[REFERENCE_KINDS_MAX];
  uint64_t sum = 0, from = stage_clock_ns();
  reference *r = open_reference(l);
  for (size_t i = 0, to; i < c->count; i = to) {
    for (to = i + 1; to < c->count && to < i + REFERENCE_KINDS_MAX && c->contig[to] == c->contig[i];)
      to++;
    if (c->contig[i] >= DTC_CONTIG_COUNT)
      continue;
    if (i == 0 || c->contig[i] != c->contig[i - 1])
      reference_contig(r, c->contig[i]);
    reference_kinds(r, c->position + i, to - i, kind, NULL);
    for (size_t k = i; k < to; k++) {
      sum += kind[k - i];
      if (l->found)
        l->found[k] = letter_of(r, kind[k - i]);
    }
  }
  reference_free(r);
  return (lap){stage_clock_ns() - from, sum};
}

static void measure_lookup(const char *name, lookup *l, const char *truth) {
  uint64_t rows = dtc_table_calls(l->s->table)->count, known = 0;
  l->found = calloc(rows, 1);
  if (!l->found)
    stage_die("out of memory");
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

static void measure_lookups(const subject *s, const convert_files *files, const dtc_assembly *assembly) {
  uint64_t rows = dtc_table_calls(s->table)->count;
  char *truth = calloc(rows, 1);
  if (!truth)
    stage_die("out of memory");
  lookup twobit = {s, assembly, files->twobit, NULL, truth};
  lookup fasta = {s, assembly, files->fasta, NULL, NULL}, sites = {s, assembly, NULL, files->sites, NULL};
  lookup_pass(&twobit);
  measure_lookup("look up, .2bit", &twobit, truth);
  if (files->fasta)
    measure_lookup("look up, FASTA", &fasta, truth);
  if (files->sites)
    measure_lookup("look up, site table", &sites, truth);
  free(truth);
}

/* ---- records */

/* Records wait here between the resolver and what is timed: few enough for the second-level cache, many enough that
 * reading the clock does not count. */
enum { WAITING_RECORDS = 256, WAITING_BYTES = 1 << 17 };

typedef struct conversion {
  const subject *s;
  const dtc_assembly *assembly;
  reference *reference;
  const bgzf_file *truth;
  vcf_writer *writer; /* of one thread: this one */
  vcf_layout layout;
  const char *path; /* of what a pass writes and nobody keeps */
  /* of a pass */
  engine_file *file;
  uint64_t ns, records;
  record waiting[WAITING_RECORDS];
  size_t n_waiting;
  char arena[WAITING_BYTES];
  size_t arena_used;
} conversion;

static void run_resolve(conversion *c, int (*on_record)(void *, const record *)) {
  uint64_t markers[BUILD_COUNT];
  for (unsigned b = 0; b < BUILD_COUNT; b++)
    markers[b] = dtc_verdict_build_markers(c->s->verdict, (dtc_build)b);
  const resolve_options o = {.from = c->assembly,
                             .to = c->assembly,
                             .build_markers = markers,
                             .reference = c->reference,
                             .sex = dtc_verdict_sex(c->s->verdict)};
  resolve_sink sink = {.on_record = on_record, .opaque = c};
  resolve_report report;
  dtc_diag diag = {0};
  if (dtc_table_sort(c->s->table) != DTC_OK ||
      resolve_calls(dtc_table_calls(c->s->table), &o, &sink, &report, &diag) != DTC_OK)
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

/* ---- writing: a file of the layout, without the resolver's time */

static void write_waiting(conversion *c) {
  uint64_t from = stage_clock_ns();
  for (size_t i = 0; i < c->n_waiting; i++)
    if (engine_file_add(c->file, &c->waiting[i]) != 0)
      stage_die("out of memory");
  c->ns += stage_clock_ns() - from;
  c->n_waiting = c->arena_used = 0;
}

static void *keep(conversion *c, const void *what, size_t n) {
  void *at = memcpy(c->arena + c->arena_used, what, n);
  c->arena_used += (n + 7) & ~(size_t)7;
  return at;
}

static size_t kept_bytes(const record *r) {
  size_t n = r->n_ids * sizeof *r->ids + (r->og ? strlen(r->og) + 1 : 0) + 16;
  for (unsigned k = 0; k < r->n_alleles; k++)
    n += r->allele_bytes[k] + 1u + 7;
  return n;
}

/* Names and OG belong to the resolver and an indel's alleles to the reference, until the next record. */
static int wait_record(void *opaque, const record *r) {
  conversion *c = opaque;
  size_t need = kept_bytes(r);
  if (need > WAITING_BYTES)
    stage_die("a record of %zu bytes", need);
  if (c->n_waiting == WAITING_RECORDS || c->arena_used + need > WAITING_BYTES)
    write_waiting(c);
  record *kept = &c->waiting[c->n_waiting++];
  *kept = *r;
  kept->ids = keep(c, r->ids, r->n_ids * sizeof *r->ids);
  if (r->og)
    kept->og = keep(c, r->og, strlen(r->og) + 1);
  for (unsigned k = 0; k < r->n_alleles; k++)
    if (r->allele_bytes[k] > 1)
      for (unsigned all = 0; all < r->n_alleles; all++)
        kept->alleles[all] = keep(c, r->alleles[all], r->allele_bytes[all] + 1u);
  return 0;
}

static void write_file(conversion *c, const char *path, int publish) {
  fault f = {0};
  c->ns = 0;
  c->file = engine_file_open(path, &c->layout, c->writer, &f);
  if (!c->file)
    stage_die("%s", f.message);
  run_resolve(c, wait_record);
  write_waiting(c);
  uint64_t from = stage_clock_ns();
  if (engine_file_close(c->file, &f) != 0 || (publish && engine_file_publish(c->file, &f) != 0))
    stage_die("%s", f.message);
  c->ns += stage_clock_ns() - from;
  c->records = engine_file_records(c->file);
  engine_file_free(c->file);
}

static lap write_pass(void *opaque) {
  conversion *c = opaque;
  write_file(c, c->path, 0);
  return (lap){c->ns, c->records};
}

static bytes written(conversion *c, const char *beside) {
  char path[4096];
  snprintf(path, sizeof path, "%s.stage", beside);
  write_file(c, path, 1);
  bytes b = read_file(path, "");
  unlink(path);
  return b;
}

/* truth: what stands in the file; NULL: not compared. */
static void measure_writer(conversion *c, const char *name, dtc_file_type type, int fast, const bytes *truth,
                           const convert_files *files) {
  c->layout.type = type;
  c->layout.level = DTC_LEVEL_DEFAULT;
  c->writer = vcf_writer_new(vcf_engine_for(type, fast), 1);
  if (!c->writer)
    stage_die("out of memory");
  bytes got = written(c, files->output);
  if (truth && !same(got, truth->at, truth->length))
    stage_die("%s: other bytes than those of genotype-convert", name);
  char figure[64];
  snprintf(figure, sizeof figure, "bytes, %s", name);
  stage_figure(figure, (double)got.length);
  free(got.at);
  stage_measure(name, c->records, c->truth->text.length, write_pass, c, c->records);
  vcf_writer_free(c->writer);
}

static void measure_writing(conversion *c, const convert_files *files) {
  char path[4096];
  snprintf(path, sizeof path, "%s.pass", files->output);
  c->path = path;
  measure_writer(c, "write VCF", DTC_FILE_VCF, 0, &c->truth->text, files);
  measure_writer(c, "write VCF.gz", DTC_FILE_VCF_BGZF, 0, &c->truth->packed, files);
  measure_writer(c, "write VCF.gz, --fast", DTC_FILE_VCF_BGZF, 1, NULL, files);
  measure_writer(c, "write BCF", DTC_FILE_BCF, 0, NULL, files);
}

/* ---- */

static uint64_t lines_of(const bgzf_file *f) {
  uint64_t n = 0;
  for (size_t i = f->header_bytes; i < f->text.length; i++)
    n += f->text.at[i] == '\n';
  return n;
}

void stages_of_convert(const subject *s, const convert_files *files) {
  const dtc_assemblies *set = s->options.assemblies ? s->options.assemblies : dtc_assemblies_builtin();
  const dtc_assembly *assembly = dtc_assemblies_get(set, dtc_verdict_build(s->verdict));
  if (dtc_table_sort(s->table) != DTC_OK)
    stage_die("out of memory");
  measure_lookups(s, files, assembly);
  bgzf_file truth = bgzf_read(files->output, "");
  lookup l = {s, assembly, files->twobit, NULL, NULL};
  conversion *c = calloc(1, sizeof *c);
  if (!c)
    stage_die("out of memory");
  output_setup();
  c->s = s;
  c->assembly = assembly;
  c->reference = open_reference(&l);
  c->truth = &truth;
  c->layout = (vcf_layout){.assembly = assembly,
                           .chr_prefix = reference_chr_prefix(c->reference),
                           .header = (char *)truth.text.at,
                           .header_bytes = truth.header_bytes};
  stage_measure("resolve, .2bit", dtc_table_calls(s->table)->count, 0, resolve_pass, c, lines_of(&truth));
  measure_writing(c, files);
  reference_free(c->reference);
  free(c);
  bgzf_free(&truth);
}
