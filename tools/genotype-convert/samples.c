#include "genotype-convert/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES_MAX = 200 };

void samples_free(samples *s) {
  for (size_t i = 0; i < s->count; i++) {
    free(s->items[i].export_path);
    free(s->items[i].name);
  }
  free(s->items);
  memset(s, 0, sizeof *s);
}

/* name NULL: not known yet. */
static int add_sample(samples *s, const char *export_path, const char *name, fault *f) {
  if (s->count == s->capacity) {
    size_t capacity = s->capacity * 2 + 16;
    sample *grown = realloc(s->items, capacity * sizeof *grown);
    if (!grown)
      return fault_set(f, EXIT_TROUBLE, "out of memory");
    s->items = grown;
    s->capacity = capacity;
  }
  sample *item = &s->items[s->count++];
  item->export_path = strdup(export_path);
  item->name = name ? strdup(name) : NULL;
  return item->export_path && (item->name || !name) ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

/* A name becomes a part of a file's name and of the VCF's column line. */
static int is_good_name(const char *name) {
  size_t n = strlen(name);
  if (n == 0 || n > NAME_BYTES_MAX || name[0] == '.' || name[0] == '-')
    return 0;
  for (const char *p = name; *p; p++)
    if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '/')
      return 0;
  return 1;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* The export that a field of the samples file means: its path as given, else the last part of it. */
static sample *find_export(samples *s, const char *field) {
  for (size_t i = 0; i < s->count; i++)
    if (strcmp(s->items[i].export_path, field) == 0)
      return &s->items[i];
  for (size_t i = 0; i < s->count; i++)
    if (strcmp(base_name(s->items[i].export_path), field) == 0)
      return &s->items[i];
  return NULL;
}

typedef struct samples_file {
  const char *path;
  unsigned long line;
  int lists_exports; /* none on the command line */
} samples_file;

static int name_export(samples *s, const samples_file *file, const char *first, const char *second, fault *f) {
  if (file->lists_exports)
    return is_good_name(second)
               ? add_sample(s, first, second, f)
               : fault_set(f, EXIT_USAGE, "%s(%lu): this is no name for a sample", file->path, file->line);
  sample *item = find_export(s, first);
  const char *name = second;
  if (!item) { /* either order of the two columns is meant by somebody */
    item = find_export(s, second);
    name = first;
  }
  if (!item)
    return 0; /* the file may name more exports than this run converts */
  if (!is_good_name(name))
    return fault_set(f, EXIT_USAGE, "%s(%lu): this is no name for a sample", file->path, file->line);
  free(item->name);
  item->name = strdup(name);
  return item->name ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

static int take_line(samples *s, const samples_file *file, char *line, fault *f) {
  line[strcspn(line, "\r\n")] = '\0';
  if (line[0] == '\0' || line[0] == '#')
    return 0;
  char *tab = strchr(line, '\t');
  if (!tab || strchr(tab + 1, '\t'))
    return fault_set(f, EXIT_USAGE, "%s(%lu): expected two columns between tabs: export, sample id", file->path,
                     file->line);
  *tab = '\0';
  return name_export(s, file, line, tab + 1, f);
}

static int read_samples_file(const options *o, samples *s, fault *f) {
  FILE *in = fopen(o->samples_file, "r");
  if (!in)
    return fault_system(f, o->samples_file, "cannot open");
  samples_file file = {.path = o->samples_file, .lists_exports = o->n_exports == 0};
  char *line = NULL;
  size_t size = 0;
  int failed = 0;
  while (!failed && getline(&line, &size, in) >= 0) {
    file.line++;
    failed = take_line(s, &file, line, f);
  }
  if (!failed && ferror(in))
    failed = fault_system(f, o->samples_file, "cannot read");
  free(line);
  fclose(in);
  return failed;
}

static int number_exports(samples *s, fault *f) {
  for (size_t i = 0; i < s->count; i++)
    if (asprintf(&s->items[i].name, "%zu", i + 1) < 0) {
      s->items[i].name = NULL;
      return fault_set(f, EXIT_TROUBLE, "out of memory");
    }
  return 0;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two samples of one name would write one file. */
static int check_names(const samples *s, fault *f) {
  const char **names = malloc((s->count + 1) * sizeof *names);
  if (!names)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  int failed = 0;
  for (size_t i = 0; i < s->count && !failed; i++) {
    names[i] = s->items[i].name;
    if (!names[i])
      failed = fault_set(f, EXIT_USAGE, "%s: the samples file has no sample id for it", s->items[i].export_path);
  }
  if (!failed)
    qsort(names, s->count, sizeof *names, compare_names);
  for (size_t i = 1; i < s->count && !failed; i++)
    if (strcmp(names[i], names[i - 1]) == 0)
      failed = fault_set(f, EXIT_USAGE, "%s: two exports have this sample id", names[i]);
  free(names);
  return failed;
}

int samples_load(const options *o, samples *s, fault *f) {
  memset(s, 0, sizeof *s);
  for (size_t i = 0; i < o->n_exports; i++) {
    if (strcmp(o->exports[i], "-") == 0)
      return fault_set(f, EXIT_USAGE, "standard input cannot be one of many exports");
    if (add_sample(s, o->exports[i], NULL, f) != 0)
      return -1;
  }
  if (!o->samples_file)
    return number_exports(s, f);
  if (read_samples_file(o, s, f) != 0)
    return -1;
  if (s->count == 0)
    return fault_set(f, EXIT_USAGE, "%s: no export named in it", o->samples_file);
  return check_names(s, f);
}
