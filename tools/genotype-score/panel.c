#include "genotype-score/panel.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add(panel *p, const char *path, fault *f) {
  char **larger = realloc(p->files, (p->count + 1) * sizeof *larger), *copy = strdup(path);
  if (larger)
    p->files = larger;
  if (!larger || !copy) {
    free(copy);
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  }
  p->files[p->count++] = copy;
  return 0;
}

/* Every '*' and '?' of the folder's own name is meant as it stands. */
static char *pattern_of(const char *folder) {
  char *pattern = malloc(2 * strlen(folder) + sizeof "/*.{bcf,vcf.gz}"), *at = pattern;
  for (; pattern && *folder; folder++) {
    if (strchr("*?[]\\{},~", *folder))
      *at++ = '\\';
    *at++ = *folder;
  }
  if (pattern)
    strcpy(at, "/*.{bcf,vcf.gz}");
  return pattern;
}

int panel_open(panel *p, const char *path, fault *f) {
  struct stat st;
  *p = (panel){0};
  if (stat(path, &st) != 0)
    return fault_system(f, path, "cannot open it");
  if (!S_ISDIR(st.st_mode))
    return add(p, path, f);
  glob_t found = {0};
  char *pattern = pattern_of(path);
  int failed = pattern && glob(pattern, GLOB_BRACE, NULL, &found) != GLOB_NOSPACE
                   ? 0
                   : fault_set(f, EXIT_TROUBLE, "out of memory");
  for (size_t i = 0; !failed && i < found.gl_pathc; i++)
    failed = add(p, found.gl_pathv[i], f);
  if (!failed && p->count == 0)
    failed = fault_set(f, EXIT_REFUSED, "%s holds no .bcf or .vcf.gz", path);
  globfree(&found);
  free(pattern);
  return failed;
}

void panel_free(panel *p) {
  for (size_t i = 0; i < p->count; i++)
    free(p->files[i]);
  free(p->files);
}
