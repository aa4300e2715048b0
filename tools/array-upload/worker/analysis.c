#include <config.h>

#include "array-upload/worker/analysis.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCORES_MAX = 10000, TRAITS_MAX = 10000, COLUMNS_MAX = 32 };

unsigned analysis_stages(const struct config *c) {
  return (c->analysis_panel ? 1u << STAGE_IMPUTE : 0) | (c->analysis_scores ? 1u << STAGE_SCORES : 0) |
         (c->analysis_ancestry ? 1u << STAGE_ANCESTRY : 0);
}

const char *analysis_absent(const struct config *c) {
  char path[PATH_MAX];
  if (c->analysis_panel &&
      (snprintf(path, sizeof path, "%s/panel.tsv", c->analysis_panel) >= (int)sizeof path || access(path, R_OK) != 0))
    return "panel";
  if (c->analysis_scores && access(c->analysis_scores, R_OK | X_OK) != 0)
    return "scores";
  return c->analysis_ancestry && access(c->analysis_ancestry, R_OK) != 0 ? "ancestry" : NULL;
}

/* Splits at tabs, in place; how many there are, at most `most`. */
static size_t columns_split(char *line, char **columns, size_t most) {
  size_t n = 0;
  line[strcspn(line, "\r\n")] = '\0';
  for (char *at = line, *next; at && n < most; at = next) {
    next = strchr(at, '\t');
    if (next)
      *next++ = '\0';
    columns[n++] = at;
  }
  return n;
}

/* ---- the panel -----------------------------------------------------------------------------------------------------
 */
struct panel_look {
  struct analysis_panel *out;
  struct arena *a;
  const char *folder, *engine;
  int prepared, ended;
};

static const char *panel_file(struct panel_look *p, const char *name, const char *size) {
  struct stat st;
  const char *path = arena_printf(p->a, "%s/%s", p->folder, name);
  p->out->files++;
  if (!path || strchr(name, '/') || stat(path, &st) != 0)
    return arena_printf(p->a, "%s: a file of the panel is not there", name);
  if (access(path, R_OK) != 0)
    return arena_printf(p->a, "%s: this user may not read it", name);
  return (long long)st.st_size == strtoll(size, NULL, 10)
             ? NULL
             : arena_printf(p->a, "%s: is not as long as when the panel was prepared", name);
}

static const char *panel_line(struct panel_look *p, char **column, size_t n) {
  if (n == 1 && strcmp(column[0], "end") == 0)
    p->ended = 1;
  else if (n == 2 && strcmp(column[0], "assembly") == 0)
    p->out->assembly = arena_strdup(p->a, column[1]);
  else if (n == 2 && strcmp(column[0], "engine") == 0)
    p->prepared |= strcmp(column[1], p->engine) == 0;
  else if (n == 4 && strcmp(column[0], "unit") == 0) {
    p->out->units++;
    p->out->rows += strtoll(column[2], NULL, 10);
  } else if (n == 3 && strcmp(column[0], "file") == 0) {
    return panel_file(p, column[1], column[2]);
  }
  return NULL;
}

const char *analysis_panel_look(struct analysis_panel *out, struct arena *a, const char *folder, const char *engine) {
  struct panel_look p = {out, a, folder, engine, 0, 0};
  char *line = NULL, *column[5];
  size_t capacity = 0;
  const char *wrong = NULL, *path = arena_printf(a, "%s/panel.tsv", folder);
  *out = (struct analysis_panel){.assembly = NULL};
  FILE *file = path ? fopen(path, "re") : NULL;
  if (!file)
    return arena_printf(a, "%s is no panel folder: genotype-impute prepare makes one", folder);
  for (size_t number = 0; !wrong && getline(&line, &capacity, file) > 0; number++) {
    size_t n = columns_split(line, column, 5);
    if (number == 0)
      wrong = n == 2 && strcmp(column[0], "genotype-impute-panel") == 0 && strcmp(column[1], "1") == 0
                  ? NULL
                  : "is of another version: prepare it again";
    else
      wrong = panel_line(&p, column, n);
  }
  free(line);
  fclose(file); /* read only */
  if (!wrong && (!p.ended || !out->assembly || out->units == 0))
    wrong = "panel.tsv is cut off: prepare it again";
  if (!wrong && !p.prepared)
    wrong = arena_printf(a, "is not prepared for %s", engine);
  return wrong ? arena_printf(a, "%s: %s", folder, wrong) : NULL;
}

