#include "base/diag.h"
#include "quality/quality.h"
#include "quality/verdict.h"

#include <stdio.h>

/* No vendor's export has as few rows; smaller files are excerpts that somebody made on purpose. */
#define ROWS_OF_WHOLE_EXPORT 10000
/* An export of the smallest chromosome that is offered alone has 2,000 rows and more. */
#define ROWS_OF_ONE_CHROMOSOME 1000
enum { LAST_AUTOSOME = 22 };

/* Every array's last marker of 22 and of X stands behind these places, by 100,000 bases and more. */
static const struct {
  uint32_t on_22, on_x;
} last_places[] = {[DTC_BUILD_UNKNOWN] = {49000000, 154000000},
                   [DTC_BUILD_NCBI36] = {49000000, 154000000},
                   [DTC_BUILD_GRCH37] = {50500000, 154000000},
                   [DTC_BUILD_GRCH38] = {50000000, 154000000}};

static uint64_t placed_rows(const dtc_verdict *verdict) {
  return verdict->called + verdict->no_calls - verdict->contigs[DTC_CONTIG_NONE].rows;
}

/* The one contig of all rows, or DTC_CONTIG_NONE. */
static unsigned only_contig(const dtc_verdict *verdict) {
  unsigned only = DTC_CONTIG_NONE;
  for (unsigned label = 1; label < DTC_LABEL_COUNT; label++)
    if (verdict->contigs[label].rows && verdict->contigs[label].rows == placed_rows(verdict))
      only = label;
  return only;
}

size_t dtc_verdict_missing(const dtc_verdict *verdict, char *text, size_t size_bytes) {
  uint32_t labels = verdict_or_nothing(verdict)->missing;
  size_t used = 0;
  if (size_bytes)
    text[0] = '\0';
  for (unsigned from = 1, to; from < DTC_LABEL_COUNT; from = to + 1) {
    to = from;
    if (!(labels >> from & 1))
      continue;
    while (to < LAST_AUTOSOME && labels >> (to + 1) & 1)
      to++;
    used += (size_t)snprintf(used < size_bytes ? text + used : NULL, used < size_bytes ? size_bytes - used : 0,
                             "%s%s%s%s", used ? ", " : "", dtc_contig_name(from), to > from ? "-" : "",
                             to > from ? dtc_contig_name(to) : "");
  }
  return used;
}

static uint32_t missing_of(const parser_header *header, int is_phased, const dtc_verdict *verdict) {
  uint32_t seen = 0, wanted = header->always | (is_phased ? 0 : header->always_unphased);
  for (unsigned label = 0; label < DTC_LABEL_COUNT; label++)
    seen |= verdict->contigs[label].rows ? 1u << label : 0;
  /* told with the others, though nobody asks for them alone */
  uint32_t besides = !is_phased && header->always_unphased ? 1u << DTC_CONTIG_X | 1u << DTC_CONTIG_Y : 0;
  return wanted & ~seen ? (wanted | besides) & ~seen : 0;
}

static int ends_early(const quality *q, dtc_build build) {
  uint32_t least = 0, seen = 0;
  if (q->last_contig == LAST_AUTOSOME)
    least = last_places[build].on_22, seen = q->highest_on_22;
  else if (q->last_contig == DTC_CONTIG_X)
    least = last_places[build].on_x, seen = q->highest_on_x;
  /* a model genome's chromosome is not as long */
  return seen < least && (!q->assembly || q->assembly->length[q->last_contig] > least);
}

dtc_status whole_check(const quality *q, const parser_header *header, int is_phased, dtc_verdict *verdict,
                       dtc_diag *diag) {
  const place nowhere = {0, 0, 0};
  unsigned only = only_contig(verdict);
  verdict->missing = missing_of(header, is_phased, verdict);
  if (header->alone >> only & 1 && placed_rows(verdict) >= ROWS_OF_ONE_CHROMOSOME)
    return diag_set(diag, DTC_ONE_CHROMOSOME, nowhere, "the rows of all chromosomes, found those of %s",
                    dtc_contig_name(only));
  if (q->rows < ROWS_OF_WHOLE_EXPORT)
    return DTC_OK;
  if (verdict->missing) {
    char names[96]; /* of every second autosome, and all others, which fits */
    dtc_verdict_missing(verdict, names, sizeof names);
    return diag_set(diag, DTC_CHROMOSOME_MISSING, nowhere, "rows of every chromosome, found none of %s", names);
  }
  if (ends_early(q, verdict->build))
    return diag_set(diag, DTC_ROWS_CUT_OFF, nowhere, "the last rows of chromosome %s, found its end before",
                    dtc_contig_name(q->last_contig));
  return DTC_OK;
}
