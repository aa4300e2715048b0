/* vcf_file.h - one file of records and the index beside it. Whole under its name, or not there. */
#ifndef CONVERT_VCF_FILE_H
#define CONVERT_VCF_FILE_H

#include "common/output.h"

#include <dtcgeno-vcf.h>

typedef struct vcf_file vcf_file;

/* Makes the file and its index under temporary names. path NULL: standard output. writer was made for this kind of
 * index, and belongs to this file alone from here to vcf_file_close. NULL: the fault is set. */
vcf_file *vcf_file_open(const char *path, dtc_index index, dtc_writer *writer, fault *f);
/* Begins it with the header of the conversion, which is borrowed until vcf_file_close. Returns 0 or -1. */
int vcf_file_begin(vcf_file *v, const dtc_conversion *conversion, fault *f);
/* Records in the order of the output. Returns 0, or -1 when memory ran out or a write failed, which close tells. */
int vcf_file_add(vcf_file *v, const dtc_record *r);
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
