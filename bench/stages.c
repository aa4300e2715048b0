/* stages - what each stage of reading and converting an export costs, one after the other in one process.
 *
 *   stages PASSES EXPORT.zip [ASSEMBLIES.tsv REFERENCE.fa REFERENCE.2bit SITES OUTPUT.vcf.gz]     ('-': not there)
 *
 * Every result is held against one that was got another way before anything is timed: the text against zlib's, the rows
 * against a plain reading of the text, and (stages_convert.c) the bytes of lines, blocks and index against those of
 * genotype-convert's own output. Exit status 1 where they differ. */
#include "stage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "archive/archive.h"
#include "quality/quality.h"
#include "quality/verdict.h"
#include "table/parser.h"
#include "table/rules.h"
#include "table/table.h"

unsigned stage_passes;

void stage_die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "stages: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  exit(1);
}

uint64_t stage_clock_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void stage_measure(const char *name, uint64_t rows, uint64_t bytes, stage_pass pass, void *opaque, uint64_t expected) {
  uint64_t best = UINT64_MAX;
  for (unsigned k = 0; k <= stage_passes; k++) {
    lap l = pass(opaque);
    if (l.figure != expected)
      stage_die("%s: %" PRIu64 " came out, not %" PRIu64, name, l.figure, expected);
    if (k && l.ns < best) /* the first pass warms the caches */
      best = l.ns;
  }
  printf("stage\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", name, rows, bytes, best);
  fflush(stdout);
}

void stage_figure(const char *name, double value) { printf("figure\t%s\t%.6f\n", name, value); }

/* ---- the text, by zlib alone */

typedef struct packed {
  unsigned char *bytes, *deflated;
  size_t length, deflated_bytes;
} packed;

static packed read_zip(const char *path) {
  packed z = {0};
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, 0, SEEK_END) != 0)
    stage_die("%s cannot be read", path);
  z.length = (size_t)ftell(f);
  rewind(f);
  z.bytes = malloc(z.length);
  if (!z.bytes || z.length < 30 || fread(z.bytes, 1, z.length, f) != z.length || memcmp(z.bytes, "PK\3\4", 4) != 0)
    stage_die("%s is no zip", path);
  fclose(f);
  const unsigned char *h = z.bytes;
  z.deflated = z.bytes + 30 + h[26] + h[27] * 256 + h[28] + h[29] * 256;
  z.deflated_bytes = z.length - (size_t)(z.deflated - z.bytes); /* zlib finds the end itself */
  return z;
}

/* In steps of 64 KiB into one buffer; or, where text is not NULL, all of it behind each other. */
static size_t inflate_all(const packed *z, char *text, size_t room) {
  static unsigned char block[1 << 16];
  z_stream s = {0};
  size_t total = 0;
  int status = inflateInit2(&s, -15);
  s.next_in = z->deflated;
  s.avail_in = (uInt)z->deflated_bytes;
  while (status == Z_OK) {
    s.next_out = text ? (unsigned char *)text + total : block;
    s.avail_out = text && room - total < sizeof block ? (uInt)(room - total) : (uInt)sizeof block;
    uInt before = s.avail_out;
    status = inflate(&s, Z_NO_FLUSH);
    total += before - s.avail_out;
    if (text && total == room && status == Z_OK)
      break;
  }
  inflateEnd(&s);
  if (status != Z_STREAM_END)
    stage_die("zlib cannot inflate the export");
  return total;
}

static lap zlib_pass(void *opaque) {
  uint64_t from = stage_clock_ns();
  size_t n = inflate_all(opaque, NULL, 0);
  return (lap){stage_clock_ns() - from, n};
}

/* ---- unpacking */

typedef struct unpacking {
  const subject *s;
  uint64_t got;
  int compare;
} unpacking;

static dtc_status take_text(void *opaque, const void *bytes, size_t length) {
  unpacking *u = opaque;
  if (u->compare && (u->got + length > u->s->text_bytes || memcmp(u->s->text + u->got, bytes, length) != 0))
    stage_die("unpack: the text is not the one zlib gives");
  u->got += length;
  return DTC_OK;
}

static lap unpack_pass(void *opaque) {
  unpacking *u = opaque;
  archive_facts facts;
  dtc_diag diag = {0};
  u->got = 0;
  uint64_t from = stage_clock_ns();
  dtc_status status = archive_pump_path(u->s->zip_path, &u->s->options, take_text, u, &facts, &diag);
  uint64_t ns = stage_clock_ns() - from;
  if (status != DTC_OK)
    stage_die("unpack: %s", dtc_status_text(status));
  return (lap){ns, u->got};
}

/* ---- rows */

/* Sums over the rows that any reading of the text must come to. */
typedef struct sums {
  uint64_t rows, positions, id_numbers;
} sums;

static const char *number_at(const char *at, uint64_t *sum) {
  uint64_t value = 0;
  for (; *at >= '0' && *at <= '9'; at++)
    value = value * 10 + (uint64_t)(*at - '0');
  *sum += value;
  return at;
}

