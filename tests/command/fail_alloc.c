/* fail_alloc - preloaded: the allocation number FAIL_ALLOC_AT (1-based) of the process gives NULL, and with
 * FAIL_ALLOC_ALL=1 every later one too. FAIL_ALLOC_COUNT=FILE: the number of allocations is written there at the end.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned long made, at;
static int all, ready;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);

/* dlsym itself may call calloc before we know the real one. */
static char early[8192];
static size_t early_used;

__attribute__((constructor)) static void start(void) {
  real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
  real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
  const char *text = getenv("FAIL_ALLOC_AT");
  at = text ? strtoul(text, NULL, 10) : 0;
  all = getenv("FAIL_ALLOC_ALL") != NULL;
  ready = 1;
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("FAIL_ALLOC_COUNT");
  ready = 0;
  FILE *f = path ? fopen(path, "w") : NULL;
  if (f) {
    fprintf(f, "%lu\n", made);
    fclose(f);
  }
}

static int fails(void) {
  if (!ready)
    return 0;
  unsigned long n = __atomic_add_fetch(&made, 1, __ATOMIC_RELAXED);
  return at && (n == at || (all && n > at));
}

void *malloc(size_t size) {
  if (!real_malloc)
    start();
  return fails() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size) {
  if (!real_calloc) {
    size_t need = (count * size + 15) & ~(size_t)15;
    if (early_used + need > sizeof early)
      return NULL;
    void *block = early + early_used;
    early_used += need;
    return block;
  }
  return fails() ? NULL : real_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  if (!real_realloc)
    start();
  return fails() ? NULL : real_realloc(block, size);
}
