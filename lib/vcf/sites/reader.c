/* reader.c - see reader.h. Layout of a BCF record: VCF specification 4.3, section 6.3. */
#include "vcf/sites/reader.h"

#include "vcf/reference/kind.h"

#include <errno.h>
#include <htslib/hfile.h>
#include <htslib/kseq.h>
#include <htslib/kstring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VCF_COLUMNS_MIN = 8 };

struct site_reader {
  htsFile *file;
  bcf_hdr_t *header;
  bcf1_t *record; /* of BCF; NULL for VCF */
  kstring_t line; /* of VCF */
  char *text;     /* of BCF: id and alleles, each terminated */
  size_t text_capacity;
  const char **allele;
  size_t alleles_capacity;
  char name[64]; /* of the last record's contig, which is nearly always the next one's, too; "": none that fits */
  unsigned contig;
};

static dtc_status no_memory(char *message, size_t message_bytes) {
  snprintf(message, message_bytes, "out of memory");
  return DTC_OUT_OF_MEMORY;
}

/* The file is open. */
static dtc_status begin(site_reader *r, const char *shown, char *message, size_t message_bytes) {
  const htsFormat *format = hts_get_format(r->file);
  if (!r->file->fn) /* not checked by htslib 1.16, which then follows it */
    return no_memory(message, message_bytes);
  if (format->format != bcf && format->format != vcf)
    return DTC_REFERENCE_FILE;
  if (format->compression == bgzf && hts_check_EOF(r->file) == 0)
    snprintf(message, message_bytes, "%s is cut off: its end mark is missing", shown);
  else if (!(r->header = bcf_hdr_read(r->file)))
    snprintf(message, message_bytes, "the header of %s cannot be read", shown);
  else
    return format->format == vcf || (r->record = bcf_init()) ? DTC_OK : no_memory(message, message_bytes);
  return DTC_IO_READ;
}

dtc_status site_reader_open(const char *path, const char *shown, site_reader **out, char *message,
                            size_t message_bytes) {
  site_reader *r = calloc(1, sizeof *r);
  *out = NULL;
  message[0] = '\0';
  if (!r)
    return no_memory(message, message_bytes);
  r->file = hts_open(path, "r");
  dtc_status status = DTC_REFERENCE_FILE;
  if (r->file) {
    status = begin(r, shown, message, message_bytes);
  } else if (errno != ENOEXEC) { /* htslib's word for a format that is none of its own */
    snprintf(message, message_bytes, "cannot open %s: %s", shown, strerror(errno));
    status = DTC_IO_OPEN;
  }
  /* htslib calls the format a foreign one also where it had no memory to look at it */
  if (status == DTC_REFERENCE_FILE && file_is_variants(path))
    status = no_memory(message, message_bytes);
  if (status == DTC_OK)
    *out = r;
  else
    site_reader_close(r);
  return status;
}

const bcf_hdr_t *site_reader_header(const site_reader *r) { return r->header; }

int site_reader_close(site_reader *r) {
  if (!r)
    return 1;
  if (r->record)
    bcf_destroy(r->record);
  if (r->header)
    bcf_hdr_destroy(r->header);
  int ok = !r->file || hts_close(r->file) == 0;
  free(r->line.s);
  free(r->text);
  free(r->allele);
  free(r);
  return ok;
}

static int put_allele(site_reader *r, size_t n, const char *text) {
  if (n == r->alleles_capacity) {
    size_t more = n * 2 + 16;
    const char **grown = realloc(r->allele, more * sizeof *grown);
    if (!grown)
      return 0;
    r->allele = grown;
    r->alleles_capacity = more;
  }
  r->allele[n] = text;
  return 1;
}

/* The column at *at, terminated in place; *at moves behind it, to NULL behind the last. */
static char *take_column(char **at) {
  char *column = *at, *tab = column ? strchr(column, '\t') : NULL;
  if (tab)
    *tab = '\0';
  *at = tab ? tab + 1 : NULL;
  return column;
}

static int parse_position(const char *text, uint32_t *out) {
  uint64_t value = 0;
  size_t n = 0;
  for (; text[n] >= '0' && text[n] <= '9' && n < 11; n++)
    value = value * 10 + (unsigned)(text[n] - '0');
  *out = (uint32_t)value;
  return n > 0 && !text[n] && value <= INT32_MAX;
}

