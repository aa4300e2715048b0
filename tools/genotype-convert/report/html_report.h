/* html_report.h - the report as a page for a person: one file, no script, nothing from outside, plots in SVG. Says
 * nothing that could name a person: no file names, no genotypes. */
#ifndef CONVERT_HTML_REPORT_H
#define CONVERT_HTML_REPORT_H

#include "common/output.h"
#include "genotype-convert/conversion.h"

/* table and assembly (the export's): NULL where the export was refused; the table is sorted. What writing fails with is
 * told by output_finish. Returns 0, or -1 with the fault set when memory runs out. */
int html_report_write(const conversion_result *r, int write_vcf, const dtc_table *table, const dtc_assembly *assembly,
                      output *o, fault *f);

/* The plots, each an <svg> with a title. */
/* Called rows above, no-calls below a line for each chromosome. */
int html_plot_chromosomes(output *o, const dtc_calls *calls, const dtc_assembly *assembly, fault *f);
/* Share of heterozygous calls by contig. */
void html_plot_heterozygosity(output *o, const dtc_verdict *v);
/* What sex is told by. */
void html_plot_sex(output *o, const dtc_verdict *v);
/* Rows that are not in the output, by reason. */
void html_plot_rejects(output *o, const uint64_t rejected[REJECTIONS]);

#endif
