/* vcf_file.h - one file of records: plain VCF, VCF in BGZF, BCF, BCF in BGZF; and the index beside it. Whole under its
 * name, or not there. */
#ifndef CONVERT_VCF_FILE_H
#define CONVERT_VCF_FILE_H

#include "common/output.h"
#include "vcf/writer/writer.h"

/* Who writes files of a type. */
const vcf_engine *vcf_file_engine(dtc_file_type type, int fast);

/* The level where none is asked for, by what it costs for a 23andMe v5 export (htslib 1.16, bench/README.md). 4: within
 * 1.5 % of the size of bcftools' default, 6, for two thirds of the time. */
enum { VCF_LEVEL_DEFAULT = 4 };

typedef struct vcf_file vcf_file;

/* path NULL: standard output. layout and writer are borrowed until vcf_file_close; the writer belongs to this file
 * alone between the two. NULL: the fault is set. */
vcf_file *vcf_file_open(const char *path, const vcf_layout *layout, vcf_writer *writer, fault *f);
/* Records in the order of the output. Returns 0, or -1 when memory ran out or a write failed, which close tells. */
int vcf_file_add(vcf_file *v, const record *r);
/* Ends data and index: complete and on the disk under temporary names. */
int vcf_file_close(vcf_file *v, fault *f);
/* Data and index get their names; an older index that does not belong to the data goes first. */
int vcf_file_publish(vcf_file *v, fault *f);
/* The data's; the index stands in the same folder. */
const output *vcf_file_output(const vcf_file *v);
void vcf_file_retract(vcf_file *v);
void vcf_file_free(vcf_file *v); /* NULL is fine */

uint64_t vcf_file_records(const vcf_file *v);
uint64_t vcf_file_bytes(const vcf_file *v); /* after close */

#endif
