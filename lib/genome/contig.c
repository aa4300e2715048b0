#include "base/counts.h"

#include <dtcgeno.h>

#include <string.h>

/* By label: dtc_contig, then DTC_LABEL_PAR_ON_Y under the name that PLINK uses for it. */
static const char *const contig_names[DTC_LABEL_COUNT] = {"0",  "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",
                                                          "9",  "10", "11", "12", "13", "14", "15", "16", "17",
                                                          "18", "19", "20", "21", "22", "X",  "Y",  "MT", "XY"};

static const struct {
  const char *name, *ucsc;
  unsigned version;
} builds[BUILD_COUNT] = {
#define DTC_X(number, name, text, ucsc, version) [number] = {text, ucsc, version},
    DTC_BUILD_LIST(DTC_X)
#undef DTC_X
};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

unsigned dtc_build_count(void) { return BUILD_COUNT; }

static unsigned build_in_range(dtc_build build) {
  return (unsigned)build < BUILD_COUNT ? (unsigned)build : DTC_BUILD_UNKNOWN;
}

const char *dtc_build_name(dtc_build build) { return builds[build_in_range(build)].name; }
const char *dtc_build_ucsc(dtc_build build) { return builds[build_in_range(build)].ucsc; }
unsigned dtc_build_version(dtc_build build) { return builds[build_in_range(build)].version; }

static int is_word(const char *name, const char *word) {
  size_t k = 0;
  while (word[k] && lower(name[k]) == lower(word[k]))
    k++;
  return !word[k] && !name[k];
}

/* "37" or "b37". */
static int is_version(const char *name, unsigned version) {
  name += lower(*name) == 'b';
  return (unsigned)(name[0] - '0') == version / 10 && (unsigned)(name[1] - '0') == version % 10 && !name[2];
}

dtc_build dtc_build_parse(const char *name) {
  for (unsigned b = DTC_BUILD_UNKNOWN + 1; b < BUILD_COUNT; b++)
    if (is_word(name, builds[b].name) || is_word(name, builds[b].ucsc) || is_version(name, builds[b].version))
      return (dtc_build)b;
  return DTC_BUILD_UNKNOWN;
}

const char *dtc_contig_name(unsigned contig) {
  return contig_names[contig < DTC_LABEL_COUNT ? contig : DTC_CONTIG_NONE];
}

/* RefSeq's accessions NC_000001 to NC_000024 (1 to 22, X, Y): the version of each in GRCh37. NCBI36 has the one before,
 * GRCh38 the one behind. Source: NCBI's assembly reports GCF_000001405.12, .13 and .26. */
static const uint8_t accession_37[DTC_CONTIG_MT] = {0,  10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11,
                                                    10, 8,  9,  9,  10, 9, 9,  10, 8,  10, 10, 9};

unsigned dtc_accession_parse(const char *name, size_t length, dtc_build *build) {
  static const char head[] = "NC_0000", rcrs[] = "NC_012920.1";
  *build = DTC_BUILD_UNKNOWN;
  if (length == sizeof rcrs - 1 && memcmp(name, rcrs, length) == 0)
    return DTC_CONTIG_MT;
  size_t at = sizeof head - 1;
  if (length < at + 4 || length > at + 5 || memcmp(name, head, at) != 0 || name[at + 2] != '.')
    return DTC_CONTIG_NONE;
  for (size_t i = at; i < length; i++)
    if (i != at + 2 && (name[i] < '0' || name[i] > '9'))
      return DTC_CONTIG_NONE;
  unsigned contig = (unsigned)(name[at] - '0') * 10 + (unsigned)(name[at + 1] - '0');
  unsigned version = (unsigned)(name[at + 3] - '0');
  if (length == at + 5)
    version = version * 10 + (unsigned)(name[at + 4] - '0');
  if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_MT)
    return DTC_CONTIG_NONE;
  for (dtc_build b = DTC_BUILD_NCBI36; b <= DTC_BUILD_GRCH38; b++)
    if (version + DTC_BUILD_GRCH37 == accession_37[contig] + (unsigned)b)
      *build = b;
  return *build == DTC_BUILD_UNKNOWN ? DTC_CONTIG_NONE : contig;
}

unsigned dtc_contig_parse(const char *name, size_t length) {
  dtc_build build;
  if (length > 3 && name[0] == 'N')
    return dtc_accession_parse(name, length, &build);
  if (length > 3 && lower(name[0]) == 'c' && lower(name[1]) == 'h' && lower(name[2]) == 'r') {
    name += 3;
    length -= 3;
  }
  if (length == 1 && name[0] == 'M')
    return DTC_CONTIG_MT;
  if (length == 1 && name[0] >= '1' && name[0] <= '9')
    return (unsigned)(name[0] - '0');
  for (unsigned contig = 10; contig < DTC_CONTIG_COUNT; contig++)
    if (strlen(contig_names[contig]) == length && memcmp(contig_names[contig], name, length) == 0)
      return contig;
  return DTC_CONTIG_NONE;
}

static int within(uint32_t position, uint32_t from, uint32_t to) { return position >= from && position <= to; }

int dtc_assembly_to_x(const dtc_assembly *assembly, unsigned *contig, uint32_t *position) {
  for (int k = 0; k < 2; k++) {
    const dtc_par *par = &assembly->par[k];
    if (par->x_to == 0)
      continue;
    if (*contig == DTC_CONTIG_X && within(*position, par->x_from, par->x_to))
      return 1;
    if ((*contig == DTC_CONTIG_Y || *contig == DTC_LABEL_PAR_ON_Y) && within(*position, par->y_from, par->y_to)) {
      *contig = DTC_CONTIG_X;
      *position = *position - par->y_from + par->x_from;
      return 1;
    }
  }
  return 0;
}

static int in_par_of_x(const dtc_assembly *a, uint32_t position) {
  unsigned contig = DTC_CONTIG_X;
  return dtc_assembly_to_x(a, &contig, &position);
}

int dtc_assembly_place_par(const dtc_assembly *assembly, dtc_par_frame frame, uint32_t *position) {
  unsigned contig = DTC_LABEL_PAR_ON_Y;
  uint32_t moved = *position;
  int of_y = dtc_assembly_to_x(assembly, &contig, &moved), of_x = in_par_of_x(assembly, *position);
  if (of_y && (!of_x || frame == DTC_PAR_FRAME_Y)) {
    *position = moved;
    return 1;
  }
  if (of_x && (!of_y || frame == DTC_PAR_FRAME_X))
    return 1;
  int on_x = !of_x && (*position > assembly->length[DTC_CONTIG_Y] || frame == DTC_PAR_FRAME_X);
  return on_x && *position <= assembly->length[DTC_CONTIG_X] ? 0 : -1;
}
