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
/* A line a gene on standard error, after `before`: how many of its positions have a call. */
void positions_say(const positions *p, const char *before);

#endif
