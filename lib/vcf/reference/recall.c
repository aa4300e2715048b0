/* recall.c - see recall.h. */
#include "vcf/reference/recall.h"

#include <stdlib.h>
#include <string.h>

#include "vcf/sites/sites.h"

recall *recall_new(void) { return calloc(1, sizeof(recall)); }

void recall_free(recall *r) {
  if (!r)
    return;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    free(r->contig[c].position);
    free(r->contig[c].kind);
  }
  free(r);
}

void recall_begin(recall *r, unsigned contig) {
  recall_contig *c = &r->contig[contig];
  if (c->knew && c->answered * 2 < c->asked) /* another array's */
    c->count = 0;
  c->knew = c->count != 0;
  c->at = c->asked = c->answered = 0;
}

/* The place at the position, from the last one on; where there is none, one that another position has or count. */
static size_t find(const recall_contig *c, uint32_t position) {
  if (c->at < c->count && c->position[c->at] == position)
    return c->at;
  if (c->at + 1 < c->count && c->position[c->at + 1] == position) /* the place behind the last one, nearly always */
    return c->at + 1;
  const sites_contig places = {.position = c->position, .count = (uint32_t)c->count};
  size_t from = c->at && (c->at > c->count || c->position[c->at - 1] >= position) ? 0 : c->at;
  return sites_advance(&places, (uint32_t)from, position);
}

int recall_kind(recall *r, unsigned contig, uint32_t position) {
  recall_contig *c = &r->contig[contig];
  c->asked++;
  c->at = find(c, position);
  if (c->at >= c->count || c->position[c->at] != position)
    return -1;
  c->answered++;
  return c->kind[c->at];
}

int recall_kinds(recall *r, unsigned contig, const uint32_t *position, size_t n, uint8_t *kind) {
  recall_contig *c = &r->contig[contig];
  if (!n || !c->count)
    return 0;
  size_t from = find(c, position[0]);
  if (from >= c->count || n > c->count - from || memcmp(c->position + from, position, n * sizeof *position) != 0)
    return 0;
  memcpy(kind, c->kind + from, n);
  c->at = from + n - 1;
  c->asked += n;
  c->answered += n;
  return 1;
}

void recall_learn(recall *r, unsigned contig, uint32_t position, uint8_t kind) {
  recall_contig *c = &r->contig[contig];
  if (c->count && c->position[c->count - 1] >= position)
    return;
  if (c->count == c->capacity) {
    size_t more = c->capacity + c->capacity / 2 + 4096;
    uint32_t *positions = realloc(c->position, more * sizeof *positions);
    if (!positions)
      return;
    c->position = positions;
    uint8_t *kinds = realloc(c->kind, more);
    if (!kinds)
      return;
    c->kind = kinds;
    c->capacity = more;
  }
  c->position[c->count] = position;
  c->kind[c->count++] = kind;
}
