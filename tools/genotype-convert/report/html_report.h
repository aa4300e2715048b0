/* html_report.h - the report as a page for a person: one file, no script, nothing from outside, plots in SVG. Of texts
 * that could name a person it says the sample's name only, which the user gave; no genotypes, no names of exports. */
#ifndef CONVERT_HTML_REPORT_H
#define CONVERT_HTML_REPORT_H

#include "common/output.h"
#include "genotype-convert/conversion.h"

/* table and assembly (the export's): NULL where the export was refused; the table is sorted. What writing fails with is
 * told by output_finish. Returns 0, or -1 with the fault set when memory runs out. */
int html_report_write(const conversion_result *r, const conversion_job *job, const options *with,
                      const dtc_table *table, const dtc_assembly *assembly, output *o, fault *f);

/* The plots, each a figure with a title. */
/* Called rows above, no-calls below a line for each chromosome. */
int html_plot_chromosomes(output *o, const dtc_calls *calls, const dtc_assembly *assembly, fault *f);
/* Share of heterozygous calls by contig. */
void html_plot_heterozygosity(output *o, const dtc_verdict *v);
/* What sex is told by. */
void html_plot_sex(output *o, const dtc_verdict *v);

#endif
