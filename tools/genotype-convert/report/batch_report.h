/* batch_report.h - a batch as a page for a person, and as MultiQC's custom content. */
#ifndef CONVERT_BATCH_REPORT_H
#define CONVERT_BATCH_REPORT_H

#include "genotype-convert/summary.h"

/* The page: a table of the samples, each linked to its own page, sorted by any column. 0, or -1 with the fault set. */
int batch_page_write(const char *path, const samples *of, const summary_row *rows, fault *f);
/* JSON by https://docs.seqera.io/multiqc/custom_content : a table of the samples. 0, or -1 with the fault set. */
int batch_multiqc_write(const char *path, const samples *of, const summary_row *rows, fault *f);

#endif
