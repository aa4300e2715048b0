#include "table/batch.h"

#include "base/alloc.h"

void batch_init(batch *b, const dtc_allocator *allocator) {
  b->allocator = *allocator;
  b->names = NULL;
  b->names_capacity = 0;
  batch_clear(b);
}

void batch_free(batch *b) {
  alloc_release(&b->allocator, b->names);
  b->names = NULL;
}

void batch_clear(batch *b) {
  b->count = 0;
  b->names_bytes = 0;
}

int batch_add(batch *b, const row *r, uint32_t line_number) {
  size_t i = b->count;
  b->id_number[i] = r->id_number;
  if (r->id_kind == DTC_ID_OTHER) {
    size_t need = b->names_bytes + 1 + r->id.length;
    void *block = b->names;
    if (!alloc_grow(&b->allocator, &block, &b->names_capacity, need, 1))
      return 0;
    b->names = block;
    b->id_number[i] = (uint32_t)b->names_bytes;
    b->names[b->names_bytes] = (char)r->id.length;
    memcpy(b->names + b->names_bytes + 1, r->id.at, r->id.length);
    b->names_bytes = need;
  }
  b->id_kind[i] = r->id_kind;
  b->position[i] = r->position;
  b->contig[i] = r->contig;
  b->genotype[i] = r->genotype;
  b->line[i] = line_number;
  b->count++;
  return 1;
}

dtc_calls batch_calls(const batch *b) {
  return (dtc_calls){.count = b->count,
                     .position = b->position,
                     .id_number = b->id_number,
                     .id_kind = b->id_kind,
                     .contig = b->contig,
                     .genotype = b->genotype,
                     .line = b->line,
                     .names = b->names_bytes ? b->names : NULL};
}

size_t calls_on_one_contig(const dtc_calls *calls, size_t from) {
  const uint8_t *contig = calls->contig, first = contig[from];
  size_t i = from;
  for (; i + CALLS_STEP <= calls->count; i += CALLS_STEP) {
    unsigned char differs = 0;
    for (size_t k = 0; k < CALLS_STEP; k++)
      differs |= contig[i + k] ^ first;
    if (differs)
      break;
  }
  while (i < calls->count && contig[i] == first)
    i++;
  return i - from;
}
