/* twobit_write.c - a FASTA as UCSC .2bit (version 0): every sequence of the FASTA, its runs of N and of lower case.
 * Format: https://genome.ucsc.edu/FAQ/FAQformat.html#format7 */
#include <errno.h>
#include <htslib/bgzf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vcf/reference/fasta.h"
#include "vcf/reference/sequence.h"

typedef struct run_list {
  uint32_t *from, *length;
  size_t count, capacity;
} run_list;

/* One sequence being packed. */
typedef struct packer {
  FILE *out;
  run_list unknown, lower;
  uint8_t *packed;
  uint32_t length;
} packer;

static int put32(FILE *out, uint32_t value) {
  uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
  return fwrite(bytes, 1, 4, out) == 4;
}

/* Adds one place to the list: longer by one, or a new run. */
static int run_add(run_list *l, uint32_t at) {
  if (l->count && l->from[l->count - 1] + l->length[l->count - 1] == at) {
    l->length[l->count - 1]++;
    return 1;
  }
  if (l->count == l->capacity) {
    size_t more = l->capacity * 2 + 1024;
    uint32_t *from = realloc(l->from, more * sizeof *from);
    if (from)
      l->from = from;
    uint32_t *length = from ? realloc(l->length, more * sizeof *length) : NULL;
    if (!length)
      return 0;
    l->length = length;
    l->capacity = more;
  }
  l->from[l->count] = at;
  l->length[l->count++] = 1;
  return 1;
}

static int run_write(FILE *out, const run_list *l) {
  int ok = put32(out, (uint32_t)l->count);
  for (size_t i = 0; ok && i < l->count; i++)
    ok = put32(out, l->from[i]);
  for (size_t i = 0; ok && i < l->count; i++)
    ok = put32(out, l->length[i]);
  return ok;
}

/* The next letter of the sequence; what is no letter was skipped before. */
static int take_letter(packer *p, unsigned char letter) {
  unsigned code = 0; /* T 0, C 1, A 2, G 3; N is written as T */
  switch (sequence_letter[letter]) {
  case 'C':
    code = 1;
    break;
  case 'A':
    code = 2;
    break;
  case 'G':
    code = 3;
    break;
  case 'N':
    if (!run_add(&p->unknown, p->length))
      return 0;
    break;
  default:
    break;
  }
  if (letter >= 'a' && !run_add(&p->lower, p->length))
    return 0;
  p->packed[p->length / 4] |= (uint8_t)(code << (6 - 2 * (p->length & 3)));
  p->length++;
  return 1;
}

/* What became of it, in words and as a status. */
typedef struct trouble {
  char *message;
  size_t message_bytes;
  const char *path; /* of the FASTA */
} trouble;

static dtc_status no_memory(const trouble *t) {
  snprintf(t->message, t->message_bytes, "out of memory");
  return DTC_OUT_OF_MEMORY;
}

static dtc_status cannot_write(const trouble *t) {
  snprintf(t->message, t->message_bytes, "cannot write: %s", strerror(errno));
  return DTC_IO_WRITE;
}

static dtc_status too_large(const trouble *t, const char *name) {
  snprintf(t->message, t->message_bytes, "sequence %s does not fit into a .2bit file of 4 GiB", name);
  return DTC_REFERENCE_FILE;
}

/* Reads one sequence of the FASTA and writes its record. */
static dtc_status pack_sequence(packer *p, BGZF *in, const fasta_entry *e, const trouble *t) {
  char buffer[1 << 16];
  p->length = 0;
  p->unknown.count = p->lower.count = 0;
  p->packed = calloc((size_t)e->length / 4 + 1, 1);
  if (!p->packed)
    return no_memory(t);
  int ok = bgzf_useek(in, (off_t)e->offset, SEEK_SET) == 0;
  while (ok && p->length < e->length) {
    ssize_t got = bgzf_read(in, buffer, sizeof buffer);
    ok = got > 0;
    for (ssize_t i = 0; ok && i < got && p->length < e->length; i++) {
      unsigned char letter = (unsigned char)buffer[i];
      if (letter == '\n' || letter == '\r')
        continue;
      ok = sequence_letter[letter] && take_letter(p, letter);
    }
  }
  if (!ok) {
    free(p->packed);
    snprintf(t->message, t->message_bytes, "sequence %s of %s cannot be read, or the index is of another file", e->name,
             t->path);
    return DTC_IO_READ;
  }
  ok = put32(p->out, p->length) && run_write(p->out, &p->unknown) && run_write(p->out, &p->lower) && put32(p->out, 0);
  size_t bytes = ((size_t)p->length + 3) / 4;
  ok = ok && fwrite(p->packed, 1, bytes, p->out) == bytes;
  free(p->packed);
  return ok ? DTC_OK : cannot_write(t);
}

