#include "common/confinement.h"

#include "common/output.h"
#include "common/sandbox.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct path_list {
  const char **paths;
  size_t n, capacity;
} path_list;

struct confinement {
  path_list readable, writable;
  int failed, network;
};

static void list_add(confinement *c, path_list *l, const char *from, size_t length, const char *suffix) {
  if (l->n == l->capacity) {
    size_t capacity = l->capacity ? l->capacity * 2 : 32;
    const char **grown = realloc(l->paths, capacity * sizeof *grown);
    if (!grown) {
      c->failed = 1;
      return;
    }
    l->paths = grown;
    l->capacity = capacity;
  }
  char *path = NULL;
  if (asprintf(&path, "%.*s%s", (int)length, from, suffix) < 0)
    c->failed = 1;
  else
    l->paths[l->n++] = path;
}

static void list_free(path_list *l) {
  for (size_t i = 0; i < l->n; i++)
    free((char *)(uintptr_t)l->paths[i]);
  free(l->paths);
}

confinement *confinement_new(void) { return calloc(1, sizeof(confinement)); }

void confinement_free(confinement *c) {
  if (!c)
    return;
  list_free(&c->readable);
  list_free(&c->writable);
  free(c);
}

static int is_file(const confinement *c, const char *path) { return c && path && strcmp(path, "-") != 0; }

void confinement_read(confinement *c, const char *path) {
  if (is_file(c, path))
    list_add(c, &c->readable, path, strlen(path), "");
}

void confinement_read_indexed(confinement *c, const char *path) {
  static const char *const beside[] = {"", ".fai", ".gzi", ".csi", ".tbi"};
  if (!is_file(c, path))
    return;
  c->network |= strstr(path, "://") != NULL;
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
    list_add(c, &c->readable, path, strlen(path), beside[i]);
}

void confinement_read_sequence(confinement *c, const char *path) {
  char index[PATH_MAX];
  confinement_read_indexed(c, path);
  if (!is_file(c, path) || snprintf(index, sizeof index, "%s.fai", path) >= (int)sizeof index ||
      access(index, R_OK) == 0)
    return;
  const char *folder = getenv("TMPDIR");
  folder = folder && folder[0] ? folder : "/tmp";
  list_add(c, &c->writable, folder, strlen(folder), "");
}

static void add_folder_of(confinement *c, const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash)
    list_add(c, &c->writable, path, slash == path ? 1 : (size_t)(slash - path), "");
  else
    list_add(c, &c->writable, ".", 1, "");
}

void confinement_write(confinement *c, const char *path) {
  if (!c || !path || strcmp(path, "-") == 0)
    return;
  add_folder_of(c, path);
  list_add(c, &c->writable, path, strlen(path), "");
  char *real = output_real_name(path);
  if (real)
    add_folder_of(c, real);
  free(real);
}

void confinement_enter(confinement *c, const char *program, int quiet) {
  if (!sandbox_possible() || (c && c->network))
    return;
  unsigned parts = 0;
  if (c && !c->failed)
    parts = sandbox_enter_paths(&(sandbox_paths){
        .read = c->readable.paths, .n_read = c->readable.n, .write = c->writable.paths, .n_write = c->writable.n});
  if (parts != SANDBOX_ALL && !quiet)
    fprintf(stderr, "%s: the sandbox lacks %s here\n", program, sandbox_missing(parts));
}
