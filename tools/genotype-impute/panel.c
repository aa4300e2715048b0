#include "genotype-impute/panel.h"

#include <ctype.h>
#include <errno.h>
#include <htslib/vcf.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/output.h"

static const char magic[] = "genotype-impute-panel\t1";

char *panel_path(const char *folder, const char *unit, const char *suffix, char *path) {
  if (snprintf(path, PATH_MAX, "%s/%s.%s", folder, unit, suffix) >= PATH_MAX)
    path[0] = '\0'; /* a name that no file has: its opening fails, and says so */
  return path;
}

size_t panel_units_of(const dtc_assembly *a, panel_unit *units) {
  size_t n = 0;
  for (unsigned c = 1; c <= 22; c++) {
    units[n] = (panel_unit){.contig = c, .from = 1, .to = a->length[c]};
    snprintf(units[n++].name, PANEL_NAME_BYTES, "%s", dtc_contig_name(c));
  }
  const dtc_par *p = a->par;
  if (!p[0].x_to || !p[1].x_to)
    return n;
  units[n] = (panel_unit){.name = "X-PAR1", .contig = DTC_CONTIG_X, .from = p[0].x_from, .to = p[0].x_to};
  units[n + 1] =
      (panel_unit){.name = "X", .contig = DTC_CONTIG_X, .from = p[0].x_to + 1, .to = p[1].x_from - 1, .haploid = 1};
  units[n + 2] = (panel_unit){.name = "X-PAR2", .contig = DTC_CONTIG_X, .from = p[1].x_from, .to = p[1].x_to};
  return n + 3;
}

bcf_hdr_t *panel_header(const panel *p, int chr_prefix, const char *stem, const char *const *names, size_t n) {
  static const char *const lines[] = {
      "##FILTER=<ID=LOWCONF,Description=\"Imputed, and no genotype reaches a probability of 0.9\">",
      "##INFO=<ID=AF,Number=A,Type=Float,Description=\"Frequency of ALT in the panel\">",
      "##INFO=<ID=R2,Number=1,Type=Float,Description=\"The engine's estimate over the run's persons, nothing of one\">",
      "##INFO=<ID=TYPED,Number=0,Type=Flag,Description=\"Genotype of the input, as it stood there\">",
      "##INFO=<ID=IMP,Number=0,Type=Flag,Description=\"Imputed\">",
      "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">",
      "##FORMAT=<ID=DS,Number=A,Type=Float,Description=\"Dosage of ALT\">",
      "##FORMAT=<ID=GP,Number=G,Type=Float,Description=\"Probabilities of the genotypes\">",
      "##FORMAT=<ID=FT,Number=1,Type=String,Description=\"Of several persons: PASS, or LOWCONF\">"};
  bcf_hdr_t *h = bcf_hdr_init("w");
  char line[300], name[DTC_CONTIG_NAME_BYTES];
  if (!h)
    return NULL;
  int failed = bcf_hdr_set_version(h, "VCFv4.3");
  snprintf(line, sizeof line, "##source=genotype-impute %s", dtc_version());
  failed |= bcf_hdr_append(h, line);
  for (unsigned k = 1; k < DTC_CONTIG_COUNT; k++) {
    if (!p->assembly->length[k])
      continue;
    dtc_chr_contig_name(chr_prefix ? DTC_CHR_YES : DTC_CHR_NO, k, name);
    snprintf(line, sizeof line, "##contig=<ID=%s,length=%u,assembly=%s>", name, p->assembly->length[k],
             dtc_build_name(p->assembly->build));
    failed |= bcf_hdr_append(h, line);
  }
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    failed |= bcf_hdr_append(h, lines[i]);
  for (size_t i = 0; !failed && i < n; i++) {
    snprintf(line, sizeof line, "%s%zu", stem, i + 1);
    failed = bcf_hdr_add_sample(h, names ? names[i] : line);
  }
  if (!failed && bcf_hdr_add_sample(h, NULL) == 0 && bcf_hdr_sync(h) == 0)
    return h;
  bcf_hdr_destroy(h);
  return NULL;
}

int panel_rid(const panel *p, unsigned contig) {
  int rid = 0;
  for (unsigned k = 1; k < contig; k++)
    rid += p->assembly->length[k] != 0;
  return rid;
}

/* The fields of a line, at most `most`; returns how many. */
static size_t split(char *line, char **field, size_t most) {
  size_t n = 0;
  line[strcspn(line, "\r\n")] = '\0';
  for (char *at = line; at && n < most; at = strchr(at, '\t'), at = at ? at + 1 : NULL)
    field[n++] = at;
  for (char *at = line; *at; at++)
    *at = *at == '\t' ? '\0' : *at;
  return n;
}

