#include "genotype-cohort/site_set.h"

#include <htslib/khash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

KHASH_MAP_INIT_INT64(places, uint32_t)
KHASH_MAP_INIT_STR(indels, uint32_t)

enum { FIRST_HAPLOID = (CALL_MISSING + 1) * (CALL_MISSING + 2) / 2 };

struct site_set {
  site *sites;
  size_t count, capacity;
  uint32_t last; /* the site before in this person's order, or UINT32_MAX */
  khash_t(places) * snvs;
  khash_t(indels) * indels;
  char *text; /* for ids and keys */
  size_t text_bytes;
};

call_alleles call_of[256];

static call call_encode(unsigned ploidy, unsigned a, unsigned b) {
  if (ploidy == 1)
    return (call)(1 + FIRST_HAPLOID + a);
  return (call)(1 + b * (b + 1) / 2 + a);
}

static void fill_calls(void) {
  for (unsigned b = 0; b <= CALL_MISSING; b++) {
    call_of[call_encode(1, b, 0)] = (call_alleles){1, {(uint8_t)b, 0}};
    for (unsigned a = 0; a <= b; a++)
      call_of[call_encode(2, a, b)] = (call_alleles){2, {(uint8_t)a, (uint8_t)b}};
  }
}

site_set *site_set_new(void) {
  site_set *s = calloc(1, sizeof *s);
  if (!s)
    return NULL;
  fill_calls();
  s->snvs = kh_init(places);
  s->indels = kh_init(indels);
  if (s->snvs && s->indels)
    return s;
  site_set_free(s);
  return NULL;
}

void site_set_free(site_set *s) {
  if (!s)
    return;
  for (size_t i = 0; i < s->count; i++) {
    free(s->sites[i].alleles);
    free(s->sites[i].ids);
  }
  for (khint_t k = s->indels ? kh_begin(s->indels) : 0; s->indels && k != kh_end(s->indels); k++)
    if (kh_exist(s->indels, k))
      free((char *)kh_key(s->indels, k));
  if (s->snvs)
    kh_destroy(places, s->snvs);
  if (s->indels)
    kh_destroy(indels, s->indels);
  free(s->sites);
  free(s->text);
  free(s);
}

void site_set_begin(site_set *s) { s->last = UINT32_MAX; }
size_t site_set_count(const site_set *s) { return s->count; }
const site *site_set_at(const site_set *s, uint32_t number) { return &s->sites[number]; }

static int is_snv(const dtc_record *r) {
  for (unsigned i = 0; i < r->n_alleles; i++)
    if (r->allele_bytes[i] != 1)
      return 0;
  return 1;
}

static int out_of_memory(fault *f) { return fault_set(f, EXIT_TROUBLE, "out of memory"); }

static int text_room(site_set *s, size_t need) {
  if (need <= s->text_bytes)
    return 0;
  char *larger = realloc(s->text, need);
  if (!larger)
    return -1;
  s->text = larger;
  s->text_bytes = need;
  return 0;
}

/* The indel's key in s->text: "place:REF,ALT,...". */
static int indel_key(site_set *s, const dtc_record *r, uint64_t place) {
  size_t need = 32;
  for (unsigned i = 0; i < r->n_alleles; i++)
    need += r->allele_bytes[i] + 1u;
  if (text_room(s, need) != 0)
    return -1;
  char *at = s->text + snprintf(s->text, need, "%llx:", (unsigned long long)place);
  for (unsigned i = 0; i < r->n_alleles; i++) {
    memcpy(at, r->alleles[i], r->allele_bytes[i]);
    at += r->allele_bytes[i];
    *at++ = i + 1 < r->n_alleles ? ',' : '\0';
  }
  return 0;
}

static int new_site(site_set *s, uint64_t place, uint32_t *number) {
  if (s->count == s->capacity) {
    size_t more = s->capacity ? s->capacity * 2 : 4096;
    site *larger = more < UINT32_MAX ? realloc(s->sites, more * sizeof *larger) : NULL;
    if (!larger)
      return -1;
    s->sites = larger;
    s->capacity = more;
  }
  *number = (uint32_t)s->count;
  s->sites[s->count++] = (site){.place = place, .next = UINT32_MAX};
  return 0;
}

/* The SNV's site, found or new. */
static int find_snv(site_set *s, uint64_t place, uint32_t *number) {
  uint32_t guess = s->last == UINT32_MAX ? UINT32_MAX : s->sites[s->last].next;
  if (guess != UINT32_MAX && s->sites[guess].place == place && !s->sites[guess].alleles) {
    *number = guess;
    return 0;
  }
  int state;
  khint_t at = kh_put(places, s->snvs, place, &state);
  if (state < 0)
    return -1;
  if (state == 0)
    *number = kh_value(s->snvs, at);
  else if (new_site(s, place, number) != 0)
    return -1;
  kh_value(s->snvs, at) = *number;
  return 0;
}

