/* twobit.c - bases of a UCSC .2bit file. Format: https://genome.ucsc.edu/FAQ/FAQformat.html#format7 (version 0;
 * 1 has 64-bit offsets). Two bits a base, the first base in the highest bits; runs of N stand in a list of their own.
 * Runs of lower case do not matter here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vcf/reference/sequence.h"
#include "vcf/reference/window.h"

enum { SEQUENCES_MAX = 10000000, N_RUNS_MAX = 50000000 };

static const uint8_t magic_big[4] = {0x1a, 0x41, 0x27, 0x43}, magic_little[4] = {0x43, 0x27, 0x41, 0x1a};

typedef struct n_run {
  uint32_t from, length; /* 0-based */
} n_run;

typedef struct twobit {
  sequence head;
  file_window window;
  int big_endian;
  uint64_t record[DTC_CONTIG_COUNT];
  /* of the contig entered */
  uint64_t packed; /* where its bases begin */
  n_run *run;      /* ascending */
  size_t runs, at; /* at: the last run asked for */
} twobit;

int twobit_is(const uint8_t bytes[4]) {
  return memcmp(bytes, magic_big, 4) == 0 || memcmp(bytes, magic_little, 4) == 0;
}

static int get32(twobit *t, uint64_t offset, uint32_t *out) {
  const uint8_t *b = file_window_at(&t->window, offset, 4);
  if (!b)
    return 0;
  *out = t->big_endian ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                       : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
  return 1;
}

static int get64(twobit *t, uint64_t offset, uint64_t *out) {
  uint32_t low, high;
  if (!get32(t, offset + (t->big_endian ? 4 : 0), &low) || !get32(t, offset + (t->big_endian ? 0 : 4), &high))
    return 0;
  *out = (uint64_t)high << 32 | low;
  return 1;
}

/* Reads the runs of N: a count, that many starts, that many lengths. They must ascend and stay inside the contig. */
static int load_runs(twobit *t, uint64_t offset, uint32_t contig_length, uint32_t *count) {
  if (!get32(t, offset, count) || *count > N_RUNS_MAX || (uint64_t)*count * 8 > t->window.file_bytes)
    return 0;
  n_run *run = realloc(t->run, (*count + 1) * sizeof *run);
  if (!run)
    return 0;
  t->run = run;
  uint64_t end = 0;
  for (uint32_t i = 0; i < *count; i++) {
    if (!get32(t, offset + 4 + (uint64_t)i * 4, &run[i].from))
      return 0;
    if (!get32(t, offset + 4 + ((uint64_t)*count + i) * 4, &run[i].length))
      return 0;
    if (run[i].from < end || run[i].length > contig_length || run[i].from > contig_length - run[i].length)
      return 0;
    end = (uint64_t)run[i].from + run[i].length;
  }
  t->runs = *count;
  t->at = 0;
  return 1;
}

static int twobit_enter(sequence *s, unsigned contig) {
  twobit *t = (twobit *)s;
  uint64_t at = t->record[contig];
  uint32_t length, n_count, mask_count;
  t->runs = 0;
  if (!get32(t, at, &length) || length != s->length[contig] || !load_runs(t, at + 4, length, &n_count))
    return 0;
  at += 8 + (uint64_t)n_count * 8;
  if (!get32(t, at, &mask_count))
    return 0;
  t->packed = at + 4 + (uint64_t)mask_count * 8 + 4;
  return t->packed <= t->window.file_bytes && ((uint64_t)length + 3) / 4 <= t->window.file_bytes - t->packed;
}

/* Whether the run before that of the last place ends before this one, so that no search need go back behind it. */
static inline int is_behind_runs(const twobit *t, uint32_t at) {
  return !t->at || t->run[t->at - 1].from + t->run[t->at - 1].length <= at;
}

/* 1 where the 0-based place lies in a run of N. Places mostly ascend, so the search begins where the last one ended. */
static int in_run(twobit *t, uint32_t at) {
  if (!is_behind_runs(t, at))
    t->at = 0;
  size_t low = t->at, high = t->runs;
  while (low < high) { /* the first run that ends behind the place */
    size_t mid = low + (high - low) / 2;
    if (t->run[mid].from + t->run[mid].length > at)
      high = mid;
    else
      low = mid + 1;
  }
  t->at = low;
  return low < t->runs && t->run[low].from <= at;
}

/* The base at a 0-based place whose byte is known. */
static inline char base_in(twobit *t, uint32_t at, uint8_t byte) {
  /* the common case of no run between the last place and this one */
  int between = t->at < t->runs && t->run[t->at].from > at && is_behind_runs(t, at);
  return !between && in_run(t, at) ? 'N' : "TCAG"[byte >> (6 - 2 * (at & 3)) & 3];
}

