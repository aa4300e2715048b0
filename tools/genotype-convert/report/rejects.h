/* rejects.h - rows that are not in the output: kept while the export is resolved, written in the order of its lines. */
#ifndef CONVERT_REJECTS_H
#define CONVERT_REJECTS_H

#include "common/output.h"
#include "genotype-convert/conversion.h"

typedef struct rejects rejects;

rejects *rejects_new(void); /* NULL when memory runs out */
void rejects_free(rejects *list);
/* row: index into the sorted table. 0, or -1 when memory runs out. */
int rejects_add(rejects *list, size_t row, dtc_rejection why);
/* Counts of the rows that the parser rejected, by the resolver's words. Returns how many of them have a genotype. */
uint64_t rejects_count_parsed(const dtc_table *table, uint64_t counts[REJECTIONS]);
/* The TSV with its header line; labels as this vendor (the verdict's slug) writes them. list may be NULL: the parser's
 * alone. */
int rejects_write(rejects *list, const dtc_table *table, const char *vendor, output *o);

#endif
