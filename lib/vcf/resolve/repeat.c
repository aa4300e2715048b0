/* repeat.c - one identifier stands in one record only (VCF 4.3, 1.6.1.3). Hardly any export has a name twice, so two
 * passes with bits find the few that may be, and only those are compared. */
#include <stdlib.h>
#include <string.h>

#include "base/block.h"
#include "vcf/resolve/parts.h"

typedef struct repeat {
  record_id id;
  const char *text; /* of DTC_ID_OTHER, a length byte before it; else NULL */
  int written;      /* a record has it */
} repeat;

struct repeats {
  repeat *name; /* in the order of compare_names */
  size_t count;
};

void repeats_free(struct repeats *repeats) {
  if (repeats)
    free(repeats->name);
  free(repeats);
}

static record_id id_of(const resolver *r, size_t i) {
  const placed *p = &r->place[i];
  uint32_t row = p->flags & PLACED_INDEL ? r->indel[p->row].row : p->row;
  return (record_id){r->calls->id_kind[row], r->calls->id_number[row]};
}

/* Two sets of bits, one behind the other. Of 640,000 different names 24,000 meet a bit of `seen` that is set, and some
 * 2,000 more one of theirs in `suspect`; of those 26,000 a second round with other bits leaves some 40. Fewer names get
 * fewer bits: a page that is touched for the first time costs more than a name. */
enum { SET_BITS = 23, SET_BITS_LEAST = 15, SET_BITS_A_NAME = 8 };
typedef struct bit_sets {
  uint64_t *seen, *suspect;
  unsigned shift; /* from a hash to a bit */
} bit_sets;

typedef struct place_list {
  uint32_t *at; /* indices of places; NULL: all of them */
  size_t count, capacity;
} place_list;

static int has_bit(const uint64_t *set, uint32_t bit) { return set[bit / 64] >> bit % 64 & 1; }

static void set_bit(uint64_t *set, uint32_t bit) { set[bit / 64] |= UINT64_C(1) << bit % 64; }

static size_t set_words(unsigned bits) { return (size_t)1 << (bits - 6); }

static unsigned set_bits(size_t names) {
  unsigned bits = SET_BITS_LEAST;
  while (bits < SET_BITS && (size_t)1 << bits < names * SET_BITS_A_NAME)
    bits++;
  return bits;
}

/* Numbers that follow each other in equal steps must not meet: one product is not enough (the finalizer of MurmurHash3,
 * A. Appleby, which maps each number to another one). */
static uint32_t mixed_hash(const resolver *r, size_t i, uint32_t salt) {
  uint32_t hash = ids_hash(r->calls, id_of(r, i)) + salt;
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  return hash ^ hash >> 16;
}

/* So that names which share a bit of one set do not share one of the other. */
static uint32_t other_hash(uint32_t hash) { return (hash ^ hash >> 15) * 0x85ebca6bu; }

static size_t place_of(const place_list *among, size_t i) { return among->at ? among->at[i] : i; }

/* Names whose bit was set before are suspects. Returns whether there are any. */
static int mark_suspects(const resolver *r, const bit_sets *sets, const place_list *among, uint32_t salt) {
  int any = 0;
  memset(sets->seen, 0, 2 * set_words(32 - sets->shift) * sizeof *sets->seen);
  for (size_t i = 0; i < among->count; i++) {
    uint32_t hash = mixed_hash(r, place_of(among, i), salt);
    if (has_bit(sets->seen, hash >> sets->shift)) {
      set_bit(sets->suspect, other_hash(hash) >> sets->shift);
      any = 1;
    }
    set_bit(sets->seen, hash >> sets->shift);
  }
  return any;
}

static int list_add(place_list *list, size_t place) {
  if (list->count == list->capacity) {
    size_t more = list->capacity * 2 + 4096;
    uint32_t *grown = realloc(list->at, more * sizeof *grown);
    if (!grown)
      return 0;
    list->at = grown;
    list->capacity = more;
  }
  list->at[list->count++] = (uint32_t)place;
  return 1;
}

/* Adds the suspects among those places to `found`. 0 when memory runs out. */
static int sift(const resolver *r, const bit_sets *sets, const place_list *among, uint32_t salt, place_list *found) {
  if (!mark_suspects(r, sets, among, salt))
    return 1;
  for (size_t i = 0; i < among->count; i++) {
    size_t place = place_of(among, i);
    if (has_bit(sets->suspect, other_hash(mixed_hash(r, place, salt)) >> sets->shift) && !list_add(found, place))
      return 0;
  }
  return 1;
}

static repeat repeat_of(const dtc_calls *calls, record_id id) {
  return (repeat){id, id.kind == DTC_ID_OTHER ? calls->names + id.number : NULL, 0};
}

static int compare_names(const void *pa, const void *pb) {
  const repeat *a = pa, *b = pb;
  if (a->id.kind != b->id.kind)
    return a->id.kind < b->id.kind ? -1 : 1;
  if (!a->text)
    return a->id.number < b->id.number ? -1 : a->id.number > b->id.number;
  if (a->text[0] != b->text[0])
    return (unsigned char)a->text[0] < (unsigned char)b->text[0] ? -1 : 1;
  return memcmp(a->text + 1, b->text + 1, (unsigned char)a->text[0]);
}

/* Keeps, of names in order, one of each that stands there twice or more. */
static void keep_repeated(struct repeats *s) {
  size_t out = 0;
  for (size_t from = 0, to; from < s->count; from = to) {
    for (to = from + 1; to < s->count && compare_names(&s->name[from], &s->name[to]) == 0;)
      to++;
    if (to > from + 1)
      s->name[out++] = s->name[from];
  }
  s->count = out;
}

/* The suspects' names, those that stand there twice or more. 0 when memory runs out; nothing is made where there is
 * none. */
static int compare_suspects(resolver *r, const place_list *suspects) {
  struct repeats *s = suspects->count ? calloc(1, sizeof *s) : NULL;
  if (!s)
    return !suspects->count;
  s->name = malloc(suspects->count * sizeof *s->name);
  if (!s->name) {
    repeats_free(s);
    return 0;
  }
  for (size_t i = 0; i < suspects->count; i++)
    s->name[s->count++] = repeat_of(r->calls, id_of(r, suspects->at[i]));
  qsort(s->name, s->count, sizeof *s->name, compare_names);
  keep_repeated(s);
  if (s->count)
    r->repeats = s;
  else
    repeats_free(s);
  return 1;
}

int repeats_find(resolver *r) {
  const place_list all = {NULL, r->places, 0};
  place_list first = {NULL, 0, 0}, second = {NULL, 0, 0};
  unsigned bits = set_bits(r->places);
  uint64_t *seen = block_new(2 * set_words(bits) * sizeof *seen);
  bit_sets sets = {seen, seen + set_words(bits), 32 - bits};
  int done = seen && sift(r, &sets, &all, 0, &first) && (!first.count || sift(r, &sets, &first, 1, &second)) &&
             compare_suspects(r, &second);
  free(seen);
  free(first.at);
  free(second.at);
  return done;
}

/* 1 where the name may be written: it is no repeated one, or this is its first record. */
static int claim(struct repeats *s, const dtc_calls *calls, record_id id) {
  const repeat key = repeat_of(calls, id);
  repeat *at = bsearch(&key, s->name, s->count, sizeof key, compare_names);
  return !at || !at->written++;
}

size_t repeats_filter(struct repeats *repeats, const dtc_calls *calls, record_id *ids, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (claim(repeats, calls, ids[i]))
      ids[kept++] = ids[i];
  return kept;
}
