/* ids.c - the distinct names of a group. Small groups compare each with each; large ones (a hostile file may
 * put all rows at one place) hash. */
#include <stdlib.h>
#include <string.h>

#include "vcf/resolve/parts.h"
#include "vcf/sites/sites.h"

enum { SMALL_GROUP = 16 };

static int same_id(const dtc_calls *c, record_id a, record_id b) {
  if (a.kind != b.kind)
    return 0;
  if (a.number == b.number)
    return 1;
  if (a.kind != DTC_ID_OTHER)
    return 0;
  const char *x = c->names + a.number, *y = c->names + b.number; /* a length byte, then the text */
  return x[0] == y[0] && memcmp(x + 1, y + 1, (unsigned char)x[0]) == 0;
}

uint32_t ids_hash(const dtc_calls *c, record_id id) {
  uint32_t number = id.number;
  if (id.kind == DTC_ID_OTHER) {
    const unsigned char *text = (const unsigned char *)c->names + id.number;
    number = 0;
    for (unsigned i = 0; i <= text[0]; i++)
      number = number * 131 + text[i];
  }
  return sites_name_hash(id.kind, number);
}

/* 1 when the name is new; it is then in the list. */
static void add_small(id_list *l, const dtc_calls *c, record_id id) {
  for (size_t i = 0; i < l->count; i++)
    if (same_id(c, l->id[i], id))
      return;
  l->id[l->count++] = id;
}

static void add_hashed(id_list *l, const dtc_calls *c, record_id id) {
  size_t at = ids_hash(c, id) >> 8 & (l->slots - 1);
  for (; l->slot[at]; at = (at + 1) & (l->slots - 1))
    if (same_id(c, l->id[l->slot[at] - 1], id))
      return;
  l->id[l->count++] = id;
  l->slot[at] = (uint32_t)l->count;
}

/* Room for `count` names, and an empty hash at most half full. */
static int reserve(id_list *l, size_t count) {
  if (count > l->capacity) {
    record_id *grown = realloc(l->id, count * 2 * sizeof *grown);
    if (!grown)
      return 0;
    l->id = grown;
    l->capacity = count * 2;
  }
  if (count <= SMALL_GROUP)
    return 1;
  size_t slots = 64;
  while (slots < count * 2)
    slots *= 2;
  if (slots > l->slots) {
    uint32_t *grown = realloc(l->slot, slots * sizeof *grown);
    if (!grown)
      return 0;
    l->slot = grown;
    l->slots = slots;
  }
  memset(l->slot, 0, l->slots * sizeof *l->slot);
  return 1;
}

int ids_collect(id_list *l, const dtc_calls *calls, const member *m, size_t count) {
  if (!reserve(l, count))
    return 0;
  l->count = 0;
  for (size_t i = 0; i < count; i++) {
    record_id id = {calls->id_kind[m[i].row], calls->id_number[m[i].row]};
    if (count <= SMALL_GROUP)
      add_small(l, calls, id);
    else
      add_hashed(l, calls, id);
  }
  return 1;
}
