/* report.h - the JSON report of a conversion, and the summary for a person. */
#ifndef CONVERT_REPORT_H
#define CONVERT_REPORT_H

#include "common/output.h"
#include "genotype-convert/conversion.h"

/* One object: the verdict's keys, then those of the conversion (none of them where the export was refused). Returns 0,
 * or -1 with the fault set when memory runs out. */
int report_write(const conversion_result *r, const options *o, int write_vcf, output *out, fault *f);

/* The sums on standard error; with verbose what was found out about the export, too. */
void summary_print(const conversion_result *r, int write_vcf, int verbose);

/* What was converted and should not be taken without a second look, a line each on standard error, after `before`. */
void doubts_print(const conversion_result *r, const char *before);

/* A line a gene on standard error, after `before`: how many of its positions have a call. */
void genes_print(const conversion_result *r, const char *before);

#endif
