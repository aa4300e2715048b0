/* genotype_file.c - records of a BCF are cut out of its stream here: bcf_read checks and unpacks what is then thrown
 * away, which is twice the time of inflating. What is kept of a record is checked by record_read. Lines of a VCF are
 * htslib's to parse, and are then the same bytes. */
#include "genotype-score/genotype_file.h"

#include "base/view.h"
#include "genotype-score/marker.h"
#include "genotype-score/text_file.h"

#include <errno.h>
#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/vcf.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 32, WINDOW_BYTES = 1 << 17, MOST_RECORD_BYTES = 1 << 28 };

struct genotype_file {
  const char *path;
  htsFile *file;
  bcf_hdr_t *header;
  dtc_build build;
  record_keys keys;
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

static dtc_build build_of(const bcf_hdr_t *header) {
  for (int b = DTC_BUILD_NCBI36; b < (int)dtc_build_count(); b++) {
    const dtc_assembly *a = dtc_assemblies_get(dtc_assemblies_builtin(), (dtc_build)b);
    unsigned said = 0, fits = 0;
    for (int i = 0; i < header->n[BCF_DT_CTG]; i++) {
      const char *name = header->id[BCF_DT_CTG][i].key;
      unsigned contig = name ? dtc_contig_parse(name, strlen(name)) : DTC_CONTIG_NONE;
      uint64_t length = name ? header->id[BCF_DT_CTG][i].val->info[0] : 0;
      if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_MT || !length)
        continue; /* MT has one length in all builds */
      said++;
      fits += length == a->length[contig];
    }
    if (said && said == fits)
      return (dtc_build)b;
  }
  return DTC_BUILD_UNKNOWN;
}

static int number_of(const bcf_hdr_t *header, int kind, const char *name) {
  int id = bcf_hdr_id2int(header, BCF_DT_ID, name);
  return id >= 0 && bcf_hdr_idinfo_exists(header, kind, id) ? id : -1;
}

static int prepare_bcf(genotype_file *g, fault *f) {
  g->contig_count = (size_t)g->header->n[BCF_DT_CTG];
  g->contig_of = calloc(g->contig_count + 1, sizeof *g->contig_of);
  g->window = malloc(WINDOW_BYTES);
  g->capacity = WINDOW_BYTES;
  if (!g->contig_of || !g->window)
    return fault_memory(f);
  for (size_t i = 0; i < g->contig_count; i++) {
    const char *name = g->header->id[BCF_DT_CTG][i].key;
    unsigned contig = name ? dtc_contig_parse(name, strlen(name)) : DTC_CONTIG_NONE;
    g->contig_of[i] = contig < DTC_CONTIG_COUNT ? (uint8_t)contig : DTC_CONTIG_NONE;
  }
  return 0;
}

static int open_file(genotype_file *g, fault *f) {
  errno = 0;
  g->file = hts_open(g->path, "r");
  if (!g->file)
    return fault_system(f, g->path, "cannot open it");
  g->header = hts_get_format(g->file)->category == variant_data ? bcf_hdr_read(g->file) : NULL;
  if (!g->header)
    return fault_set(f, EXIT_REFUSED, "%s: is no VCF or BCF, or its header is damaged", g->path);
  g->build = build_of(g->header);
  g->keys = (record_keys){number_of(g->header, BCF_HL_FMT, "GT"), number_of(g->header, BCF_HL_FMT, "DS"),
                          number_of(g->header, BCF_HL_INFO, "AF")};
  if (hts_get_format(g->file)->format == bcf)
    return prepare_bcf(g, f);
  g->line = bcf_init();
  return g->line ? 0 : fault_memory(f);
}

genotype_file *genotype_file_open(const char *path, fault *f) {
  genotype_file *g = calloc(1, sizeof *g);
  if (!g) {
    fault_memory(f);
    return NULL;
  }
  g->path = path;
  if (open_file(g, f) != 0) {
    genotype_file_free(g);
    return NULL;
  }
  return g;
}

void genotype_file_free(genotype_file *g) {
  if (!g)
    return;
  if (g->line)
    bcf_destroy(g->line);
  if (g->header)
    bcf_hdr_destroy(g->header);
  if (g->file)
    hts_close(g->file); /* read only */
  free(g->contig_of);
  free(g->window);
  free(g);
}

const char *genotype_file_path(const genotype_file *g) { return g->path; }
size_t genotype_file_sample_count(const genotype_file *g) { return (size_t)bcf_hdr_nsamples(g->header); }
const char *genotype_file_sample(const genotype_file *g, size_t i) { return g->header->samples[i]; }
dtc_build genotype_file_build(const genotype_file *g) { return g->build; }
const record_keys *genotype_file_keys(const genotype_file *g) { return &g->keys; }

