#include "array-upload/util/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 8192 };

struct arena_block {
  struct arena_block *next;
  size_t size, used;
  alignas(max_align_t) unsigned char bytes[];
};

void *arena_alloc(struct arena *a, size_t size) {
  if (a->failed || size > SIZE_MAX / 2) {
    a->failed = 1;
    return NULL;
  }
  size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
  if (size == 0)
    size = alignof(max_align_t);
  struct arena_block *b = a->blocks;
  if (b == NULL || b->size - b->used < size) {
    size_t bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    b = malloc(sizeof *b + bytes);
    if (b == NULL) {
      a->failed = 1;
      return NULL;
    }
    b->size = bytes;
    b->used = 0;
    b->next = a->blocks;
    a->blocks = b;
  }
  void *p = b->bytes + b->used;
  b->used += size;
  return memset(p, 0, size);
}

char *arena_strndup(struct arena *a, const char *text, size_t length) {
  if (text == NULL)
    return NULL;
  char *copy = arena_alloc(a, length + 1);
  if (copy != NULL)
    memcpy(copy, text, length);
  return copy;
}

char *arena_strdup(struct arena *a, const char *text) {
  return text == NULL ? NULL : arena_strndup(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
  if (text != NULL)
    vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  return text;
}

void arena_free(struct arena *a) {
  while (a->blocks != NULL) {
    struct arena_block *b = a->blocks;
    a->blocks = b->next;
    free(b);
  }
  a->failed = 0;
}
