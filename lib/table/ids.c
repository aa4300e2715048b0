#include "table/ids.h"

#include "base/alloc.h"
#include "base/marker.h"

/* A name: a kind and a number, or its text. */
typedef struct name {
  uint8_t kind;
  uint32_t number;
  view text; /* DTC_ID_OTHER only */
} name;

static name name_of(const dtc_calls *c, size_t row) {
  if (c->id_kind[row] != DTC_ID_OTHER)
    return (name){c->id_kind[row], c->id_number[row], {NULL, 0}};
  const char *text = c->names + c->id_number[row];
  return (name){DTC_ID_OTHER, 0, {text + 1, (unsigned char)*text}};
}

static int compare(name a, name b) {
  if (a.kind != b.kind)
    return a.kind < b.kind ? -1 : 1;
  if (a.number != b.number)
    return a.number < b.number ? -1 : 1;
  size_t common = a.text.length < b.text.length ? a.text.length : b.text.length;
  int order = common ? memcmp(a.text.at, b.text.at, common) : 0;
  return order ? order : (a.text.length > b.text.length) - (a.text.length < b.text.length);
}

/* from[low..middle) and from[middle..high) into to[low..high). */
static void merge(const dtc_calls *c, const uint32_t *from, size_t low, size_t middle, size_t high, uint32_t *to) {
  size_t a = low, b = middle;
  for (size_t i = low; i < high; i++) {
    int takes_b = a == middle || (b < high && compare(name_of(c, from[b]), name_of(c, from[a])) < 0);
    to[i] = takes_b ? from[b++] : from[a++];
  }
}

uint32_t *ids_sort(const dtc_calls *c, const dtc_allocator *allocator) {
  size_t n = c->count;
  uint32_t *from = n <= UINT32_MAX ? alloc_array(allocator, n + 1, sizeof *from) : NULL;
  uint32_t *to = from ? alloc_array(allocator, n + 1, sizeof *to) : NULL;
  if (!to) {
    alloc_release(allocator, from);
    return NULL;
  }
  for (size_t i = 0; i < n; i++)
    from[i] = (uint32_t)i;
  for (size_t run = 1; run < n; run *= 2) {
    for (size_t low = 0; low < n; low += 2 * run) {
      size_t middle = n - low < run ? n : low + run, high = n - low < 2 * run ? n : low + 2 * run;
      merge(c, from, low, middle, high, to);
    }
    uint32_t *merged = to;
    to = from;
    from = merged;
  }
  alloc_release(allocator, to);
  return from;
}

size_t ids_find(const dtc_calls *c, const uint32_t *order, const char *id) {
  name wanted = {0, 0, {NULL, 0}};
  marker_read(view_of(id), &wanted.number, &wanted.kind);
  if (wanted.kind == DTC_ID_OTHER)
    wanted = (name){DTC_ID_OTHER, 0, view_of(id)};
  size_t low = 0, high = c->count;
  if (!order) {
    while (low < high && compare(name_of(c, low), wanted) != 0)
      low++;
    return low < high ? low : SIZE_MAX;
  }
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare(name_of(c, order[middle]), wanted) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < c->count && compare(name_of(c, order[low]), wanted) == 0 ? order[low] : SIZE_MAX;
}