static int damaged(const genotype_file *g, fault *f) {
  return fault_set(f, EXIT_REFUSED, "%s: a record is damaged, or the file is cut off", g->path);
}

/* ------------------------------------------------------------------ BCF */

static uint32_t word_at(const uint8_t *at) { /* BCF is little-endian */
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* At least `bytes` behind `from`. 1; 0: the file ends at `from`; -1: it ends in between, or is damaged. */
static int fill(genotype_file *g, size_t bytes, fault *f) {
  while (g->to - g->from < bytes) {
    if (g->from) {
      memmove(g->window, g->window + g->from, g->to - g->from);
      g->to -= g->from;
      g->from = 0;
    }
    if (g->to == g->capacity) { /* grows with what the file has, not with what a record says */
      uint8_t *larger = realloc(g->window, 2 * g->capacity);
      if (!larger)
        return fault_memory(f);
      g->window = larger;
      g->capacity *= 2;
    }
    ssize_t n = bgzf_read(g->file->fp.bgzf, g->window + g->to, g->capacity - g->to);
    if (n < 0 || (n == 0 && g->to > g->from))
      return damaged(g, f);
    if (n == 0)
      return 0;
    g->to += (size_t)n;
  }
  return 1;
}

static int next_of_bcf(genotype_file *g, uint64_t *place, fault *f) {
  for (;;) {
    g->from += g->record_bytes;
    g->record_bytes = 0;
    int got = g->to - g->from >= HEAD_BYTES ? 1 : fill(g, HEAD_BYTES, f);
    if (got <= 0)
      return got;
    const uint8_t *head = g->window + g->from;
    uint64_t shared = word_at(head), individual = word_at(head + 4), bytes = 8 + shared + individual;
    uint32_t contig = word_at(head + 8), position = word_at(head + 12);
    if (shared < HEAD_BYTES - 8 || bytes > MOST_RECORD_BYTES || contig >= g->contig_count)
      return damaged(g, f);
    if (g->to - g->from < bytes && fill(g, bytes, f) <= 0)
      return -1;
    g->record_bytes = bytes;
    if (g->contig_of[contig] == DTC_CONTIG_NONE || position >= INT32_MAX)
      continue;
    *place = marker_place(g->contig_of[contig], position + 1);
    return 1;
  }
}

static int take_of_bcf(genotype_file *g, record *r, fault *f) {
  const uint8_t *head = g->window + g->from;
  size_t shared = word_at(head) - (HEAD_BYTES - 8);
  r->n_info = word_at(head + 24) & 0xffff;
  r->n_allele = word_at(head + 24) >> 16;
  r->n_sample = word_at(head + 28) & 0xffffff;
  r->n_format = word_at(head + 28) >> 24;
  if (r->n_sample != genotype_file_sample_count(g))
    return damaged(g, f);
  const uint8_t *body = head + HEAD_BYTES;
  return record_copy(r, body, shared, body + shared, word_at(head + 4)) == 0 ? 0 : fault_memory(f);
}

/* ------------------------------------------------------------------ VCF */

/* CHROM and POS of a line; 0 where they are not ours. */
static uint64_t place_in(view line) {
  view fields[2];
  uint64_t position;
  if (text_fields(line, fields, 2) < 2)
    return 0;
  unsigned contig = dtc_contig_parse(fields[0].at, fields[0].length);
  if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_COUNT || text_unsigned(fields[1], INT32_MAX, &position) != 0 ||
      position == 0)
    return 0;
  return marker_place(contig, (uint32_t)position);
}

static int next_of_vcf(genotype_file *g, uint64_t *place, fault *f) {
  for (;;) {
    int got = hts_getline(g->file, '\n', &g->file->line);
    if (got < -1)
      return damaged(g, f);
    if (got < 0)
      return 0;
    *place = place_in((view){g->file->line.s, g->file->line.l});
    if (*place)
      return 1;
  }
}

static int take_of_vcf(genotype_file *g, record *r, fault *f) {
  if (vcf_parse(&g->file->line, g->header, g->line) != 0 || g->line->errcode & ~BCF_ERR_CTG_UNDEF)
    return damaged(g, f);
  r->n_info = g->line->n_info;
  r->n_allele = g->line->n_allele;
  r->n_sample = g->line->n_sample;
  r->n_format = g->line->n_fmt;
  return record_copy(r, g->line->shared.s, g->line->shared.l, g->line->indiv.s, g->line->indiv.l) == 0
             ? 0
             : fault_memory(f);
}

int genotype_file_next(genotype_file *g, uint64_t *place, fault *f) {
  return g->contig_of ? next_of_bcf(g, place, f) : next_of_vcf(g, place, f);
}

int genotype_file_take(genotype_file *g, record *r, fault *f) {
  return g->contig_of ? take_of_bcf(g, r, f) : take_of_vcf(g, r, f);
}