/* The first of two names that the children's PATH has (child/child.c). */
static const char *program_of(struct arena *a, const char *name, const char *other) {
  static const char *const folders[] = {"/usr/local/bin", "/usr/bin", "/bin"};
  const char *const names[] = {name, other};
  char path[PATH_MAX], whole[PATH_MAX];
  for (size_t n = 0; n < 2 && names[n]; n++)
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
      snprintf(path, sizeof path, "%s/%s", folders[k], names[n]);
      if (access(path, X_OK) == 0 && realpath(path, whole))
        return arena_strdup(a, whole);
    }
  return NULL;
}

const char *analysis_engine_find(const char *out[ANALYSIS_PROGRAMS], struct arena *a, const char *engine) {
  memset(out, 0, ANALYSIS_PROGRAMS * sizeof *out);
  if (strcmp(engine, "beagle") == 0) {
    out[0] = program_of(a, "java", NULL);
    return !out[0]                                             ? "no Java is installed"
           : access("/usr/share/beagle/beagle.jar", R_OK) != 0 ? "Debian's package beagle is not installed"
                                                               : NULL;
  }
  const char *eagle = program_of(a, "bio-eagle", "eagle"), *minimac = program_of(a, "minimac4", NULL);
  if (!eagle || !minimac)
    return eagle ? "Debian's package minimac4 is not installed" : "Debian's package bio-eagle is not installed";
  out[0] = eagle;
  out[1] = minimac;
  return NULL;
}

const char *analysis_bcftools(const struct config *config, struct arena *a) {
  char whole[PATH_MAX];
  if (config->bcftools)
    return access(config->bcftools, X_OK) == 0 && realpath(config->bcftools, whole) ? arena_strdup(a, whole) : NULL;
  return program_of(a, "bcftools", NULL);
}

/* ---- the scores ----------------------------------------------------------------------------------------------------
 */
static int ends_with(const char *name, const char *end) {
  size_t n = strlen(name), m = strlen(end);
  return n > m && strcmp(name + n - m, end) == 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

const char *analysis_scores_look(struct analysis_scores *out, struct arena *a, const char *folder) {
  char whole[PATH_MAX];
  *out = (struct analysis_scores){.files = arena_alloc(a, SCORES_MAX * sizeof *out->files)};
  DIR *dir = out->files && realpath(folder, whole) ? opendir(whole) : NULL;
  if (!dir)
    return arena_printf(a, "%s: %s", folder, out->files ? strerror(errno) : "out of memory");
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    const char *path = e->d_name[0] == '.' ? NULL : arena_printf(a, "%s/%s", whole, e->d_name);
    if (!path)
      continue;
    if ((ends_with(path, ".txt") || ends_with(path, ".txt.gz") || ends_with(path, ".dtcscore")) && out->n < SCORES_MAX)
      out->files[out->n++] = path;
    else if (strcmp(e->d_name, "reference.dist") == 0)
      out->reference = path;
    else if (strcmp(e->d_name, "traits.tsv") == 0)
      out->traits = path;
  }
  closedir(dir);
  qsort(out->files, out->n, sizeof *out->files, by_name);
  return out->n > 0 ? NULL : arena_printf(a, "%s: holds no scoring file (*.txt, *.txt.gz, *.dtcscore)", folder);
}

size_t analysis_scores_arguments(const struct analysis_scores *scores, const char **argv) {
  size_t n = 0;
  argv[n++] = "--scores";
  for (size_t i = 0; i < scores->n; i++)
    argv[n++] = scores->files[i];
  if (scores->reference) {
    argv[n++] = "--reference";
    argv[n++] = scores->reference;
  }
  return n;
}

