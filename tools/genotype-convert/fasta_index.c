/* fasta_index.c - reading a .fai, and making one through htslib where there is none. */
#include "fasta.h"

#include <errno.h>
#include <htslib/bgzf.h>
#include <htslib/faidx.h>
#include <htslib/kstring.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fasta_index_free(fasta_index *index) {
  for (size_t i = 0; i < index->count; i++) free(index->entry[i].name);
  free(index->entry);
  *index = (fasta_index){NULL, 0};
}

/* A decimal number up to `most` that ends at a tab or the line's end; moves *at behind it. 0 on failure. */
static int take_number(const char **at, uint64_t most, uint64_t *out) {
  const char *p = *at;
  uint64_t value = 0;
  if (*p < '0' || *p > '9') return 0;
  for (; *p >= '0' && *p <= '9'; p++) {
    unsigned digit = (unsigned)(*p - '0');
    if (value > (most - digit) / 10) return 0;
    value = value * 10 + digit;
  }
  if (*p != '\t' && *p) return 0;
  *at = *p ? p + 1 : p;
  *out = value;
  return 1;
}

/* One line: name, length, offset, bases a line, bytes a line; what follows (a FASTQ's) is not for us. */
static int parse_line(const char *line, fasta_entry *out) {
  const char *tab = strchr(line, '\t');
  uint64_t bases, bytes;
  if (!tab || tab == line) return 0;
  const char *at = tab + 1;
  if (!take_number(&at, UINT64_C(1) << 40, &out->length) || !take_number(&at, UINT64_C(1) << 48, &out->offset) ||
      !take_number(&at, UINT32_MAX - 2, &bases) || !take_number(&at, UINT32_MAX, &bytes))
    return 0;
  if (out->length && (!bases || bytes < bases)) return 0;
  out->line_bases = bases ? (uint32_t)bases : 1;
  out->line_bytes = (uint32_t)bytes;
  out->name = strndup(line, (size_t)(tab - line));
  return out->name != NULL;
}

static int load_lines(BGZF *file, fasta_index *out) {
  kstring_t line = KS_INITIALIZE;
  size_t capacity = 0;
  int got;
  while ((got = bgzf_getline(file, '\n', &line)) >= 0) {
    if (!line.l) continue;
    if (out->count == capacity) {
      size_t more = capacity ? capacity * 2 : 64;
      fasta_entry *grown = realloc(out->entry, more * sizeof *grown);
      if (!grown) break;
      out->entry = grown;
      capacity = more;
    }
    if (!parse_line(line.s, &out->entry[out->count])) {
      got = -2;
      break;
    }
    out->count++;
  }
  free(line.s);
  return got == -1 && out->count > 0; /* -1 is the end of the file */
}

static int load_file(const char *fai, fasta_index *out) {
  BGZF *file = bgzf_open(fai, "r"); /* reads plain text as well, and URLs */
  if (!file) return 0;
  int ok = load_lines(file, out);
  if (bgzf_close(file) != 0) ok = 0;
  if (!ok) fasta_index_free(out);
  return ok;
}

static char *joined(const char *path, const char *suffix) {
  size_t n = strlen(path), m = strlen(suffix);
  char *text = malloc(n + m + 1);
  if (text) {
    memcpy(text, path, n);
    memcpy(text + n, suffix, m + 1);
  }
  return text;
}

static int is_url(const char *path) { return strstr(path, "://") != NULL; }

/* Builds an index where the FASTA's folder cannot be written: into the folder for temporary files, and reads it back. */
static int build_elsewhere(const char *path, fasta_index *out) {
  const char *folder = getenv("TMPDIR");
  char *fai = joined(folder && *folder ? folder : "/tmp", "/genotype-fai-XXXXXX");
  if (!fai) return 0;
  int fd = mkstemp(fai), ok = 0;
  char *gzi = fd >= 0 ? joined(fai, ".gzi") : NULL;
  if (gzi) ok = fai_build3(path, fai, gzi) == 0 && load_file(fai, out);
  if (fd >= 0) {
    close(fd);
    unlink(fai);
    if (gzi) unlink(gzi);
  }
  free(gzi);
  free(fai);
  return ok;
}

int fasta_index_load(const char *path, fasta_index *out, int *temporary, char *message, size_t message_bytes) {
  char *fai = joined(path, ".fai");
  *out = (fasta_index){NULL, 0};
  *temporary = 0;
  if (!fai) {
    snprintf(message, message_bytes, "out of memory");
    return 0;
  }
  int there = is_url(path) || access(fai, F_OK) == 0, ok;
  if (there) {
    ok = load_file(fai, out);
  } else if (access(path, R_OK) != 0) {
    snprintf(message, message_bytes, "cannot open the reference %s: %s", path, strerror(errno));
    free(fai);
    return 0;
  } else if (fai_build3(path, NULL, NULL) == 0) {
    ok = load_file(fai, out);
  } else {
    unlink(fai); /* a part of one */
    ok = *temporary = build_elsewhere(path, out);
  }
  if (!ok && there)
    snprintf(message, message_bytes, "the index %s cannot be read: make it again with `samtools faidx`", fai);
  else if (!ok)
    snprintf(message, message_bytes, "%s is no FASTA that can be indexed (plain or bgzip; gzip cannot): see `samtools faidx`", path);
  free(fai);
  return ok;
}
