/* assemblies.h - the set behind dtc_assemblies: one place a build. */
#ifndef DTC_GENOME_ASSEMBLIES_H
#define DTC_GENOME_ASSEMBLIES_H

#include "base/counts.h"

#include <dtcgeno.h>

struct dtc_assemblies {
  dtc_allocator allocator;            /* that of the block itself; unused in the built-in set */
  dtc_assembly of_build[BUILD_COUNT]; /* build DTC_BUILD_UNKNOWN where there is none */
};

#endif
