#include "base/counts.h"
#include "base/diag.h"
#include "quality/quality.h"
#include "quality/verdict.h"

/* No vendor's export has as few; smaller files are excerpts that somebody made on purpose. */
#define ROWS_OF_WHOLE_EXPORT 10000
enum { LAST_AUTOSOME = 22 };

static int has_anchors(const dtc_verdict *verdict) {
  for (int b = 0; b < BUILD_COUNT; b++)
    if (verdict->build_markers[b])
      return 1;
  return 0;
}

int rows_are_cut_off(const quality *q, const dtc_verdict *verdict, dtc_diag *diag) {
  int inside_autosomes = q->last_contig >= 1 && q->last_contig < LAST_AUTOSOME;
  if (q->rows < ROWS_OF_WHOLE_EXPORT || !inside_autosomes || verdict->contigs[DTC_CONTIG_X].rows ||
      !has_anchors(verdict))
    return 0;
  diag_set(diag, DTC_ROWS_CUT_OFF, (place){0, 0, 0}, "rows of chromosome X, found the end after chromosome %s",
           dtc_contig_name(q->last_contig));
  return 1;
}
