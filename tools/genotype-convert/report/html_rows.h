/* html_rows.h - of the page: what became of the rows, and what the figures mean. */
#ifndef CONVERT_HTML_ROWS_H
#define CONVERT_HTML_ROWS_H

#include "common/output.h"
#include "genotype-convert/conversion.h"

void html_rows_write(output *o, const conversion_result *r, int write_vcf);
void html_figures_write(output *o, const dtc_verdict *v);

#endif
