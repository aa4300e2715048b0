/* sites.c - lookups in a site table. */
#include "vcf/sites/sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The 16 orders of up to three ALTs, as ranks among the three bases that are not REF. */
static const char orders[16][4] = {"",   "0",  "1",   "2",   "01",  "02",  "10",  "12",
                                   "20", "21", "012", "021", "102", "120", "201", "210"};
static const char four_bases[] = "ACGT";

void sites_codes_init(sites_codes *c) {
  static const char *const text[4] = {"A", "C", "G", "T"};
  for (unsigned code = 0; code < SITES_CODE_COUNT; code++) {
    unsigned ref = code >> 4, n = 0;
    c->text[code][n] = text[ref];
    c->letters[code][n++] = four_bases[ref];
    for (const char *rank = orders[code & 15]; *rank; rank++) {
      unsigned alt = (unsigned)(*rank - '0');
      if (alt >= ref)
        alt++;
      c->text[code][n] = text[alt];
      c->letters[code][n++] = four_bases[alt];
    }
    c->count[code] = (uint8_t)n;
  }
}

static unsigned base_of(char letter) {
  switch (letter) {
  case 'A':
    return 0;
  case 'C':
    return 1;
  case 'G':
    return 2;
  case 'T':
    return 3;
  }
  return 4;
}

int sites_code(const char *letters, unsigned n) {
  /* the order of up to three ranks, each with one added, as digits of a number to the base of four; 0: no order */
  static const uint8_t order_of[64] = {[1] = 1,
                                       [2] = 2,
                                       [3] = 3,
                                       [1 * 4 + 2] = 4,
                                       [1 * 4 + 3] = 5,
                                       [2 * 4 + 1] = 6,
                                       [2 * 4 + 3] = 7,
                                       [3 * 4 + 1] = 8,
                                       [3 * 4 + 2] = 9,
                                       [1 * 16 + 2 * 4 + 3] = 10,
                                       [1 * 16 + 3 * 4 + 2] = 11,
                                       [2 * 16 + 1 * 4 + 3] = 12,
                                       [2 * 16 + 3 * 4 + 1] = 13,
                                       [3 * 16 + 1 * 4 + 2] = 14,
                                       [3 * 16 + 2 * 4 + 1] = 15};
  if (n < 1 || n > 4)
    return -1;
  unsigned ref = base_of(letters[0]), seen = 1u << ref, ranks = 0;
  for (unsigned i = 1; i < n; i++) {
    unsigned base = base_of(letters[i]);
    if (seen >> base & 1)
      return -1;
    seen |= 1u << base;
    ranks = ranks * 4 + base - (base > ref) + 1;
  }
  return seen >> 4 & 1 ? -1 : (int)(ref << 4 | order_of[ranks]);
}

dtc_status sites_open(const char *path, sequence *bases, sites **out, char *message, size_t message_bytes) {
  sites *s = calloc(1, sizeof *s);
  *out = NULL;
  if (!s) {
    snprintf(message, message_bytes, "out of memory");
    return DTC_OUT_OF_MEMORY;
  }
  const char *slash = strrchr(path, '/');
  snprintf(s->file_name, sizeof s->file_name, "%s", slash ? slash + 1 : path);
  s->users = 1;
  sites_codes_init(&s->codes);
  dtc_status status = sites_is_compiled(path) ? sites_map_compiled(path, s, message, message_bytes)
                                              : sites_load_records(path, bases, s, message, message_bytes);
  if (status == DTC_OK)
    *out = s;
  else
    sites_free(s);
  return status;
}

sites *sites_share(sites *s) {
  __atomic_add_fetch(&s->users, 1, __ATOMIC_RELAXED);
  return s;
}

