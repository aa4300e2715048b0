/* panel.h - a panel folder as `genotype-impute prepare` makes it: panel.tsv, which says what is there, the compiled
 * site table panel.sites, and for each unit its rows (UNIT.sites.bcf), its map and what each engine reads. */
#ifndef IMPUTE_PANEL_H
#define IMPUTE_PANEL_H

#include "common/fault.h"
#include "genotype-impute/engine.h"

#include <dtcgeno-vcf.h>
#include <stdint.h>

/* What is phased and imputed in one go: a chromosome; of X the two PARs and what lies between. */
enum { PANEL_UNITS_MAX = 25, PANEL_NAME_BYTES = 12, PANEL_DIGEST_BYTES = 33, PANEL_DROPS = 6 };
typedef struct panel_unit {
  char name[PANEL_NAME_BYTES]; /* "20", "X-PAR1", "X", "X-PAR2" */
  unsigned contig;
  uint32_t from, to;
  int haploid; /* X between the PARs: men have one copy */
  uint64_t rows;
  char digest[PANEL_DIGEST_BYTES]; /* md5 over rows, haplotypes and map */
} panel_unit;

typedef struct panel {
  const char *folder; /* borrowed */
  const dtc_assembly *assembly;
  int chr_prefix;   /* as the panel names its contigs */
  unsigned engines; /* bits 1 << engine_kind that it is prepared for */
  unsigned persons;
  panel_unit units[PANEL_UNITS_MAX];
  size_t count;
} panel;

/* The units of an assembly in the genome's order, without rows. Returns how many. */
size_t panel_units_of(const dtc_assembly *assembly, panel_unit *units);
/* Reads panel.tsv and checks that its files are there, may be read and are as long as they were. 0, or -1. */
int panel_open(const char *folder, panel *p, fault *f);
/* Writes panel.tsv, the last file of a folder: without it there is no panel. The files noted are those in `files`. */
int panel_write(const panel *p, const char *const *files, size_t n_files, fault *f);
/* FOLDER/UNIT.suffix into path, which has PATH_MAX bytes. Returns path. */
char *panel_path(const char *folder, const char *unit, const char *suffix, char *path);

/* The one header of all files that this tool writes: equal numbers for contigs, INFO and FORMAT in each. names NULL:
 * PANEL_ and PERSON_STEM are what numbers are put behind: Beagle takes no name twice in panel and target. NULL without
 * memory. */
#define PANEL_STEM "panel"
#define PERSON_STEM "person"
struct bcf_hdr_t *panel_header(const panel *p, int chr_prefix, const char *stem, const char *const *names, size_t n);
/* The number of a contig in it. */
int panel_rid(const panel *p, unsigned contig);

#endif
