#include "genotype-convert/vcf_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { X_PAR1, X_NON_PAR, X_PAR2, MAIN_FILE, FILES };

struct vcf_set {
  vcf_file *files[FILES]; /* NULL where X is not split */
  dtc_par par[2];
  int split;
};

char *vcf_set_part_path(const char *path, unsigned part) {
  static const char *const names[WORKSPACE_X_PARTS] = {".X.PAR1", ".X.nonPAR", ".X.PAR2"};
  static const char *const suffixes[] = {".vcf.gz", ".vcf.bgz", ".vcf", ".bcf"};
  size_t length = strlen(path), stem = length;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && stem == length; i++) {
    size_t n = strlen(suffixes[i]);
    if (length > n && strcmp(path + length - n, suffixes[i]) == 0)
      stem = length - n;
  }
  char *text;
  return asprintf(&text, "%.*s%s%s", (int)stem, path, names[part], path + stem) < 0 ? NULL : text;
}

static int open_parts(vcf_set *s, const char *path, const vcf_layout *layout, workspace *w, fault *f) {
  for (unsigned part = 0; part < WORKSPACE_X_PARTS; part++) {
    char *name = vcf_set_part_path(path, part);
    vcf_writer *writer = workspace_x_writer(w, part);
    if (name && writer)
      s->files[part] = vcf_file_open(name, layout, writer, f);
    else
      fault_set(f, EXIT_TROUBLE, "out of memory");
    free(name);
    if (!s->files[part])
      return -1;
  }
  return 0;
}

vcf_set *vcf_set_open(const char *path, const vcf_layout *layout, int split_x_par, workspace *w, fault *f) {
  vcf_set *s = calloc(1, sizeof *s);
  if (!s) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  s->split = split_x_par;
  memcpy(s->par, layout->assembly->par, sizeof s->par);
  s->files[MAIN_FILE] = vcf_file_open(path, layout, workspace_writer(w), f);
  if (s->files[MAIN_FILE] && (!split_x_par || open_parts(s, path, layout, w, f) == 0))
    return s;
  vcf_set_free(s);
  return NULL;
}

static unsigned part_of(const vcf_set *s, uint32_t position) {
  if (position >= s->par[0].x_from && position <= s->par[0].x_to)
    return X_PAR1;
  return position >= s->par[1].x_from && position <= s->par[1].x_to ? X_PAR2 : X_NON_PAR;
}

int vcf_set_add(vcf_set *s, const record *r) {
  unsigned file = s->split && r->contig == DTC_CONTIG_X ? part_of(s, r->position) : MAIN_FILE;
  return vcf_file_add(s->files[file], r);
}

int vcf_set_close(vcf_set *s, fault *f) {
  for (int i = 0; i < FILES; i++)
    if (s->files[i] && vcf_file_close(s->files[i], f) != 0)
      return -1;
  return 0;
}

int vcf_set_publish(vcf_set *s, fault *f) {
  for (int i = 0; i < FILES; i++)
    if (s->files[i] && vcf_file_publish(s->files[i], f) != 0)
      return -1;
  return 0;
}

const output *vcf_set_output(const vcf_set *s) { return vcf_file_output(s->files[MAIN_FILE]); }

void vcf_set_retract(vcf_set *s) {
  for (int i = 0; i < FILES; i++)
    vcf_file_retract(s->files[i]);
}

void vcf_set_free(vcf_set *s) {
  if (!s)
    return;
  for (int i = 0; i < FILES; i++)
    vcf_file_free(s->files[i]);
  free(s);
}

uint64_t vcf_set_records(const vcf_set *s) {
  uint64_t records = 0;
  for (int i = 0; i < FILES; i++)
    records += s->files[i] ? vcf_file_records(s->files[i]) : 0;
  return records;
}

uint64_t vcf_set_bytes(const vcf_set *s) {
  uint64_t bytes = 0;
  for (int i = 0; i < FILES; i++)
    bytes += s->files[i] ? vcf_file_bytes(s->files[i]) : 0;
  return bytes;
}
