#include "base/alloc.h"
#include "base/diag.h"
#include "genome/chain.h"

#include <stdlib.h>
#include <string.h>

/* A stretch of one contig on which one block decides. Segments of a contig do not overlap and stand in ascending order.
 */
typedef struct segment {
  uint32_t from, to, target;
  uint8_t contig, minus;
} segment;

struct dtc_liftover {
  dtc_allocator allocator;
  segment *segments;
  size_t first[DTC_CONTIG_COUNT + 1]; /* of contig c: first[c] to first[c + 1] */
  uint32_t mt_identity;               /* the length of MT where it is the same on both sides, else 0 */
};

/* A block on its way to a segment: what qsort needs stands in it. */
typedef struct candidate {
  chain_block block;
  chain_head chain;
} candidate;

/* The better chain first: score; then the primary contig (Ensembl's chains all have the score 1, those to patches too);
 * then more aligned bases; then the one the file has first. */
static int better(const candidate *a, const candidate *b) {
  if (a->chain.score != b->chain.score)
    return a->chain.score > b->chain.score;
  if (!a->chain.to_contig != !b->chain.to_contig)
    return a->chain.to_contig != DTC_CONTIG_NONE;
  if (a->chain.aligned != b->chain.aligned)
    return a->chain.aligned > b->chain.aligned;
  return a->block.chain < b->block.chain;
}

static int by_place(const void *left, const void *right) {
  const candidate *a = left, *b = right;
  if (a->chain.from_contig != b->chain.from_contig)
    return a->chain.from_contig < b->chain.from_contig ? -1 : 1;
  if (a->block.from != b->block.from)
    return a->block.from < b->block.from ? -1 : 1;
  if (a->block.chain != b->block.chain)
    return a->block.chain < b->block.chain ? -1 : 1;
  return 0;
}

/* The blocks that reach the place of the sweep, as a heap: the best one on top, those that ended are dropped there. */
typedef struct heap {
  const candidate **at;
  size_t count;
} heap;

