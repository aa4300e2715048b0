#include "genotype-convert/vcf_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { X_PAR1, X_NON_PAR, X_PAR2, MAIN_FILE, CONTIG_FILES, FILES = CONTIG_FILES + DTC_CONTIG_COUNT };

struct vcf_set {
  vcf_file *files[FILES]; /* NULL where there is none: X is not split, contigs are not, or a contig has no record yet */
  dtc_par par[2];
  int split, split_contigs;
  unsigned open; /* the contig whose file takes records now */
  const char *path;
  dtc_index index;
  const dtc_conversion *conversion; /* NULL before vcf_set_begin */
  workspace *workspace;
  fault *fault;
};

/* path with a word before its suffix. */
static char *path_with(const char *path, const char *word) {
  static const char *const suffixes[] = {".vcf.gz", ".vcf.bgz", ".vcf", ".bcf"};
  size_t length = strlen(path), stem = length;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && stem == length; i++) {
    size_t n = strlen(suffixes[i]);
    if (length > n && strcmp(path + length - n, suffixes[i]) == 0)
      stem = length - n;
  }
  char *text;
  return asprintf(&text, "%.*s.%s%s", (int)stem, path, word, path + stem) < 0 ? NULL : text;
}

char *vcf_set_part_path(const char *path, unsigned part) {
  static const char *const names[WORKSPACE_X_PARTS] = {"X.PAR1", "X.nonPAR", "X.PAR2"};
  return path_with(path, names[part]);
}

static int open_parts(vcf_set *s) {
  for (unsigned part = 0; part < WORKSPACE_X_PARTS; part++) {
    char *name = vcf_set_part_path(s->path, part);
    dtc_writer *writer = workspace_x_writer(s->workspace, part);
    if (name && writer)
      s->files[part] = vcf_file_open(name, s->index, writer, s->fault);
    else
      fault_set(s->fault, EXIT_TROUBLE, "out of memory");
    free(name);
    if (!s->files[part])
      return -1;
  }
  return 0;
}

vcf_set *vcf_set_open(const char *path, const dtc_assembly *assembly, workspace *w, fault *f) {
  const options *o = context_options(workspace_context(w));
  vcf_set *s = calloc(1, sizeof *s);
  if (!s) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  *s = (vcf_set){.split = o->split_x_par,
                 .split_contigs = o->split_contigs,
                 .path = path,
                 .index = o->index,
                 .workspace = w,
                 .fault = f};
  memcpy(s->par, assembly->par, sizeof s->par);
  if (!s->split_contigs)
    s->files[MAIN_FILE] = vcf_file_open(path, o->index, workspace_writer(w), f);
  if ((s->split_contigs || s->files[MAIN_FILE]) && (!s->split || open_parts(s) == 0))
    return s;
  vcf_set_free(s);
  return NULL;
}

int vcf_set_begin(vcf_set *s, const dtc_conversion *conversion) {
  s->conversion = conversion;
  for (int i = 0; i < FILES; i++)
    if (s->files[i] && vcf_file_begin(s->files[i], conversion, s->fault) != 0)
      return -1;
  return 0;
}

/* Records come contig by contig: the last one's file is ended before the next begins, and gives its blocks back. */
static vcf_file *file_of_contig(vcf_set *s, unsigned contig) {
  char name[DTC_CONTIG_NAME_BYTES];
  if (s->open == contig)
    return s->files[CONTIG_FILES + contig];
  if (s->open && vcf_file_close(s->files[CONTIG_FILES + s->open], s->fault) != 0)
    return NULL;
  s->open = DTC_CONTIG_NONE;
  dtc_chr_contig_name(dtc_conversion_chr(s->conversion), contig, name);
  char *path = path_with(s->path, name);
  vcf_file *file = path ? vcf_file_open(path, s->index, workspace_writer(s->workspace), s->fault) : NULL;
  free(path);
  s->files[CONTIG_FILES + contig] = file;
  if (!file || vcf_file_begin(file, s->conversion, s->fault) != 0)
    return NULL;
  s->open = contig;
  return file;
}

static unsigned part_of(const vcf_set *s, uint32_t position) {
  if (position >= s->par[0].x_from && position <= s->par[0].x_to)
    return X_PAR1;
  return position >= s->par[1].x_from && position <= s->par[1].x_to ? X_PAR2 : X_NON_PAR;
}

int vcf_set_add(vcf_set *s, const dtc_record *r) {
  int x_part = s->split && r->contig == DTC_CONTIG_X;
  vcf_file *file = x_part             ? s->files[part_of(s, r->position)]
                   : s->split_contigs ? file_of_contig(s, r->contig)
                                      : s->files[MAIN_FILE];
  return file ? vcf_file_add(file, r) : -1;
}

int vcf_set_close(vcf_set *s, fault *f) {
  for (unsigned i = 0; i < FILES; i++) {
    int is_closed = i >= CONTIG_FILES && i != CONTIG_FILES + s->open;
    if (s->files[i] && !is_closed && vcf_file_close(s->files[i], f) != 0)
      return -1;
  }
  return 0;
}

int vcf_set_publish(vcf_set *s, fault *f) {
  for (int i = 0; i < FILES; i++)
    if (s->files[i] && vcf_file_publish(s->files[i], f) != 0)
      return -1;
  return 0;
}

const output *vcf_set_output(const vcf_set *s) {
  for (unsigned i = FILES; i-- > 0;)
    if (s->files[i])
      return vcf_file_output(s->files[i]);
  return NULL;
}

void vcf_set_retract(vcf_set *s) {
  for (int i = 0; i < FILES; i++)
    if (s->files[i])
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
