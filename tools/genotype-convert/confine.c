#include "genotype-convert/confine.h"

#include "common/sandbox.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct path_list {
  const char **paths;
  size_t n, capacity;
  int failed;
} path_list;

static void list_add(path_list *l, const char *from, size_t length, const char *suffix) {
  if (l->n == l->capacity) {
    size_t capacity = l->capacity ? l->capacity * 2 : 32;
    const char **grown = realloc(l->paths, capacity * sizeof *grown);
    if (!grown) {
      l->failed = 1;
      return;
    }
    l->paths = grown;
    l->capacity = capacity;
  }
  char *path = NULL;
  if (asprintf(&path, "%.*s%s", (int)length, from, suffix) < 0)
    l->failed = 1;
  else
    l->paths[l->n++] = path;
}

static void list_free(path_list *l) {
  for (size_t i = 0; i < l->n; i++)
    free((char *)(uintptr_t)l->paths[i]);
  free(l->paths);
}

static void add_folder_of(path_list *l, const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash)
    list_add(l, path, slash == path ? 1 : (size_t)(slash - path), "");
  else
    list_add(l, ".", 1, "");
}

/* An output and the temporary file beside it; where it is a link, what it points to; where it is a device, the device.
 */
static void add_output(path_list *l, const char *path) {
  if (!path || strcmp(path, "-") == 0)
    return;
  char real[PATH_MAX];
  add_folder_of(l, path);
  list_add(l, path, strlen(path), "");
  if (realpath(path, real))
    add_folder_of(l, real);
}

/* A reference or table, with the indexes that readers look for beside it. */
static void add_reference(path_list *l, const char *path) {
  static const char *const beside[] = {"", ".fai", ".gzi", ".csi", ".tbi"};
  for (size_t i = 0; path && i < sizeof beside / sizeof *beside; i++)
    list_add(l, path, strlen(path), beside[i]);
}

static int is_url(const char *path) { return path && strstr(path, "://"); }

/* Without an index beside it one is made where temporary files live. */
static void add_index_folder(path_list *l, const char *sequence) {
  char index[PATH_MAX];
  if (!sequence || snprintf(index, sizeof index, "%s.fai", sequence) >= (int)sizeof index || access(index, R_OK) == 0)
    return;
  const char *folder = getenv("TMPDIR");
  folder = folder && folder[0] ? folder : "/tmp";
  list_add(l, folder, strlen(folder), "");
}

static void add_exports(path_list *l, const options *o) {
  for (size_t i = 0; i < o->n_exports; i++)
    if (strcmp(o->exports[i], "-") != 0)
      list_add(l, o->exports[i], strlen(o->exports[i]), "");
}

static unsigned enter(const options *o, const samples *s) {
  path_list readable = {0}, writable = {0};
  add_exports(&readable, o);
  for (size_t i = 0; s && i < s->count; i++)
    list_add(&readable, s->items[i].export_path, strlen(s->items[i].export_path), "");
  add_reference(&readable, o->sequence);
  add_reference(&readable, o->sites);
  for (size_t i = 0; i < o->n_chains; i++)
    list_add(&readable, o->chains[i], strlen(o->chains[i]), "");
  if (o->assemblies)
    list_add(&readable, o->assemblies, strlen(o->assemblies), "");
  if (o->samples_file)
    list_add(&readable, o->samples_file, strlen(o->samples_file), "");
  const char *const outputs[] = {o->output, o->report, o->report_html, o->rejects, o->table, o->summary, o->psam};
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
    add_output(&writable, outputs[i]);
  add_index_folder(&writable, o->sequence);
  unsigned parts = 0;
  if (!readable.failed && !writable.failed)
    parts = sandbox_enter_paths(
        &(sandbox_paths){.read = readable.paths, .n_read = readable.n, .write = writable.paths, .n_write = writable.n});
  list_free(&readable);
  list_free(&writable);
  return parts;
}

void confine(const options *o, const samples *s) {
  if (o->no_sandbox || !sandbox_possible() || is_url(o->sequence) || is_url(o->sites))
    return;
  unsigned parts = enter(o, s);
  if (parts != SANDBOX_ALL && !o->quiet)
    fprintf(stderr, "genotype-convert: the sandbox lacks %s here\n", sandbox_missing(parts));
}
