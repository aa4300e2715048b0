/* vcf_set.h - the files of one conversion: one, or with --split-contigs one a contig; with --split-x-par three for
 * chromosome X beside them. They get their names together. */
#ifndef CONVERT_VCF_SET_H
#define CONVERT_VCF_SET_H

#include "genotype-convert/context.h"
#include "genotype-convert/vcf_file.h"

typedef struct vcf_set vcf_set;

/* Makes the files, so that a folder without permission is told before the work. path NULL: standard output.
 * split_contigs: one file a contig, made with its first record, and none under the path itself. path, w and f are
 * borrowed until vcf_set_free. NULL: the fault is set. */
vcf_set *vcf_set_open(const char *path, const dtc_assembly *assembly, workspace *w, fault *f);
/* Begins each with the header of the conversion, which is borrowed until vcf_set_close. */
int vcf_set_begin(vcf_set *s, const dtc_conversion *conversion);
int vcf_set_add(vcf_set *s, const dtc_record *r);
int vcf_set_close(vcf_set *s, fault *f);
int vcf_set_publish(vcf_set *s, fault *f);
/* That of any file of the set, all of which stand in one folder; NULL where none was written. */
const output *vcf_set_output(const vcf_set *s);
void vcf_set_retract(vcf_set *s);
void vcf_set_free(vcf_set *s);

uint64_t vcf_set_records(const vcf_set *s);
uint64_t vcf_set_bytes(const vcf_set *s);

/* The name of a part of X beside path: out.vcf.gz -> out.X.PAR1.vcf.gz, out.X.nonPAR.vcf.gz, out.X.PAR2.vcf.gz.
 * malloc'd; NULL when memory runs out. */
char *vcf_set_part_path(const char *path, unsigned part);

#endif
