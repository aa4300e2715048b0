#include "genotype-score/groups.h"

#include "genotype-score/text_file.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 64, MOST_GROUPS = 1000 };

static int group_number(groups *g, view name, size_t *out, fault *f) {
  for (size_t i = 0; i < g->count; i++)
    if (view_is(name, g->names[i])) {
      *out = i;
      return 0;
    }
  char **larger = g->count < MOST_GROUPS ? realloc(g->names, (g->count + 1) * sizeof *larger) : NULL;
  if (!larger)
    return fault_set(f, EXIT_REFUSED, "more than %d populations, or no memory for them", MOST_GROUPS);
  g->names = larger;
  if (!(larger[g->count] = strndup(name.at, name.length)))
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  *out = g->count++;
  return 0;
}

static int read_line(groups *g, const char *path, const places *p, view line, int *sample_column, fault *f) {
  view fields[MOST_FIELDS];
  size_t count = text_fields(line, fields, MOST_FIELDS);
  if (count < 2 || count > MOST_FIELDS)
    return fault_set(f, EXIT_REFUSED, "%s: wanted a sample and a population on each line, tab-separated", path);
  if (fields[0].length && *fields[0].at == '#') {
    int column = text_column(fields, count, "IID"); /* where #FID stands first */
    *sample_column = column < 0 ? 0 : column;
    return 0;
  }
  for (size_t i = 0; i < places_sample_count(p); i++)
    if (view_is(fields[*sample_column < (int)count ? *sample_column : 0], places_sample(p, i)))
      return group_number(g, fields[count - 1], &g->of[i], f);
  return 0;
}

int groups_load(groups *g, const char *path, const places *p, fault *f) {
  view line;
  int got, sample_column = 0;
  *g = (groups){.of = malloc(places_sample_count(p) * sizeof *g->of)};
  if (!g->of)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (size_t i = 0; i < places_sample_count(p); i++)
    g->of[i] = SIZE_MAX;
  if (!path)
    return 0;
  text_file *text = text_file_open(path, f);
  if (!text)
    return -1;
  while ((got = text_file_line(text, &line, f)) > 0)
    if (line.length && read_line(g, path, p, line, &sample_column, f) != 0)
      break;
  text_file_free(text);
  if (got == 0 && g->count == 0)
    return fault_set(f, EXIT_REFUSED, "%s names no sample of the panel", path);
  return got == 0 ? 0 : -1;
}

void groups_free(groups *g) {
  for (size_t i = 0; i < g->count; i++)
    free(g->names[i]);
  free(g->names);
  free(g->of);
}
