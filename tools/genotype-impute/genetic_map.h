/* genetic_map.h - genetic maps, in the three forms that are handed round. */
#ifndef IMPUTE_GENETIC_MAP_H
#define IMPUTE_GENETIC_MAP_H

#include "common/fault.h"
#include "genotype-impute/panel.h"

typedef struct map_point {
  uint32_t position;
  double cm;
} map_point;
typedef struct genetic_map {
  map_point *points[DTC_CONTIG_COUNT]; /* ascending in both */
  size_t count[DTC_CONTIG_COUNT];
} genetic_map;

/* Adds a file, plain or gzip: PLINK's (chromosome, name, cM, position), HapMap's and Eagle's (a line of titles that
 * begins with "chr", then chromosome, position, rate, cM), or SHAPEIT's ("pos chr cM", then the same). 0, or -1. */
int genetic_map_read(genetic_map *m, const char *path, fault *f);
/* Writes UNIT.eagle.map and UNIT.plink.map. Without points of its contig: 1 cM per million bases, and 1 is returned. */
int genetic_map_write(const genetic_map *m, const panel_unit *u, const char *folder, fault *f);
void genetic_map_free(genetic_map *m);

#endif
