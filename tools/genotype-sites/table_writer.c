#include "config.h"

#include "common/bcf_fill.h"
#include "common/output.h"
#include "genotype-sites/commands.h"
#include "genotype-sites/table_writer.h"

#include <errno.h>
#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <htslib/vcf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CSI_MIN_SHIFT = 14 };

typedef struct writing {
  htsFile *file;
  bcf_hdr_t *header;
  bcf1_t *record;
  int rid[DTC_CONTIG_COUNT];
  uint64_t records;
} writing;

/* First pass: the digest, over the five columns of each record as VCF has them. Who opens the table computes it again.
 */
typedef struct digesting {
  hts_md5_context *md5;
  kstring_t line;
  uint64_t records;
} digesting;

static int digest_record(void *opaque, const site_record *r) {
  digesting *d = opaque;
  d->records++;
  d->line.l = 0;
  int bad = ksprintf(&d->line, "%s\t%" PRIu32 "\t%s\t%s\t", dtc_contig_name(r->contig), r->position, r->id,
                     r->alleles[0]) < 0;
  for (unsigned i = 1; i < r->n_alleles; i++)
    bad |= kputs(r->alleles[i], &d->line) < 0 || kputc(i + 1 < r->n_alleles ? ',' : '\n', &d->line) < 0;
  bad |= r->n_alleles < 2 && kputs(".\n", &d->line) < 0;
  if (!bad)
    hts_md5_update(d->md5, d->line.s, d->line.l);
  return bad;
}

static int compute_digest(collection *c, char digest[64], uint64_t *records, fault *f) {
  digesting d = {hts_md5_init(), {0, 0, NULL}, 0};
  unsigned char binary[16];
  int failed = !d.md5 || collection_records(c, digest_record, &d) != 0;
  if (!failed) {
    hts_md5_final(binary, d.md5);
    memcpy(digest, "md5:", 4);
    hts_md5_hex(digest + 4, binary);
    *records = d.records;
  }
  if (d.md5)
    hts_md5_destroy(d.md5);
  free(d.line.s);
  return failed ? fault_memory(f) : 0;
}

static int add_line(bcf_hdr_t *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int add_line(bcf_hdr_t *h, const char *format, ...) {
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  return bcf_hdr_append(h, line);
}

/* htslib 1.16 leaves a line out, or its value, where it gets no memory, and says nothing. */
static int has_lines(const bcf_hdr_t *h, unsigned lines) {
  static const char first[] = "##fileformat=VCFv4.3\n";
  kstring_t text = {0, 0, NULL};
  unsigned found = 0;
  int ok = bcf_hdr_format(h, 0, &text) == 0 && text.s && strncmp(text.s, first, sizeof first - 1) == 0;
  for (const char *at = ok ? text.s : NULL; at && strncmp(at, "##", 2) == 0; found++) {
    at = strchr(at, '\n');
    at = at ? at + 1 : NULL;
  }
  free(text.s);
  return ok && found == lines + 2; /* the version, and FILTER's PASS */
}

static bcf_hdr_t *make_header(const table_claims *claims, const char *digest, uint64_t records,
                              int rid[DTC_CONTIG_COUNT]) {
  bcf_hdr_t *h = bcf_hdr_init("w");
  int bad = !h || bcf_hdr_set_version(h, "VCFv4.3") != 0;
  const dtc_assembly *a = claims->assembly;
  if (!bad)
    bad = add_line(h, "##source=genotype-sites %s", dtc_version()) ||
          add_line(h, "##assembly=%s", dtc_build_name(a->build)) || add_line(h, "##sites_records=%" PRIu64, records) ||
          add_line(h, "##sites_digest=%s", digest);
  int next = 0;
  for (unsigned c = 1; !bad && c < DTC_CONTIG_COUNT; c++) {
    if (!a->length[c])
      continue;
    rid[c] = next++;
    bad = add_line(h, "##contig=<ID=%s,length=%" PRIu32 ",assembly=%s%s%s>", dtc_contig_name(c), a->length[c],
                   dtc_build_name(a->build), claims->md5[c][0] ? ",md5=" : "", claims->md5[c]);
  }
  if (!bad)
    bad = bcf_hdr_sync(h) != 0 || !has_lines(h, 4 + (unsigned)next);
  if (bad && h)
    bcf_hdr_destroy(h);
  return bad ? NULL : h;
}

static int write_record(void *opaque, const site_record *r) {
  writing *w = opaque;
  size_t text_bytes = r->id ? strlen(r->id) : 0;
  for (unsigned i = 0; i < r->n_alleles; i++)
    text_bytes += strlen(r->alleles[i]) + BCF_FILL_ALLELE_BYTES;
  bcf_fill to;
  bcf_fill_begin(&to, w->record, w->rid[r->contig], (hts_pos_t)r->position - 1, 0, text_bytes, 0);
  bcf_fill_id(&to, r->id, r->id ? strlen(r->id) : 0);
  for (unsigned i = 0; i < r->n_alleles; i++)
    bcf_fill_allele(&to, r->alleles[i], strlen(r->alleles[i]));
  bcf_fill_filter(&to, -1);
  w->records++;
  return bcf_fill_end(&to) != 0 || bcf_write(w->file, w->header, w->record) != 0;
}

/* to: where it stands for now; its name tells the type. */
static int write_file(collection *c, const table_claims *claims, const char *to, const char *name, const char *digest,
                      uint64_t records, fault *f) {
  writing w;
  memset(&w, 0, sizeof w);
  w.header = make_header(claims, digest, records, w.rid);
  w.record = bcf_init();
  w.file = hts_open(to, dtc_file_type_of_name(name) == DTC_FILE_VCF_BGZF ? "wz" : "wb");
  int failed = !w.header || !w.record || !w.file || bcf_hdr_write(w.file, w.header) != 0 ||
               collection_records(c, write_record, &w) != 0;
  int saved = errno;
  if (w.record)
    bcf_destroy(w.record);
  if (w.header)
    bcf_hdr_destroy(w.header);
  if (w.file && hts_close(w.file) != 0)
    failed = 1;
  errno = saved;
  return failed ? fault_system(f, name, "cannot write it") : 0;
}

/* What stands on the disk, read again: the digest, the end mark and the number of records must be right. */
static int read_back(const char *path, const char *name, const dtc_assembly *assembly, const char *digest, fault *f) {
  dtc_reference *table;
  fault none = {0};
  if (table_open(NULL, path, assembly, &table, &none) != 0)
    return fault_set(f, EXIT_TROUBLE, "%s: what was written cannot be read back", name);
  int same = strcmp(dtc_reference_sites_digest(table), digest) == 0;
  dtc_reference_free(table);
  return same ? 0 : fault_set(f, EXIT_TROUBLE, "%s: what was written is not what was meant", name);
}

int table_write(collection *c, const table_claims *claims, const char *path, char digest[64], uint64_t *records,
                fault *f) {
  output *data, *index;
  int failed = output_open_indexed(path, ".csi", &data, &index, f) != 0 || compute_digest(c, digest, records, f) != 0 ||
               write_file(c, claims, output_path(data), path, digest, *records, f) != 0 ||
               read_back(output_path(data), path, claims->assembly, digest, f) != 0;
  /* after the file is closed: htslib 1.16 makes wrong ones on the fly */
  if (!failed && bcf_index_build3(output_path(data), output_path(index), CSI_MIN_SHIFT, 0) != 0)
    failed = fault_set(f, EXIT_TROUBLE, "%s: its index cannot be made", path);
  failed = failed || output_complete_indexed(data, index, f) != 0;
  output_free(index);
  output_free(data);
  return failed ? -1 : 0;
}
