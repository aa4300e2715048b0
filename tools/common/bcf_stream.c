#include "common/bcf_stream.h"

#include <dtcgeno.h>
#include <errno.h>
#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 32, WINDOW_BYTES = 1 << 17, MOST_RECORD_BYTES = 1 << 28 };

struct bcf_stream {
  const char *shown;
  htsFile *file;
  bcf_hdr_t *header;
  /* a BCF: */
  uint8_t *contig_of; /* by the header's number; NULL: a VCF */
  size_t contig_count;
  uint8_t *window;
  size_t capacity, from, to;
  size_t record_bytes; /* of the one that was found, at `from`; 0: none */
  /* a VCF: */
  bcf1_t *line;
};

/* ------------------------------------------------------------------ opening */

static int prepare_bcf(bcf_stream *s, fault *f) {
  s->contig_count = (size_t)s->header->n[BCF_DT_CTG];
  s->contig_of = calloc(s->contig_count + 1, sizeof *s->contig_of);
  s->window = malloc(WINDOW_BYTES);
  s->capacity = WINDOW_BYTES;
  if (!s->contig_of || !s->window)
    return fault_memory(f);
  for (size_t i = 0; i < s->contig_count; i++) {
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
  if (hts_get_format(s->file)->format == bcf)
    return prepare_bcf(s, f);
  s->line = bcf_init();
  return s->line ? 0 : fault_memory(f);
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
  if (s->line)
    bcf_destroy(s->line);
  if (s->header)
    bcf_hdr_destroy(s->header);
  if (s->file)
    hts_close(s->file); /* read only */
  free(s->contig_of);
  free(s->window);
  free(s);
}

const bcf_hdr_t *bcf_stream_header(const bcf_stream *s) { return s->header; }

int bcf_stream_key(const bcf_stream *s, int kind, const char *name) {
  int id = bcf_hdr_id2int(s->header, BCF_DT_ID, name);
  return id >= 0 && bcf_hdr_idinfo_exists(s->header, kind, id) ? id : -1;
}

static int damaged(const bcf_stream *s, fault *f) {
  return fault_set(f, EXIT_REFUSED, "%s: a record is damaged, or the file is cut off", s->shown);
}

/* ------------------------------------------------------------------ BCF */

static uint32_t word_at(const uint8_t *at) { /* BCF is little-endian */
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* At least `bytes` behind `from`. 1; 0: the file ends at `from`; -1: it ends in between, or is damaged. */
static int fill(bcf_stream *s, size_t bytes, fault *f) {
  while (s->to - s->from < bytes) {
    if (s->from) {
      memmove(s->window, s->window + s->from, s->to - s->from);
      s->to -= s->from;
      s->from = 0;
    }
    if (s->to == s->capacity) { /* grows with what the file has, not with what a record says */
      uint8_t *larger = realloc(s->window, 2 * s->capacity);
      if (!larger)
        return fault_memory(f);
      s->window = larger;
      s->capacity *= 2;
    }
    ssize_t n = bgzf_read(s->file->fp.bgzf, s->window + s->to, s->capacity - s->to);
    if (n < 0 || (n == 0 && s->to > s->from))
      return damaged(s, f);
    if (n == 0)
      return 0;
    s->to += (size_t)n;
  }
  return 1;
}

static int next_of_bcf(bcf_stream *s, unsigned *contig, uint32_t *position, fault *f) {
  for (;;) {
    s->from += s->record_bytes;
    s->record_bytes = 0;
    int got = s->to - s->from >= HEAD_BYTES ? 1 : fill(s, HEAD_BYTES, f);
    if (got <= 0)
      return got;
    const uint8_t *head = s->window + s->from;
    uint64_t shared = word_at(head), individual = word_at(head + 4), bytes = 8 + shared + individual;
    uint32_t number = word_at(head + 8), before = word_at(head + 12);
    if (shared < HEAD_BYTES - 8 || bytes > MOST_RECORD_BYTES || number >= s->contig_count)
      return damaged(s, f);
    if (s->to - s->from < bytes && fill(s, bytes, f) <= 0)
      return -1;
    s->record_bytes = bytes;
    if (s->contig_of[number] == DTC_CONTIG_NONE || before >= INT32_MAX)
      continue;
    *contig = s->contig_of[number];
    *position = before + 1;
    return 1;
  }
}

static void take_of_bcf(const bcf_stream *s, bcf_record *to) {
  const uint8_t *head = s->window + s->from;
  to->shared = head + HEAD_BYTES;
  to->shared_bytes = word_at(head) - (HEAD_BYTES - 8);
  to->individual = to->shared + to->shared_bytes;
  to->individual_bytes = word_at(head + 4);
  to->n_info = word_at(head + 24) & 0xffff;
  to->n_allele = word_at(head + 24) >> 16;
  to->n_sample = word_at(head + 28) & 0xffffff;
  to->n_format = word_at(head + 28) >> 24;
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

static int take_of_vcf(bcf_stream *s, bcf_record *to) {
  /* names that the header does not have harm nobody: Beagle's own header has no contigs */
  if (vcf_parse(&s->file->line, s->header, s->line) != 0 || s->line->errcode & ~(BCF_ERR_CTG_UNDEF | BCF_ERR_TAG_UNDEF))
    return -1;
  to->shared = (const uint8_t *)s->line->shared.s;
  to->shared_bytes = s->line->shared.l;
  to->individual = (const uint8_t *)s->line->indiv.s;
  to->individual_bytes = s->line->indiv.l;
  to->n_info = s->line->n_info;
  to->n_allele = s->line->n_allele;
  to->n_sample = s->line->n_sample;
  to->n_format = s->line->n_fmt;
  return 0;
}

/* ------------------------------------------------------------------ both */

int bcf_stream_next(bcf_stream *s, unsigned *contig, uint32_t *position, fault *f) {
  return s->contig_of ? next_of_bcf(s, contig, position, f) : next_of_vcf(s, contig, position, f);
}

/* Takes the parts over from where they stand. 0, or -1 without memory. */
static int own(bcf_record *r) {
  size_t bytes = r->shared_bytes + r->individual_bytes;
  if (bytes > r->capacity) {
    uint8_t *larger = realloc(r->bytes, 2 * bytes);
    if (!larger)
      return -1;
    r->bytes = larger;
    r->capacity = 2 * bytes;
  }
  if (r->shared_bytes)
    memcpy(r->bytes, r->shared, r->shared_bytes);
  if (r->individual_bytes)
    memcpy(r->bytes + r->shared_bytes, r->individual, r->individual_bytes);
  r->shared = r->bytes;
  r->individual = r->bytes + r->shared_bytes;
  return 0;
}

int bcf_stream_take(bcf_stream *s, bcf_record *to, fault *f) {
  if (s->contig_of)
    take_of_bcf(s, to);
  else if (take_of_vcf(s, to) != 0)
    return damaged(s, f);
  if (to->n_sample != (uint32_t)bcf_hdr_nsamples(s->header))
    return damaged(s, f);
  return own(to) == 0 ? 0 : fault_memory(f);
}

void bcf_record_free(bcf_record *r) {
  free(r->bytes);
  *r = (bcf_record){.bytes = NULL};
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