static int twobit_many(sequence *s, const uint32_t *position, size_t n, char *out) {
  twobit *t = (twobit *)s;
  uint64_t offset[SEQUENCE_MANY];
  uint8_t byte[SEQUENCE_MANY];
  if (!n)
    return 1;
  for (size_t i = 0; i < n; i++)
    offset[i] = t->packed + (position[i] - 1) / 4;
  if (!file_window_gather(&t->window, offset, n, byte))
    return 0;
  for (size_t i = 0; i < n; i++)
    out[i] = base_in(t, position[i] - 1, byte[i]);
  return 1;
}

static char twobit_base(sequence *s, uint32_t position) {
  char base;
  return twobit_many(s, &position, 1, &base) ? base : 0;
}

static int twobit_bases(sequence *s, uint32_t position, uint32_t length, char *text) {
  for (uint32_t i = 0; i < length; i++)
    if (!(text[i] = twobit_base(s, position + i)))
      return 0;
  return 1;
}

static void twobit_free(sequence *s) {
  twobit *t = (twobit *)s;
  file_window_close(&t->window);
  free(t->run);
  free(t);
}

static sequence *twobit_clone(const sequence *s) {
  const twobit *t = (const twobit *)s;
  twobit *copy = malloc(sizeof *copy);
  if (!copy)
    return NULL;
  *copy = *t;
  copy->run = NULL;
  copy->runs = copy->at = 0;
  if (file_window_clone(&t->window, &copy->window))
    return &copy->head;
  free(copy);
  return NULL;
}

static const sequence_source twobit_source = {twobit_enter, twobit_bases, twobit_base,
                                              twobit_many,  twobit_clone, twobit_free};

/* The file is long enough for the contig's bases: their place is told by two counts of runs before them. */
static int is_whole(twobit *t, uint64_t record, uint32_t length) {
  uint32_t runs;
  uint64_t at = record + 4;
  for (int k = 0; k < 2; k++) { /* of N, of lower case */
    if (!get32(t, at, &runs))
      return 0;
    at += 4 + (uint64_t)runs * 8;
  }
  at += 4; /* reserved */
  return at <= t->window.file_bytes && ((uint64_t)length + 3) / 4 <= t->window.file_bytes - at;
}

/* Reads the index: for each sequence one byte of length, its name, and its record's offset. */
static int load_index(twobit *t, const dtc_assembly *assembly) {
  uint32_t version, count, length;
  const uint8_t *magic = file_window_at(&t->window, 0, 4);
  if (!magic)
    return 0;
  t->big_endian = memcmp(magic, magic_big, 4) == 0;
  if (!get32(t, 4, &version) || version > 1 || !get32(t, 8, &count) || count > SEQUENCES_MAX)
    return 0;
  uint64_t at = 16;
  for (uint32_t i = 0; i < count; i++) {
    char name[256];
    const uint8_t *bytes = file_window_at(&t->window, at, 1);
    size_t name_bytes = bytes ? bytes[0] : 0;
    bytes = name_bytes ? file_window_at(&t->window, at + 1, name_bytes) : NULL;
    if (!bytes)
      return 0;
    memcpy(name, bytes, name_bytes);
    at += 1 + name_bytes;
    uint64_t record;
    uint32_t record32;
    if (version ? !get64(t, at, &record) : !get32(t, at, &record32))
      return 0;
    if (!version)
      record = record32;
    at += version ? 8 : 4;
    if (dtc_contig_parse(name, name_bytes) == DTC_CONTIG_NONE)
      continue;
    if (!get32(t, record, &length) || length > INT32_MAX)
      return 0;
    unsigned contig = sequence_contig_for(&t->head, assembly, name, name_bytes, length);
    if (contig == DTC_CONTIG_NONE)
      continue;
    if (!is_whole(t, record, length))
      return 0;
    t->head.length[contig] = length;
    t->record[contig] = record;
  }
  return 1;
}

dtc_status twobit_open(const char *path, const dtc_assembly *assembly, sequence **out, char *message,
                       size_t message_bytes) {
  twobit *t = calloc(1, sizeof *t);
  if (!t) {
    snprintf(message, message_bytes, "out of memory");
    return DTC_OUT_OF_MEMORY;
  }
  t->head.source = &twobit_source;
  if (!file_window_open(&t->window, path)) {
    snprintf(message, message_bytes, "cannot open the reference %s: %s", path, strerror(errno));
    free(t);
    return DTC_IO_OPEN;
  }
  if (!load_index(t, assembly)) {
    dtc_status status = t->window.failed ? DTC_IO_READ : DTC_REFERENCE_FILE;
    if (t->window.failed)
      snprintf(message, message_bytes, "the reference %s cannot be read: %s", path, strerror(errno));
    else
      snprintf(message, message_bytes,
               "the reference %s is damaged or cut off: not all of the .2bit's sequences are there", path);
    twobit_free(&t->head);
    return status;
  }
  *out = &t->head;
  return DTC_OK;
}
