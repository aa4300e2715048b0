/* fasta_index.c - reading a .fai, and making one through htslib where there is none. */
#include "vcf/reference/fasta.h"

#include <errno.h>
#include <htslib/bgzf.h>
#include <htslib/faidx.h>
#include <htslib/kstring.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vcf/reference/kind.h"

void fasta_index_free(fasta_index *index) {
  for (size_t i = 0; i < index->count; i++)
    free(index->entry[i].name);
  free(index->entry);
  *index = (fasta_index){NULL, 0};
}

/* A decimal number up to `most` that ends at a tab or the line's end; moves *at behind it. 0 on failure. */
static int take_number(const char **at, uint64_t most, uint64_t *out) {
  const char *p = *at;
  uint64_t value = 0;
  if (*p < '0' || *p > '9')
    return 0;
  for (; *p >= '0' && *p <= '9'; p++) {
    unsigned digit = (unsigned)(*p - '0');
    if (value > (most - digit) / 10)
      return 0;
    value = value * 10 + digit;
  }
  if (*p != '\t' && *p)
    return 0;
  *at = *p ? p + 1 : p;
  *out = value;
  return 1;
}

/* One line: name, length, offset, bases a line, bytes a line; what follows (a FASTQ's) is not for us. The name is NULL
 * where memory runs out. */
static int parse_line(const char *line, fasta_entry *out) {
  const char *tab = strchr(line, '\t');
  uint64_t bases, bytes;
  if (!tab || tab == line)
    return 0;
  const char *at = tab + 1;
  if (!take_number(&at, UINT64_C(1) << 40, &out->length) || !take_number(&at, UINT64_C(1) << 48, &out->offset) ||
      !take_number(&at, UINT32_MAX - 2, &bases) || !take_number(&at, UINT32_MAX, &bytes))
    return 0;
  if (out->length && (!bases || bytes < bases))
    return 0;
  out->line_bases = bases ? (uint32_t)bases : 1;
  out->line_bytes = (uint32_t)bytes;
  out->name = strndup(line, (size_t)(tab - line));
  return 1;
}

/* What bgzf_getline returns instead of a length (htslib, bgzf.c). */
enum { BGZF_END = -1, BGZF_NO_MEMORY = -3 };

/* 0 on failure: errno is then the system's reason, or 0 where the text is at fault. */
static int load_lines(BGZF *file, fasta_index *out) {
  kstring_t line = KS_INITIALIZE;
  size_t capacity = 0;
  int got, reason = 0;
  errno = 0;
  while (!reason && (got = bgzf_getline(file, '\n', &line)) >= 0) {
    if (!line.l)
      continue;
    if (out->count == capacity) {
      size_t more = capacity ? capacity * 2 : 64;
      fasta_entry *grown = realloc(out->entry, more * sizeof *grown);
      if (!grown) {
        reason = ENOMEM;
        break;
      }
      out->entry = grown;
      capacity = more;
    }
    fasta_entry *entry = &out->entry[out->count];
    if (!parse_line(line.s, entry))
      break;
    if (!entry->name) {
      reason = ENOMEM;
      break;
    }
    out->count++;
  }
  free(line.s);
  if (got == BGZF_END && out->count > 0)
    return 1;
  if (got == BGZF_NO_MEMORY)
    reason = ENOMEM;
  else if (got < BGZF_END && file->errcode & BGZF_ERR_IO)
    reason = errno ? errno : EIO;
  errno = reason;
  return 0;
}

