#include "common/bcf_stream.h"

#include <dtcgeno.h>
#include <errno.h>
#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 32, MOST_RECORD_BYTES = 1 << 28 };

struct bcf_stream {
  const char *shown;
  htsFile *file;
  bcf_hdr_t *header;
  bcf1_t *record;     /* of a BCF, the one that was found; of a VCF, where a line is parsed to */
  uint8_t *contig_of; /* of a BCF: by the header's number; NULL: a VCF */
  int fast;
};

/* ------------------------------------------------------------------ opening */

static int number_contigs(bcf_stream *s, fault *f) {
  size_t count = (size_t)s->header->n[BCF_DT_CTG];
  s->contig_of = calloc(count + 1, sizeof *s->contig_of);
  if (!s->contig_of)
    return fault_memory(f);
  for (size_t i = 0; i < count; i++) {
    const char *name = s->header->id[BCF_DT_CTG][i].key;
    unsigned contig = name ? dtc_contig_parse(name, strlen(name)) : DTC_CONTIG_NONE;
    s->contig_of[i] = contig < DTC_CONTIG_COUNT ? (uint8_t)contig : DTC_CONTIG_NONE;
  }
  return 0;
}

static int open_file(bcf_stream *s, const char *path, fault *f) {
  errno = 0;
  s->file = hts_open(path, "r");
  if (!s->file)
    return fault_system(f, s->shown, "cannot open it");
  s->header = hts_get_format(s->file)->category == variant_data ? bcf_hdr_read(s->file) : NULL;
  if (!s->header)
    return fault_set(f, EXIT_REFUSED, "%s: is no VCF or BCF, or its header is damaged", s->shown);
  s->record = bcf_init();
  if (!s->record)
    return fault_memory(f);
  errno = 0;
  return hts_get_format(s->file)->format == bcf ? number_contigs(s, f) : 0;
}

bcf_stream *bcf_stream_open(const char *path, const char *shown, fault *f) {
  bcf_stream *s = calloc(1, sizeof *s);
  if (!s) {
    fault_memory(f);
    return NULL;
  }
  s->shown = shown;
  if (open_file(s, path, f) != 0) {
    bcf_stream_free(s);
    return NULL;
  }
  return s;
}

void bcf_stream_free(bcf_stream *s) {
  if (!s)
    return;
  if (s->record)
    bcf_destroy(s->record);
  if (s->header)
    bcf_hdr_destroy(s->header);
  if (s->file)
    hts_close(s->file); /* read only */
  free(s->contig_of);
  free(s);
}

void bcf_stream_fast(bcf_stream *s) { s->fast = 1; }
const bcf_hdr_t *bcf_stream_header(const bcf_stream *s) { return s->header; }

int bcf_stream_key(const bcf_stream *s, int kind, const char *name) {
  int id = bcf_hdr_id2int(s->header, BCF_DT_ID, name);
  return id >= 0 && bcf_hdr_idinfo_exists(s->header, kind, id) ? id : -1;
}

static int damaged(const bcf_stream *s, fault *f) {
  if (errno == ENOMEM) /* 0 when it was opened: htslib says the same of memory as of damage */
    return fault_memory(f);
  return fault_set(f, EXIT_REFUSED, "%s: a record is damaged, or the file is cut off", s->shown);
}

/* ------------------------------------------------------------------ BCF */

