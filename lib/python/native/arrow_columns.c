#include "python/native/arrow_columns.h"

#include "python/native/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4, BUFFERS_MAX = 3 };

/* ---- the schema: constant texts; only the structures are made */

typedef struct schema_node {
  struct ArrowSchema children[COLUMNS], *pointers[COLUMNS];
} schema_node;

static void release_leaf(struct ArrowSchema *schema) { schema->release = NULL; }

static void release_schema(struct ArrowSchema *schema) {
  schema_node *node = schema->private_data;
  for (unsigned k = 0; k < COLUMNS; k++)
    if (node->children[k].release)
      node->children[k].release(&node->children[k]);
  free(node);
  schema->release = NULL;
}

int arrow_columns_schema(struct ArrowSchema *out) {
  static const struct {
    const char *name, *format;
    int64_t flags;
  } columns[COLUMNS] = {{"rsid", "u", 0}, {"chrom", "u", 0}, {"pos", "I", 0}, {"genotype", "u", ARROW_FLAG_NULLABLE}};
  schema_node *node = malloc(sizeof *node);
  if (!node)
    return ENOMEM;
  for (unsigned k = 0; k < COLUMNS; k++) {
    node->children[k] = (struct ArrowSchema){
        .format = columns[k].format, .name = columns[k].name, .flags = columns[k].flags, .release = release_leaf};
    node->pointers[k] = &node->children[k];
  }
  *out = (struct ArrowSchema){.format = "+s",
                              .name = "",
                              .n_children = COLUMNS,
                              .children = node->pointers,
                              .release = release_schema,
                              .private_data = node};
  return 0;
}

/* ---- arrays: each is released alone, since a consumer may move a child out of its parent */

typedef struct array_node {
  rows *rows; /* NULL: the buffers are its own */
  const void *buffers[BUFFERS_MAX];
  void *own[BUFFERS_MAX];
  struct ArrowArray children[COLUMNS], *pointers[COLUMNS]; /* of the whole only */
} array_node;

static void release_array(struct ArrowArray *array) {
  array_node *node = array->private_data;
  for (int64_t k = 0; k < array->n_children; k++)
    if (node->children[k].release)
      node->children[k].release(&node->children[k]);
  for (unsigned k = 0; k < BUFFERS_MAX; k++)
    free(node->own[k]);
  rows_drop(node->rows);
  free(node);
  array->release = NULL;
}

/* An array that can be released from now on. NULL when memory runs out. */
static array_node *begin_array(struct ArrowArray *out, size_t count, int64_t buffers) {
  array_node *node = calloc(1, sizeof *node);
  if (node)
    *out = (struct ArrowArray){.length = (int64_t)count,
                               .n_buffers = buffers,
                               .buffers = node->buffers,
                               .release = release_array,
                               .private_data = node};
  return node;
}

/* The text of row i at `text`, with room for a name and a NUL; its length. */
typedef size_t (*speller)(const dtc_calls *calls, size_t i, char *text);

static size_t spell_chrom(const dtc_calls *calls, size_t i, char *text) {
  const char *name = text_chrom(calls->contig[i]);
  size_t n = strlen(name);
  memcpy(text, name, n);
  return n;
}

static size_t spell_genotype(const dtc_calls *calls, size_t i, char *text) {
  return text_genotype(calls->genotype[i], text);
}

/* The rows are so many that their texts need less than 2^31 bytes: see arrow.c. */
static int fill_text(array_node *node, const dtc_calls *calls, size_t from, size_t count, speller spell) {
  size_t used = 0, room = count * 12 + DTC_ID_TEXT_MAX + 1;
  int32_t *offsets = node->own[1] = malloc((count + 1) * sizeof *offsets);
  char *text = node->own[2] = malloc(room);
  if (!offsets || !text)
    return ENOMEM;
  for (size_t i = 0; i < count; i++) {
    offsets[i] = (int32_t)used;
    if (room - used <= DTC_ID_TEXT_MAX) {
      room *= 2;
      char *larger = realloc(text, room);
      if (!larger)
        return ENOMEM;
      text = node->own[2] = larger;
    }
    used += spell(calls, from + i, text + used);
  }
  offsets[count] = (int32_t)used;
  node->buffers[1] = offsets;
  node->buffers[2] = text;
  return 0;
}

/* A bit a row: 1 where there is a call. */
static int fill_validity(array_node *node, const uint8_t *genotype, size_t count, int64_t *nulls) {
  uint8_t *bits = node->own[0] = calloc(count / 8 + 1, 1);
  if (!bits)
    return ENOMEM;
  size_t calls = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned called = !DTC_GENOTYPE_IS_NO_CALL(genotype[i]);
    bits[i / 8] |= (uint8_t)(called << i % 8);
    calls += called;
  }
  node->buffers[0] = bits;
  *nulls = (int64_t)(count - calls);
  return 0;
}

static int text_array(struct ArrowArray *out, const dtc_calls *calls, size_t from, size_t count, speller spell) {
  array_node *node = begin_array(out, count, 3);
  return node ? fill_text(node, calls, from, count, spell) : ENOMEM;
}

static int position_array(struct ArrowArray *out, rows *r, size_t from, size_t count) {
  array_node *node = begin_array(out, count, 2);
  if (!node)
    return ENOMEM;
  node->rows = rows_hold(r);
  node->buffers[1] = rows_calls(r)->position + from;
  return 0;
}

int arrow_columns_rows(rows *r, size_t from, size_t count, struct ArrowArray *out) {
  const dtc_calls *calls = rows_calls(r);
  struct ArrowArray whole;
  array_node *node = begin_array(&whole, count, 1);
  if (!node)
    return ENOMEM;
  struct ArrowArray *child = node->children;
  for (unsigned k = 0; k < COLUMNS; k++)
    node->pointers[k] = &child[k];
  whole.n_children = COLUMNS;
  whole.children = node->pointers;
  int failed = text_array(&child[0], calls, from, count, dtc_calls_id) ||
               text_array(&child[1], calls, from, count, spell_chrom) || position_array(&child[2], r, from, count) ||
               text_array(&child[3], calls, from, count, spell_genotype) ||
               fill_validity(child[3].private_data, calls->genotype + from, count, &child[3].null_count);
  if (failed) {
    release_array(&whole);
    return ENOMEM;
  }
  *out = whole;
  return 0;
}
