/* table_out.h - the normalised genotype table as TSV; needs no reference. */
#ifndef CONVERT_TABLE_OUT_H
#define CONVERT_TABLE_OUT_H

#include "common/output.h"

#include <dtcgeno.h>

/* Sorts the table. Columns: rsid, chrom, pos, allele1, allele2, ploidy, line; pseudo-autosomal rows on X in X
 * coordinates;
 * '.' for an allele that is missing or, where the ploidy is 1 and both letters agree, not there. DTC_OK unless memory
 * runs out; what writing fails with is told by output_finish. */
dtc_status table_write(dtc_table *table, const dtc_assembly *assembly, dtc_sex sex, dtc_par_frame frame, output *o);

#endif
