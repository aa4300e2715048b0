#include "table/table.h"

#include "base/alloc.h"
#include "table/ids.h"

#include <string.h>

/* Texts of rejected rows stay where they are, so that the pointers into them do. */
typedef struct text_block {
  struct text_block *next;
  size_t used;
  char text[32768];
} text_block;

/* 15 bytes a row, and the odd names. The columns stand behind each other in one block, which is large enough for the
 * usual array from the beginning: what is not touched costs nothing, and the whole is a handful of huge pages. */
enum { ROW_BYTES = 15, ROWS_FIRST = 699048 /* 10 MiB, less what an allocator adds */ };
struct dtc_table {
  dtc_allocator allocator;
  size_t capacity; /* rows that every column has room for */
  void *block;     /* of all columns */
  uint32_t *position, *id_number, *line;
  uint8_t *id_kind, *contig, *genotype;
  char *names;
  size_t names_bytes, names_capacity;
  int sorted;      /* dtc_table_sort() was here, or the rows came so */
  uint32_t *by_id; /* dtc_table_index_ids(): rows in the order of their names; NULL before it */
  dtc_calls calls;
  dtc_reject *rejects;
  size_t reject_count, reject_capacity;
  text_block *texts;
};

dtc_table *table_new(const dtc_allocator *allocator) {
  dtc_allocator a = alloc_or_default(allocator);
  dtc_table *t = alloc_zeroed(&a, sizeof *t);
  if (t) {
    t->allocator = a;
    t->sorted = 1;
  }
  return t;
}

static void free_texts(dtc_table *t) {
  while (t->texts) {
    text_block *next = t->texts->next;
    alloc_release(&t->allocator, t->texts);
    t->texts = next;
  }
}

static void forget_index(dtc_table *t) {
  alloc_release(&t->allocator, t->by_id);
  t->by_id = NULL;
}

void dtc_table_free(dtc_table *t) {
  if (!t)
    return;
  forget_index(t);
  void *const blocks[] = {t->block, t->names, t->rejects};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
    alloc_release(&t->allocator, blocks[i]);
  free_texts(t);
  alloc_release(&t->allocator, t);
}

/* The public view of the columns; `count` rows. */
static void show(dtc_table *t, size_t count) {
  t->calls = (dtc_calls){.count = count,
                         .position = t->position,
                         .id_number = t->id_number,
                         .id_kind = t->id_kind,
                         .contig = t->contig,
                         .genotype = t->genotype,
                         .line = t->line,
                         .names = t->names_bytes ? t->names : NULL};
}

void table_clear(dtc_table *t) {
  forget_index(t);
  t->names_bytes = t->reject_count = 0;
  t->sorted = 1;
  free_texts(t);
  show(t, 0);
}

/* Where the columns stand in a block with room for so many rows. */
static void lay_out(dtc_table *t, unsigned char *block, size_t rows) {
  t->block = block;
  t->position = (void *)block;
  t->id_number = (void *)(block + rows * 4);
  t->line = (void *)(block + rows * 8);
  t->id_kind = block + rows * 12;
  t->contig = block + rows * 13;
  t->genotype = block + rows * 14;
  t->capacity = rows;
}

/* Columns from their places for `before` rows in one block to those for `rows` in another, or in the same where these
 * are fewer: no column lands on one that has not moved yet. */
static void move_columns(unsigned char *to, unsigned char *from, size_t before, size_t rows, size_t count) {
  static const struct { unsigned char at, bytes; } columns[] = {{0, 4}, {4, 4}, {8, 4}, {12, 1}, {13, 1}, {14, 1}};
  for (size_t i = 0; count && i < sizeof columns / sizeof *columns; i++)
    memmove(to + rows * columns[i].at, from + before * columns[i].at, count * columns[i].bytes);
}

/* More room is another block, so that a large one lies on huge pages; 0 and the old room where memory runs out. rows is
 * at least the count. */