static int take_unit(panel *p, char **field, fault *f) {
  panel_unit all[PANEL_UNITS_MAX];
  size_t known = p->assembly ? panel_units_of(p->assembly, all) : 0, k = 0;
  while (k < known && strcmp(all[k].name, field[1]) != 0)
    k++;
  if (k == known || p->count == PANEL_UNITS_MAX || strlen(field[3]) != PANEL_DIGEST_BYTES - 1)
    return fault_set(f, EXIT_USAGE, "%s/panel.tsv: a line of it is damaged", p->folder);
  panel_unit *u = &p->units[p->count++];
  *u = all[k];
  u->rows = strtoull(field[2], NULL, 10);
  memcpy(u->digest, field[3], PANEL_DIGEST_BYTES);
  return 0;
}

static int check_file(const panel *p, char **field, fault *f) {
  char path[PATH_MAX];
  struct stat st;
  if (strchr(field[1], '/') || snprintf(path, sizeof path, "%s/%s", p->folder, field[1]) >= (int)sizeof path)
    return fault_set(f, EXIT_USAGE, "%s/panel.tsv: a line of it is damaged", p->folder);
  if (stat(path, &st) != 0)
    return fault_system(f, path, "a file of the panel cannot be found");
  if (access(path, R_OK) != 0)
    return fault_system(f, path, "a file of the panel cannot be read");
  return (uint64_t)st.st_size == strtoull(field[2], NULL, 10)
             ? 0
             : fault_set(f, EXIT_USAGE, "%s: is not the file that was prepared: make the panel again", path);
}

static int take_line(panel *p, char **field, size_t n, fault *f) {
  if (n == 2 && strcmp(field[0], "assembly") == 0)
    p->assembly = dtc_assemblies_get(dtc_assemblies_builtin(), dtc_build_parse(field[1]));
  else if (n == 2 && strcmp(field[0], "chr-prefix") == 0)
    p->chr_prefix = field[1][0] == '1';
  else if (n == 2 && strcmp(field[0], "persons") == 0)
    p->persons = (unsigned)strtoul(field[1], NULL, 10);
  else if (n == 2 && strcmp(field[0], "engine") == 0)
    p->engines |= 1u << engine_parse(field[1]);
  else if (n == 4 && strcmp(field[0], "unit") == 0)
    return take_unit(p, field, f);
  else if (n == 3 && strcmp(field[0], "file") == 0)
    return check_file(p, field, f);
  return 0;
}

int panel_open(const char *folder, panel *p, fault *f) {
  char path[PATH_MAX], *line = NULL, *field[5];
  size_t capacity = 0, number = 0;
  int ended = 0;
  *p = (panel){.folder = folder};
  panel_path(folder, "panel", "tsv", path);
  FILE *file = fopen(path, "r");
  if (!file)
    return fault_set(f, EXIT_USAGE, "%s: is no panel folder: make one by `genotype-impute prepare -o %s PANEL.bcf...`",
                     folder, folder);
  int failed = 0;
  while (!failed && getline(&line, &capacity, file) > 0) {
    if (number++ == 0)
      failed = strncmp(line, magic, sizeof magic - 1) == 0
                   ? 0
                   : fault_set(f, EXIT_USAGE, "%s: is of another version: make the panel again", path);
    else if (strcmp(line, "end\n") == 0)
      ended = 1;
    else
      failed = take_line(p, field, split(line, field, 5), f);
  }
  free(line);
  fclose(file); /* read only */
  if (failed)
    return -1;
  return ended && p->assembly && p->count ? 0 : fault_set(f, EXIT_USAGE, "%s: is cut off: make the panel again", path);
}

int panel_write(const panel *p, const char *const *files, size_t n_files, fault *f) {
  char path[PATH_MAX];
  struct stat st = {.st_size = 0};
  output *o = output_open(panel_path(p->folder, "panel", "tsv", path), f);
  if (!o)
    return -1;
  output_print(o, "%s\nassembly\t%s\nchr-prefix\t%d\npersons\t%u\n", magic, dtc_build_name(p->assembly->build),
               p->chr_prefix, p->persons);
  for (unsigned k = 0; k < ENGINE_COUNT; k++)
    if (p->engines >> k & 1)
      output_print(o, "engine\t%s\n", engine_names[k]);
  for (size_t i = 0; i < p->count; i++)
    output_print(o, "unit\t%s\t%" PRIu64 "\t%s\n", p->units[i].name, p->units[i].rows, p->units[i].digest);
  int failed = 0;
  for (size_t i = 0; !failed && i < n_files; i++) {
    failed = snprintf(path, sizeof path, "%s/%s", p->folder, files[i]) >= (int)sizeof path || stat(path, &st) != 0
                 ? fault_system(f, path, "cannot look at it")
                 : 0;
    if (!failed)
      output_print(o, "file\t%s\t%" PRIu64 "\n", files[i], (uint64_t)st.st_size);
  }
  output_print(o, "end\n");
  failed = failed || output_finish(o, "end\n", 4, f) != 0 || output_publish(o, f) != 0 ||
           output_settle((const output *const *)&o, 1, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}