/* Magic number, version, count, reserved; then each name and its record's offset. */
static int write_index(FILE *out, const fasta_index *index, const uint32_t *offset) {
  int ok = put32(out, 0x1a412743) && put32(out, 0) && put32(out, (uint32_t)index->count) && put32(out, 0);
  for (size_t i = 0; ok && i < index->count; i++) {
    size_t bytes = strlen(index->entry[i].name);
    ok = fputc((int)bytes, out) != EOF && fwrite(index->entry[i].name, 1, bytes, out) == bytes && put32(out, offset[i]);
  }
  return ok;
}

static dtc_status check_index(const fasta_index *index, const trouble *t) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < index->count; i++) {
    const fasta_entry *e = &index->entry[i];
    bytes += e->length / 4 + strlen(e->name) + 64;
    if (strlen(e->name) > 255 || e->length > UINT32_MAX || bytes > UINT32_MAX / 2)
      return too_large(t, e->name);
  }
  return DTC_OK;
}

static dtc_status pack_all(FILE *out, BGZF *in, const fasta_index *index, const trouble *t) {
  uint32_t *offset = calloc(index->count, sizeof *offset);
  packer p = {.out = out};
  dtc_status status = offset ? DTC_OK : no_memory(t);
  if (status == DTC_OK && !write_index(out, index, offset))
    status = cannot_write(t);
  for (size_t i = 0; status == DTC_OK && i < index->count; i++) {
    long at = ftell(out);
    status = at < 0                      ? cannot_write(t)
             : (uint64_t)at > UINT32_MAX ? too_large(t, index->entry[i].name)
                                         : pack_sequence(&p, in, &index->entry[i], t);
    offset[i] = (uint32_t)at;
  }
  if (status == DTC_OK && (fseek(out, 0, SEEK_SET) != 0 || !write_index(out, index, offset)))
    status = cannot_write(t);
  free(p.unknown.from);
  free(p.unknown.length);
  free(p.lower.from);
  free(p.lower.length);
  free(offset);
  return status;
}

static dtc_status pack_into(int fd, const fasta_index *index, const trouble *t) {
  BGZF *in = bgzf_open(t->path, "r");
  if (!in || (bgzf_compression(in) != 0 && bgzf_index_load(in, t->path, ".gzi") != 0)) {
    if (in)
      bgzf_close(in); /* read only */
    snprintf(t->message, t->message_bytes, "%s cannot be opened, or has no .gzi beside it", t->path);
    return DTC_IO_OPEN;
  }
  int own = dup(fd); /* the stream closes its descriptor */
  FILE *out = own >= 0 ? fdopen(own, "wb") : NULL;
  dtc_status status = out ? pack_all(out, in, index, t) : cannot_write(t);
  if (out && fclose(out) != 0 && status == DTC_OK)
    status = cannot_write(t);
  if (!out && own >= 0)
    close(own);
  bgzf_close(in); /* read only */
  return status;
}

dtc_status twobit_write(const char *path, int fd, uint64_t *sequences, char *message, size_t message_bytes) {
  const trouble t = {message, message_bytes, path};
  fasta_index index;
  int temporary_index;
  dtc_status status = fasta_index_load(path, &index, &temporary_index, message, message_bytes);
  *sequences = index.count;
  if (status == DTC_OK)
    status = check_index(&index, &t);
  if (status == DTC_OK)
    status = pack_into(fd, &index, &t);
  fasta_index_free(&index);
  return status;
}