static int resize_columns(dtc_table *t, size_t rows) {
  size_t before = t->capacity, count = t->calls.count;
  if (rows > SIZE_MAX / ROW_BYTES)
    return 0;
  unsigned char *block;
  if (rows < before) {
    move_columns(t->block, t->block, before, rows, count);
    block = t->allocator.resize(t->allocator.opaque, t->block, rows * ROW_BYTES);
    block = block ? block : t->block; /* a smaller block that cannot be had is no harm */
  } else {
    block = alloc_block(&t->allocator, rows * ROW_BYTES);
    if (!block)
      return 0;
    move_columns(block, t->block, before, rows, count);
    alloc_release(&t->allocator, t->block);
  }
  lay_out(t, block, rows);
  show(t, count);
  return 1;
}

static uint64_t place_key(const dtc_calls *calls, size_t i) {
  return (uint64_t)calls->contig[i] << 32 | calls->position[i];
}

/* Copies the names of the batch's odd rows, which stand at `from` in the table, behind those of the rows before. */
static int copy_names(dtc_table *t, const dtc_calls *calls, size_t from) {
  for (size_t i = 0; i < calls->count; i++) {
    if (calls->id_kind[i] != DTC_ID_OTHER)
      continue;
    const char *name = calls->names + calls->id_number[i];
    size_t n = 1 + (size_t)(unsigned char)*name;
    void *block = t->names;
    if (t->names_bytes > UINT32_MAX - n ||
        !alloc_grow(&t->allocator, &block, &t->names_capacity, t->names_bytes + n, 1))
      return 0;
    t->names = block;
    memcpy(t->names + t->names_bytes, name, n);
    t->id_number[from + i] = (uint32_t)t->names_bytes;
    t->names_bytes += n;
  }
  return 1;
}

dtc_status table_append(dtc_table *t, const dtc_calls *calls) {
  size_t from = t->calls.count, need = from + calls->count;
  if (!calls->count)
    return DTC_OK;
  size_t grown = need + need / 2;
  if (need > t->capacity && !resize_columns(t, grown > ROWS_FIRST ? grown : ROWS_FIRST))
    return DTC_OUT_OF_MEMORY;
  memcpy(t->position + from, calls->position, calls->count * sizeof *t->position);
  memcpy(t->id_number + from, calls->id_number, calls->count * sizeof *t->id_number);
  memcpy(t->line + from, calls->line, calls->count * sizeof *t->line);
  memcpy(t->id_kind + from, calls->id_kind, calls->count);
  memcpy(t->contig + from, calls->contig, calls->count);
  memcpy(t->genotype + from, calls->genotype, calls->count);
  if (calls->names && !copy_names(t, calls, from))
    return DTC_OUT_OF_MEMORY;
  show(t, need);
  for (size_t i = from ? from : 1; t->sorted && i < need; i++)
    t->sorted = place_key(&t->calls, i - 1) <= place_key(&t->calls, i);
  return DTC_OK;
}

void table_done(dtc_table *t) {
  if (t->calls.count && t->calls.count < t->capacity)
    (void)resize_columns(t, t->calls.count);
}

/* ---- rejected rows */

static const char *keep_text(dtc_table *t, const char *text, size_t n) {
  if (!t->texts || sizeof t->texts->text - t->texts->used < n) {
    text_block *block = alloc_array(&t->allocator, 1, sizeof *block);
    if (!block)
      return NULL;
    block->next = t->texts;
    block->used = 0;
    t->texts = block;
  }
  char *at = t->texts->text + t->texts->used;
  if (n)
    memcpy(at, text, n);
  t->texts->used += n;
  return at;
}

dtc_status table_reject(dtc_table *t, const dtc_reject *reject) {
  void *block = t->rejects;
  int ok = alloc_grow(&t->allocator, &block, &t->reject_capacity, t->reject_count + 1, sizeof *t->rejects);
  t->rejects = block;
  if (!ok)
    return DTC_OUT_OF_MEMORY;
  dtc_reject kept = *reject;
  kept.id = keep_text(t, reject->id, reject->id_bytes);
  kept.chromosome = keep_text(t, reject->chromosome, reject->chromosome_bytes);
  kept.position = keep_text(t, reject->position, reject->position_bytes);
  kept.genotype = keep_text(t, reject->genotype, reject->genotype_bytes);
  if (!kept.id || !kept.chromosome || !kept.position || !kept.genotype)
    return DTC_OUT_OF_MEMORY;
  t->rejects[t->reject_count++] = kept;
  return DTC_OK;
}

