/* pack: a FASTA as UCSC .2bit (version 0): every sequence of the FASTA, its runs of N and of lower case.
 * Format: https://genome.ucsc.edu/FAQ/FAQformat.html#format7 */
#include "config.h"

#include "genotype-sites/commands.h"
#include "genotype-sites/whole_file.h"

#include "vcf/reference/fasta.h"
#include "vcf/reference/sequence.h"

#include <errno.h>
#include <htslib/bgzf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Reads one sequence of the FASTA and writes its record. 0, or -1 with the fault set. */
static int pack_sequence(packer *p, BGZF *in, const fasta_entry *e, const char *path, fault *f) {
  char buffer[1 << 16];
  p->length = 0;
  p->unknown.count = p->lower.count = 0;
  p->packed = calloc((size_t)e->length / 4 + 1, 1);
  if (!p->packed)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
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
    return fault_set(f, EXIT_TROUBLE, "%s: sequence %s cannot be read, or the index is of another file", path, e->name);
  }
  ok = put32(p->out, p->length) && run_write(p->out, &p->unknown) && run_write(p->out, &p->lower) && put32(p->out, 0);
  size_t bytes = ((size_t)p->length + 3) / 4;
  ok = ok && fwrite(p->packed, 1, bytes, p->out) == bytes;
  free(p->packed);
  return ok ? 0 : fault_set(f, EXIT_TROUBLE, "cannot write: %s", strerror(errno));
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

static int check_index(const fasta_index *index, fault *f) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < index->count; i++) {
    const fasta_entry *e = &index->entry[i];
    bytes += e->length / 4 + strlen(e->name) + 64;
    if (strlen(e->name) > 255 || e->length > UINT32_MAX || bytes > UINT32_MAX / 2)
      return fault_set(f, EXIT_REFUSED, "sequence %s does not fit into a .2bit file", e->name);
  }
  return 0;
}

static int pack_all(FILE *out, BGZF *in, const fasta_index *index, const char *path, fault *f) {
  uint32_t *offset = calloc(index->count, sizeof *offset);
  packer p = {.out = out};
  int failed = offset ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
  if (!failed && !write_index(out, index, offset))
    failed = fault_set(f, EXIT_TROUBLE, "cannot write: %s", strerror(errno));
  for (size_t i = 0; !failed && i < index->count; i++) {
    long at = ftell(out);
    if (at < 0 || (uint64_t)at > UINT32_MAX)
      failed = fault_set(f, EXIT_REFUSED, "the sequences do not fit into a .2bit file of 4 GiB");
    else
      failed = pack_sequence(&p, in, &index->entry[i], path, f);
    offset[i] = (uint32_t)at;
  }
  if (!failed && (fseek(out, 0, SEEK_SET) != 0 || !write_index(out, index, offset) || fflush(out) != 0))
    failed = fault_set(f, EXIT_TROUBLE, "cannot write: %s", strerror(errno));
  free(p.unknown.from);
  free(p.unknown.length);
  free(p.lower.from);
  free(p.lower.length);
  free(offset);
  return failed;
}

/* ref.fa, ref.fasta, ref.fa.gz -> ref.2bit; malloc'd. */
static char *default_output(const char *path) {
  static const char *const endings[] = {".gz", ".bgz", ".fa", ".fasta", ".fna"};
  size_t bytes = strlen(path);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t n = strlen(endings[i]);
    if (bytes > n && memcmp(path + bytes - n, endings[i], n) == 0)
      bytes -= n;
  }
  char *out = malloc(bytes + sizeof ".2bit");
  if (out) {
    memcpy(out, path, bytes);
    memcpy(out + bytes, ".2bit", sizeof ".2bit");
  }
  return out;
}

static int pack_into(const char *path, const char *output, const fasta_index *index, BGZF *in, fault *f) {
  whole_file file;
  int failed = whole_file_open(&file, output, f);
  FILE *out = failed ? NULL : fopen(whole_file_path(&file), "r+b");
  if (!failed && !out)
    failed = fault_system(f, output, "cannot open it");
  if (!failed)
    failed = pack_all(out, in, index, path, f);
  if (out && fclose(out) != 0 && !failed)
    failed = fault_system(f, output, "cannot close it");
  if (!failed)
    failed = whole_file_finish(&file, f);
  if (!failed)
    failed = whole_file_publish(&file, f);
  whole_file_free(&file);
  return failed;
}

int command_pack(const sites_options *o, fault *f) {
  const char *path = o->files[0];
  fasta_index index;
  int temporary_index;
  char message[400];
  dtc_status status = fasta_index_load(path, &index, &temporary_index, message, sizeof message);
  if (status != DTC_OK)
    return fault_set(f, status == DTC_REFERENCE_FILE ? EXIT_USAGE : EXIT_TROUBLE, "%s", message);
  int failed = check_index(&index, f);
  char *output = o->output ? strdup(o->output) : default_output(path);
  BGZF *in = failed ? NULL : bgzf_open(path, "r");
  if (!failed && (!in || (bgzf_compression(in) != 0 && bgzf_index_load(in, path, ".gzi") != 0)))
    failed = fault_set(f, EXIT_TROUBLE, "%s: cannot be opened, or has no .gzi beside it", path);
  if (!failed)
    failed = output ? pack_into(path, output, &index, in, f) : fault_set(f, EXIT_TROUBLE, "out of memory");
  if (!failed && !o->quiet)
    fprintf(stderr, "genotype-sites: %zu sequences in %s\n", index.count, output);
  if (in)
    bgzf_close(in); /* read only */
  free(output);
  fasta_index_free(&index);
  return failed;
}