/* ---- traits.tsv ----------------------------------------------------------------------------------------------------
 */
enum trait_column { TRAIT_SCORE, TRAIT_TRAIT, TRAIT_UNIT, TRAIT_HIGH, TRAIT_COLUMNS };
struct trait_head {
  int at[TRAIT_COLUMNS];
  const char *language[TRAIT_LANGUAGES];
  int language_at[TRAIT_LANGUAGES];
  size_t n_languages, columns;
};

static int is_language(const char *name) {
  return strlen(name) >= 2 && strlen(name) <= 8 && strspn(name, "abcdefghijklmnopqrstuvwxyz-") == strlen(name);
}

static const char *head_read(struct trait_head *h, struct arena *a, char **column, size_t n) {
  static const char *const names[TRAIT_COLUMNS] = {"score", "trait", "unit", "high_risk_percentile"};
  *h = (struct trait_head){.at = {-1, -1, -1, -1}, .columns = n};
  for (size_t i = 0; i < n; i++) {
    const char *name = column[i] + (i == 0 && *column[i] == '#');
    int k = 0;
    while (k < TRAIT_COLUMNS && strcmp(name, names[k]) != 0)
      k++;
    if (k < TRAIT_COLUMNS) {
      h->at[k] = (int)i;
    } else if (is_language(name) && h->n_languages < TRAIT_LANGUAGES) {
      h->language_at[h->n_languages] = (int)i;
      h->language[h->n_languages++] = arena_strdup(a, name);
    } else {
      return arena_printf(a, "there is no column %.40s", name);
    }
  }
  return h->at[TRAIT_SCORE] >= 0 ? NULL : "the column score is missing";
}

static const char *trait_read(struct trait *t, const struct trait_head *h, struct arena *a, char **column, size_t n) {
  char *end = NULL;
  if (n != h->columns)
    return "another number of fields than columns";
  *t = (struct trait){.score = "", .trait = "", .unit = "", .high_from = NAN};
  const char **const texts[] = {&t->score, &t->trait, &t->unit};
  for (int k = TRAIT_SCORE; k <= TRAIT_UNIT; k++)
    if (h->at[k] >= 0)
      *texts[k] = arena_strdup(a, column[h->at[k]]);
  const char *high = h->at[TRAIT_HIGH] >= 0 ? column[h->at[TRAIT_HIGH]] : "";
  if (*high)
    t->high_from = strtod(high, &end);
  if (*high && (*end || !(t->high_from >= 0 && t->high_from <= 100)))
    return "high_risk_percentile is a number from 0 to 100";
  for (size_t i = 0; i < h->n_languages; i++) {
    t->language[i] = h->language[i];
    t->name[i] = arena_strdup(a, column[h->language_at[i]]);
  }
  return *t->score ? NULL : "score is empty";
}

const char *analysis_traits_read(struct trait **out, size_t *n, struct arena *a, const char *path) {
  struct trait_head head = {0};
  char *line = NULL, *column[COLUMNS_MAX];
  size_t capacity = 0, number = 0;
  const char *wrong = NULL;
  *n = 0;
  *out = arena_alloc(a, TRAITS_MAX * sizeof **out);
  FILE *file = *out ? fopen(path, "re") : NULL;
  if (!file)
    return arena_printf(a, "%s: cannot be read", path);
  while (!wrong && getline(&line, &capacity, file) > 0) {
    if (++number > 1 && (*line == '#' || *line == '\n'))
      continue;
    size_t fields = columns_split(line, column, COLUMNS_MAX);
    if (number == 1)
      wrong = head_read(&head, a, column, fields);
    else if (*n == TRAITS_MAX)
      wrong = "too many rows";
    else
      wrong = trait_read(&(*out)[(*n)++], &head, a, column, fields);
  }
  free(line);
  fclose(file); /* read only */
  return wrong ? arena_printf(a, "%s(%zu): %s", path, number, wrong) : a->failed ? "out of memory" : NULL;
}
