/* panel_fit.h - whether a VCF, which may not tell its assembly, fits the panel: by its SNVs. */
#ifndef IMPUTE_PANEL_FIT_H
#define IMPUTE_PANEL_FIT_H

#include "genotype-impute/calls.h"

/* Of a person; zeroed at first. */
typedef struct panel_fit {
  uint64_t snvs, placed;        /* of contigs that the panel has; where it has an SNV */
  uint64_t same_ref, other_ref; /* of the placed ones of the contig that is read */
} panel_fit;
/* base: REF of the panel's SNV at the call's place, '\0' where it has none. */
void panel_fit_count(panel_fit *fit, const called *c, char base);
/* The contig is behind. Sets the fault where most of its REFs are others. */
void panel_fit_end_contig(panel_fit *fit, fault *f);
/* All is behind. Sets the fault where nearly nothing has a place; panel_rows: of the contigs that came. */
void panel_fit_end(const panel_fit *fit, uint64_t panel_rows, fault *f);

#endif
