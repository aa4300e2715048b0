/* sequence.c - what all sources of bases share. */
#include "vcf/reference/sequence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LETTERS_AS_N(a)                                                                                                \
  [a + 1] = 'N', [a + 3] = 'N', [a + 4] = 'N', [a + 5] = 'N', [a + 7] = 'N', [a + 8] = 'N', [a + 9] = 'N',             \
       [a + 10] = 'N', [a + 11] = 'N', [a + 12] = 'N', [a + 13] = 'N', [a + 14] = 'N', [a + 15] = 'N', [a + 16] = 'N', \
       [a + 17] = 'N', [a + 18] = 'N', [a + 21] = 'N', [a + 22] = 'N', [a + 23] = 'N', [a + 24] = 'N', [a + 25] = 'N'
const char sequence_letter[256] = {
    LETTERS_AS_N('A'), LETTERS_AS_N('a'), ['A'] = 'A', ['C'] = 'C', ['G'] = 'G', ['T'] = 'T', ['a'] = 'A',
    ['c'] = 'C',       ['g'] = 'G',       ['t'] = 'T', ['U'] = 'N', ['u'] = 'N', ['*'] = 'N', ['-'] = 'N'};

unsigned sequence_contig_for(sequence *s, const dtc_assembly *assembly, const char *name, size_t name_bytes,
                             uint32_t length) {
  unsigned contig = dtc_contig_parse(name, name_bytes);
  if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_COUNT)
    return DTC_CONTIG_NONE;
  if (s->length[contig] && (!assembly || length != assembly->length[contig]))
    return DTC_CONTIG_NONE;
  if (contig == 1)
    s->chr_prefix = name_bytes > 3 && memcmp(name, "chr", 3) == 0;
  return contig;
}

/* The first bytes of a local file; 0 where it cannot be opened or is shorter (a URL, for one). */
static int first_bytes(const char *path, uint8_t bytes[4]) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  ssize_t n;
  do
    n = read(fd, bytes, 4);
  while (n < 0 && errno == EINTR);
  close(fd);
  return n == 4;
}

dtc_status sequence_open(const char *path, const dtc_assembly *assembly, sequence **out, char *message,
                         size_t message_bytes) {
  uint8_t bytes[4];
  *out = NULL;
  if (first_bytes(path, bytes) && twobit_is(bytes))
    return twobit_open(path, assembly, out, message, message_bytes);
  return fasta_open(path, assembly, out, message, message_bytes);
}

void sequence_free(sequence *s) {
  if (s)
    s->source->free(s);
}

sequence *sequence_clone(const sequence *s) {
  sequence *copy = s->source->clone(s);
  if (copy) {
    copy->contig = DTC_CONTIG_NONE;
    copy->failed = 0;
  }
  return copy;
}

/* 1 when bases of the contig can be asked for. */
static int enter(sequence *s, unsigned contig) {
  if (s->contig == contig)
    return 1;
  if (contig >= DTC_CONTIG_COUNT || !s->length[contig])
    return 0;
  if (!s->source->enter(s, contig)) {
    s->failed = 1;
    s->contig = DTC_CONTIG_NONE;
    return 0;
  }
  s->contig = contig;
  return 1;
}

char sequence_base(sequence *s, unsigned contig, uint32_t position) {
  if (!enter(s, contig) || position - 1 >= s->length[contig])
    return 0;
  char base = s->source->base(s, position);
  if (!base)
    s->failed = 1;
  return base;
}

void sequence_many(sequence *s, unsigned contig, const uint32_t *position, size_t n, char *out) {
  memset(out, 0, n);
  if (!enter(s, contig))
    return;
  while (n && position[n - 1] - 1 >= s->length[contig])
    n--;
  if (n && !s->source->many(s, position, n, out)) {
    s->failed = 1;
    memset(out, 0, n);
  }
}

int sequence_bases(sequence *s, unsigned contig, uint32_t position, uint32_t length, char *text) {
  if (!enter(s, contig) || position - 1 >= s->length[contig] || length > s->length[contig] - (position - 1))
    return 0;
  if (s->source->bases(s, position, length, text))
    return 1;
  s->failed = 1;
  return 0;
}
