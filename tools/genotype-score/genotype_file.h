/* genotype_file.h - one VCF or BCF, record after record: where each stands is seen before any of it is unpacked. */
#ifndef SCORE_GENOTYPE_FILE_H
#define SCORE_GENOTYPE_FILE_H

#include "common/fault.h"
#include "genotype-score/record.h"

#include <dtcgeno.h>

typedef struct genotype_file genotype_file;

/* path must outlive it. NULL: the fault is set. */
genotype_file *genotype_file_open(const char *path, int fast, fault *f);
void genotype_file_free(genotype_file *g);

size_t genotype_file_sample_count(const genotype_file *g);
const char *genotype_file_sample(const genotype_file *g, size_t i);
/* The assembly whose lengths the header's contigs have; UNKNOWN where it names no lengths. */
dtc_build genotype_file_build(const genotype_file *g);
const record_keys *genotype_file_keys(const genotype_file *g);

/* Goes to the next record of a chromosome that is one of ours and tells its marker_place(). 1, 0 at the end, or -1. */
int genotype_file_next(genotype_file *g, uint64_t *place, fault *f);
/* The record that genotype_file_next has found, unread; it may be taken once. 0, or -1. */
int genotype_file_take(genotype_file *g, record *r, fault *f);

#endif