/* Line by line, field by field, nothing clever. The text ends in NUL. */
static sums read_plainly(const char *text) {
  sums sum = {0};
  int in_rows = 0;
  for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
    const char *at = text + (*text == '"');
    if (!in_rows) {
      in_rows = *text != '#' || strncmp(text, "# rsid\t", 7) == 0;
      if (*text == '#' || strncmp(text, "rsid\t", 5) == 0 || strncmp(text, "RSID,", 5) == 0)
        continue;
    }
    sum.rows++;
    while ((*at < '0' || *at > '9') && at < end)
      at++;
    at = number_at(at, &sum.id_numbers);
    for (int fields = 0; fields < 2; fields++)
      at += strcspn(at, "\t,") + 1;
    number_at(at + (*at == '"'), &sum.positions);
  }
  return sum;
}

static sums sums_of(const dtc_calls *c) {
  sums sum = {.rows = c->count};
  for (size_t i = 0; i < c->count; i++) {
    sum.positions += c->position[i];
    sum.id_numbers += c->id_number[i];
  }
  return sum;
}

static lap parse_pass(void *opaque) {
  const subject *s = opaque;
  parser_sink none = {0};
  parser *p = parser_new(&s->options, &none);
  uint64_t from = stage_clock_ns();
  for (size_t at = 0, n; at < s->text_bytes; at += n) {
    n = s->text_bytes - at < 65536 ? s->text_bytes - at : 65536;
    parser_feed(p, s->text + at, n);
  }
  dtc_status status = parser_finish(p);
  uint64_t ns = stage_clock_ns() - from;
  if (status != DTC_OK)
    stage_die("scan: %s", dtc_status_text(status));
  lap l = {ns, parser_get_totals(p)->rows};
  parser_free(p);
  return l;
}

/* The rows in batches, as a parser hands them on. */
enum { PIECE = 4096 };
static dtc_calls piece_of(const dtc_calls *c, size_t from) {
  size_t n = c->count - from < PIECE ? c->count - from : PIECE;
  return (dtc_calls){n,
                     c->position + from,
                     c->id_number + from,
                     c->id_kind + from,
                     c->contig + from,
                     c->genotype + from,
                     c->line + from,
                     c->names};
}

static lap rules_pass(void *opaque) {
  const subject *s = opaque;
  const dtc_calls *c = dtc_table_calls(s->table);
  rules r;
  parser_totals totals = {0};
  rules_init(&r, vendor_by_slug(dtc_verdict_vendor(s->verdict)));
  uint64_t from = stage_clock_ns();
  for (size_t at = 0; at < c->count; at += PIECE) {
    dtc_calls piece = piece_of(c, at);
    rules_apply(&r, &piece, &totals);
  }
  return (lap){stage_clock_ns() - from, totals.duplicate_positions};
}

static lap figures_pass(void *opaque) {
  const subject *s = opaque;
  const dtc_calls *c = dtc_table_calls(s->table);
  static quality q;
  dtc_verdict verdict;
  memset(&verdict, 0, sizeof verdict);
  quality_init(&q, dtc_assemblies_get(dtc_assemblies_builtin(), dtc_verdict_build(s->verdict)));
  uint64_t from = stage_clock_ns();
  for (size_t at = 0; at < c->count; at += PIECE) {
    dtc_calls piece = piece_of(c, at);
    quality_add(&q, &piece);
  }
  quality_fill(&q, &verdict);
  return (lap){stage_clock_ns() - from, verdict.called};
}

static lap table_pass(void *opaque) {
  const subject *s = opaque;
  const dtc_calls *c = dtc_table_calls(s->table);
  uint64_t from = stage_clock_ns();
  dtc_table *t = table_new(NULL);
  for (size_t at = 0; at < c->count; at += PIECE) {
    dtc_calls piece = piece_of(c, at);
    if (table_append(t, &piece) != DTC_OK)
      stage_die("table: out of memory");
  }
  table_done(t);
  uint64_t rows = dtc_table_calls(t)->count;
  dtc_table_free(t);
  return (lap){stage_clock_ns() - from, rows};
}

static lap validate_pass(void *opaque) {
  const subject *s = opaque;
  dtc_verdict verdict;
  uint64_t from = stage_clock_ns();
  if (dtc_validate_path(s->zip_path, &s->options, &verdict) != DTC_OK)
    stage_die("validate: %s", dtc_status_text(verdict.status));
  return (lap){stage_clock_ns() - from, verdict.rows};
}

static lap load_pass(void *opaque) {
  const subject *s = opaque;
  dtc_table *t;
  uint64_t from = stage_clock_ns();
  if (dtc_table_load_path(s->zip_path, &s->options, &t, NULL) != DTC_OK)
    stage_die("load: failed");
  uint64_t rows = dtc_table_calls(t)->count;
  dtc_table_free(t);
  return (lap){stage_clock_ns() - from, rows};
}

/* ---- bytes a row of the table: an allocator that counts. A block's size stands before it. */

typedef struct counted {
  uint64_t now, most;
} counted;
enum { COUNTED_HEAD = 16 };