const dtc_reject *dtc_table_reject(const dtc_table *t, size_t i) { return i < t->reject_count ? &t->rejects[i] : NULL; }

const dtc_calls *dtc_table_calls(const dtc_table *t) { return &t->calls; }

/* ---- sort */

/* One stable pass of a counting sort by 11 bits of the position, or by the contig where shift is 32. */
static void sort_pass(const dtc_table *t, unsigned shift, const uint32_t *from, uint32_t *to) {
  uint32_t start[2048] = {0};
  size_t n = t->calls.count;
#define DIGIT(i) (shift == 32 ? t->contig[i] : t->position[i] >> shift & 2047)
  for (size_t i = 0; i < n; i++)
    start[DIGIT(i)]++;
  for (uint32_t d = 0, sum = 0; d < 2048; d++) {
    uint32_t here = start[d];
    start[d] = sum;
    sum += here;
  }
  for (size_t i = 0; i < n; i++)
    to[start[DIGIT(from[i])]++] = from[i];
#undef DIGIT
}

static void apply_order32(uint32_t *column, const uint32_t *order, uint32_t *spare, size_t n) {
  for (size_t i = 0; i < n; i++)
    spare[i] = column[order[i]];
  memcpy(column, spare, n * sizeof *column);
}

static void apply_order8(uint8_t *column, const uint32_t *order, uint32_t *spare, size_t n) {
  uint8_t *bytes = (uint8_t *)spare;
  for (size_t i = 0; i < n; i++)
    bytes[i] = column[order[i]];
  memcpy(column, bytes, n);
}

dtc_status dtc_table_sort(dtc_table *t) {
  size_t n = t->calls.count;
  if (t->sorted)
    return DTC_OK;
  if (n > UINT32_MAX)
    return DTC_OUT_OF_MEMORY;
  uint32_t *order = alloc_array(&t->allocator, n, sizeof *order), *spare = alloc_array(&t->allocator, n, sizeof *spare);
  if (order && spare) {
    forget_index(t);
    for (size_t i = 0; i < n; i++)
      order[i] = (uint32_t)i;
    sort_pass(t, 0, order, spare);
    sort_pass(t, 11, spare, order);
    sort_pass(t, 22, order, spare);
    sort_pass(t, 32, spare, order);
    apply_order32(t->position, order, spare, n);
    apply_order32(t->id_number, order, spare, n);
    apply_order32(t->line, order, spare, n);
    apply_order8(t->id_kind, order, spare, n);
    apply_order8(t->contig, order, spare, n);
    apply_order8(t->genotype, order, spare, n);
    t->sorted = 1;
  }
  dtc_status status = order && spare ? DTC_OK : DTC_OUT_OF_MEMORY;
  alloc_release(&t->allocator, order);
  alloc_release(&t->allocator, spare);
  return status;
}

/* ---- find */

dtc_status dtc_table_index_ids(dtc_table *t) {
  if (!t->by_id)
    t->by_id = ids_sort(&t->calls, &t->allocator);
  return t->by_id ? DTC_OK : DTC_OUT_OF_MEMORY;
}

size_t dtc_table_find_id(const dtc_table *t, const char *id) { return ids_find(&t->calls, t->by_id, id); }

size_t dtc_table_find_position(const dtc_table *t, unsigned contig, uint32_t position) {
  uint64_t wanted = (uint64_t)contig << 32 | position;
  size_t low = 0, high = t->calls.count;
  while (t->sorted && low < high) {
    size_t middle = low + (high - low) / 2;
    if (place_key(&t->calls, middle) < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  for (size_t i = low; i < t->calls.count; i++) {
    uint64_t here = place_key(&t->calls, i);
    if (here == wanted)
      return i;
    if (t->sorted && here > wanted)
      break;
  }
  return SIZE_MAX;
}
