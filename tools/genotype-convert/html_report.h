/* html_report.h - one self-contained page for a person: what the file is, whether it is sound, what became of its rows. No
 * script, no outside resource, nothing of the export but figures. The same input gives the same bytes. */
#ifndef CONVERT_HTML_REPORT_H
#define CONVERT_HTML_REPORT_H

#include <stdio.h>

#include "resolve.h"

typedef struct html_report {
  const dtc_verdict *verdict;
  const dtc_calls *calls;         /* NULL where the export was refused */
  const dtc_assembly *assembly;   /* the export's; NULL with calls */
  const resolve_report *resolved; /* NULL where nothing was converted */
  const uint64_t *rejected;       /* REJECT_COUNT sums, the parser's and the resolver's; NULL with resolved */
  dtc_build output_build;
} html_report;

/* Returns 0 when a write failed, else 1. The caller opens and closes f. */
int html_report_write(FILE *f, const html_report *r);

/* The plots, each one <figure>; html_plots.c. */
void html_plot_chromosomes(FILE *f, const dtc_calls *calls, const dtc_assembly *assembly);
void html_plot_heterozygosity(FILE *f, const dtc_verdict *verdict);
void html_plot_sex(FILE *f, const dtc_verdict *verdict);
void html_plot_rejects(FILE *f, const uint64_t *rejected);
/* 1234567 as "1,234,567"; text has 28 bytes. */
const char *html_count(uint64_t value, char *text);

#endif
