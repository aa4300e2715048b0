/* positions.h - PharmCAT's file of positions: every one of them is stated in the output, with the file's own alleles.
 * It takes the records of a conversion instead of the output, and then fills that. */
#ifndef CONVERT_POSITIONS_H
#define CONVERT_POSITIONS_H

#include "genotype-convert/vcf_set.h"

typedef struct positions positions;

/* A VCF with the positions, sorted, INFO/PX naming genes; it is the conversion's site table, too. NULL: the fault is
 * set. */
positions *positions_read(const char *path, fault *f);
void positions_free(positions *p); /* NULL is fine */
/* Notes the genotype of a record; a doubtful one is none, as one with an allele that the position does not have. 0
 * where no position has the record's place and REF. */
int positions_take(positions *p, const dtc_record *r);
/* Writes each position: what was noted, else no call; of one copy where haploid_x says so of X outside the PARs.
 * Returns 0, or -1 without memory. */
int positions_write(const positions *p, const dtc_assembly *assembly, int haploid_x, vcf_set *vcf);
uint64_t positions_count(const positions *p);

/* How many positions of a gene have a call. */
typedef struct gene_coverage {
  char *gene;
  uint64_t positions, called;
} gene_coverage;
/* After the last record: counts for each gene, in the order of the file; a position of two genes counts for both. 0, or
 * -1. */
int positions_cover(positions *p, fault *f);
/* Lives as long as the positions. */
const gene_coverage *positions_genes(const positions *p, size_t *count);

#endif
