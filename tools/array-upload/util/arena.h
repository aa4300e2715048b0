/* arena.h - memory that is given back all at once: one arena a request, a job, a delivery. */
#ifndef ARRAY_UPLOAD_UTIL_ARENA_H
#define ARRAY_UPLOAD_UTIL_ARENA_H

#include <stddef.h>

struct arena_block;
/* Zero-initialise ({0}) before first use. Not for several threads at once. */
struct arena {
  struct arena_block *blocks;
  int failed; /* an allocation failed since arena_free(); later ones fail, too */
};

/* Zeroed, aligned for any type; NULL when memory is out. */
void *arena_alloc(struct arena *a, size_t size);
/* NULL stays NULL. */
char *arena_strdup(struct arena *a, const char *text);
char *arena_strndup(struct arena *a, const char *text, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Frees everything; the arena can be used again. */
void arena_free(struct arena *a);

#endif
