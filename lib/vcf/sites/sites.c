/* sites.c - lookups in a site table. */
#include "vcf/sites/sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The 16 orders of up to three ALTs, as ranks among the three bases that are not REF. */
static const char orders[16][4] = {"",   "0",  "1",   "2",   "01",  "02",  "10",  "12",
                                   "20", "21", "012", "021", "102", "120", "201", "210"};
static const char bases[] = "ACGT";

void sites_codes_init(sites_codes *c) {
  static const char *const text[4] = {"A", "C", "G", "T"};
  for (unsigned code = 0; code < SITES_CODE_COUNT; code++) {
    unsigned ref = code >> 4, n = 0;
    c->text[code][n] = text[ref];
    c->letters[code][n++] = bases[ref];
    for (const char *rank = orders[code & 15]; *rank; rank++) {
      unsigned alt = (unsigned)(*rank - '0');
      if (alt >= ref)
        alt++;
      c->text[code][n] = text[alt];
      c->letters[code][n++] = bases[alt];
    }
    c->count[code] = (uint8_t)n;
  }
}

int sites_code(const char *letters, unsigned n) {
  char ranks[4] = "";
  if (n < 1 || n > 4)
    return -1;
  unsigned seen = 0, ref = 0;
  for (unsigned i = 0; i < n; i++) {
    const char *at = letters[i] ? strchr(bases, letters[i]) : NULL;
    if (!at)
      return -1;
    unsigned base = (unsigned)(at - bases);
    if (seen >> base & 1)
      return -1;
    seen |= 1u << base;
    if (i)
      ranks[i - 1] = (char)('0' + base - (base > ref));
    else
      ref = base;
  }
  for (unsigned order = 0; order < 16; order++)
    if (strcmp(orders[order], ranks) == 0)
      return (int)(ref << 4 | order);
  return -1;
}

dtc_id_kind sites_parse_name(const char *text, size_t bytes, uint32_t *number) {
  static const struct {
    const char *prefix;
    size_t bytes;
    dtc_id_kind kind;
  } kinds[] = {{"rs", 2, DTC_ID_RS}, {"i", 1, DTC_ID_I}, {"VGXS", 4, DTC_ID_VGXS}};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    size_t at = kinds[k].bytes;
    if (bytes <= at || bytes - at > 10 || memcmp(text, kinds[k].prefix, at) != 0)
      continue;
    if (text[at] == '0' && bytes - at > 1)
      return DTC_ID_OTHER; /* number alone would not spell it */
    uint64_t value = 0;
    for (; at < bytes && text[at] >= '0' && text[at] <= '9'; at++)
      value = value * 10 + (unsigned)(text[at] - '0');
    if (at < bytes || value > UINT32_MAX)
      return DTC_ID_OTHER;
    *number = (uint32_t)value;
    return kinds[k].kind;
  }
  return DTC_ID_OTHER;
}

dtc_status sites_open(const char *path, sites **out, char *message, size_t message_bytes) {
  sites *s = calloc(1, sizeof *s);
  *out = NULL;
  if (!s) {
    snprintf(message, message_bytes, "out of memory");
    return DTC_OUT_OF_MEMORY;
  }
  s->users = 1;
  sites_codes_init(&s->codes);
  dtc_status status = sites_is_compiled(path) ? sites_map_compiled(path, s, message, message_bytes)
                                              : sites_load_records(path, s, message, message_bytes);
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

uint32_t sites_indel_by_name(const sites *s, unsigned kind, uint32_t number, const char *text, size_t text_bytes) {
  uint32_t low = 0, high = s->names;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (compare_name(s, &s->name[mid], kind, number, text, text_bytes) < 0)
      low = mid + 1;
    else
      high = mid;
  }
  if (low == s->names || compare_name(s, &s->name[low], kind, number, text, text_bytes) != 0)
    return UINT32_MAX;
  uint32_t indel = s->name[low].indel;
  for (uint32_t i = low + 1; i < s->names && compare_name(s, &s->name[i], kind, number, text, text_bytes) == 0; i++)
    if (s->name[i].indel != indel)
      return UINT32_MAX; /* one name for two places: a doubtful one */
  return indel;
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

/* Bases between the longest and the shortest allele. */
static uint32_t indel_length(const sites *s, uint32_t indel) {
  const char *alleles[SITES_ALLELES_MAX];
  unsigned n = sites_indel_alleles(s, indel, alleles);
  size_t shortest = SIZE_MAX, longest = 0;
  for (unsigned i = 0; i < n; i++) {
    size_t bytes = strlen(alleles[i]);
    if (bytes < shortest)
      shortest = bytes;
    if (bytes > longest)
      longest = bytes;
  }
  return (uint32_t)(longest - shortest);
}

uint32_t sites_indel_near(const sites *s, unsigned contig, uint32_t position) {
  const sites_contig *c = &s->contig[contig];
  const sites_indel *indel = s->indel + c->first_indel;
  uint32_t reach = SITES_ALLELE_BYTES_MAX + 1, found = UINT32_MAX;
  uint32_t from = position > reach ? position - reach : 0, low = 0, high = c->indels;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (indel[mid].position < from)
      low = mid + 1;
    else
      high = mid;
  }
  for (; low < c->indels && (uint64_t)indel[low].position <= (uint64_t)position + reach; low++) {
    uint32_t at = indel[low].position, away = at > position ? at - position : position - at;
    if (away > indel_length(s, c->first_indel + low) + 1)
      continue;
    if (found != UINT32_MAX)
      return UINT32_MAX;
    found = c->first_indel + low;
  }
  return found;
}