void sites_free(sites *s) {
  if (!s || __atomic_sub_fetch(&s->users, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  if (s->map)
    munmap(s->map, s->map_bytes);
  for (size_t i = 0; i < sizeof s->owned / sizeof *s->owned; i++)
    free(s->owned[i]);
  free(s);
}

uint32_t sites_advance(const sites_contig *c, uint32_t at, uint32_t position) {
  const uint32_t *p = c->position;
  uint32_t step = 1;
  for (int near = 0; near < 4 && at < c->count && p[at] < position; near++)
    at++;
  if (at >= c->count || p[at] >= position)
    return at;
  while (step < c->count - at && p[at + step] < position) { /* ever longer steps, */
    at += step;
    step *= 2;
  }
  uint32_t low = at + 1, high = step < c->count - at ? at + step : c->count; /* then halves of the last one */
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (p[mid] < position)
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

static int compare_name(const sites *s, const sites_name *n, unsigned kind, uint32_t number, const char *text,
                        size_t text_bytes) {
  if (n->kind != kind)
    return n->kind < kind ? -1 : 1;
  if (kind != DTC_ID_OTHER)
    return n->number < number ? -1 : n->number > number;
  const char *own = s->pool + n->number;
  size_t own_bytes = strlen(own);
  int order = memcmp(own, text, own_bytes < text_bytes ? own_bytes : text_bytes);
  if (order)
    return order;
  return own_bytes < text_bytes ? -1 : own_bytes > text_bytes;
}

const sites_name *sites_find_name(const sites *s, unsigned kind, uint32_t number, const char *text, size_t text_bytes,
                                  uint32_t *count) {
  uint32_t low = 0, high = s->names;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (compare_name(s, &s->name[mid], kind, number, text, text_bytes) < 0)
      low = mid + 1;
    else
      high = mid;
  }
  *count = 0;
  while (low + *count < s->names && compare_name(s, &s->name[low + *count], kind, number, text, text_bytes) == 0)
    ++*count;
  return s->name + low;
}

uint64_t sites_count(const sites *s) {
  uint64_t n = s->indels;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++)
    n += s->contig[c].count;
  return n;
}

void sites_scan_names(const sites *s, const sites_filter *f,
                      void (*take)(void *opaque, unsigned kind, uint32_t number, unsigned contig, uint32_t position,
                                   int indel),
                      void *opaque) {
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    const sites_contig *at = &s->contig[c];
    for (uint32_t i = 0; at->name && i < at->count; i++)
      if (sites_filter_has(f, sites_name_hash(DTC_ID_RS, at->name[i])) && at->name[i] != SITES_NAME_NONE &&
          at->name[i] != SITES_NAME_LISTED)
        take(opaque, DTC_ID_RS, at->name[i], c, at->position[i], 0);
  }
  for (uint32_t i = 0; i < s->names; i++) {
    const sites_name *n = &s->name[i];
    if (n->kind == DTC_ID_OTHER || !sites_filter_has(f, sites_name_hash(n->kind, n->number)))
      continue;
    if (n->contig == DTC_CONTIG_NONE)
      take(opaque, n->kind, n->number, s->indel[n->place].contig, s->indel[n->place].position, 1);
    else
      take(opaque, n->kind, n->number, n->contig, n->place, 0);
  }
}

unsigned sites_indel_alleles(const sites *s, uint32_t indel, const char *alleles[SITES_ALLELES_MAX]) {
  const sites_indel *site = &s->indel[indel];
  const char *text = s->pool + site->text;
  for (unsigned i = 0; i < site->n_alleles; i++) {
    alleles[i] = text;
    text += strlen(text) + 1;
  }
  return site->n_alleles;
}

uint32_t sites_indel_longest(const sites *s, uint32_t indel) {
  const char *alleles[SITES_ALLELES_MAX];
  unsigned n = sites_indel_alleles(s, indel, alleles);
  size_t longest = 0;
  for (unsigned i = 0; i < n; i++) {
    size_t bytes = strlen(alleles[i]);
    if (bytes > longest)
      longest = bytes;
  }
  return (uint32_t)longest;
}

/* Whether a marker at the position can be one of the indel's ALTs. */
static int indel_stands_at(const sites *s, uint32_t indel, uint32_t position, int last_base) {
  const char *alleles[SITES_ALLELES_MAX];
  unsigned n = sites_indel_alleles(s, indel, alleles);
  uint32_t anchor = s->indel[indel].position;
  size_t ref = strlen(alleles[0]);
  for (unsigned i = 1; i < n; i++) {
    size_t alt = strlen(alleles[i]);
    uint32_t away = alt >= ref ? 0 : last_base ? (uint32_t)(ref - alt) : 1;
    if (alt != ref && position == anchor + away)
      return 1;
  }
  return 0;
}

uint32_t sites_indel_at(const sites *s, unsigned contig, uint32_t position, int last_base) {
  const sites_contig *c = &s->contig[contig];
  const sites_indel *indel = s->indel + c->first_indel;
  uint32_t found = UINT32_MAX, low = 0, high = c->indels;
  uint32_t from = position > SITES_ALLELE_BYTES_MAX ? position - SITES_ALLELE_BYTES_MAX : 0;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (indel[mid].position < from)
      low = mid + 1;
    else
      high = mid;
  }
  for (; low < c->indels && indel[low].position <= position; low++) {
    if (!indel_stands_at(s, c->first_indel + low, position, last_base))
      continue;
    if (found != UINT32_MAX)
      return UINT32_MAX;
    found = c->first_indel + low;
  }
  return found;
}