/* Returns as load_lines does. */
static int load_file(const char *fai, fasta_index *out) {
  errno = 0;
  BGZF *file = bgzf_open(fai, "r"); /* reads plain text as well, and URLs */
  if (!file) {
    errno = errno ? errno : ENOMEM;
    return 0;
  }
  int ok = load_lines(file, out), reason = errno;
  if (bgzf_close(file) != 0 && ok) {
    reason = EIO;
    ok = 0;
  }
  if (!ok)
    fasta_index_free(out);
  errno = reason;
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

/* Makes .fai and .gzi under names that begin with `prefix`, reads the .fai back, and, where `final` is given, gives
 * both their names: several processes may do so at once, and none sees a part. */
static int build_at(const char *path, const char *prefix, const char *final, fasta_index *out) {
  char *fai = joined(prefix, ".XXXXXX"), *final_gzi = final ? joined(path, ".gzi") : NULL;
  int fd = fai ? mkstemp(fai) : -1, ok = 0;
  char *gzi = fd >= 0 ? joined(fai, ".gzi") : NULL;
  if (gzi && fchmod(fd, 0644) == 0)
    ok = fai_build3(path, fai, gzi) == 0 && load_file(fai, out);
  if (ok && final &&
      (!final_gzi || (access(gzi, F_OK) == 0 && rename(gzi, final_gzi) != 0) || rename(fai, final) != 0)) {
    fasta_index_free(out);
    ok = 0;
  }
  if (fd >= 0) {
    close(fd);
    unlink(fai); /* nothing is there where it was renamed */
    if (gzi)
      unlink(gzi);
  }
  free(gzi);
  free(final_gzi);
  free(fai);
  return ok;
}

/* In the FASTA's folder, or, where that cannot be written, in the one for temporary files, for this run only. */
static int build(const char *path, const char *fai, fasta_index *out, int *temporary) {
  if (build_at(path, fai, fai, out))
    return 1;
  const char *folder = getenv("TMPDIR");
  char *prefix = joined(folder && *folder ? folder : "/tmp", "/genotype.fai");
  *temporary = prefix && build_at(path, prefix, NULL, out);
  free(prefix);
  return *temporary;
}

/* Why there is no index: the file is at fault, or the system. */
static dtc_status say_no_index(const char *path, const char *fai, int there, char *message, size_t message_bytes) {
  char kind[200];
  if (errno == ENOMEM) {
    snprintf(message, message_bytes, "out of memory");
    return DTC_OUT_OF_MEMORY;
  }
  if (errno == EIO || (there && errno)) {
    snprintf(message, message_bytes, "cannot read the index of %s: %s", path, strerror(errno));
    return DTC_IO_READ;
  }
  file_kind_words(path, kind, sizeof kind);
  if (strstr(kind, "FASTA sequence text")) /* so it is one, and still has no index */
    snprintf(kind, sizeof kind, ": its lines are not of one length, or a name stands in it twice");
  if (there)
    snprintf(message, message_bytes, "the index %s%s cannot be read: make it again with `samtools faidx`", path, fai);
  else
    snprintf(message, message_bytes, "%s is no FASTA that can be indexed (plain or bgzip)%s; see `samtools faidx`",
             path, kind);
  return DTC_REFERENCE_FILE;
}

dtc_status fasta_index_load(const char *path, fasta_index *out, int *temporary, char *message, size_t message_bytes) {
  static const char suffix[] = ".fai";
  char *fai = joined(path, suffix);
  *out = (fasta_index){NULL, 0};
  *temporary = 0;
  if (!fai) {
    snprintf(message, message_bytes, "out of memory");
    return DTC_OUT_OF_MEMORY;
  }
  dtc_status status = DTC_OK;
  int there = is_url(path) || access(fai, F_OK) == 0;
  if (!there && access(path, R_OK) != 0) {
    snprintf(message, message_bytes, "cannot open the reference %s: %s", path, strerror(errno));
    status = DTC_IO_OPEN;
  } else if (there && !is_url(path) && access(fai, R_OK) != 0) {
    snprintf(message, message_bytes, "cannot open the index %s: %s", fai, strerror(errno));
    status = DTC_IO_OPEN;
  } else {
    errno = 0; /* what htslib fails with stands there, if anywhere */
    if (there ? !load_file(fai, out) : !build(path, fai, out, temporary))
      status = say_no_index(path, suffix, there, message, message_bytes);
  }
  free(fai);
  return status;
}