static int split_line(site_reader *r, dtc_site *out) {
  char *at = r->line.s, *columns[VCF_COLUMNS_MIN];
  if (strlen(at) != r->line.l) /* a NUL inside */
    return -1;
  for (unsigned k = 0; k < VCF_COLUMNS_MIN; k++)
    if (!(columns[k] = take_column(&at)))
      return -1;
  if (!columns[0][0] || !columns[3][0] || !columns[4][0] || !parse_position(columns[1], &out->position))
    return -1;
  out->contig_name = columns[0];
  out->id = columns[2][0] ? columns[2] : ".";
  size_t n = 0;
  if (!put_allele(r, n++, columns[3]))
    return -1;
  for (char *alt = strcmp(columns[4], ".") == 0 ? NULL : columns[4]; alt;) {
    char *comma = strchr(alt, ',');
    if (comma)
      *comma = '\0';
    if (!put_allele(r, n++, alt))
      return -1;
    alt = comma ? comma + 1 : NULL;
  }
  out->n_alleles = (unsigned)n;
  out->alleles = r->allele;
  return 1;
}

/* hts_getline says "end" of a plain file too where its buffer could not grow. */
static int is_at_end(site_reader *r) {
  char byte;
  if (r->line.l)
    return 0;
  return hts_get_format(r->file)->compression != no_compression || hpeek(r->file->fp.hfile, &byte, 1) == 0;
}

static int next_of_vcf(site_reader *r, dtc_site *out) {
  r->line.l = 0;
  int got = hts_getline(r->file, KS_SEP_LINE, &r->line);
  if (got < 0)
    return got == -1 && is_at_end(r) ? 0 : -1;
  return split_line(r, out);
}

/* A typed text at *at: its bytes and their number; *at moves behind it. 0 where the record ends before, or it is no
 * text. */
static const char *take_typed(const uint8_t **at, const uint8_t *end, size_t *bytes) {
  const uint8_t *p = *at;
  if (p >= end)
    return NULL;
  unsigned type = *p & 15, n = *p >> 4;
  p++;
  if (n == 15) { /* the number follows, as a typed integer of its own */
    unsigned width = p < end && *p == (1 << 4 | BCF_BT_INT8)    ? 1
                     : p < end && *p == (1 << 4 | BCF_BT_INT16) ? 2
                     : p < end && *p == (1 << 4 | BCF_BT_INT32) ? 4
                                                                : 0;
    if (!width || (size_t)(end - p) < 1 + width)
      return NULL;
    n = 0;
    for (unsigned k = 0; k < width; k++)
      n |= (unsigned)p[1 + k] << 8 * k;
    p += 1 + width;
  }
  if ((n && type != BCF_BT_CHAR) || (size_t)(end - p) < n)
    return NULL;
  *at = p + n;
  *bytes = strnlen((const char *)p, n);
  return (const char *)p;
}

static int split_record(site_reader *r, dtc_site *out) {
  const bcf1_t *b = r->record;
  const uint8_t *at = (const uint8_t *)b->shared.s, *end = at + b->shared.l;
  size_t need = b->shared.l + 2 * (size_t)b->n_allele + 4, used = 0, bytes;
  if (need > r->text_capacity) {
    char *grown = realloc(r->text, need * 2);
    if (!grown)
      return -1;
    r->text = grown;
    r->text_capacity = need * 2;
  }
  for (unsigned k = 0; k <= b->n_allele; k++) {
    const char *from = take_typed(&at, end, &bytes);
    char *to = r->text + used;
    if (!from)
      return -1;
    if (bytes == 0) { /* a missing text */
      from = ".";
      bytes = 1;
    }
    memcpy(to, from, bytes);
    to[bytes] = '\0';
    used += bytes + 1;
    if (k && !put_allele(r, k - 1, to))
      return -1;
  }
  out->id = r->text;
  out->n_alleles = b->n_allele;
  out->alleles = r->allele;
  return 1;
}

static int next_of_bcf(site_reader *r, dtc_site *out) {
  int got = bcf_read(r->file, r->header, r->record);
  if (got == -1)
    return 0;
  bcf1_t *b = r->record;
  if (got < 0 || b->errcode || b->pos < -1 || b->pos >= INT32_MAX)
    return -1;
  out->contig_name = bcf_hdr_id2name(r->header, b->rid);
  out->position = (uint32_t)(b->pos + 1);
  return out->contig_name ? split_record(r, out) : -1;
}

static unsigned contig_of(site_reader *r, const char *name) {
  if (r->name[0] && strcmp(r->name, name) == 0)
    return r->contig;
  size_t bytes = strlen(name);
  r->contig = dtc_contig_parse(name, bytes);
  memcpy(r->name, name, bytes < sizeof r->name ? bytes + 1 : 0);
  r->name[bytes < sizeof r->name ? bytes : 0] = '\0';
  return r->contig;
}

int site_reader_next(site_reader *r, dtc_site *out) {
  int got = r->record ? next_of_bcf(r, out) : next_of_vcf(r, out);
  if (got > 0)
    out->contig = (uint8_t)contig_of(r, out->contig_name);
  return got;
}
