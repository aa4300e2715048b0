#include "vcf/fast/huffman.h"

#include <stdlib.h>
#include <string.h>

typedef struct leaf {
  uint32_t count;
  uint16_t symbol;
} leaf;

static int by_count(const void *a, const void *b) {
  const leaf *x = a, *y = b;
  if (x->count != y->count)
    return x->count < y->count ? -1 : 1;
  return x->symbol < y->symbol ? -1 : 1;
}

/* Moffat and Katajainen, "In-place calculation of minimum-redundancy codes" (WADS 1995): a[] holds the counts in
 * ascending order, then the depths, deepest first. */
static void depths_in_place(uint32_t *a, int n) {
  int root = 0, next, used = 0, available = 1, depth = 0;
  a[0] += a[1];
  int leaf_at = 2;
  for (next = 1; next < n - 1; next++) {
    if (leaf_at >= n || a[root] < a[leaf_at]) {
      a[next] = a[root];
      a[root++] = (uint32_t)next;
    } else {
      a[next] = a[leaf_at++];
    }
    if (leaf_at >= n || (root < next && a[root] < a[leaf_at])) {
      a[next] += a[root];
      a[root++] = (uint32_t)next;
    } else {
      a[next] += a[leaf_at++];
    }
  }
  a[n - 2] = 0;
  for (next = n - 3; next >= 0; next--)
    a[next] = a[a[next]] + 1;
  root = n - 2;
  next = n - 1;
  while (available > 0) {
    while (root >= 0 && (int)a[root] == depth) {
      used++;
      root--;
    }
    while (available > used) {
      a[next--] = (uint32_t)depth;
      available--;
    }
    available = 2 * used;
    depth++;
    used = 0;
  }
}

/* Too deep leaves are lifted to the limit; the code space they take there is paid for by pushing shallower ones down.
 */
static void limit_depths(uint32_t *depths, int n, unsigned limit) {
  uint32_t space = 0, whole = 1u << limit;
  for (int i = 0; i < n; i++) {
    if (depths[i] > limit)
      depths[i] = limit;
    space += whole >> depths[i];
  }
  while (space > whole)
    for (int i = 0; i < n && space > whole; i++) /* rarest first */
      if (depths[i] < limit) {
        space -= (whole >> depths[i]) - (whole >> (depths[i] + 1));
        depths[i]++;
      }
  for (int i = n - 1; i >= 0 && space < whole; i--) /* most frequent first: give back what is left over */
    while (depths[i] > 1 && space + (whole >> depths[i]) <= whole) {
      space += whole >> depths[i];
      depths[i]--;
    }
}

static uint16_t reversed(unsigned code, unsigned bits) {
  unsigned out = 0;
  while (bits--) {
    out = out << 1 | (code & 1);
    code >>= 1;
  }
  return (uint16_t)out;
}

static void assign_codes(const uint8_t *lengths, unsigned n, uint16_t *codes) {
  unsigned of_length[16] = {0}, next[16] = {0};
  for (unsigned s = 0; s < n; s++)
    of_length[lengths[s]]++;
  of_length[0] = 0;
  for (unsigned bits = 1, code = 0; bits < 16; bits++) {
    code = (code + of_length[bits - 1]) << 1;
    next[bits] = code;
  }
  for (unsigned s = 0; s < n; s++)
    codes[s] = lengths[s] ? reversed(next[lengths[s]]++, lengths[s]) : 0;
}

void huffman_build(const uint32_t *counts, unsigned n, unsigned limit, uint8_t *lengths, uint16_t *codes) {
  leaf leaves[HUFFMAN_SYMBOLS_MAX];
  uint32_t depths[HUFFMAN_SYMBOLS_MAX];
  int used = 0;
  memset(lengths, 0, n);
  for (unsigned s = 0; s < n; s++)
    if (counts[s])
      leaves[used++] = (leaf){counts[s], (uint16_t)s};
  if (used < 2) {
    unsigned only = used ? leaves[0].symbol : 0;
    lengths[only] = 1;
    lengths[only ? 0 : 1] = 1;
    assign_codes(lengths, n, codes);
    return;
  }
  qsort(leaves, (size_t)used, sizeof *leaves, by_count);
  for (int i = 0; i < used; i++)
    depths[i] = leaves[i].count;
  if (used == 2)
    depths[0] = depths[1] = 1;
  else
    depths_in_place(depths, used);
  limit_depths(depths, used, limit);
  for (int i = 0; i < used; i++)
    lengths[leaves[i].symbol] = (uint8_t)depths[i];
  assign_codes(lengths, n, codes);
}
