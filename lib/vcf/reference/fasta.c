/* fasta.c - bases of a FASTA by the arithmetic of its .fai: a plain local file is read through a window, bgzip and
 * URLs through htslib's BGZF. */
#include "vcf/reference/fasta.h"

#include <errno.h>
#include <htslib/bgzf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vcf/reference/sequence.h"
#include "vcf/reference/window.h"

enum { BLOCK_BYTES = 1 << 16 };

typedef struct place_in_text {
  uint64_t offset;
  uint32_t line_bases, line_bytes;
} place_in_text;

typedef struct fasta {
  sequence head;
  place_in_text place[DTC_CONTIG_COUNT];
  char *path;
  file_window window; /* on the plain file, or */
  BGZF *bgzf;         /* the compressed or remote one, and the last piece read from it */
  uint64_t block_from;
  size_t block_bytes;
  uint8_t *block;
} fasta;

static int fasta_enter(sequence *s, unsigned contig) {
  (void)s;
  (void)contig;
  return 1;
}

/* Text of the file at a (decompressed) offset, at least `length_bytes` of it. */
static const uint8_t *text_at(fasta *f, uint64_t offset, size_t length_bytes) {
  if (!f->bgzf)
    return file_window_at(&f->window, offset, length_bytes);
  if (offset >= f->block_from && offset - f->block_from + length_bytes <= f->block_bytes)
    return f->block + (offset - f->block_from);
  f->block_bytes = 0;
  if (bgzf_useek(f->bgzf, (off_t)offset, SEEK_SET) != 0)
    return NULL;
  ssize_t got = bgzf_read(f->bgzf, f->block, BLOCK_BYTES);
  if (got < (ssize_t)length_bytes)
    return NULL;
  f->block_from = offset;
  f->block_bytes = (size_t)got;
  return f->block;
}

static uint64_t offset_of(const place_in_text *p, uint32_t position) {
  uint32_t at = position - 1;
  return p->offset + (uint64_t)(at / p->line_bases) * p->line_bytes + at % p->line_bases;
}

static int fasta_many(sequence *s, const uint32_t *position, size_t n, char *out) {
  fasta *f = (fasta *)s;
  uint64_t offset[SEQUENCE_MANY];
  uint8_t letter[SEQUENCE_MANY];
  if (!n)
    return 1;
  for (size_t i = 0; i < n; i++)
    offset[i] = offset_of(&f->place[s->contig], position[i]);
  if (!f->bgzf && !file_window_gather(&f->window, offset, n, letter))
    return 0;
  for (size_t i = 0; i < n && f->bgzf; i++) {
    const uint8_t *text = text_at(f, offset[i], 1);
    if (!text)
      return 0;
    letter[i] = *text;
  }
  for (size_t i = 0; i < n; i++)
    if (!(out[i] = sequence_letter[letter[i]]))
      return 0;
  return 1;
}

/* 0 also where no letter stands there: the index is of another file. */
static char fasta_base(sequence *s, uint32_t position) {
  char base;
  return fasta_many(s, &position, 1, &base) ? base : 0;
}

static int fasta_bases(sequence *s, uint32_t position, uint32_t length, char *out) {
  fasta *f = (fasta *)s;
  const place_in_text *p = &f->place[s->contig];
  while (length) {
    uint32_t run = p->line_bases - (position - 1) % p->line_bases;
    if (run > length)
      run = length;
    if (run > BLOCK_BYTES / 2)
      run = BLOCK_BYTES / 2;
    const uint8_t *text = text_at(f, offset_of(p, position), run);
    if (!text)
      return 0;
    for (uint32_t i = 0; i < run; i++)
      if (!(*out++ = sequence_letter[text[i]]))
        return 0;
    position += run;
    length -= run;
  }
  return 1;
}

static void fasta_free(sequence *s) {
  fasta *f = (fasta *)s;
  file_window_close(&f->window);
  if (f->bgzf)
    bgzf_close(f->bgzf); /* read only */
  free(f->block);
  free(f->path);
  free(f);
}

/* Opens the file's bytes. 0 on failure. */
static int open_bytes(fasta *f, int compressed) {
  f->window.fd = -1;
  if (!compressed)
    return file_window_open(&f->window, f->path);
  f->block = malloc(BLOCK_BYTES);
  f->bgzf = f->block ? bgzf_open(f->path, "r") : NULL;
  if (!f->bgzf)
    return 0;
  return bgzf_compression(f->bgzf) == 0 || bgzf_index_load(f->bgzf, f->path, ".gzi") == 0;
}

