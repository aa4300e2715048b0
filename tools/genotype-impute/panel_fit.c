#include "genotype-impute/panel_fit.h"

#include <inttypes.h>
#include <string.h>

enum {
  OTHER_REF_MOST = 20, /* SNVs of a contig */
  SHARE = 100          /* a hundredth of the person's SNVs, and of the panel's rows */
};

void panel_fit_count(panel_fit *fit, const called *c, char base) {
  if (!(c->kinds & KIND_BASES) || strlen(c->ref) != 1)
    return;
  fit->snvs++;
  fit->placed += base != '\0';
  fit->same_ref += base == c->ref[0];
  fit->other_ref += base && base != c->ref[0];
}

/* Of another assembly REF is another base at most of the places that happen to be the panel's, too. */
void panel_fit_end_contig(panel_fit *fit, fault *f) {
  if (fit->other_ref > fit->same_ref && fit->other_ref >= OTHER_REF_MOST)
    fault_set(f, EXIT_REFUSED,
              "%" PRIu64 " SNVs have another REF than the panel at their place, %" PRIu64
              " the same: it is of another assembly",
              fit->other_ref, fit->same_ref);
  fit->same_ref = fit->other_ref = 0;
}

/* A file of every base of a genome has few of its SNVs in the panel, but most of the panel's. */
void panel_fit_end(const panel_fit *fit, uint64_t panel_rows, fault *f) {
  if (fit->snvs >= SHARE && fit->placed * SHARE < fit->snvs && fit->placed * SHARE < panel_rows)
    fault_set(f, EXIT_REFUSED,
              "SNVs where the panel has one: %" PRIu64 " of %" PRIu64
              "; it is of another assembly, or its positions are shifted",
              fit->placed, fit->snvs);
}
