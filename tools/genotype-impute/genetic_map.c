#include "genotype-impute/genetic_map.h"

#include "common/output.h"

#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum map_form { FORM_UNKNOWN, FORM_PLINK, FORM_HAPMAP, FORM_SHAPEIT } map_form;

static int add_point(genetic_map *m, unsigned contig, map_point point, fault *f) {
  size_t n = m->count[contig];
  if ((n & (n + 1)) == 0) { /* full at 0, 1, 3, 7, ... */
    map_point *larger = realloc(m->points[contig], (2 * n + 1) * sizeof *larger);
    if (!larger)
      return fault_set(f, EXIT_TROUBLE, "out of memory");
    m->points[contig] = larger;
  }
  m->points[contig][m->count[contig]++] = point;
  return 0;
}

static map_form form_of_titles(const char *line) {
  if (strncasecmp(line, "chr", 3) == 0 && !(line[3] >= '0' && line[3] <= '9') && strncmp(line, "chrX\t", 5) != 0 &&
      strncmp(line, "chrX ", 5) != 0)
    return FORM_HAPMAP;
  return strncasecmp(line, "pos", 3) == 0 ? FORM_SHAPEIT : FORM_PLINK;
}

static int take_line(genetic_map *m, map_form form, char *line, fault *f) {
  char *field[4] = {NULL}, *rest = line, *end;
  size_t n = 0;
  while (n < 4 && (field[n] = strtok_r(n ? NULL : line, " \t\r", &rest)))
    n++;
  if (n == 0)
    return 0;
  if (n < (form == FORM_SHAPEIT ? 3u : 4u))
    return -1;
  const char *name = form == FORM_SHAPEIT ? field[1] : field[0],
             *place = form == FORM_PLINK    ? field[3]
                      : form == FORM_HAPMAP ? field[1]
                                            : field[0],
             *cm = form == FORM_HAPMAP ? field[3] : field[2];
  unsigned contig = strcmp(name, "23") == 0 ? (unsigned)DTC_CONTIG_X : dtc_contig_parse(name, strlen(name));
  unsigned long position = strtoul(place, &end, 10);
  if (*end || !position || position > UINT32_MAX)
    return -1;
  map_point p = {(uint32_t)position, strtod(cm, &end)};
  if (*end || !isfinite(p.cm) || contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_COUNT)
    return -1;
  const map_point *last = m->count[contig] ? &m->points[contig][m->count[contig] - 1] : NULL;
  if (last && (p.position < last->position || p.cm < last->cm))
    return -1;
  return last && p.position == last->position ? 0 : add_point(m, contig, p, f);
}

int genetic_map_read(genetic_map *m, const char *path, fault *f) {
  kstring_t line = {0, 0, NULL};
  htsFile *file = hts_open(path, "r");
  map_form form = FORM_UNKNOWN;
  int failed = file ? 0 : fault_system(f, path, "cannot open it"), got = -1;
  for (unsigned long number = 1; !failed && (got = hts_getline(file, '\n', &line)) >= 0; number++) {
    if (form == FORM_UNKNOWN) {
      form = form_of_titles(line.s);
      if (form != FORM_PLINK)
        continue;
    }
    if (take_line(m, form, line.s, f) != 0)
      failed = fault_set(f, EXIT_USAGE, "%s(%lu): is no line of a genetic map, or does not ascend", path, number);
  }
  if (!failed && got < -1)
    failed = fault_set(f, EXIT_TROUBLE, "%s: cannot be read to its end", path);
  free(line.s);
  if (file)
    hts_close(file); /* read only */
  return failed;
}

/* Eagle reads autosomes and X by numbers. */
static int write_eagle(const panel_unit *u, const map_point *p, size_t n, const char *folder, fault *f) {
  char path[PATH_MAX];
  output *o = output_open(panel_path(folder, u->name, "eagle.map", path), f);
  if (!o)
    return -1;
  output_print(o, "chr position COMBINED_rate(cM/Mb) Genetic_Map(cM)\n");
  for (size_t i = 0; i < n; i++) {
    double rate = i + 1 < n ? (p[i + 1].cm - p[i].cm) / (p[i + 1].position - p[i].position) * 1e6 : 0;
    output_print(o, "%u %u %.6f %.6f\n", u->contig, p[i].position, rate, p[i].cm);
  }
  int failed = output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}

static int write_plink(const panel_unit *u, const map_point *p, size_t n, const char *folder, fault *f) {
  char path[PATH_MAX];
  output *o = output_open(panel_path(folder, u->name, "plink.map", path), f);
  if (!o)
    return -1;
  for (size_t i = 0; i < n; i++)
    output_print(o, "%s\t.\t%.6f\t%u\n", dtc_contig_name(u->contig), p[i].cm, p[i].position);
  int failed = output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}

int genetic_map_write(const genetic_map *m, const panel_unit *u, const char *folder, fault *f) {
  const map_point even[] = {{u->from, u->from / 1e6}, {u->to, u->to / 1e6}}, *p = m->points[u->contig];
  size_t n = m->count[u->contig];
  int missing = n < 2;
  if (missing) {
    p = even;
    n = 2;
  }
  if (!(p[n - 1].cm > p[0].cm))
    return fault_set(f, EXIT_USAGE, "%s: its genetic map has no length: all of it stands at %g cM", u->name, p[0].cm);
  return write_eagle(u, p, n, folder, f) != 0 || write_plink(u, p, n, folder, f) != 0 ? -1 : missing;
}

void genetic_map_free(genetic_map *m) {
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++)
    free(m->points[c]);
}
