/* fuzz_sites - any bytes as a compiled site table and as a .2bit: what loads must answer lookups without leaving its
 * file. The first byte chooses which; a site table gets its right length and checksum, or no other damage would ever be
 * looked at. */
#include "vcf/reference/sequence.h"
#include "vcf/sites/sites.h"

#include "fuzz.h"

/* As the head of sites/compiled.c lays them out. */
enum { FILE_BYTES_AT = 32, CHECKSUM_AT = 40, DIGEST_AT = 48, CONTIG_BYTES = 64 };
enum { HEAD_BYTES = DIGEST_AT + 64 + DTC_CONTIG_COUNT * CONTIG_BYTES };

typedef struct sum {
  uint64_t lane[4];
  unsigned at;
} sum;

static void sum_add(sum *s, const uint8_t *at, size_t bytes) {
  for (; bytes >= 8; bytes -= 8, at += 8) {
    uint64_t word, *lane = &s->lane[s->at++ & 3];
    memcpy(&word, at, 8);
    *lane = (*lane ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    *lane ^= *lane >> 29;
  }
}

static void make_right(uint8_t *file, size_t size) {
  uint64_t value = size;
  sum s = {.at = 0};
  memcpy(file, "DTCSITES\2\0\0\0\4\3\2\1", 16);
  memcpy(file + FILE_BYTES_AT, &value, 8);
  memset(file + CHECKSUM_AT, 0, 8);
  sum_add(&s, file + HEAD_BYTES, size - HEAD_BYTES);
  sum_add(&s, file, HEAD_BYTES);
  value = UINT64_C(0xcbf29ce484222325);
  for (int i = 0; i < 4; i++)
    value = (value ^ s.lane[i]) * UINT64_C(0x100000001b3);
  memcpy(file + CHECKSUM_AT, &value, 8);
}

static unsigned long opened;

static void count_name(void *opaque, unsigned kind, uint32_t number, unsigned contig, uint32_t position, int indel) {
  FUZZ_CHECK(contig < DTC_CONTIG_COUNT);
  *(uint32_t *)opaque += number + kind + position + (uint32_t)indel;
}

static void look_up(const sites *s) {
  const char *alleles[SITES_ALLELES_MAX];
  uint32_t number = 0;
  static const sites_filter all = {{~UINT64_C(0), 1, 2, 3}};
  opened++;
  sites_scan_names(s, &all, count_name, &number);
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    for (uint32_t position = 1; position < 4000000000u; position += 399999989u) {
      uint32_t at = sites_advance(&s->contig[c], 0, position);
      FUZZ_CHECK(at <= s->contig[c].count);
      if (at < s->contig[c].count)
        FUZZ_CHECK(s->codes.count[s->contig[c].code[at] % SITES_CODE_COUNT] <= 4);
      uint32_t indel = sites_indel_at(s, c, position, (int)(position & 1));
      FUZZ_CHECK(indel == UINT32_MAX || indel < s->indels);
    }
  }
  for (uint32_t i = 0; i < s->indels; i++)
    for (unsigned n = sites_indel_alleles(s, i, alleles); n > 0; n--)
      number += (uint32_t)strlen(alleles[n - 1]);
  for (unsigned kind = 0; kind < 5; kind++) {
    uint32_t count;
    const sites_name *name = sites_find_name(s, kind, number, "name", 4, &count);
    for (uint32_t i = 0; i < count; i++)
      FUZZ_CHECK(name[i].contig != DTC_CONTIG_NONE || name[i].place < s->indels);
  }
}

static void try_sites(const char *path) {
  char message[600] = "";
  sites *s = NULL;
  if (sites_open(path, NULL, &s, message, sizeof message) == DTC_OK) {
    look_up(s);
    sites_free(s);
  } else {
    FUZZ_CHECK(message[0]);
  }
}

static void try_twobit(const char *path) {
  char message[600] = "", text[64];
  sequence *s = NULL;
  if (twobit_open(path, NULL, &s, message, sizeof message) != DTC_OK) {
    FUZZ_CHECK(message[0]);
    return;
  }
  s->contig = DTC_CONTIG_NONE; /* as sequence_open leaves it */
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    for (uint32_t position = 1; position <= s->length[c] && position < 500; position += 7) {
      char base = sequence_base(s, c, position);
      FUZZ_CHECK(base == 0 || strchr("ACGTN", base));
      sequence_bases(s, c, position, sizeof text, text);
    }
  sequence_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  int is_table = data[0] & 1;
  size_t length = size - 1;
  uint8_t *file = malloc(length + 8);
  FUZZ_CHECK(file);
  memcpy(file, data + 1, length);
  if (is_table && length >= HEAD_BYTES) {
    length = length / 8 * 8;
    make_right(file, length);
  }
  int fd = fuzz_file(file, length);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (is_table && length >= 8 && memcmp(file, "DTCSITES", 8) == 0) /* other bytes would be htslib's to read */
    try_sites(path);
  else if (!is_table)
    try_twobit(path);
  close(fd);
  free(file);
  return 0;
}