static void *counted_resize(void *opaque, void *block, size_t bytes) {
  counted *c = opaque;
  unsigned char *old = block ? (unsigned char *)block - COUNTED_HEAD : NULL;
  uint64_t before = 0, size = bytes;
  if (old)
    memcpy(&before, old, sizeof before);
  unsigned char *grown = realloc(old, bytes + COUNTED_HEAD);
  if (!grown)
    return NULL;
  /* A block that grows may be there twice while it moves; one that shrinks stays where it is. */
  uint64_t meanwhile = size > before ? c->now + size : c->now;
  if (meanwhile > c->most)
    c->most = meanwhile;
  c->now += size - before;
  memcpy(grown, &size, sizeof size);
  return grown + COUNTED_HEAD;
}

static void counted_release(void *opaque, void *block) {
  counted *c = opaque;
  uint64_t size;
  if (!block)
    return;
  memcpy(&size, (unsigned char *)block - COUNTED_HEAD, sizeof size);
  c->now -= size;
  free((unsigned char *)block - COUNTED_HEAD);
}

static void weigh_table(const subject *s) {
  counted count = {0};
  dtc_options o = s->options;
  o.allocator = (dtc_allocator){counted_resize, counted_release, &count};
  dtc_table *t;
  if (dtc_table_load_path(s->zip_path, &o, &t, NULL) != DTC_OK)
    stage_die("load: failed");
  double rows = (double)dtc_table_calls(t)->count;
  stage_figure("table bytes a row", (double)count.now / rows);
  stage_figure("table bytes a row, most while loading", (double)count.most / rows);
  dtc_table_free(t);
}

/* ---- */

static void subject_open(subject *s, const packed *z) {
  size_t room = (size_t)1 << 16;
  for (size_t n = inflate_all(z, NULL, 0); room <= n;)
    room *= 2;
  s->text = malloc(room);
  if (!s->text)
    stage_die("out of memory");
  s->text_bytes = inflate_all(z, s->text, room - 1);
  s->text[s->text_bytes] = '\0';
  s->verdict = dtc_verdict_new(NULL);
  dtc_status status = dtc_table_load_path(s->zip_path, &s->options, &s->table, s->verdict);
  if (status != DTC_OK)
    stage_die("%s: %s", s->zip_path, dtc_status_text(status));
}

static void stages_of_library(subject *s, packed *z) {
  const dtc_calls *calls = dtc_table_calls(s->table);
  uint64_t rows = calls->count, bytes = s->text_bytes;
  sums plain = read_plainly(s->text), ours = sums_of(calls);
  if (memcmp(&plain, &ours, sizeof plain) != 0)
    stage_die("the table is not what the text says: %" PRIu64 " rows and %" PRIu64 ", positions %" PRIu64
              " and %" PRIu64 ", names %" PRIu64 " and %" PRIu64,
              ours.rows, plain.rows, ours.positions, plain.positions, ours.id_numbers, plain.id_numbers);
  unpacking u = {s, 0, 1};
  unpack_pass(&u);
  u.compare = 0;
  stage_measure("zlib inflate alone", rows, bytes, zlib_pass, z, bytes);
  stage_measure("unpack: zip, inflate, CRC", rows, bytes, unpack_pass, &u, bytes);
  stage_measure("scan and rules", rows, bytes, parse_pass, s, rows);
  stage_measure("of which rules", rows, bytes, rules_pass, s, dtc_verdict_duplicate_positions(s->verdict));
  stage_measure("figures", rows, bytes, figures_pass, s, dtc_verdict_called(s->verdict));
  stage_measure("validate, whole", rows, bytes, validate_pass, s, rows);
  stage_measure("table", rows, bytes, table_pass, s, rows);
  stage_measure("load, whole", rows, bytes, load_pass, s, rows);
  weigh_table(s);
}

static const char *given(int argc, char **argv, int k) {
  return k < argc && strcmp(argv[k], "-") != 0 ? argv[k] : NULL;
}

int main(int argc, char **argv) {
  if (argc < 3 || atoi(argv[1]) < 1) {
    fprintf(stderr, "usage: stages PASSES EXPORT.zip "
                    "[ASSEMBLIES.tsv REFERENCE.fa REFERENCE.2bit SITES OUTPUT.vcf.gz]\n");
    return 2;
  }
  stage_passes = (unsigned)atoi(argv[1]);
  subject s = {.zip_path = argv[2]};
  dtc_assemblies *assemblies = NULL;
  dtc_options_init(&s.options, DTC_POLICY_REJECT);
  if (given(argc, argv, 3) && dtc_assemblies_load_path(argv[3], NULL, &assemblies, NULL) != DTC_OK)
    stage_die("%s cannot be used", argv[3]);
  s.options.assemblies = assemblies;
  packed z = read_zip(s.zip_path);
  subject_open(&s, &z);
  stages_of_library(&s, &z);
  convert_files files = {given(argc, argv, 4), given(argc, argv, 5), given(argc, argv, 6), given(argc, argv, 7)};
#ifdef BENCH_CONVERT
  if (files.twobit && files.output)
    stages_of_convert(&s, &files);
#else
  (void)files;
#endif
  dtc_table_free(s.table);
  dtc_assemblies_free(assemblies);
  free(s.text);
  free(z.bytes);
  return 0;
}