static sequence *fasta_clone(const sequence *s) {
  const fasta *f = (const fasta *)s;
  fasta *copy = malloc(sizeof *copy);
  if (!copy)
    return NULL;
  *copy = *f;
  copy->window = (file_window){.fd = -1};
  copy->bgzf = NULL;
  copy->block = NULL;
  copy->block_bytes = 0;
  copy->path = strdup(f->path);
  int ok = copy->path && (f->bgzf ? open_bytes(copy, 1) : file_window_clone(&f->window, &copy->window));
  if (ok)
    return &copy->head;
  fasta_free(&copy->head);
  return NULL;
}

static const sequence_source fasta_source = {fasta_enter, fasta_bases, fasta_base, fasta_many, fasta_clone, fasta_free};

/* 1 for gzip's magic number, 0 for anything else, -1 where the file cannot be opened here. */
static int looks_compressed(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return -1;
  int a = getc(file), b = getc(file);
  fclose(file);
  return a == 0x1f && b == 0x8b;
}

/* Takes the primary contigs out of the index. 0 where there is none or an entry cannot be. */
static int take_contigs(fasta *f, const fasta_index *index, const dtc_assembly *assembly) {
  int any = 0;
  for (size_t i = 0; i < index->count; i++) {
    const fasta_entry *e = &index->entry[i];
    if (e->length > INT32_MAX)
      continue;
    unsigned contig = sequence_contig_for(&f->head, assembly, e->name, strlen(e->name), (uint32_t)e->length);
    if (contig == DTC_CONTIG_NONE)
      continue;
    f->head.length[contig] = (uint32_t)e->length;
    f->place[contig] = (place_in_text){e->offset, e->line_bases, e->line_bytes};
    any = 1;
  }
  return any;
}

/* The index fits the file: behind a header line each contig begins, and its last base is a letter. */
static int index_fits(fasta *f) {
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (!f->head.length[c])
      continue;
    const uint8_t *before = f->place[c].offset ? text_at(f, f->place[c].offset - 1, 2) : NULL;
    if (!before || before[0] != '\n' || !sequence_letter[before[1]])
      return 0;
    if (f->bgzf)
      continue; /* each look costs the reading of a block */
    const uint8_t *last = text_at(f, offset_of(&f->place[c], f->head.length[c]), 1);
    if (!last || !sequence_letter[*last])
      return 0;
  }
  return 1;
}

dtc_status fasta_open(const char *path, const dtc_assembly *assembly, sequence **out, char *message,
                      size_t message_bytes) {
  fasta_index index;
  int temporary; /* the index is not kept: nothing to do about it here */
  int compressed = looks_compressed(path);
  if (compressed < 0 && !strstr(path, "://")) {
    snprintf(message, message_bytes, "cannot open the reference %s: %s", path, strerror(errno));
    return DTC_IO_OPEN;
  }
  dtc_status status = fasta_index_load(path, &index, &temporary, message, message_bytes);
  if (status != DTC_OK)
    return status;
  fasta *f = calloc(1, sizeof *f);
  char *copy = strdup(path);
  status = f && copy ? DTC_OK : DTC_OUT_OF_MEMORY;
  if (status == DTC_OK) {
    f->head.source = &fasta_source;
    f->path = copy;
    if (!open_bytes(f, compressed != 0)) {
      snprintf(message, message_bytes, "cannot read the reference %s%s", path,
               compressed > 0 ? ": it is compressed and has no .gzi beside it: make it with `samtools faidx`" : "");
      status = DTC_IO_OPEN;
    } else if (!take_contigs(f, &index, assembly)) {
      snprintf(message, message_bytes, "%s has none of the contigs 1-22, X, Y, MT", path);
      status = DTC_REFERENCE_FILE;
    } else if (!index_fits(f)) {
      status = f->window.failed ? DTC_IO_READ : DTC_REFERENCE_FILE;
      if (f->window.failed)
        snprintf(message, message_bytes, "the reference %s cannot be read: %s", path, strerror(errno));
      else
        snprintf(message, message_bytes, "the index %s.fai does not fit the FASTA: make it again with `samtools faidx`",
                 path);
    }
  } else {
    snprintf(message, message_bytes, "out of memory");
    free(copy);
  }
  fasta_index_free(&index);
  if (status == DTC_OK)
    *out = &f->head;
  else if (f && f->path)
    fasta_free(&f->head);
  else
    free(f);
  return status;
}