static uint32_t word_at(const uint8_t *at) { /* BCF is little-endian */
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* As bcf_read, without a look at what is in the record. */
static int cut_record(const bcf_stream *s) {
  BGZF *from = s->file->fp.bgzf;
  bcf1_t *b = s->record;
  uint8_t head[HEAD_BYTES];
  ssize_t got = bgzf_read(from, head, sizeof head);
  if (got != (ssize_t)sizeof head)
    return got == 0 ? -1 : -2;
  uint64_t shared = word_at(head), individual = word_at(head + 4);
  uint32_t number = word_at(head + 8), before = word_at(head + 12);
  if (shared < HEAD_BYTES - 8 || shared + individual > MOST_RECORD_BYTES ||
      number >= (uint32_t)s->header->n[BCF_DT_CTG])
    return -2;
  shared -= HEAD_BYTES - 8;
  if (ks_resize(&b->shared, shared + 1) != 0 || ks_resize(&b->indiv, individual + 1) != 0)
    return -2;
  b->shared.l = shared;
  b->indiv.l = individual;
  b->rid = (int32_t)number;
  b->pos = before;
  b->n_info = word_at(head + 24) & 0xffff;
  b->n_allele = word_at(head + 24) >> 16;
  b->n_sample = word_at(head + 28) & 0xffffff;
  b->n_fmt = word_at(head + 28) >> 24;
  return bgzf_read(from, b->shared.s, shared) == (ssize_t)shared &&
                 bgzf_read(from, b->indiv.s, individual) == (ssize_t)individual
             ? 0
             : -2;
}

static int next_of_bcf(bcf_stream *s, unsigned *contig, uint32_t *position, fault *f) {
  for (;;) {
    int got = s->fast ? cut_record(s) : bcf_read(s->file, s->header, s->record);
    if (got < 0)
      return got == -1 ? 0 : damaged(s, f);
    const bcf1_t *b = s->record;
    *contig = s->contig_of[b->rid];
    if (*contig == DTC_CONTIG_NONE || b->pos < 0 || b->pos >= INT32_MAX)
      continue;
    *position = (uint32_t)b->pos + 1;
    return 1;
  }
}

/* ------------------------------------------------------------------ VCF */

/* CHROM and POS of a line. 1: of ours; 0: not; -1: it is none. */
static int read_place(const char *line, unsigned *contig, uint32_t *position) {
  size_t n = strcspn(line, "\t");
  uint64_t number = 0;
  *contig = dtc_contig_parse(line, n);
  if (*contig == DTC_CONTIG_NONE || *contig >= DTC_CONTIG_COUNT)
    return 0;
  const char *digits = line + n + (line[n] == '\t'), *at = digits;
  for (; *at >= '0' && *at <= '9' && number <= INT32_MAX; at++)
    number = 10 * number + (unsigned)(*at - '0');
  *position = (uint32_t)number;
  return *at != '\t' || at == digits || number > INT32_MAX ? -1 : number > 0; /* 0 is the telomere */
}

static int next_of_vcf(bcf_stream *s, unsigned *contig, uint32_t *position, fault *f) {
  for (;;) {
    int got = hts_getline(s->file, '\n', &s->file->line);
    if (got < -1)
      return damaged(s, f);
    if (got < 0)
      return 0;
    got = read_place(s->file->line.s, contig, position);
    if (got)
      return got > 0 ? 1 : damaged(s, f);
  }
}

static int parse_line(bcf_stream *s) {
  /* names that the header does not have harm nobody: Beagle's own header has no contigs */
  return vcf_parse(&s->file->line, s->header, s->record) == 0 &&
                 !(s->record->errcode & ~(BCF_ERR_CTG_UNDEF | BCF_ERR_TAG_UNDEF))
             ? 0
             : -1;
}

/* ------------------------------------------------------------------ both */

int bcf_stream_next(bcf_stream *s, unsigned *contig, uint32_t *position, fault *f) {
  return s->contig_of ? next_of_bcf(s, contig, position, f) : next_of_vcf(s, contig, position, f);
}

int bcf_stream_take(bcf_stream *s, bcf1_t **to, fault *f) {
  if ((!s->contig_of && parse_line(s) != 0) || s->record->n_sample != (uint32_t)bcf_hdr_nsamples(s->header))
    return damaged(s, f);
  bcf1_t *given = *to ? *to : bcf_init();
  if (!given)
    return fault_memory(f);
  *to = s->record;
  s->record = given;
  return 0;
}

int bcf_stream_count(const char *path, const char *shown, uint64_t *count, fault *f) {
  unsigned contig;
  uint32_t position;
  int got = -1;
  bcf_stream *s = bcf_stream_open(path, shown, f);
  *count = 0;
  while (s && (got = bcf_stream_next(s, &contig, &position, f)) > 0)
    ++*count;
  bcf_stream_free(s);
  return got;
}
