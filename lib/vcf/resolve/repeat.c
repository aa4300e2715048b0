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
  size_t count, capacity;
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

/* Two sets of bits. Of 640,000 different names 12,000 meet a bit of `seen` that is set, and some 500 more one of theirs
 * in `suspect`. */
enum { SET_BITS = 24, SET_WORDS = (1u << SET_BITS) / 64 };
typedef struct bit_sets {
  uint64_t seen[SET_WORDS], suspect[SET_WORDS];
} bit_sets;

static int has_bit(const uint64_t *set, uint32_t hash) {
  uint32_t bit = hash >> (32 - SET_BITS);
  return set[bit / 64] >> bit % 64 & 1;
}

static void set_bit(uint64_t *set, uint32_t hash) {
  uint32_t bit = hash >> (32 - SET_BITS);
  set[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Numbers that follow each other in equal steps must not meet: one product is not enough (the finalizer of MurmurHash3,
 * A. Appleby, which maps each number to another one). */
static uint32_t mixed_hash(const resolver *r, size_t i) {
  uint32_t hash = ids_hash(r->calls, id_of(r, i));
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  return hash ^ hash >> 16;
}

/* So that names which share a bit of one set do not share one of the other. */
static uint32_t other_hash(uint32_t hash) { return (hash ^ hash >> 15) * 0x85ebca6bu; }

/* Names whose bit was set before are suspects. Returns whether there are any. */
static int find_suspects(const resolver *r, bit_sets *sets) {
  int any = 0;
  memset(sets, 0, sizeof *sets);
  for (size_t i = 0; i < r->places; i++) {
    uint32_t hash = mixed_hash(r, i);
    if (has_bit(sets->seen, hash)) {
      set_bit(sets->suspect, other_hash(hash));
      any = 1;
    }
    set_bit(sets->seen, hash);
  }
  return any;
}

static repeat repeat_of(const dtc_calls *calls, record_id id) {
  return (repeat){id, id.kind == DTC_ID_OTHER ? calls->names + id.number : NULL, 0};
}

static int add_suspect(struct repeats *s, repeat name) {
  if (s->count == s->capacity) {
    size_t more = s->capacity + s->capacity / 2 + 1024;
    repeat *grown = realloc(s->name, more * sizeof *grown);
    if (!grown)
      return 0;
    s->name = grown;
    s->capacity = more;
  }
  s->name[s->count++] = name;
  return 1;
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

int repeats_find(resolver *r) {
  bit_sets *sets = block_new(sizeof *sets);
  int any = sets ? find_suspects(r, sets) : -1;
  if (any > 0 && !(r->repeats = calloc(1, sizeof *r->repeats)))
    any = -1;
  for (size_t i = 0; any > 0 && i < r->places; i++) {
    if (has_bit(sets->suspect, other_hash(mixed_hash(r, i))) &&
        !add_suspect(r->repeats, repeat_of(r->calls, id_of(r, i))))
      any = -1;
  }
  free(sets);
  if (any > 0) {
    qsort(r->repeats->name, r->repeats->count, sizeof *r->repeats->name, compare_names);
    keep_repeated(r->repeats);
  }
  if (any > 0 && !r->repeats->count) {
    repeats_free(r->repeats);
    r->repeats = NULL;
  }
  return any >= 0;
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
