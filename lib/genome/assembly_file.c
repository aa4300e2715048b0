#include "config.h"

#include "base/alloc.h"
#include "base/diag.h"
#include "genome/assemblies.h"
#include "genome/reference_file.h"

/* What has been read so far of each build; a build that the file names starts empty, so that it replaces the built-in
 * one whole. */
typedef struct loading {
  reference_file *file;
  dtc_assemblies *set;
  uint8_t named[BUILD_COUNT];
  dtc_diag *diag;
} loading;

static dtc_status fault(loading *l, const char *expected) { return reference_file_fault(l->file, l->diag, expected); }

static int parse_md5(view text, char *md5) {
  if (view_is(text, ".")) {
    md5[0] = '\0';
    return 1;
  }
  if (text.length != 32)
    return 0;
  for (size_t i = 0; i < 32; i++) {
    char c = text.at[i];
    if (c >= 'A' && c <= 'F')
      c = (char)(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
      return 0;
    md5[i] = c;
  }
  md5[32] = '\0';
  return 1;
}

/* "X:from-to", "Y:from-to" */
static int parse_range(view text, char contig, uint32_t *from, uint32_t *to) {
  uint64_t a = 0, b = 0;
  const char *dash = text.length > 2 ? memchr(text.at + 2, '-', text.length - 2) : NULL;
  if (!dash || text.at[0] != contig || text.at[1] != ':')
    return 0;
  const char *end = text.at + text.length;
  if (!reference_number(view_between(text.at + 2, dash), UINT32_MAX, &a) ||
      !reference_number(view_between(dash + 1, end), UINT32_MAX, &b) || a == 0 || b < a)
    return 0;
  *from = (uint32_t)a;
  *to = (uint32_t)b;
  return 1;
}

static dtc_status take_contig(loading *l, dtc_assembly *assembly, const view *fields, unsigned count) {
  if (count != 5)
    return fault(l, "5 columns: NAME, contig, CONTIG, LENGTH, MD5");
  unsigned contig = dtc_contig_parse(fields[2].at, fields[2].length);
  uint64_t length = 0;
  if (contig == DTC_CONTIG_NONE)
    return fault(l, "a contig 1 to 22, X, Y or MT");
  if (assembly->length[contig])
    return fault(l, "each contig of an assembly once");
  if (!reference_number(fields[3], UINT32_MAX, &length) || length == 0)
    return fault(l, "a length in bases");
  if (!parse_md5(fields[4], assembly->md5[contig]))
    return fault(l, "an MD5 of 32 hexadecimal digits, or a dot");
  assembly->length[contig] = (uint32_t)length;
  return DTC_OK;
}

static dtc_status take_par(loading *l, dtc_par *par, const view *fields, unsigned count) {
  if (count != 4 || !parse_range(fields[2], 'X', &par->x_from, &par->x_to) ||
      !parse_range(fields[3], 'Y', &par->y_from, &par->y_to))
    return fault(l, "4 columns: NAME, PAR1 or PAR2, X:from-to, Y:from-to");
  if (par->x_to - par->x_from != par->y_to - par->y_from)
    return fault(l, "a PAR of the same length on X and Y");
  return DTC_OK;
}

static dtc_status take_line(loading *l, view line) {
  view fields[REFERENCE_FIELDS_MAX];
  if (line.length == 0 || line.at[0] == '#')
    return DTC_OK;
  unsigned count = reference_fields(line, "\t", 0, fields);
  char name[16] = "";
  if (fields[0].length < sizeof name)
    memcpy(name, fields[0].at, fields[0].length);
  dtc_build build = dtc_build_parse(name);
  if (build == DTC_BUILD_UNKNOWN)
    return fault(l, "an assembly named NCBI36, GRCh37 or GRCh38");
  if (count < 2)
    return fault(l, "columns separated by tabs");
  dtc_assembly *assembly = &l->set->of_build[build];
  if (!l->named[build]) {
    memset(assembly, 0, sizeof *assembly);
    assembly->build = build;
    l->named[build] = 1;
  }
  if (view_is(fields[1], "contig"))
    return take_contig(l, assembly, fields, count);
  for (int k = 0; k < 2; k++)
    if (view_is(fields[1], k ? "PAR2" : "PAR1")) {
      if (assembly->par[k].x_to)
        return fault(l, "each PAR of an assembly once");
      return take_par(l, &assembly->par[k], fields, count);
    }
  return fault(l, "contig, PAR1 or PAR2 in the second column");
}

/* What only the whole file can tell. */
static dtc_status check_whole(loading *l) {
  int assemblies = 0;
  for (int build = 0; build < BUILD_COUNT; build++) {
    const dtc_assembly *assembly = &l->set->of_build[build];
    if (!l->named[build])
      continue;
    assemblies++;
    int contigs = 0;
    for (int c = 1; c < DTC_CONTIG_COUNT; c++)
      contigs += assembly->length[c] != 0;
    if (!contigs)
      return fault(l, "contigs for each assembly that is named");
    for (int k = 0; k < 2; k++)
      if (assembly->par[k].x_to > assembly->length[DTC_CONTIG_X] ||
          assembly->par[k].y_to > assembly->length[DTC_CONTIG_Y])
        return fault(l, "PARs within X and Y");
  }
  return assemblies ? DTC_OK : fault(l, "at least one assembly");
}

static dtc_status take_file(loading *l) {
  view line = {"", 0};
  while (line.at) {
    dtc_status status = reference_file_line(l->file, &line, l->diag);
    if (status == DTC_OK && line.at)
      status = take_line(l, line);
    if (status != DTC_OK)
      return status;
  }
  return check_whole(l);
}

dtc_status dtc_assemblies_load_path(const char *path, const dtc_allocator *allocator, dtc_assemblies **out,
                                    dtc_diag *diag) {
  *out = NULL;
  if (diag)
    memset(diag, 0, sizeof *diag);
  dtc_allocator a = alloc_or_default(allocator);
  loading l = {.diag = diag, .set = alloc_array(&a, 1, sizeof *l.set)};
  if (!l.set)
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory");
  *l.set = *dtc_assemblies_builtin();
  l.set->allocator = a;
  dtc_status status = reference_file_open(path, DTC_ASSEMBLY_FILE, &a, &l.file, diag);
  if (status == DTC_OK) {
    status = take_file(&l);
    reference_file_close(l.file);
  }
  if (status != DTC_OK) {
    alloc_release(&a, l.set);
    return status;
  }
  *out = l.set;
  return DTC_OK;
}

void dtc_assemblies_free(dtc_assemblies *assemblies) {
  if (!assemblies)
    return;
  dtc_allocator a = assemblies->allocator;
  alloc_release(&a, assemblies);
}
