/* markers.h - the markers of some exports: which positions and which names a table must have. */
#ifndef SITES_MARKERS_H
#define SITES_MARKERS_H

#include <dtcgeno-vcf.h>

#include "common/fault.h"

typedef struct marker_place {
  uint32_t position;
  uint8_t contig;
  uint8_t alleles; /* bit a: some export has the base a there */
} marker_place;

/* Sorted, distinct. */
typedef struct markers {
  marker_place *place;
  size_t places, place_capacity;
  uint64_t *name; /* kind << 32 | number; names of DTC_ID_OTHER are not kept */
  size_t names, name_capacity;
} markers;

/* Reads an export; its positions count only where its build is that of the assembly. bases: its letters are to be
 * alleles, which they are only where its strand is proven or nothing speaks against it: a table of its own letters
 * would confirm whatever they say. A het without REF then stands for no allele. NULL: only its markers are wanted. */
int markers_add_export(markers *m, const char *path, const dtc_assemblies *assemblies, const dtc_assembly *assembly,
                       dtc_reference *bases, fault *f);
void markers_finish(markers *m);
void markers_free(markers *m);

/* Whether a marker stands at from .. to. */
int markers_have_place(const markers *m, unsigned contig, uint32_t from, uint32_t to);
/* id is "." or names joined by ';'. */
int markers_have_name(const markers *m, const char *id);

#endif