static void heap_push(heap *h, const candidate *item) {
  size_t i = h->count++;
  while (i && better(item, h->at[(i - 1) / 2])) {
    h->at[i] = h->at[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  h->at[i] = item;
}

static void heap_pop(heap *h) {
  const candidate *item = h->at[--h->count];
  size_t i = 0;
  for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
    if (child + 1 < h->count && better(h->at[child + 1], h->at[child]))
      child++;
    if (!better(h->at[child], item))
      break;
    h->at[i] = h->at[child];
  }
  h->at[i] = item;
}

/* Appends the part from..to of a block, or lengthens the last segment where that part goes on with it. */
static void put_segment(dtc_liftover *l, size_t first, size_t *count, const candidate *c, uint32_t from, uint32_t to) {
  uint32_t moved = from - c->block.from;
  segment s = {from, to, c->chain.minus ? c->block.target - moved : c->block.target + moved, c->chain.to_contig,
               c->chain.minus};
  segment *last = *count > first ? &l->segments[*count - 1] : NULL;
  if (last && last->to + 1 == from && last->contig == s.contig && last->minus == s.minus &&
      (s.minus ? last->target - (from - last->from) : last->target + (from - last->from)) == s.target)
    last->to = to;
  else
    l->segments[(*count)++] = s;
}

/* Walks one contig's blocks from the left; between two places where a block starts or ends, the best one decides. Each
 * block starts once and ends once, so that there are at most two segments a block. */
static void sweep(dtc_liftover *l, const candidate *blocks, size_t n, heap *h, size_t *count) {
  size_t first = *count, next = 0;
  uint64_t at = 0;
  h->count = 0;
  while (next < n || h->count) {
    while (h->count && h->at[0]->block.to < at)
      heap_pop(h);
    if (!h->count) {
      if (next == n)
        break;
      at = blocks[next].block.from;
    }
    while (next < n && blocks[next].block.from <= at)
      heap_push(h, &blocks[next++]);
    while (h->count && h->at[0]->block.to < at)
      heap_pop(h);
    if (!h->count)
      continue;
    uint64_t to = h->at[0]->block.to;
    if (next < n && blocks[next].block.from <= to)
      to = blocks[next].block.from - 1;
    put_segment(l, first, count, h->at[0], (uint32_t)at, (uint32_t)to);
    at = to + 1;
  }
}

static dtc_status build(dtc_liftover *l, const chain_file *file) {
  const dtc_allocator *a = &l->allocator;
  size_t n = file->block_count, count = 0;
  candidate *sorted = alloc_array(a, n, sizeof *sorted);
  heap h = {alloc_array(a, n, sizeof *h.at), 0};
  l->segments = n <= SIZE_MAX / 2 ? alloc_array(a, 2 * n, sizeof *l->segments) : NULL;
  if (sorted && h.at && l->segments) {
    for (size_t i = 0; i < n; i++)
      sorted[i] = (candidate){file->blocks[i], file->chains[file->blocks[i].chain]};
    qsort(sorted, n, sizeof *sorted, by_place);
    size_t i = 0;
    for (unsigned contig = 0; contig < DTC_CONTIG_COUNT; contig++) {
      size_t end = i;
      while (end < n && sorted[end].chain.from_contig == contig)
        end++;
      l->first[contig] = count;
      sweep(l, sorted + i, end - i, &h, &count);
      i = end;
    }
    l->first[DTC_CONTIG_COUNT] = count;
  }
  dtc_status status = sorted && h.at && l->segments ? DTC_OK : DTC_OUT_OF_MEMORY;
  alloc_release(a, sorted);
  alloc_release(a, h.at);
  return status;
}

dtc_status dtc_liftover_load_path(const char *path, const dtc_assembly *from, const dtc_assembly *to,
                                  const dtc_allocator *allocator, dtc_liftover **out, dtc_diag *diag) {
  *out = NULL;
  if (diag)
    memset(diag, 0, sizeof *diag);
  dtc_allocator a = alloc_or_default(allocator);
  dtc_liftover *l = alloc_zeroed(&a, sizeof *l);
  if (!l)
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory");
  l->allocator = a;
  if (from->length[DTC_CONTIG_MT] == to->length[DTC_CONTIG_MT])
    l->mt_identity = from->length[DTC_CONTIG_MT];
  chain_file file;
  dtc_status status = chain_file_read(path, from, to, &a, &file, diag);
  if (status == DTC_OK) {
    status = build(l, &file);
    if (status != DTC_OK)
      diag_set(diag, status, (place){0, 0, 0}, "memory");
    chain_file_clear(&file, &a);
  }
  if (status != DTC_OK) {
    dtc_liftover_free(l);
    return status;
  }
  *out = l;
  return DTC_OK;
}

void dtc_liftover_free(dtc_liftover *liftover) {
  if (!liftover)
    return;
  dtc_allocator a = liftover->allocator;
  alloc_release(&a, liftover->segments);
  alloc_release(&a, liftover);
}

dtc_lift dtc_liftover_map(const dtc_liftover *liftover, unsigned contig, uint32_t position, dtc_lifted *out) {
  *out = (dtc_lifted){DTC_CONTIG_NONE, 0, 0};
  if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_COUNT || position == 0)
    return DTC_LIFT_UNMAPPED;
  if (contig == DTC_CONTIG_MT && liftover->mt_identity) {
    if (position > liftover->mt_identity)
      return DTC_LIFT_UNMAPPED;
    *out = (dtc_lifted){DTC_CONTIG_MT, position, 0};
    return DTC_LIFT_OK;
  }
  size_t low = liftover->first[contig], high = liftover->first[contig + 1];
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (liftover->segments[middle].to < position)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == liftover->first[contig + 1] || liftover->segments[low].from > position)
    return DTC_LIFT_UNMAPPED;
  const segment *s = &liftover->segments[low];
  if (s->contig == DTC_CONTIG_NONE)
    return DTC_LIFT_OTHER_CONTIG;
  uint32_t moved = position - s->from;
  *out = (dtc_lifted){s->contig, s->minus ? s->target - moved : s->target + moved, s->minus};
  return DTC_LIFT_OK;
}