static int find_indel(site_set *s, const dtc_record *r, uint64_t place, uint32_t *number) {
  if (indel_key(s, r, place) != 0)
    return -1;
  khint_t at = kh_get(indels, s->indels, s->text);
  if (at != kh_end(s->indels)) {
    *number = kh_value(s->indels, at);
    return 0;
  }
  char *key = strdup(s->text), *alleles = strdup(strchr(s->text, ':') + 1);
  int state = -1;
  if (key && alleles && new_site(s, place, number) == 0)
    at = kh_put(indels, s->indels, key, &state);
  if (state < 0) {
    free(key);
    free(alleles);
    return -1;
  }
  kh_value(s->indels, at) = *number;
  s->sites[*number].alleles = alleles;
  s->sites[*number].n_alleles = r->n_alleles;
  return 0;
}

static int has_name(const char *ids, const char *name, size_t length) {
  for (; ids; ids = *ids ? ids + 1 : NULL) {
    size_t n = strcspn(ids, ";");
    if (n == length && memcmp(ids, name, n) == 0)
      return 1;
    ids += n;
  }
  return 0;
}

/* Adds the names the site does not have yet. */
static int add_names(site_set *s, uint32_t number, const dtc_record *r) {
  site *one = &s->sites[number];
  if (one->ids && r->n_ids == 1 && r->ids[0].kind == one->first.kind && r->ids[0].number == one->first.number &&
      r->ids[0].kind != DTC_ID_OTHER)
    return 0;
  if (text_room(s, DTC_RECORD_IDS_BYTES(r)) != 0)
    return -1;
  dtc_record_ids(r, s->text);
  if (!one->ids) {
    one->first = r->ids[0];
    one->ids = strdup(s->text);
    return one->ids ? 0 : -1;
  }
  for (const char *name = s->text; *name;) {
    size_t length = strcspn(name, ";"), have = strlen(one->ids);
    if (!has_name(one->ids, name, length) && !(length == 1 && *name == '.')) {
      char *longer = realloc(one->ids, have + length + 2);
      if (!longer)
        return -1;
      snprintf(longer + have, length + 2, ";%.*s", (int)length, name);
      one->ids = longer;
    }
    name += length + (name[length] == ';');
  }
  return 0;
}

/* The site's index of each of the record's alleles; new ones are added. */
static int add_bases(site *one, const dtc_record *r, uint8_t *index) {
  for (unsigned i = 0; i < r->n_alleles; i++) {
    char base = r->alleles[i][0];
    unsigned k = 0;
    while (k < one->n_alleles && one->base[k] != base)
      k++;
    if (k == one->n_alleles) {
      if (k == sizeof one->base)
        return -1;
      one->base[one->n_alleles++] = base;
    }
    if (i == 0 && k != 0)
      return -1; /* another REF at the same place */
    index[i] = (uint8_t)k;
  }
  return 0;
}

int site_set_add(site_set *s, const dtc_record *r, uint32_t *number, call *genotype, fault *f) {
  uint64_t place = (uint64_t)r->contig << 32 | r->position;
  int snv = is_snv(r);
  uint8_t index[DTC_RECORD_ALLELES_MAX];
  if (r->n_alleles > DTC_RECORD_ALLELES_MAX ||
      (snv ? find_snv(s, place, number) : find_indel(s, r, place, number)) != 0)
    return out_of_memory(f);
  for (unsigned i = 0; i < r->n_alleles; i++)
    index[i] = (uint8_t)i;
  if (snv && add_bases(&s->sites[*number], r, index) != 0)
    return fault_set(f, EXIT_TROUBLE, "internal error: alleles at one place that do not fit together");
  if (add_names(s, *number, r) != 0)
    return out_of_memory(f);
  unsigned a = r->gt[0] < 0 ? CALL_MISSING : index[r->gt[0]],
           b = r->ploidy < 2 || r->gt[1] < 0 ? CALL_MISSING : index[r->gt[1]];
  *genotype = r->ploidy == 1 ? call_encode(1, a, 0) : call_encode(2, a < b ? a : b, a < b ? b : a);
  if (s->last != UINT32_MAX)
    s->sites[s->last].next = *number;
  s->last = *number;
  return 0;
}

/* Place, then SNVs first, then the order in which they came. */
typedef struct sort_key {
  uint64_t place;
  uint32_t indel, number;
} sort_key;

static int by_key(const void *pa, const void *pb) {
  const sort_key *a = pa, *b = pb;
  if (a->place != b->place)
    return a->place < b->place ? -1 : 1;
  if (a->indel != b->indel)
    return a->indel < b->indel ? -1 : 1;
  return a->number < b->number ? -1 : 1;
}

uint32_t *site_set_order(const site_set *s) {
  sort_key *keys = malloc((s->count + 1) * sizeof *keys);
  uint32_t *order = malloc((s->count + 1) * sizeof *order);
  for (size_t i = 0; keys && order && i < s->count; i++)
    keys[i] = (sort_key){s->sites[i].place, s->sites[i].alleles != NULL, (uint32_t)i};
  if (keys && order) {
    qsort(keys, s->count, sizeof *keys, by_key);
    for (size_t i = 0; i < s->count; i++)
      order[i] = keys[i].number;
  } else {
    free(order);
    order = NULL;
  }
  free(keys);
  return order;
}
