/* route.c - the row of the table that a path belongs to. A slash at the end is optional everywhere. */
#include <string.h>

#include "array-upload/httpd/httpd.h"

/* Matches one part of the path against one of the pattern; keeps what {…} stands for. */
static int part_matches(struct request *r, const char *pattern, size_t pattern_n, const char *part, size_t n) {
  char id[UUID_SIZE];
  if (pattern_n >= 4 && strncmp(pattern, "{id}", 4) == 0) {
    size_t tail = pattern_n - 4;
    if (n <= tail || memcmp(part + n - tail, pattern + 4, tail) != 0 || n - tail >= UUID_SIZE)
      return 0;
    char *text = arena_strndup(&r->arena, part, n - tail);
    if (text == NULL || uuid_parse(id, text) != 0)
      return 0;
    r->id = arena_strdup(&r->arena, id);
    return r->id != NULL;
  }
  if (pattern_n == 6 && strncmp(pattern, "{name}", 6) == 0) {
    r->name = n == 0 ? NULL : arena_strndup(&r->arena, part, n);
    return r->name != NULL;
  }
  return pattern_n == n && memcmp(pattern, part, n) == 0;
}

static int path_matches(struct request *r, const char *pattern) {
  const char *path = r->path;
  size_t length = strlen(path);
  if (length > 1 && path[length - 1] == '/')
    length--;
  const char *end = path + length;
  r->id = r->name = NULL;
  while (*pattern == '/' && path < end && *path == '/') {
    pattern++;
    path++;
    size_t n = strcspn(pattern, "/"), m = 0;
    while (path + m < end && path[m] != '/')
      m++;
    if (!part_matches(r, pattern, n, path, m))
      return 0;
    pattern += n;
    path += m;
  }
  return *pattern == '\0' && path == end;
}

const struct route *route_find(struct request *r, const char **allow) {
  const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
  const struct route *found = NULL;
  *allow = NULL;
  for (size_t i = 0; routes[i].method != NULL && found == NULL; i++) {
    if (!path_matches(r, routes[i].pattern))
      continue;
    if (strcmp(routes[i].method, method) == 0)
      found = &routes[i];
    else
      *allow = *allow == NULL ? arena_printf(&r->arena, "%s%s", routes[i].method,
                                             strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "")
                              : arena_printf(&r->arena, "%s, %s", *allow, routes[i].method);
  }
  if (found == NULL && *allow != NULL)
    *allow = arena_printf(&r->arena, "%s, OPTIONS", *allow);
  if (found == NULL)
    r->id = r->name = NULL;
  return found;
}
